"""What a command's client and the agent say to each other: one line of JSON, then frames of a kind, a length, bytes.

The line names the node, the command, and the terminal's rows and columns, if there is one. From the client: `i` input
(empty: it has ended), `s` a signal's number. From the agent: `o` output, `e` errors, `x` the exit status, as the last.

Standard library only.
"""

from __future__ import annotations

import struct
from typing import IO, Final

_HEAD: Final = struct.Struct("!cI")
INPUT, SIGNAL, OUTPUT, ERRORS, EXIT = b"i", b"s", b"o", b"e", b"x"
BLOCK: Final = 65536


def frame(kind: bytes, data: bytes) -> bytes:
    """A frame as it travels."""
    return _HEAD.pack(kind, len(data)) + data


def read(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """The next frame's kind and bytes; EOFError if the other side is gone."""
    kind, length = _HEAD.unpack(_exactly(stream, _HEAD.size))
    return kind, _exactly(stream, length)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data
