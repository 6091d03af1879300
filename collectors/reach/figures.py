"""What a train of probes shows: loss, delay and how steady the delay is. Arithmetic only."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PERCENTILE = 0.95


@dataclass(frozen=True, slots=True)
class Figures:
    """One round's figures; seconds, and None for what so few answers do not tell.

    `jitter` is the mean of |D(i-1, i)|, the difference of two successive answers' delays (RFC 3550 section 6.4.1, in
    the order of arrival). The RFC smooths it with a gain of 1/16 from zero on, which a short train would not get over;
    the mean is what that filter tends to. `variation` is RFC 5481's packet delay variation (section 4.2: each delay
    less the smallest), of which the 95th percentile. Delays are those of the round trip: the other side's clock is
    not needed.
    """

    sent: int
    received: int
    shortest: float | None = None
    mean: float | None = None
    longest: float | None = None
    jitter: float | None = None
    variation: float | None = None
    duplicates: int = 0
    reordered: int = 0

    @property
    def loss(self) -> float | None:
        """The part that was not answered, 0 to 1; None if nothing was sent."""
        return (self.sent - self.received) / self.sent if self.sent else None


def figures(delays: Sequence[float | None], order: Sequence[int], duplicates: int = 0) -> Figures:
    """The figures of a train: each probe's delay (None: no answer), and the numbers of those answered as they came."""
    known = [delay for delay in delays if delay is not None]
    if not known:
        return Figures(len(delays), 0, duplicates=duplicates)
    arrived = [delay for number in order if (delay := delays[number]) is not None]
    steps = [abs(later - earlier) for earlier, later in pairwise(arrived)]
    shortest = min(known)
    ranked = sorted(delay - shortest for delay in known)
    return Figures(
        sent=len(delays),
        received=len(known),
        shortest=shortest,
        mean=sum(known) / len(known),
        longest=max(known),
        jitter=sum(steps) / len(steps) if steps else None,
        variation=ranked[math.ceil(_PERCENTILE * len(ranked)) - 1] if len(ranked) > 1 else None,
        duplicates=duplicates,
        reordered=_reordered(order),
    )


def _reordered(order: Sequence[int]) -> int:
    """How many came after one that was sent later (RFC 4737 section 3.3)."""
    highest, count = -1, 0
    for number in order:
        if number < highest:
            count += 1
        highest = max(highest, number)
    return count
