"""Run every benchmark beside its peer and write docs/benchmarks.md with the commands that show each figure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from common import machine

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
NOT_BENCHMARKS = {"common.py", "network_cli.py", "peers.py", "run.py", "snmp_agents.py", "snmp_exporter.py"}
# What the long campaigns last showed is written by hand below this line and kept.
CAMPAIGNS = "## Campaigns"


def main() -> int:
    """Write the page; the exit status says whether every bar holds."""
    about = machine()
    lines = [
        "# Benchmarks",
        "",
        "`make bench` runs these side by side with their peers and writes this page.",
        f"Last machine: {about['cpus']} CPUs, {about['memory_mib']} MiB, {about['system']}, Python {about['python']}.",
        "",
        "| figure | ours | bar | holds | peer | command |",
        "|---|---|---|---|---|---|",
    ]
    everything_holds = True
    for script in sorted(HERE.glob("*.py")):
        if script.name in NOT_BENCHMARKS:
            continue
        ran = subprocess.run([sys.executable, str(script), "--json"], capture_output=True, text=True, check=False)
        if not ran.stdout.strip():
            sys.stderr.write(f"{script.name}: {ran.stderr}\n")
            everything_holds = False
            continue
        for made in json.loads(ran.stdout)["figures"]:
            peer = made.get("peer")
            said = f"{peer['value']} {made['unit']} ({peer['name']})" if peer else ""
            sign = "≤" if made["better"] == "lower" else "≥"
            holds = "yes" if made["holds"] else "**no**"
            everything_holds = everything_holds and made["holds"]
            lines.append(
                f"| {made['name']} | {made['value']} {made['unit']} | {sign} {made['bar']} | {holds} | {said} "
                f"| `python benchmarks/{script.name} --json` |"
            )
    kept = ""
    if PAGE.exists() and CAMPAIGNS in PAGE.read_text(encoding="utf-8"):
        kept = CAMPAIGNS + PAGE.read_text(encoding="utf-8").split(CAMPAIGNS, 1)[1]
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text("\n".join(lines) + "\n" + ("\n" + kept if kept else ""), encoding="utf-8")
    sys.stdout.write(PAGE.read_text(encoding="utf-8"))
    return 0 if everything_holds else 1


if __name__ == "__main__":
    sys.exit(main())
