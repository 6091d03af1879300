"""Run what the documentation tells people to type: each page's `govnet` lines in their order, each command's examples.

Everything happens in a scratch folder, on emulated devices; nothing is sent to an address outside this machine: a line
that would reach for real devices is a fault of the page and is not run. Exit codes 0 (done) and 1 (findings,
differences) are what a reader may expect; anything else is a fault. A page shows the same commands in both languages.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
SECONDS = 600
# The pages with commands, in both languages.
PAGES = (
    ("README.md", "README.zh-CN.md"),
    ("docs/plan.md", "docs/plan.zh-CN.md"),
    ("docs/readdress.md", "docs/readdress.zh-CN.md"),
    ("docs/archive.md", "docs/archive.zh-CN.md"),
    ("docs/rollout.md", "docs/rollout.zh-CN.md"),
    ("docs/audit-fix.md", "docs/audit-fix.zh-CN.md"),
    ("docs/collect.md", "docs/collect.zh-CN.md"),
    ("docs/snmp.md", "docs/snmp.zh-CN.md"),
    ("docs/audit.md", "docs/audit.zh-CN.md"),
    ("docs/deploy.md", "docs/deploy.zh-CN.md"),
    ("docs/audit-probes.md", "docs/audit-probes.zh-CN.md"),
    ("docs/audit-reports.md", "docs/audit-reports.zh-CN.md"),
    ("docs/audit-evidence.md", "docs/audit-evidence.zh-CN.md"),
    ("docs/lab.md", "docs/lab.zh-CN.md"),
    *((f"examples/{city}/README.md", f"examples/{city}/README.zh-CN.md") for city in ("jiyuan", "suqian", "wuwei")),
)
# The demo has tests of its own, with both labs; here it would only repeat them.
LONG = ("govnet demo",)
# Commands that talk to devices: at their real addresses unless --lab is given.
REACHES = {
    ("config", "push"),
    ("config", "backup"),
    ("config", "drift"),
    ("collect", "poll"),
    ("collect", "doctor"),
    ("collect", "serve"),
    ("collect", "reach"),
    ("rollout", "start"),
    ("rollout", "worker"),
}
# These serve until they are told to stop.
SERVERS = {("collect", "serve"), ("collect", "traps"), ("collect", "relay")}
# They listen where the page says: one at a time, though pages are walked through side by side.
SERVING = threading.Lock()
# These want a rollout that runs at the same time, or a second person: alone they are refused, with 4.
REFUSED = {("rollout", "pause"), ("rollout", "approve")}
# Some of the example's devices have no backup: these commands name them and end with 3.
PARTIAL = {
    ("config", "readdress"),
    ("config", "stages"),
    ("inventory", "discover"),
    ("audit", "facts"),
    ("audit", "fix"),
    ("audit", "policy"),
}
# What the examples of the help speak of, and how it comes about.
PREPARATION = (
    "govnet plan make",
    "govnet config render --where 'role in (core, township-router)' --out configs",
    "mkdir -p backup ../lianyuan-next/plan",
    "cp plan/plan.csv other.csv",
    "cp plan/plan.csv ../lianyuan-next/plan/plan.csv",
    "cp configs/rt-lantian.cfg running.cfg",
    "cp configs/rt-shimashan.cfg intended.cfg",
    "cp configs/rt-lantian.cfg backup/rt-lantian.cfg",
    "cp configs/rt-lantian.cfg old.cfg",
    "cp configs/rt-lantian.cfg new.cfg",
    "cp -r configs readdressed",
    "govnet lab up",
    "govnet config push --lab --commit",
    "govnet config backup --lab",
    "govnet init shangrao --from shangrao",
    "cp zones.yaml rollout.yaml",
    "mkdir -p evidence",
    "cp plan/plan.csv evidence/no-wireless.pdf",
    "govnet audit run configs --format json --out reports/may --date 2026-05-31",
    "govnet audit run configs --format json --out reports/june --date 2026-06-30",
)
# These need another system, or send packets to it; their tests bring a model.
FOREIGN = (
    "govnet plan netbox",
    "govnet audit probe --commit",
    *(f"govnet lab up --backend {name}" for name in ("containerlab", "docker", "gns3", "netns", "uml")),
    "govnet lab capture",
    "govnet lab rehearse",
    "govnet lab vpn",
)


def shell_lines(path: Path) -> list[str]:
    """The commands of a page's `sh` blocks, comments removed."""
    blocks = re.findall(r"^```sh\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [re.sub(r"\s+#.*$", "", line).strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def help_examples() -> list[str]:
    """The examples of every command, in the order of the commands."""
    from typer.core import TyperGroup  # noqa: PLC0415 - only this function needs the command line
    from typer.main import get_command  # noqa: PLC0415 - as above

    from cli.main import build  # noqa: PLC0415 - as above

    found: list[str] = []

    def walk(command: object) -> None:
        if isinstance(command, TyperGroup):
            for child in command.commands.values():
                walk(child)
        else:
            epilog = getattr(command, "epilog", "") or ""
            found.extend(line.strip() for line in epilog.splitlines() if line.strip().startswith("govnet "))

    walk(get_command(build()))
    return found


def run(line: str, directory: Path) -> str:
    """Run one line in a folder; empty if it went as the page says, else what happened."""
    # A date stands for the day on which the reader types it.
    line = re.sub(r"(--(?:at|since) )\d{4}-\d\d-\d\d", rf"\g<1>{time.strftime('%Y-%m-%d')}", line)
    words = shlex.split(line)
    if tuple(words[1:3]) in REACHES and "--lab" not in words:
        return "would reach for real devices: the page shows it with --lab"
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    serves = tuple(words[1:3]) in SERVERS and not {"--list", "--setup"} & set(words)
    with (
        SERVING if serves else nullcontext(),
        subprocess.Popen(
            ["/bin/sh", "-c", f"exec {line}"],
            cwd=directory,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        if serves:
            # A server runs until it is told to stop; once it says where it listens, stopping it in order is success.
            until_it_serves(process)
            process.send_signal(signal.SIGTERM)
        try:
            output, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return f"did not end within {SECONDS} s"
    if process.returncode in (0, 1) or (process.returncode == 3 and tuple(words[1:3]) in PARTIAL):
        return ""
    if process.returncode == 4 and tuple(words[1:3]) in REFUSED:
        return ""
    return f"exit {process.returncode}\n{output.strip()[-2000:]}"


def until_it_serves(process: subprocess.Popen[str]) -> None:
    """Read a server's output up to the line with its address, or to its end."""
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        while process.stdout is not None and (line := process.stdout.readline()) and "://" not in line:
            pass
    finally:
        watchdog.cancel()


def walk_through(title: str, lines: list[str], directory: Path) -> list[str]:
    """Run lines in order, following `cd`; returns the faults."""
    faults = []
    for line in lines:
        if line.startswith("cd "):
            directory = directory / line[3:]
        elif not line.startswith(("make ", *LONG, *FOREIGN)):
            if line.startswith("govnet lab up"):
                run("govnet lab down", directory)
            fault = run(line, directory)
            if fault:
                faults.append(f"{title}: {line}: {fault}")
    return faults


def scratch_example(directory: Path) -> Path:
    """A copy of the example workspace with secrets of its own."""
    from cli.init import invent_secrets  # noqa: PLC0415 - only this function needs it
    from inventory.workspace import load  # noqa: PLC0415 - as above

    workspace = directory / "lianyuan"
    shutil.copytree(ROOT / "examples" / "lianyuan", workspace)
    invent_secrets(load(workspace))
    (workspace / "zones.yaml").write_text('zones: {north: "county=431382"}\n', encoding="utf-8")
    return workspace


def check_pages(number: int, scratch: Path) -> list[str]:
    """Walk through a page, which says the same in both languages; returns the faults."""
    pages = PAGES[number]
    english, chinese = (shell_lines(ROOT / page) for page in pages)
    faults = []
    if english != chinese:
        faults.append(f"{' and '.join(pages)} show different commands: {set(english) ^ set(chinese)}")
    folder = scratch / f"page-{number}"
    folder.mkdir()
    return faults + walk_through(pages[0], english, folder)


def check_help(scratch: Path) -> list[str]:
    """Run the examples of every command's help; returns the faults."""
    return walk_through("help", [*PREPARATION, *help_examples(), "govnet lab down"], scratch_example(scratch))


def main() -> int:
    """Print each fault; the exit status says whether there was any."""
    with tempfile.TemporaryDirectory(prefix="govnet-docs-") as name, ThreadPoolExecutor(os.cpu_count()) as pool:
        scratch = Path(name)
        checks = [pool.submit(check_help, scratch)]
        checks += [pool.submit(check_pages, number, scratch) for number in range(len(PAGES))]
        faults = [fault for check in checks for fault in check.result()]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
