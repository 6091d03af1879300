"""Waves: as few as the limit on sites in flight and the needs between the sites' jobs allow, county by county.

Jobs that need each other in a circle are in flight together. The others follow Hu's rule: of those that may begin,
the ones with the longest chain of jobs waiting behind them come first. Where each job is needed by at most one other,
as in a tree of sites, no order has fewer waves (T. C. Hu, Parallel sequencing and assembly line problems, Operations
Research 9, 1961); where sites also wait for each other's address space the count is at most twice the least (R. L.
Graham, SIAM Journal on Applied Mathematics 17, 1969). As long as it costs no wave, a county is finished before the next
one begins.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, TypeAlias

from inventory.errors import RefusedError
from inventory.text import Message
from ipplan import graph
from ipplan.stages_jobs import place
from ipplan.stages_model import Wave

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from inventory.model import Inventory
    from ipplan.stages_jobs import Job


def waves(jobs: Mapping[Job, Sequence[Job]], inventory: Inventory, limit: int) -> list[tuple[Wave, frozenset[Job]]]:
    """The jobs in waves of at most `limit` sites. RefusedError if more must be in flight together."""
    position = {job: index for index, job in enumerate(jobs)}
    groups = sorted(graph.components(jobs), key=lambda group: position[group[0]])
    number = {job: index for index, group in enumerate(groups) for job in group}
    needs = [{number[need] for job in group for need in jobs[job]} - {index} for index, group in enumerate(groups)]
    sites = [tuple(dict.fromkeys(site for site, _ in group)) for group in groups]
    largest = max(sites, key=len, default=())
    if len(largest) > limit:
        message = Message(
            "these sites must be in flight together, because each waits for the others: {sites}",
            sites=", ".join(sorted(largest)),
        )
        raise RefusedError(message, Message("run it with --max-in-flight {count}", count=len(largest)))
    found = []
    for count, members in enumerate(schedule(needs, [len(names) for names in sites], limit), 1):
        names = tuple(dict.fromkeys(site for index in members for site in sites[index]))
        found.append((_wave(count, names, inventory), frozenset(job for index in members for job in groups[index])))
    return found


def _wave(number: int, sites: tuple[str, ...], inventory: Inventory) -> Wave:
    codes = tuple(dict.fromkeys(place(site, inventory)[0] for site in sites))
    names = (inventory.regions[code].name if code in inventory.regions else code for code in codes)
    return Wave(number, codes, ", ".join(names), sites)


def schedule(needs: Sequence[Collection[int]], sizes: Sequence[int], limit: int) -> list[list[int]]:
    """The numbers of jobs in waves: what a job needs is in earlier ones, the sizes in a wave add up to `limit` at most.

    Jobs are wanted in the order of their numbers; the first waves keep it, as many as make the whole no longer. No job
    may need itself, directly or not, and none may be larger than `limit`.
    """
    work = _Work(needs, sizes, limit)
    best = work.run(0)
    low, high = 0, len(best)
    while low < high:
        middle = (low + high + 1) // 2
        tried = work.run(middle)
        if len(tried) <= len(best):
            low, best = middle, tried
        else:
            high = middle - 1
    return [sorted(wave) for wave in best]


_Ranked: TypeAlias = tuple[int, ...]  # a job's number with what it is ranked by in front


class _Work:
    """The jobs, with who waits for whom and how long the chains behind them are."""

    def __init__(self, needs: Sequence[Collection[int]], sizes: Sequence[int], limit: int) -> None:
        self.needs, self.sizes, self.limit = needs, sizes, limit
        self.needed_by: list[list[int]] = [[] for _ in needs]
        for job, wanted in enumerate(needs):
            for need in wanted:
                self.needed_by[need].append(job)
        order, _ = graph.ordered(dict(enumerate(needs)))
        self.chain = [0] * len(needs)
        for job in reversed(order):
            self.chain[job] = 1 + max((self.chain[after] for after in self.needed_by[job]), default=0)

    def run(self, plain: int) -> list[list[int]]:
        """The waves, the first `plain` of them in the order of the numbers, the others by Hu's rule."""
        waiting = [len(wanted) for wanted in self.needs]
        ready: list[_Ranked] = [(job,) for job, count in enumerate(waiting) if not count]
        made: list[list[int]] = []
        by_chain = False
        while ready:
            if not by_chain and len(made) >= plain:
                by_chain = True
                ready = [(-self.chain[job], job) for *_, job in ready]
                heapq.heapify(ready)
            made.append(self._fill(ready))
            for job in made[-1]:
                for after in self.needed_by[job]:
                    waiting[after] -= 1
                    if not waiting[after]:
                        heapq.heappush(ready, (-self.chain[after], after) if by_chain else (after,))
        return made

    def _fill(self, ready: list[_Ranked]) -> list[int]:
        """Take from the heap what fits into one wave; what does not stays."""
        room = self.limit
        taken: list[int] = []
        left: list[_Ranked] = []
        while ready and room:
            entry = heapq.heappop(ready)
            job = entry[-1]
            if self.sizes[job] <= room:
                taken.append(job)
                room -= self.sizes[job]
            else:
                left.append(entry)
        for entry in left:
            heapq.heappush(ready, entry)
        return taken
