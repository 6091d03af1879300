"""What is too much for a line: more than the policy's limit and than today, or so much that packets are thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from inventory.text import Message, mark
from lab.rehearsal.loads import ENOUGH, Moment
from lab.rehearsal.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.rehearsal.capacity.model import Capacity
    from lab.rehearsal.loads import Lane, LineLoad, PairLoad, Window

NOISE: Final = 3.0  # percent of a bandwidth by which two windows of the same network may differ
LOST: Final = 0.01  # share of a pair's load from which it does not fit


def findings(capacity: Capacity, window: Window, leg: str, faults: Sequence[Message] = ()) -> Iterator[Finding]:
    """What is wrong in a window of a leg. Of today only what does not fit: lines that are full today are listed.

    A load that could not be sent is wrong too: nothing is known of a line that did not have it.
    """
    if window.sent < ENOUGH:
        told = Message(
            "this machine was too busy to send the load: {sent} % of it, so nobody knows which lines it fills",
            sent=round(100 * window.sent),
        )
        yield Finding("load-not-sent", _with(told, faults), leg)
    if window.moment is not Moment.TODAY:
        for line in window.lines:
            if line.percent > max(capacity.limit, capacity.most_today(line.line)) + NOISE:
                yield _full(capacity, window, line, leg, faults)
    before = {pair.name: pair.lost or 0.0 for pair in capacity.today.pairs}
    for pair in window.pairs:
        known = before.get(pair.name, 0.0) if window.moment is not Moment.TODAY else 0.0
        if pair.lost is not None and pair.lost > known + LOST:
            yield _lost(window, pair, leg, faults)


def _full(capacity: Capacity, window: Window, line: LineLoad, leg: str, faults: Sequence[Message]) -> Finding:
    lane = (line.line, line.device)
    over = [name for name, way in window.ways.items() if lane in way]
    pair = max(over, key=lambda name: capacity.demands.get(name, 0.0), default="")
    today = capacity.today.line(line.line)
    told = Message(
        "{line}: {offered} Mbit/s for its {mbps} at {device}, {percent} % (limit {limit} %, today {today} %); "
        "most of it {pair}",
        line=line.line, offered=round(line.offered, 1), mbps=line.mbps, device=line.device,
        percent=round(line.percent), limit=round(capacity.limit),
        today=round(today.percent) if today is not None and line.line in capacity.measured else "?", pair=pair or "–",
    )  # fmt: skip
    return Finding("line-full", _with(told, faults), leg, line.device, pair, line.line)


def _lost(window: Window, pair: PairLoad, leg: str, faults: Sequence[Message]) -> Finding:
    worst = narrowest(window, window.ways.get(pair.name, ()))
    text = {"pair": pair.name, "offered": round(pair.offered, 1), "lost": round(100 * (pair.lost or 0.0), 1)}
    if worst is None:
        told = Message("{pair} loses {lost} % of its {offered} Mbit/s; no line on its way has thrown them away", **text)
        return Finding("load-lost", _with(told, faults), leg, "", pair.name)
    told = Message(
        "{pair} loses {lost} % of its {offered} Mbit/s: {line} ({mbps} Mbit/s) throws {dropped} % away at {device}",
        **text, line=worst.line, mbps=worst.mbps, device=worst.device, dropped=round(100 * worst.dropped, 1),
    )  # fmt: skip
    return Finding("load-lost", _with(told, faults), leg, worst.device, pair.name, worst.line)


def narrowest(window: Window, way: Sequence[Lane]) -> LineLoad | None:
    """The line on a way that throws most away, in the direction of the way; None if none does."""
    dropping = [line for line in window.lanes if line.dropped and (line.line, line.device) in way]
    return max(dropping, key=lambda line: line.dropped, default=None)


def _with(told: Message, faults: Sequence[Message]) -> Message:
    for fault in faults:
        told = Message("{told}; {fault}", told=told, fault=fault)
    return told


def notes(capacity: Capacity) -> list[Message]:
    """How the load was made, and what of the lines nothing is known of."""
    made = Message(
        "load: the 95th percentile of {source}, lines and traffic at 1:{factor}; a line over {limit} % is full",
        source=capacity.source, factor=capacity.factor, limit=round(capacity.limit),
    )  # fmt: skip
    full = [f"{name} ({capacity.most_today(name):.0f} %)" for name in capacity.full_today]
    unmeasured = [name for name in capacity.mbps if name not in capacity.measured]
    blank = [name for name, mbps in capacity.mbps.items() if not mbps]
    told = (
        (full, mark("lines that are full today already: {names}")),
        (unmeasured, mark("lines not measured, so only what others bring is on them: {names}")),
        (blank, mark("lines without a bandwidth in the inventory, of which nothing is said: {names}")),
        (capacity.narrow, mark("lines too narrow at this scale to be judged: {names}")),
    )
    return [
        made,
        *(Message(text, names=_few(names)) for names, text in told if names),
        *(_lacking(capacity, name, wanted) for name, wanted in capacity.wanted.items() if _lacks(capacity, name)),
    ]


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (" …" if len(names) > 12 else "")


def _lacks(capacity: Capacity, name: str) -> bool:
    return capacity.wanted[name] < 0.95 * (capacity.load(name) or 0.0)


def _lacking(capacity: Capacity, name: str, wanted: float) -> Message:
    return Message(
        "{line}: {offered} of the measured {load} Mbit/s are sent; the rest belongs to devices that do not run",
        line=name, offered=round(wanted, 1), load=round(capacity.load(name) or 0.0, 1),
    )  # fmt: skip
