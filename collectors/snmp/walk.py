"""Reading an agent's scalars and table columns in as few packets as its answers allow.

Everything here is a generator of requests (see `client`). What an agent's earlier answers taught is in `memory`, how
columns share requests in `packing`, and how far a walk may go in `bounds`.

Several columns of a table travel in one GETBULK. A table whose length is known for certain is asked for exactly that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from collectors.snmp import ber
from collectors.snmp.answers import NO_SUCH_NAME, TOO_BIG, check, read
from collectors.snmp.faults import Fault
from collectors.snmp.layout import Rows, width
from collectors.snmp.packing import ANSWER_OCTETS, pack, route, row_octets
from collectors.snmp.session import Reply, Request, request

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Mapping, Sequence

    from collectors.snmp.answers import Cells
    from collectors.snmp.bounds import Budget
    from collectors.snmp.memory import Memory

MAX_SCALARS = 20
_DEFAULT_REPETITIONS = 25

UPTIME = ber.encode_oid("1.3.6.1.2.1.1.3.0")
IF_NUMBER = ber.encode_oid("1.3.6.1.2.1.2.1.0")
IF_TABLE_LAST_CHANGE = ber.encode_oid("1.3.6.1.2.1.31.1.5.0")
# The tables whose rows are interfaces (RFC 2863), by their entry's OID.
IF_TABLES = (ber.encode_oid("1.3.6.1.2.1.2.2.1"), ber.encode_oid("1.3.6.1.2.1.31.1.1.1"))

# Faults of one request: the rest of the module can still be read.
LOCAL = frozenset({"too_big", "gen_err", "no_access", "error_status", "loop", "decode"})
_SHORT = 512


def get(oids: Sequence[bytes], memory: Memory, budget: Budget) -> Generator[Request, Reply, dict[bytes, bytes]]:
    """The values of scalars (complete OIDs); what the agent does not have is left out."""
    values: dict[bytes, bytes] = {}
    wanted = [oid for oid in oids if oid not in memory.absent]
    size = min(budget.limits.varbinds or MAX_SCALARS, MAX_SCALARS)
    while wanted:
        asked = tuple(wanted[:size])
        budget.spend()
        reply = yield request(ber.GET, asked)
        budget.heard(reply)
        if reply.status == NO_SUCH_NAME and memory.version == 0:
            if not 1 <= reply.index <= len(asked):
                raise Fault("decode", "error index out of range")
            # RFC 1157 section 4.1.2: one missing name spoils the answer; it is left out from now on.
            memory.absent.add(asked[reply.index - 1])
            wanted.remove(asked[reply.index - 1])
            continue
        if reply.status == TOO_BIG and size > 1:
            size = max(1, len(asked) // 2)
            continue
        check(reply)
        found = ber.varbinds(reply.data, reply.start, reply.end)
        if [oid for oid, _ in found] != list(asked):
            raise Fault("decode", "the answer holds other objects than were asked")
        budget.varbinds += len(found)
        values.update((oid, value) for oid, value in found if value[0] not in ber.EXCEPTIONS)
        del wanted[: len(asked)]
    return values


def present(prefixes: Sequence[bytes], memory: Memory, budget: Budget) -> Generator[Request, Reply, set[bytes]]:
    """Those of the tables that have anything in them, asked for together; all, if the agent cannot tell so."""
    found: set[bytes] = set()
    size = min(budget.limits.varbinds or MAX_SCALARS, memory.cap or MAX_SCALARS, MAX_SCALARS)
    for first in range(0, len(prefixes), size):
        asked = tuple(prefixes[first : first + size])
        budget.spend()
        reply = yield Request(ber.GET_BULK, asked, 1)
        budget.heard(reply)
        answers = ber.varbinds(reply.data, reply.start, reply.end) if not reply.status else []
        if len(answers) != len(asked):
            return set(prefixes)
        budget.varbinds += len(answers)
        found.update(
            prefix
            for prefix, (oid, value) in zip(asked, answers, strict=True)
            if oid.startswith(prefix) and value[0] not in ber.EXCEPTIONS
        )
    return found


def table(
    prefix: bytes,
    columns: Sequence[bytes],
    memory: Memory,
    budget: Budget,
    *,
    settled: bool = False,
) -> Generator[Request, Reply, tuple[dict[bytes, Rows], list[tuple[bytes, Fault]]]]:
    """Columns of one table (their OIDs all begin with `prefix`): their rows, and the columns that failed.

    `settled` says that the table certainly has as many rows as last time: then exactly those are asked for, and no
    answer runs past the end.
    """
    result: dict[bytes, Rows] = {}
    problems: list[tuple[bytes, Fault]] = []
    # Columns that the agent does not have are asked for all at once, in the hope of one row; or not at all.
    empty = [column for column in columns if column in memory.empty]
    wanted = [column for column in columns if column not in memory.empty]
    if settled:
        result.update((column, {}) for column in empty)
        empty = []
    longest = 0
    expected = memory.rows.get(prefix)
    exact = expected if settled and expected else 0
    planned = route(prefix, wanted, exact, memory, budget.limits) if exact and memory.version else []
    while wanted or empty:
        reply: Reply | None = None
        if planned:
            asked, group, repetitions = planned.pop(0)
            del wanted[: len(group)]
            budget.spend()
            reply = yield asked
            budget.heard(reply)
            shaped = memory.shaped(asked, group, reply) if reply.lost < 2 else None
            if shaped is not None and len(shaped[0][group[0]]) == exact:
                budget.varbinds += exact * len(group)
                result.update(shaped[0])
                continue
        else:
            known = memory.rows.get(prefix)
            count = exact or (_DEFAULT_REPETITIONS if known is None else known + 1)
            queue = wanted or empty
            group, repetitions = pack(queue, count if wanted else 1, memory, budget.limits)
            del queue[: len(group)]
        try:
            found = yield from _Group(prefix, group, memory, budget).read(repetitions, exact, reply)
        except Fault as fault:
            if fault.reason not in LOCAL:
                raise
            problems.extend((column, fault) for column in group)
            continue
        except ber.DecodeError as error:
            problems.extend((column, Fault("decode", str(error))) for column in group)
            continue
        result.update(found)
        for column, cells in found.items():
            (memory.empty.discard if cells else memory.empty.add)(column)
        if not settled:
            longest = memory.rows[prefix] = max(longest, *map(len, found.values()))
    return result, problems


class _Group:
    """Columns that travel together, from their first row to their last."""

    def __init__(self, prefix: bytes, columns: list[bytes], memory: Memory, budget: Budget) -> None:
        self._prefix = prefix
        self._memory = memory
        self._budget = budget
        self._bulk = memory.version != 0
        self._active = list(columns)
        self._last = dict.fromkeys(columns, b"")
        self.found: dict[bytes, Rows] = {column: {} for column in columns}

    def read(
        self, repetitions: int, exact: int, first: Reply | None = None
    ) -> Generator[Request, Reply, dict[bytes, Rows]]:
        """All rows, asking for `repetitions` at first; with `exact` a column ends after so many rows.

        `first` is the answer to the first request, where it has come already.
        """
        found = self.found
        memory = self._memory
        while self._active:
            asked = self._request(repetitions)
            reply, first = first, None
            if reply is None:
                self._budget.spend()
                reply = yield asked
                self._budget.heard(reply)
            if reply.lost > 1:
                memory.shrink(repetitions * len(self._active))
            shaped = memory.shaped(asked, self._active, reply)
            rows: Mapping[bytes, Rows]
            ended: Collection[bytes]
            if shaped is not None:
                rows, ended = shaped
            else:
                if reply.status == TOO_BIG and (repetitions > 1 or len(self._active) > 1):
                    memory.shrink(repetitions * len(self._active))
                    if repetitions == 1:
                        return (yield from self._one_by_one())
                    repetitions //= 2
                    continue
                if reply.status == NO_SUCH_NAME and not self._bulk and 1 <= reply.index <= len(self._active):
                    # RFC 1157: nothing comes after this column's last row.
                    del self._active[reply.index - 1]
                    continue
                check(reply)
                cells: dict[bytes, Cells] = {column: {} for column in self._active}
                rows, ended = cells, read(reply, self._prefix, self._active, cells)
                memory.learn(asked, reply, cells, ended)
                self._measure(cells)
            gained = self._merge(rows)
            if exact and gained == exact * len(found):
                return found
            self._go_on(rows, ended, exact)
            repetitions = self._repetitions()
        return found

    def _merge(self, rows: Mapping[bytes, Rows]) -> int:
        """Put an answer's rows to those before; how many there were. Fault(`loop`) if one comes a second time."""
        gained = 0
        found = self.found
        for column, fresh in rows.items():
            known = found[column]
            size = len(fresh)
            if known:
                if not isinstance(known, dict):
                    known = found[column] = known.rows
                total = len(known) + size
                known.update(fresh)
                if len(known) != total:
                    raise Fault("loop")
            else:
                found[column] = fresh
            gained += size
        self._budget.varbinds += gained
        return gained

    def _measure(self, rows: dict[bytes, Cells]) -> None:
        """How wide the columns are: what the next requests are packed by."""
        for column, cells in rows.items():
            if cells:
                self._memory.measured(column, width(column, cells))

    def _request(self, repetitions: int) -> Request:
        last = self._last
        asked = tuple([column + last[column] for column in self._active])
        tag = ber.GET_BULK if self._bulk else ber.GET_NEXT
        count = repetitions if self._bulk else 0
        # A long table's later requests are too many to keep.
        kept = self._memory.rows.get(self._prefix, 0) <= _SHORT or not any(last.values())
        return request(tag, asked, count) if kept else Request(tag, asked, count)

    def _one_by_one(self) -> Generator[Request, Reply, dict[bytes, Rows]]:
        """Even one row of all columns is too much for an answer: each column for itself, from its start."""
        for column in list(self.found):
            alone = _Group(self._prefix, [column], self._memory, self._budget)
            self.found.update((yield from alone.read(1, 0)))
        return self.found

    def _go_on(self, rows: Mapping[bytes, Rows], ended: Collection[bytes], exact: int) -> None:
        """Which columns have more rows, and after which index. Fault(`loop`, `bounds`)."""
        limits = self._budget.limits
        active = []
        for column in self._active:
            known = self.found[column]
            if column in ended or (exact and len(known) >= exact):
                continue
            if len(known) > limits.rows:
                raise Fault("bounds", f"{len(known)} rows")
            active.append(column)
            if not rows[column]:
                # The answer was cut off before this column's turn (RFC 3416 section 4.2.3).
                continue
            index = next(reversed(known))
            if not _after(index, self._last[column]) and not limits.nonincreasing:
                raise Fault("loop")
            self._last[column] = index
        if active and len(ended) == 0 and not any(rows.values()):
            raise Fault("loop")
        self._active = active

    def _repetitions(self) -> int:
        """How many rows to ask for next: the rest if the table's length is known, else as many as fit a packet."""
        if not self._bulk or not self._active:
            return 1
        count = len(self._active)
        left = self._memory.rows.get(self._prefix, 0) + 1 - min(len(self.found[column]) for column in self._active)
        room = ANSWER_OCTETS[self._memory.version] // row_octets(self._active, self._memory)
        cap = min(self._budget.limits.varbinds or room * count, self._memory.cap or room * count) // count
        return max(1, min(room, cap, left if left > 0 else room))


def _after(index: bytes, previous: bytes) -> bool:
    """Whether an index comes after another, in the order of their numbers. DecodeError if it ends inside a number."""
    numbers = ber.decode_index(index)
    return not previous or numbers > ber.decode_index(previous)
