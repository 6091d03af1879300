"""What a terminal shows of the bytes that a device sends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.tree import decode
from inventory.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOVES = re.compile(rb"[\b\r\x00\x07\x1b]")
# ECMA-48, 5.4: control sequences, with any parameters; xterm's titles (OSC); character sets; the old single ones.
_ESCAPE = re.compile(
    rb"\x1b(?:\[(?P<parameters>[0-?]*)[ -/]*(?P<final>[@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()#][0-9A-Za-z]"
    rb"|[=>78cDEHMNOZ])"
)


def shown(line: bytes) -> bytes:
    """What a line looks like on a terminal after the cursor's movements in it: backspaces, carriage returns, `ESC[16D`.

    The line ends where the cursor ends, so that the blanks with which a pager wipes itself out do not stay; trailing
    blanks that the device printed do. Other escape sequences, NUL and BEL are dropped.
    """
    line = line.rstrip(b"\r\x00")
    if not _MOVES.search(line):
        return line
    cells = bytearray()
    cursor = 0
    index = 0
    while index < len(line):
        byte = line[index]
        if byte == 0x1B:
            escape = _ESCAPE.match(line, index)
            if escape is not None:
                cursor = _moved(cells, cursor, escape)
                index = escape.end()
                continue
        elif byte == 0x08:
            cursor = max(cursor - 1, 0)
        elif byte == 0x0D:
            cursor = 0
        elif byte not in (0x00, 0x07):
            cells += b" " * (cursor - len(cells))
            cells[cursor : cursor + 1] = bytes([byte])
            cursor += 1
        index += 1
    return bytes(cells[:cursor])


def _moved(cells: bytearray, cursor: int, escape: re.Match[bytes]) -> int:
    """Where the cursor stands after an escape sequence (ECMA-48: CUB, CUF, CHA, EL)."""
    first = (escape["parameters"] or b"").split(b";")[0]
    count = int(first) if first.isdigit() else 1
    if escape["final"] == b"D":
        return max(cursor - count, 0)
    if escape["final"] == b"C":
        return cursor + min(count, 4096)
    if escape["final"] == b"G":
        return max(min(count, 4096) - 1, 0)
    if escape["final"] == b"K":
        del cells[cursor:]
    return cursor


def same(echo: bytes, sent: bytes) -> bool:
    """Whether an echo is the line that was sent; blanks may be fewer."""
    return echo == sent or echo.split() == sent.split()


def readable(lines: Sequence[bytes]) -> str:
    """A device's words for a message: strict where possible, never failing."""
    data = b" ".join(line.strip() for line in lines if line.strip())
    try:
        return decode(data)[0]
    except InputError:
        return data.decode("latin-1")
