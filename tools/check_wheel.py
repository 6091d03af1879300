"""Build the wheel and look into it: everything that runs is there, nothing else, and it works when installed alone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = {"inventory", "ipplan", "configs", "collectors", "audits", "lab", "cli"}
ENDINGS = {".py", ".mo", ".typed", ".j2", ".yml", ".yaml", ".html", ".css", ".js", ".json", ".csv", ".sh", ".md", ""}


def main() -> int:
    """Print each fault; the exit status says whether there was any."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--outdir", directory, "--no-isolation", str(ROOT)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        (wheel,) = Path(directory).glob("*.whl")
        names = zipfile.ZipFile(wheel).namelist()
    faults = []
    inside = set(names)
    for name in names:
        top = name.split("/")[0]
        if top.endswith(".dist-info"):
            continue
        if top not in PACKAGES:
            faults.append(f"{name}: does not belong into the wheel")
        elif Path(name).suffix not in ENDINGS or "__pycache__" in name or "/secrets/" in name:
            faults.append(f"{name}: a kind of file that nobody expects there")
    for package in sorted(PACKAGES):
        for path in (ROOT / package).rglob("*"):
            wanted = path.suffix in {".py", ".j2", ".yml", ".html", ".sh", ".css", ".js"} or path.name == "py.typed"
            if path.is_file() and wanted and str(path.relative_to(ROOT)) not in inside:
                faults.append(f"{path.relative_to(ROOT)}: is missing in the wheel")
        catalogue = f"{package}/locale/zh_CN/LC_MESSAGES/govnet.mo"
        if catalogue not in inside:
            faults.append(f"{catalogue}: is missing in the wheel")
    if "cli/examples/lianyuan/inventory/devices.csv" not in inside:
        faults.append("cli/examples/lianyuan: the example workspace is missing in the wheel")
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
