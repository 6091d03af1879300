"""Build the wheel and look into it: everything that runs is there, nothing else, and it works on its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
# NAPALM finds third-party drivers only in a package of this name; it holds one line a platform.
REGISTERED = "custom_napalm"
PACKAGES = {"inventory", "ipplan", "configs", "collectors", "audits", "lab", "cli"}
# What runs reads these; each must be in the wheel.
NEEDED = {".py", ".j2", ".yml", ".html", ".sh", ".css", ".js", ".grammar", ".typed", ".service", ".tmpl"}
# Files that are known by their name.
NAMES = {"gitignore", "guard", "host", "Dockerfile"}
ENDINGS = NEEDED | NAMES | {".mo", ".yaml", ".json", ".csv", ".cfg", ".md", ".gitignore"}
# A user's first steps, from the unpacked wheel and nothing of the checkout.
FIRST_STEPS = (
    ["--lang", "zh", "--help"],
    ["init", "city", "--from", "lianyuan"],
    ["inventory", "check", "-w", "city"],
    ["plan", "make", "-w", "city"],
    ["config", "render", "-w", "city", "--out", "configs"],
)


def contents(names: list[str]) -> list[str]:
    """What is in the wheel and should not be, and what is missing in it."""
    faults = []
    inside = set(names)
    for name in names:
        top = name.split("/", maxsplit=1)[0]
        if top.endswith(".dist-info"):
            continue
        ending = Path(name).suffix or Path(name).name
        if top not in PACKAGES | {REGISTERED}:
            faults.append(f"{name}: does not belong into the wheel")
        elif ending not in ENDINGS or "__pycache__" in name or "/secrets/" in name:
            faults.append(f"{name}: a kind of file that nobody expects there")
    for package in sorted(PACKAGES):
        for path in (ROOT / package).rglob("*"):
            name = str(path.relative_to(ROOT))
            if path.is_file() and (path.suffix in NEEDED or path.name in NAMES) and name not in inside:
                faults.append(f"{name}: is missing in the wheel")
        catalogue = f"{package}/locale/zh_CN/LC_MESSAGES/govnet.mo"
        if catalogue not in inside:
            faults.append(f"{catalogue}: is missing in the wheel")
    return faults


def first_steps(wheel: Path, directory: Path) -> list[str]:
    """Unpack the wheel beside the dependencies of this environment and take a user's first steps in it."""
    unpacked = directory / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    for arguments in FIRST_STEPS:
        code = (
            f"import sys; sys.path.insert(0, {str(unpacked)!r}); import cli.main; "
            f"assert cli.main.__file__.startswith({str(unpacked)!r}); cli.main.main({arguments!r})"
        )
        ran = subprocess.run(
            [sys.executable, "-P", "-c", code], cwd=directory, capture_output=True, text=True, check=False
        )
        if ran.returncode != 0:
            return [f"govnet {' '.join(arguments)}: exit {ran.returncode}\n{ran.stdout[-500:]}{ran.stderr[-2000:]}"]
    return []


def main() -> int:
    """Print each fault; the exit status says whether there was any."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        built = subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--outdir", name, "--no-isolation", str(ROOT)],
            check=False,
            capture_output=True,
            text=True,
        )
        if built.returncode != 0:
            sys.stdout.write(built.stdout + built.stderr)
            return 1
        (wheel,) = directory.glob("*.whl")
        faults = contents(zipfile.ZipFile(wheel).namelist()) + first_steps(wheel, directory)
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
