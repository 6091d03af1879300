"""What is too much for a line: more than the policy's limit and than today, or so much that packets are thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from inventory.text import Message, mark
from lab.rehearsal.capacity.model import Moment
from lab.rehearsal.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.rehearsal.capacity.demands import Lane
    from lab.rehearsal.capacity.model import Capacity, LineLoad, PairLoad, Window

NOISE: Final = 3.0  # percent of a bandwidth by which two windows of the same network may differ
LOST: Final = 0.01  # share of a pair's load from which it does not fit


def findings(capacity: Capacity, window: Window, leg: str, faults: Sequence[Message] = ()) -> Iterator[Finding]:
    """What is wrong in a window of a leg. Of today only what does not fit: lines that are full today are listed."""
    if window.moment is not Moment.TODAY:
        for line in window.lines:
            if line.percent > max(capacity.limit, capacity.most_today(line.line)) + NOISE:
                yield _full(capacity, window, line, leg, faults)
    before = {pair.name: pair.lost or 0.0 for pair in capacity.today.pairs}
    for pair in window.pairs:
        known = before.get(pair.name, 0.0) if window.moment is not Moment.TODAY else 0.0
        if pair.lost is not None and pair.lost > known + LOST:
            yield _lost(window, pair, leg, faults)


def _full(
    capacity: Capacity, window: Window, line: LineLoad, leg: str, faults: Sequence[Message]
) -> Finding:
    lane = (line.line, line.device)
    over = [name for name, way in window.ways.items() if lane in way]
    pair = max(over, key=lambda name: capacity.demands.get(name, 0.0), default="")
    today = capacity.today.line(line.line)
    told = Message(
        "{line}: {offered} of {mbps} Mbit/s leave {device}, {percent} % (limit {limit} %; today {today} %); most of it {pair}",
        line=line.line, offered=round(line.offered, 1), mbps=line.mbps, device=line.device,
        percent=round(line.percent), limit=round(capacity.limit),
        today=round(today.percent) if today is not None else "–", pair=pair or "–",
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
    dropping = [line for line in window.lines if line.dropped and (line.line, line.device) in way]
    return max(dropping, key=lambda line: line.dropped, default=None)


def _with(told: Message, faults: Sequence[Message]) -> Message:
    for fault in faults:
        told = Message("{told}; {fault}", told=told, fault=fault)
    return told


def notes(capacity: Capacity) -> list[Message]:
    """How the load was made, and what of the lines nothing is known of."""
    found = [
        Message(
            "load: the 95th percentile of {source}, at 1:{factor} (lines and traffic alike); a line over {limit} % is full",
            source=capacity.source, factor=capacity.factor, limit=round(capacity.limit),
        )
    ]  # fmt: skip
    if capacity.full_today:
        names = ", ".join(f"{name} ({capacity.most_today(name):.0f} %)" for name in capacity.full_today)
        found.append(Message("lines that are full today already: {names}", names=names))
    unmeasured = [name for name in capacity.mbps if name not in capacity.measured]
    blank = [name for name, mbps in capacity.mbps.items() if not mbps]
    for names, text in (
        (unmeasured, mark("not measured, so only what others bring is on them: {names}")),
        (blank, mark("no bandwidth in the inventory, so nothing is said of them: {names}")),
        (capacity.narrow, mark("too narrow at this scale to be judged: {names}")),
    ):
        if names:
            found.append(Message(text, names=", ".join(names[:12]) + (" …" if len(names) > 12 else "")))
    for name, wanted in capacity.wanted.items():
        load = capacity.load(name) or 0.0
        if wanted < 0.95 * load:
            found.append(
                Message(
                    "{line}: {offered} of the measured {load} Mbit/s are sent; the rest belongs to devices that do not run",
                    line=name, offered=round(wanted, 1), load=round(load, 1),
                )
            )  # fmt: skip
    return found
