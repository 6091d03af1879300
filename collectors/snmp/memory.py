"""What one agent's answers have taught: how long its tables are, how wide their columns, what its answers look like."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from collectors.snmp.layout import Layout, Rows, learn

if TYPE_CHECKING:
    from collectors.snmp.answers import Cells
    from collectors.snmp.session import Reply, Request

_MAX_LAYOUTS = 256
_MAX_SHARED = 1024
_PAUSE = 8

# The columns, their rows, the cap, the changed widths, the module's limit; and a request, its columns, repetitions.
Basis: TypeAlias = "tuple[list[bytes], int, int, int, int]"
Part: TypeAlias = "tuple[Request, list[bytes], int]"


@dataclass(slots=True, eq=False)
class Memory:
    """What one agent's answers have taught. `version` is SNMP's on the wire: 0, 1 or 3."""

    version: int
    rows: dict[bytes, int] = field(default_factory=dict)
    widths: dict[bytes, int] = field(default_factory=dict)
    # Values in one answer that the agent or the way to it can bear; 0 = no limit known.
    cap: int = 0
    absent: set[bytes] = field(default_factory=set)
    empty: set[bytes] = field(default_factory=set)
    # The shape of the last answer to a request, or after how many more answers one is to be learnt.
    layouts: dict[Request, Layout | int] = field(default_factory=dict)
    # How a settled table was last asked for, one packet a group of columns, and what that rested on.
    routes: dict[bytes, tuple[Basis, list[Part]]] = field(default_factory=dict)
    # How often a column's width has changed.
    changes: int = 0

    def learn(self, asked: Request, reply: Reply, found: dict[bytes, Cells], ended: set[bytes]) -> None:
        """Keep the shape of an answer that was read in the ordinary way: of the second one to the same request, or of
        a later one if shapes change all the time.
        """  # noqa: D205 - one sentence says it
        if not asked.common:
            return
        known = self.layouts.get(asked)
        if known is None:
            if len(self.layouts) >= _MAX_LAYOUTS:
                self.layouts.clear()
            self.layouts[asked] = _share(asked, reply, found, ended) or 0
        elif isinstance(known, int):
            made = learn(reply, found, frozenset(ended)) if not known else None
            self.layouts[asked] = made or (known - 1 if known else _PAUSE)
        else:
            self.layouts[asked] = 0 if known.hits else _PAUSE

    def shaped(
        self, asked: Request, columns: list[bytes], reply: Reply
    ) -> tuple[dict[bytes, Rows], frozenset[bytes]] | None:
        """The rows and the columns that have ended, if the answer has the shape of the last one to this request; or, if
        this is the first, that of another device's.
        """  # noqa: D205 - one sentence says it
        layout = self.layouts.get(asked)
        first = layout is None
        if first:
            layout = _SHARED.get(asked)
        rows = layout.read(reply) if isinstance(layout, Layout) else None
        # Columns of one walk may be rows of another's column.
        if rows is None or not isinstance(layout, Layout) or list(rows) != columns:
            return None
        if first:
            self.layouts[asked] = layout
            for column, octets in layout.widths.items():
                self.measured(column, octets)
        return rows, layout.ended

    def measured(self, column: bytes, octets: int) -> None:
        """A column's width was seen."""
        if self.widths.get(column) != octets:
            self.widths[column] = octets
            self.changes += 1

    def shrink(self, asked: int) -> None:
        """`asked` values were too many."""
        self.cap = max(1, asked // 2)

    def recover(self) -> None:
        """A poll went through: dare more next time."""
        if self.cap:
            self.cap = self.cap * 2 if self.cap < 128 else 0


# What one device's answer looks like is what those of its kind look like: the second to give it has it learnt for all.
_SHARED: dict[Request, Layout | None] = {}


def _share(asked: Request, reply: Reply, found: dict[bytes, Cells], ended: set[bytes]) -> Layout | None:
    """A device's first answer to a request is not as another's was: its shape, if that is now learnt for all."""
    if asked not in _SHARED:
        if len(_SHARED) >= _MAX_SHARED:
            _SHARED.clear()
        _SHARED[asked] = None
        return None
    known = _SHARED[asked]
    if known is None:
        known = _SHARED[asked] = learn(reply, found, frozenset(ended))
        return known
    if not known.hits:
        _SHARED[asked] = None
    return None
