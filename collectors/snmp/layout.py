"""An answer's shape, by which the next answer to the same request is read at once.

From one poll to the next an agent's answer mostly differs in its values' contents alone: object identifiers, types and
lengths stay. If an answer's octets outside the contents are exactly those of an answer that was read binding by
binding, it means the same rows, and the values are cut out at the known places. Two operations on one large integer
decide that; anything else than equality leaves the answer to the ordinary way.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from collectors.snmp import ber
from collectors.snmp.ber import DecodeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.snmp.session import Reply

Rows: TypeAlias = dict[bytes, bytes]
"""Index (octets of the OID after the column) → value (one TLV)."""


@dataclass(slots=True, eq=False)
class Layout:
    """`mask` has ones where the octets must be `expected`; `cells` cuts out the values, row after row."""

    size: int
    mask: int
    expected: int
    cells: struct.Struct
    columns: tuple[tuple[bytes, tuple[bytes, ...]], ...]
    ended: frozenset[bytes]
    hits: int = 0

    def read(self, reply: Reply) -> dict[bytes, Rows] | None:
        """The columns' rows, or None if the answer has another shape."""
        start, end = reply.start, reply.end
        if end - start != self.size or reply.status:
            return None
        data = reply.data
        if int.from_bytes(data[start:end], "big") & self.mask != self.expected:
            return None
        self.hits += 1
        values = self.cells.unpack_from(data, start)
        width = len(self.columns)
        return {
            column: dict(zip(indexes, values[position::width], strict=True))
            for position, (column, indexes) in enumerate(self.columns)
        }


@lru_cache(maxsize=4096)
def same(indexes: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The same object for equal indexes: devices of one kind share them."""
    return indexes


def learn(reply: Reply, found: Mapping[bytes, Rows], ended: frozenset[bytes]) -> Layout | None:
    """The shape of an answer that gave these rows; None where its columns are not equally long."""
    count = min(map(len, found.values()))
    if not count or max(map(len, found.values())) != count:
        return None
    size = reply.end - reply.start
    masks, cells = [], []
    place = 0
    # 30 LL 06 OO, the identifier, the value: all lengths short, or the check below says no.
    heads = [4 + len(column) for column in found]
    for row in zip(*(part.items() for part in found.values()), strict=True):
        for head, (index, value) in zip(heads, row, strict=True):
            gap, octets = head + len(index), len(value)
            mask, cell = _cell(gap, octets)
            masks.append(mask)
            cells.append(cell)
            place += gap + octets
    if place > size:
        return None
    whole = bytearray(b"".join(masks))
    whole += b"\xff" * (size - place)
    try:
        _blank(whole, reply, place)
    except DecodeError:
        return None
    body = int.from_bytes(reply.data[reply.start : reply.end], "big")
    number = int.from_bytes(whole, "big")
    columns = tuple((column, same(tuple(part))) for column, part in found.items())
    made = Layout(size, number, body & number, struct.Struct("".join(cells)), columns, ended)
    return made if made.read(reply) == found else None


@lru_cache(maxsize=4096)
def _cell(gap: int, octets: int) -> tuple[bytes, str]:
    """A binding's part of the mask and of the struct: octets before the value, octets of the value."""
    return b"\xff" * (gap + 2) + bytes(octets - 2), f"{gap}x{octets}s"


def _blank(mask: bytearray, reply: Reply, place: int) -> None:
    """Where the answer runs past the columns' ends: contents there do not matter either."""
    position = reply.start + place
    while position < reply.end:
        inner, stop = ber.expect(reply.data, position, reply.end, ber.SEQUENCE)
        _, value = ber.expect(reply.data, inner, stop, ber.OBJECT_IDENTIFIER)
        _, content, _ = ber.header(reply.data, value, stop)
        mask[content - reply.start : stop - reply.start] = bytes(stop - content)
        position = stop
