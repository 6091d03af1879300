"""Write constraints.txt: the exact versions in this environment, without naming any package index."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

HEAD = """\
# Versions that the checks and tests passed with. `make lock` writes this file from .venv.
# Names and versions only: which index they come from is the reader's business.
"""


def main() -> None:
    """List every installed distribution but govnet and pip."""
    pins = {
        (dist.metadata["Name"].lower().replace("_", "-"), dist.version)
        for dist in metadata.distributions()
        if dist.metadata["Name"].lower() not in {"govnet", "pip", "setuptools"}
    }
    text = HEAD + "".join(f"{name}=={version}\n" for name, version in sorted(pins))
    Path("constraints.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
