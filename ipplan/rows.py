"""The rows of a plan as columns of plain values; objects are made only for whoever looks at a row.

A country's plan has hundreds of thousands of rows. Planning, checking and writing walk through columns of integers
and names; `Rows` is the same as a sequence of frozen objects.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress, islice
from operator import itemgetter, lt, ne
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

from inventory.model import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inventory.model import Area

RowT = TypeVar("RowT")
Value_co = TypeVar("Value_co", covariant=True)
Key_contra = TypeVar("Key_contra", contravariant=True)


class _Indexed(Protocol[Key_contra, Value_co]):
    def __getitem__(self, key: Key_contra, /) -> Value_co: ...


# A region's block stands above the blocks of the regions in it.
DEPTH = {"": "", **{level.value: str(number) for number, level in enumerate(Level)}}


# The columns that hardly ever change from one row to the next.
_RUN = ("areas", "vrfs", "pools", "functions", "versions")


class Columns:
    """Rows of one kind as lists of equal length. `starts` and `lengths` are the prefixes; `lines` are of `file`.

    Columns that the kind does not have hold empty texts. `rank` orders kinds that share a prefix: pool, block,
    allocation.
    """

    __slots__ = (
        "_edges",
        "areas",
        "file",
        "functions",
        "lengths",
        "levels",
        "lines",
        "owners",
        "pools",
        "rank",
        "regions",
        "starts",
        "versions",
        "vrfs",
    )

    def __init__(self, rank: int) -> None:
        self.rank = rank
        self.areas: list[Area] = []
        self.vrfs: list[str] = []
        self.pools: list[str] = []
        self.functions: list[str] = []
        self.levels: list[str] = []
        self.regions: list[str] = []
        self.owners: list[str] = []
        self.versions: list[int] = []
        self.starts: list[int] = []
        self.lengths: list[int] = []
        self.lines: list[int] = []
        self.file = ""
        # Where rows differ from the one before, and how many rows there were when that was looked at.
        self._edges: tuple[int, list[int]] | None = None

    def __len__(self) -> int:
        return len(self.starts)

    def values(self) -> tuple[list[Area] | list[str] | list[int], ...]:
        """The columns that make a row what it is (its line in a file does not)."""
        return (
            self.areas,
            self.vrfs,
            self.pools,
            self.functions,
            self.levels,
            self.regions,
            self.owners,
            self.versions,
            self.starts,
            self.lengths,
        )

    def taken(self, order: Sequence[int]) -> Columns:
        """The rows of these numbers, in this order."""
        made = Columns(self.rank)
        made.file = self.file
        made.areas = picked(self.areas, order)
        made.vrfs = picked(self.vrfs, order)
        made.pools = picked(self.pools, order)
        made.functions = picked(self.functions, order)
        made.levels = picked(self.levels, order)
        made.regions = picked(self.regions, order)
        made.owners = picked(self.owners, order)
        made.versions = picked(self.versions, order)
        made.starts = picked(self.starts, order)
        made.lengths = picked(self.lengths, order)
        made.lines = picked(self.lines, order)
        return made

    def extend(self, other: Columns) -> None:
        """Add another's rows behind these."""
        self.areas += other.areas
        self.vrfs += other.vrfs
        self.pools += other.pools
        self.functions += other.functions
        self.levels += other.levels
        self.regions += other.regions
        self.owners += other.owners
        self.versions += other.versions
        self.starts += other.starts
        self.lengths += other.lengths
        self.lines += other.lines

    def runs(self, *names: str) -> Iterator[tuple[Any, slice]]:
        """Rows one after the other that are equal in these columns (of `_RUN`): their values, and where they are."""
        if self._edges is None or self._edges[0] != len(self):
            edges: set[int] = set()
            for name in _RUN:
                column = getattr(self, name)
                edges.update(compress(range(1, len(self)), map(ne, column, islice(column, 1, None))))
            self._edges = (len(self), [0, *sorted(edges)] if len(self) else [])
        columns = [getattr(self, name) for name in names]
        first, key = 0, None
        for at in self._edges[1]:
            here = tuple([column[at] for column in columns])
            if here == key:
                continue
            if key is not None:
                yield key, slice(first, at)
            first, key = at, here
        if key is not None:
            yield key, slice(first, len(self))

    def order_key(self, i: int) -> tuple[int, str, str, str, str, str]:
        """What orders rows that share a prefix in an area and VRF."""
        return (self.rank, self.pools[i], DEPTH[self.levels[i]], self.regions[i], self.owners[i], self.functions[i])

    def sorted(self) -> Columns:
        """The same rows in the order of the file."""
        return self if self._is_sorted() else self.taken([i for _, i in in_file_order((self,))])

    def _is_sorted(self) -> bool:
        last = ("", "", 0)
        for key, part in self.runs("areas", "vrfs", "versions"):
            starts = self.starts[part]
            if key <= last:
                return False
            if not all(map(lt, starts, starts[1:])):
                pairs = list(zip(starts, self.lengths[part], strict=True))
                if not all(map(lt, pairs, pairs[1:])):
                    return False
            last = key
        return True


def picked(column: _Indexed[Key_contra, Value_co], order: Sequence[Key_contra]) -> list[Value_co]:
    """The values of these numbers (or keys), in this order."""
    if len(order) < 2:
        return [column[i] for i in order]
    return list(itemgetter(*order)(column))


def in_file_order(tables: Sequence[Columns]) -> Iterator[tuple[Columns, int]]:
    """Every row of the tables (its table and number) in the file's order: area, VRF, family, address, kind.

    Sorted by one integer for each row; only rows that share a prefix and a kind are compared by their names.
    """
    segments: dict[tuple[str, str, int], list[tuple[Columns, list[int]]]] = {}
    for table in tables:
        numbers: dict[tuple[str, str, int], list[int]] = {}
        key: tuple[str, str, int]
        for i, key in enumerate(zip(table.areas, table.vrfs, table.versions, strict=True)):
            found = numbers.get(key)
            if found is None:
                found = numbers[key] = []
            found.append(i)
        for key, own in numbers.items():
            segments.setdefault(key, []).append((table, own))
    for key in sorted(segments):
        yield from _segment(segments[key])


def _segment(parts: list[tuple[Columns, list[int]]]) -> Iterator[tuple[Columns, int]]:
    keys: list[int] = []
    rows: list[tuple[Columns, int]] = []
    for table, numbers in parts:
        starts, lengths, rank = table.starts, table.lengths, table.rank
        keys += [starts[i] << 12 | lengths[i] << 4 | rank for i in numbers]
        rows += [(table, i) for i in numbers]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    if len(set(keys)) == len(keys):
        yield from map(rows.__getitem__, order)
        return
    at = 0
    while at < len(order):
        end, key = at + 1, keys[order[at]]
        while end < len(order) and keys[order[end]] == key:
            end += 1
        same = [rows[number] for number in order[at:end]]
        if len(same) > 1:
            same.sort(key=lambda row: row[0].order_key(row[1]))
        yield from same
        at = end


class Rows(Sequence[RowT], Generic[RowT]):
    """The rows as a sequence of objects, made when they are first looked at; equal to any sequence of equal rows."""

    __slots__ = ("_made", "_make", "columns")

    def __init__(self, columns: Columns, make: Callable[[Columns, int], RowT]) -> None:
        self.columns = columns
        self._make = make
        self._made: tuple[RowT, ...] | None = None

    def all(self) -> tuple[RowT, ...]:
        """Every row."""
        if self._made is None:
            make, columns = self._make, self.columns
            self._made = tuple([make(columns, i) for i in range(len(columns))])
        return self._made

    def at(self, i: int) -> RowT:
        """One row, without making the others."""
        return self._make(self.columns, i) if self._made is None else self._made[i]

    def only(self, numbers: Sequence[int]) -> Rows[RowT]:
        """The rows of these numbers."""
        return Rows(self.columns.taken(numbers), self._make)

    def __len__(self) -> int:
        return len(self.columns)

    def __iter__(self) -> Iterator[RowT]:
        return iter(self.all())

    @overload
    def __getitem__(self, index: int) -> RowT: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[RowT, ...]: ...
    def __getitem__(self, index: int | slice) -> RowT | tuple[RowT, ...]:
        if self._made is not None:
            return self._made[index]
        if isinstance(index, slice):
            return tuple([self.at(i) for i in range(*index.indices(len(self)))])
        return self.at(range(len(self))[index])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Rows):
            return self.columns.values() == other.columns.values()
        if isinstance(other, Sequence):
            return self.all() == tuple(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.all())

    def __repr__(self) -> str:
        return repr(self.all())


def rows_of(
    rows: Iterable[RowT],
    columns: Callable[[Iterable[RowT]], Columns],
    make: Callable[[Columns, int], RowT],
) -> Rows[RowT]:
    """Any rows as sorted `Rows`."""
    own = rows.columns if isinstance(rows, Rows) else columns(rows)
    return Rows(own.sorted(), make)
