"""What differs between two plans: allocations and regions' blocks that are added, removed, grown or moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inventory.errors import RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipplan.plan import Allocation, BlockRow, Plan

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Changed:
    """An allocation that is in both plans with different prefixes."""

    before: Allocation
    after: Allocation

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {**as_json(self.after), "before": str(self.before.prefix)}


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference. `grown` keeps its first address, so its hosts and its gateway stay; `moved` does not.

    `rows` says whether anything else differs: pools, summary blocks, columns other than the prefix.
    """

    added: Sequence[Allocation]
    removed: Sequence[Allocation]
    grown: tuple[Changed, ...]
    moved: tuple[Changed, ...]
    kept: int
    blocks_added: tuple[BlockRow, ...]
    blocks_removed: tuple[BlockRow, ...]
    rows: bool

    @property
    def empty(self) -> bool:
        """Whether the two plans are the same file."""
        return not (self.added or self.removed or self.grown or self.moved or self.rows)

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "added": [as_json(row) for row in self.added],
            "removed": [as_json(row) for row in self.removed],
            "grown": [change.as_json() for change in self.grown],
            "moved": [change.as_json() for change in self.moved],
            "kept": self.kept,
            "blocks_added": [_block(row) for row in self.blocks_added],
            "blocks_removed": [_block(row) for row in self.blocks_removed],
            "changed": not self.empty,
        }


def as_json(row: Allocation) -> dict[str, Any]:
    """An allocation with stable keys."""
    return {
        "area": row.area.value,
        "vrf": row.vrf,
        "pool": row.pool,
        "function": row.function,
        "level": row.level.value,
        "region": row.region,
        "owner": row.owner,
        "prefix": str(row.prefix),
    }


def _block(row: BlockRow) -> dict[str, Any]:
    return {"pool": row.pool, "level": row.level.value, "region": row.region, "prefix": str(row.prefix)}


def compare(before: Plan, after: Plan) -> Changes:
    """What has to happen to turn `before` into `after`.

    An allocation that goes to another function of the same owner and VRF, or to another VRF under the same function
    and owner, has changed, not come and gone.
    """
    old, new = before.table, after.table
    numbers = {(*key, owner): number for key, own in before.index.items() for owner, number in own.items()}
    added: list[int] = []
    other: list[tuple[int, int]] = []
    kept = 0
    for number, key in enumerate(
        zip(new.functions, new.versions, new.vrfs, new.owners, strict=True) if numbers else ()
    ):
        found = numbers.pop(key, -1)
        if found < 0:
            added.append(number)
        elif old.starts[found] == new.starts[number] and old.lengths[found] == new.lengths[number]:
            kept += 1
        else:
            other.append((found, number))
    if not len(old):
        added = list(range(len(new)))
    for same in ((1, 2, 3), (0, 1, 3)):  # all but the function, all but the VRF
        if not (added and numbers):
            break
        gone = {tuple([key[part] for part in same]): key for key in numbers}
        still: list[int] = []
        for number in added:
            key = (new.functions[number], new.versions[number], new.vrfs[number], new.owners[number])
            before_key = gone.pop(tuple([key[part] for part in same]), None)
            if before_key is None:
                still.append(number)
            else:
                other.append((numbers.pop(before_key), number))
        added = still
    changed = [Changed(before.allocation(one), after.allocation(two)) for one, two in other]
    same_prefix = [change for change in changed if change.before.prefix == change.after.prefix]
    changed = [change for change in changed if change.before.prefix != change.after.prefix]
    old_blocks, new_blocks = _blocks(before), _blocks(after)
    return Changes(
        after.some(added),
        before.some(sorted(numbers.values())),
        tuple(change for change in changed if _stays(change)),
        tuple(change for change in changed if not _stays(change)),
        kept + len(same_prefix),
        tuple(after.blocks[number] for key, number in new_blocks.items() if key not in old_blocks),
        tuple(before.blocks[number] for key, number in old_blocks.items() if key not in new_blocks),
        before != after,
    )


def _blocks(plan: Plan) -> dict[tuple[Any, ...], int]:
    table = plan.block_table
    return {key: number for number, key in enumerate(zip(*table.values(), strict=True))}


def _stays(change: Changed) -> bool:
    before, after = change.before.prefix, change.after.prefix
    return before.network_address == after.network_address and after.prefixlen < before.prefixlen


class MovesError(RefusedError):
    """The new plan would move allocations that are in use. `moves` are all of them."""

    def __init__(self, moves: Sequence[Changed]) -> None:
        self.moves = tuple(moves)
        super().__init__(
            Message(
                "{count} allocations would have to move:\n{moves}",
                count=len(self.moves),
                moves=_listed(self.moves),
            ),
            Message("plan the renumbering, then run: govnet plan make --allow-moves"),
        )

    def as_json(self) -> dict[str, object]:
        """The moves one by one, beside the keys of every error."""
        return {**super().as_json(), "moves": [change.as_json() for change in self.moves]}


def _listed(moves: Iterable[Changed]) -> Message | str:
    lines = [f"  {change.after.owner}: {change.before.prefix} → {change.after.prefix}" for change in moves]
    if len(lines) <= _SHOWN:
        return "\n".join(lines)
    shown = "\n".join(lines[:_SHOWN])
    return Message("{lines}\n  … and {count} more (--json lists all)", lines=shown, count=len(lines) - _SHOWN)
