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
from itertools import pairwise
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
    """`mask` is 1 where the octets must be `expected`; `cells` cuts out the values, one row of columns after another."""

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
    width = len(found)
    if not count or max(map(len, found.values())) != count:
        return None
    try:
        places = _places(reply)
    except DecodeError:
        return None
    if len(places) < count * width:
        return None
    mask = bytearray(b"\xff" * (reply.end - reply.start))
    for content, stop in places:
        mask[content[1] : stop] = bytes(stop - content[1])
    rows = places[: count * width]
    gaps = [(0, 0), *((content[0], stop) for content, stop in rows)]
    cells = "".join(f"{start - before}x{stop - start}s" for (_, before), (start, stop) in pairwise(gaps))
    body = reply.data[reply.start : reply.end]
    made = int.from_bytes(mask, "big")
    return Layout(
        len(body),
        made,
        int.from_bytes(body, "big") & made,
        struct.Struct(cells),
        tuple((column, same(tuple(part))) for column, part in found.items()),
        ended,
    )


def _places(reply: Reply) -> list[tuple[tuple[int, int], int]]:
    """Where each value and its content begin and where it ends, counted from the first binding."""
    places = []
    data, base, position = reply.data, reply.start, reply.start
    while position < reply.end:
        inner, stop = ber.expect(data, position, reply.end, ber.SEQUENCE)
        _, value = ber.expect(data, inner, stop, ber.OBJECT_IDENTIFIER)
        _, content, _ = ber.header(data, value, stop)
        if content != value + 2:
            raise DecodeError("not the shortest form")
        places.append(((value - base, content - base), stop - base))
        position = stop
    return places
