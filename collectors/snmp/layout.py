"""An answer's shape, by which the next answer to the same request is read at once.

From one poll to the next an agent's answer mostly differs in its values' contents alone: object identifiers, types and
lengths stay. If an answer's octets outside the contents are exactly those of an answer that was read binding by
binding, it means the same rows. Two operations on one large integer decide that; anything else than equality leaves the
answer to the ordinary way. What remains of the integer are the contents between zeros, and one `struct` makes numbers
of them.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from collectors.snmp import ber
from collectors.snmp.answers import Cells
from collectors.snmp.ber import DecodeError

if TYPE_CHECKING:
    from collections.abc import Collection, ItemsView, Iterator

    from collectors.snmp.session import Reply

# Octets of a number's content → what reads it, and how many octets before it that takes: those are zeros.
_UNSIGNED = {1: ("B", 0), 2: ("H", 0), 3: ("I", 1), 4: ("I", 0), 5: ("Q", 3), 6: ("Q", 2), 7: ("Q", 1), 8: ("Q", 0)}
_SIGNED = {1: ("b", 0), 2: ("h", 0), 4: ("i", 0), 8: ("q", 0)}


class Column(Mapping[bytes, bytes]):
    """One column's rows in an answer of known shape: index → value (one TLV), put together when somebody asks.

    `numbers` are the values, where all are whole numbers (else it is empty), each of at most `octets` octets.
    """

    __slots__ = ("_data", "_layout", "_place", "_rows", "indexes", "numbers", "octets")

    def __init__(
        self, layout: Layout, data: bytes, place: int, indexes: tuple[bytes, ...], numbers: tuple[int, ...], octets: int
    ) -> None:
        self._layout = layout
        self._data = data
        self._place = place
        self._rows: Cells | None = None
        self.indexes = indexes
        self.numbers = numbers
        self.octets = octets

    @property
    def rows(self) -> Cells:
        """The same as a dictionary."""
        if self._rows is None:
            values = self._layout.cut(self._data)
            self._rows = dict(zip(self.indexes, values[self._place :: len(self._layout.columns)], strict=True))
        return self._rows

    def __len__(self) -> int:
        return len(self.indexes)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.indexes)

    def __reversed__(self) -> Iterator[bytes]:
        return reversed(self.indexes)

    def __getitem__(self, index: bytes) -> bytes:
        return self.rows[index]

    def items(self) -> ItemsView[bytes, bytes]:
        """Indexes and values."""
        return self.rows.items()


Rows: TypeAlias = Cells | Column


@dataclass(slots=True, eq=False)
class Layout:
    """`mask` has ones where the octets must be `expected`, which has zeros elsewhere.

    `columns` are, each with its rows' indexes: where its numbers begin among those that `numbers` reads (-1: it has
    others than numbers), and how many octets the longest has. `widths` are the columns' (see `width`).
    """

    size: int
    mask: int
    expected: int
    numbers: struct.Struct
    columns: tuple[tuple[bytes, tuple[bytes, ...], int, int], ...]
    step: int
    ended: frozenset[bytes]
    widths: dict[bytes, int]
    hits: int = 0
    cells: struct.Struct | None = None

    def read(self, reply: Reply) -> dict[bytes, Rows] | None:
        """The columns' rows, or None if the answer has another shape."""
        size = self.size
        start, end = reply.start, reply.end
        if end - start != size or reply.status:
            return None
        data = reply.data[start:end]
        contents = int.from_bytes(data, "big") ^ self.expected
        if contents & self.mask:
            return None
        self.hits += 1
        step = self.step
        numbers = self.numbers.unpack_from(contents.to_bytes(size, "big")) if step else ()
        found: dict[bytes, Rows] = {}
        for place, (column, indexes, first, octets) in enumerate(self.columns):
            found[column] = Column(self, data, place, indexes, numbers[first::step] if first >= 0 else (), octets)
        return found

    def cut(self, data: bytes) -> tuple[bytes, ...]:
        """All values of an answer of this shape, row after row."""
        if self.cells is None:
            form = []
            place = 0
            for _ in range(len(self.columns) * len(self.columns[0][1])):
                gap = 4 + data[place + 3]
                stop = data[place + 1] + 2
                form.append(f"{gap}x{stop - gap}s")
                place += stop
            self.cells = struct.Struct("".join(form))
        return self.cells.unpack_from(data)


@lru_cache(maxsize=4096)
def same(indexes: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The same object for equal indexes: devices of one kind share them."""
    return indexes


def learn(reply: Reply, found: Mapping[bytes, Cells], ended: frozenset[bytes]) -> Layout | None:
    """The shape of an answer that gave these rows; None where its columns are not equally long."""
    count = min(map(len, found.values()))
    if not count or max(map(len, found.values())) != count:
        return None
    masks, cells = [], []
    columns = []
    numeric = 0
    for column, rows in found.items():
        octets = _whole(rows.values())
        columns.append((column, same(tuple(rows)), numeric if octets else -1, octets))
        numeric += bool(octets)
    data = reply.data[reply.start : reply.end]
    place = 0
    # 30 LL 06 OO, the identifier, the value: where a length is not in one octet, something is elsewhere than here.
    heads = [(4 + len(column), bool(octets)) for column, _, _, octets in columns]
    for row in zip(*(part.items() for part in found.values()), strict=True):
        for (head, number), (index, value) in zip(heads, row, strict=True):
            start = place + head + len(index)
            stop = start + len(value)
            size = stop - place - 2
            if stop > len(data) or size >= 0x80 or data[place + 1] != size or data[start:stop] != value:
                return None
            mask, cell = _cell(start - place, value[0] if number else -1, stop - start)
            masks.append(mask)
            cells.append(cell)
            place = stop
    whole = bytearray(b"".join(masks))
    whole += b"\xff" * (len(data) - place)
    try:
        _blank(whole, data, place)
    except DecodeError:
        return None
    body = int.from_bytes(data, "big")
    ones = int.from_bytes(whole, "big")
    form = struct.Struct(">" + "".join(cells))
    widths = {column: width(column, rows) for column, rows in found.items()}
    return Layout(len(data), ones, body & ones, form, tuple(columns), numeric, ended, widths)


def width(column: bytes, cells: Cells) -> int:
    """Octets of a column's binding: what requests are packed by."""
    octets = len(b"".join(cells)) + len(b"".join(cells.values()))
    # Two headers of two octets, and one octet by which a counter may grow until the next poll.
    return 6 + len(column) + octets // len(cells)


def _whole(values: Collection[bytes]) -> int:
    """Octets of the longest of a column's values, if all are whole numbers whose octets can be read at once; else 0."""
    sizes = set(map(len, values))
    tags = {value[0] for value in values}
    readers = _UNSIGNED if tags <= ber.UNSIGNED else _SIGNED if tags == {ber.INTEGER} else {}
    return max(sizes) - 2 if all(size - 2 in readers for size in sizes) else 0


@lru_cache(maxsize=4096)
def _cell(gap: int, tag: int, octets: int) -> tuple[bytes, str]:
    """A binding's part of the mask and of the struct: octets before the value, its tag if it is a number (else -1),
    octets of the value.
    """  # noqa: D205 - one sentence says it
    mask = b"\xff" * (gap + 2) + bytes(octets - 2)
    if tag < 0:
        return mask, f"{gap + octets}x"
    kind, before = (_SIGNED if tag == ber.INTEGER else _UNSIGNED)[octets - 2]
    return mask, f"{gap + 2 - before}x{kind}"


def _blank(mask: bytearray, data: bytes, place: int) -> None:
    """Where the answer runs past the columns' ends: contents there do not matter either."""
    while place < len(data):
        inner, stop = ber.expect(data, place, len(data), ber.SEQUENCE)
        _, value = ber.expect(data, inner, stop, ber.OBJECT_IDENTIFIER)
        _, content, _ = ber.header(data, value, stop)
        mask[content:stop] = bytes(stop - content)
        place = stop
