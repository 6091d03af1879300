"""The peers that are no dependencies of govnet: installed into an environment of their own, `.venv-bench`."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

HOME = Path(__file__).parent.parent / ".venv-bench"


def python(*packages: str) -> Path:
    """The Python of the peers' environment, with these packages (pinned: `name==version`) in it."""
    program = HOME / "bin" / "python"
    if not program.exists():
        venv.create(HOME, with_pip=True)
    wanted = [package for package in packages if not _there(program, package)]
    if wanted:
        install = [str(program), "-m", "pip", "install", "--quiet", *wanted]
        subprocess.run(install, check=True, stdout=sys.stderr)
    return program


def _there(program: Path, package: str) -> bool:
    name, _, version = package.partition("==")
    code = f"from importlib import metadata; raise SystemExit(metadata.version({name!r}) != {version!r})"
    return subprocess.run([str(program), "-c", code], capture_output=True, check=False).returncode == 0
