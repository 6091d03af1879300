"""What hosts send each other if lines carry what was measured on them.

A measurement says what a line carries, not from whom to whom. Of all traffic that would give these loads along the ways
that packets take today, the most even one is taken: iterative proportional fitting, which scales the pairs of one line
after the other (Kruithof 1937; for link loads: Y. Vardi, Network Tomography, JASA 91, 1996; Y. Zhang et al., SIGMETRICS
2003). A pair whose way leads over no measured line sends nothing. Where the loads cannot be had together, because what
a line carries comes from devices that do not run, less is sent, never more than was measured.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.rehearsal.loads import Lane

_ROUNDS: Final = 200
_NEAR: Final = 1e-6
_SHORT: Final = 0.01  # share of a load that may be lacking


def fit(ways: Mapping[str, Sequence[Lane]], loads: Mapping[str, float]) -> dict[str, float]:
    """What each pair sends, in the unit of `loads`; each line has its load in both directions, or less.

    `ways` are the lanes of each ordered pair's packets. Pairs without a measured line are not in the result.
    """
    over: dict[Lane, list[str]] = defaultdict(list)
    for pair, lanes in ways.items():
        for lane in lanes:
            if lane[0] in loads:
                over[lane].append(pair)
    reached = set(over)
    while True:
        sent = _fitted(over, loads, reached)
        short = {lane: loads[lane[0]] - sum(sent[pair] for pair in over[lane]) for lane in reached}
        worst = max(short, key=lambda lane: short[lane], default=None)
        if worst is None or short[worst] <= _SHORT * loads[worst[0]]:
            return sent
        # What cannot be had on this line must not draw traffic away from the others.
        reached.remove(worst)


def _fitted(over: Mapping[Lane, Sequence[str]], loads: Mapping[str, float], reached: set[Lane]) -> dict[str, float]:
    """The pairs scaled until the lanes that are to be `reached` have their load, and no lane has more."""
    sent = {pair: 1.0 for pairs in over.values() for pair in pairs}
    for _ in range(_ROUNDS):
        change = 0.0
        for lane, pairs in over.items():
            change = max(change, _scale(sent, pairs, loads[lane[0]], only_down=lane not in reached))
        if change < _NEAR:
            break
    # Scaling down is the last word: where not all loads can be had together, nobody gets too much.
    change = 1.0
    while change > _NEAR:
        change = 0.0
        for lane, pairs in over.items():
            change = max(change, _scale(sent, pairs, loads[lane[0]], only_down=True))
    return sent


def _scale(sent: dict[str, float], pairs: Sequence[str], load: float, *, only_down: bool = False) -> float:
    """Make the pairs send `load` together; by which part that changed them."""
    total = sum(sent[pair] for pair in pairs)
    if not total or (only_down and total <= load):
        return 0.0
    factor = load / total
    for pair in pairs:
        sent[pair] *= factor
    return abs(1.0 - factor)


def on_lanes(ways: Mapping[str, Sequence[Lane]], sent: Mapping[str, float]) -> dict[Lane, float]:
    """What lies on each lane if every pair sends as much as `sent` says."""
    found: dict[Lane, float] = defaultdict(float)
    for pair, lanes in ways.items():
        for lane in lanes:
            found[lane] += sent.get(pair, 0.0)
    return dict(found)
