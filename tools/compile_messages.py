"""Compile each `<package>/locale/*/LC_MESSAGES/govnet.po` to the `.mo` beside it."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_all(root: Path) -> list[Path]:
    """Compile the catalogues below `root`; returns the files written. A faulty catalogue raises."""
    written = []
    for source in sorted(root.glob("*/locale/*/LC_MESSAGES/govnet.po")):
        with source.open("rb") as stream:
            catalogue = read_po(stream, locale=source.parts[-3], abort_invalid=True)
        target = source.with_suffix(".mo")
        with target.open("wb") as stream:
            write_mo(stream, catalogue)
        written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_all(Path(__file__).parent.parent):
        print(path)
    sys.exit(0)
