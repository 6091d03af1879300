"""What a rehearsal has found, judged: what is wrong, where and between whom, and the whole of it as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inventory.text import Message, mark
from lab.rehearsal.matrix import differing
from lab.rehearsal.model import Finding, Wanted, Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lab.rehearsal.capacity.model import Capacity
    from lab.rehearsal.legs import Walk
    from lab.rehearsal.model import Leg, Loss, Pair, Pushed, Seen
    from lab.rehearsal.running import Lab
    from lab.rehearsal.vrfs import Bound
    from lab.state import Skipped, Substitution

VERSION = 1
PAUSE = 2.0  # seconds without a probe that are more than a busy machine's


@dataclass
class Result:
    """A rehearsal that has ended.

    `left` is what stand-ins do not carry over, by device: lines and why. `rests` are the devices with such lines on the
    way of each pair that has some. `mended` are the pairs that are wrong today and are not behind the change.
    `untold` are pairs that were not asked, for the back end has no VRFs, each with the first port on its way in one.
    """

    title: str
    change: str
    lab: Lab
    before: tuple[Seen, ...]
    legs: tuple[Leg, ...]
    findings: tuple[Finding, ...]
    interval: float
    substitutions: tuple[Substitution, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    left: Mapping[str, Sequence[Message]] = field(default_factory=dict)
    rests: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()
    seconds: float = 0.0
    mended: tuple[str, ...] = ()
    capacity: Capacity | None = None
    backend: str = ""
    untold: Mapping[Pair, Bound] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    @property
    def resting(self) -> Message | None:
        """How many pairs' results rest on the lines that stand-ins carry over; None if all of them carry all."""
        if not self.rests:
            return None
        return Message(
            "{count} of {all} pairs pass devices with lines that their stand-ins do not carry over; what is said of "
            "these pairs holds for the other lines: {names}",
            count=len(self.rests), all=len(self.before),
            names=", ".join(sorted({device for devices in self.rests.values() for device in devices})[:10]),
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Stable keys; sentences in both languages."""
        asked = (seen.flow.pair for matrix in (self.before, *(leg.matrix for leg in self.legs)) for seen in matrix)
        vrfs = {pair.name: list(pair.vrfs) for pair in asked}
        return {
            "version": VERSION,
            "ok": self.ok,
            "title": self.title,
            "change": self.change,
            "seconds": round(self.seconds, 1),
            "probe_interval": round(self.interval, 3),
            "devices": [device.name for device in self.lab.topology.devices],
            "hosts": [
                {
                    "name": host.name,
                    "device": host.device,
                    "line": host.line,
                    "zone": host.zone,
                    "vrf": host.vrf,
                    "addresses": [str(home.address) for home in host.homes],
                    "outside": host.hop is not None,
                }
                for host in self.lab.everybody
            ],
            "backend": self.backend,
            "findings": [{**finding.as_json(), "vrfs": vrfs.get(finding.pair, [])} for finding in self.findings],
            "before": [_seen(seen) for seen in self.before],
            "not_asked": [
                {
                    "from": pair.a,
                    "to": pair.b,
                    "vrfs": list(pair.vrfs),
                    "wanted": pair.wanted.value,
                    "device": port.device,
                    "line": port.line,
                }
                for pair, port in self.untold.items()
            ],
            "mended": list(self.mended),
            "capacity": self.capacity.as_json() if self.capacity is not None else None,
            "legs": [_leg(leg, self.capacity) for leg in self.legs],
            "stand_ins": [
                {"device": one.device, "platform": one.platform, "stand_in": one.stand_in, "why": _both(one.why)}
                for one in self.substitutions
            ],
            "not_run": [
                {"device": one.device, "platform": one.platform, "why": _both(one.why)} for one in self.skipped
            ],
            "not_carried_over": {name: [_both(one) for one in several] for name, several in self.left.items()},
            "rests_on": {pair: list(devices) for pair, devices in self.rests.items()},
            "notes": [_both(note) for note in self.notes],
        }


def _both(message: Message) -> dict[str, str]:
    return {"en": message.in_language("en"), "zh": message.in_language("zh_CN")}


def _seen(seen: Seen) -> dict[str, Any]:
    flow = seen.flow
    return {
        "from": flow.pair.a,
        "to": flow.pair.b,
        "source": str(flow.a),
        "destination": str(flow.b),
        "vrfs": list(flow.pair.vrfs),
        "wanted": flow.pair.wanted.value,
        "passed": seen.passed,
        "control": seen.control,
        "last": seen.last,
        "hops": list(seen.hops),
    }


def _leg(leg: Leg, capacity: Capacity | None) -> dict[str, Any]:
    measured = capacity.measured if capacity is not None else ()
    return {
        "leg": leg.name,
        "folder": leg.folder,
        "stage": leg.stage,
        "way": leg.way.value,
        "seconds": round(leg.seconds, 2),
        "settled": round(leg.settled, 2),
        "allowed": leg.allowed,
        "devices": [
            {"name": one.device, "state": one.state, "ok": one.ok, "error": _both(one.error) if one.error else None}
            for one in leg.pushed
        ],
        "probes": sum(loss.sent for loss in leg.losses),
        "lost": sum(loss.lost for loss in leg.losses),
        "longest": round(max((loss.longest(leg.seconds) for loss in leg.losses), default=0.0), 3),
        "losses": [_loss(loss, leg) for loss in leg.losses if loss.lost],
        "neighbours": dict(leg.neighbours),
        "matrix": [_seen(seen) for seen in leg.matrix],
        "faults": [_both(fault) for fault in leg.faults],
        "tunnels_renewed": {pair: list(devices) for pair, devices in leg.renewed.items()},
        "internet": None if leg.seal is None else {"clear": leg.seal.clear, "sealed": leg.seal.sealed},
        "capacity": [window.as_json(measured) for window in leg.windows],
    }


def _loss(loss: Loss, leg: Leg) -> dict[str, Any]:
    return {
        "from": loss.flow.pair.a,
        "to": loss.flow.pair.b,
        "source": str(loss.flow.a),
        "destination": str(loss.flow.b),
        "sent": loss.sent,
        "lost": loss.lost,
        "longest": round(loss.longest(leg.seconds), 3),
        "gaps": [{"from": gap.begin, "to": gap.end, "count": gap.count} for gap in loss.gaps],
    }


# ---- what is wrong


def findings(
    before: Sequence[Seen], legs: Sequence[Leg], walk: Walk, neighbours: Mapping[str, int]
) -> Iterator[Finding]:
    """All that is wrong, in the order in which it was seen."""
    since = mended(before, legs, walk)
    failing = {seen.flow.pair.name for seen in before if seen.wrong and seen.flow.pair.name not in since}
    for seen in before:
        if seen.flow.pair.name in failing and seen.wrong:
            yield _wrong_pair(seen, "today", walk)
    ended = {seen.flow.pair.name: seen.last for seen in before if seen.wrong}
    forth = [leg for leg in legs if leg.way is Way.FORTH]
    # A LAN that the change makes has nobody to ask today.
    never = [pair for pair in walk.unasked if all(pair in leg.unasked for leg in forth)]
    yield from _unasked(never, "today", walk)
    yield from _deaf(walk.deaf, "today", walk)
    deaf = set(walk.deaf)
    told = set(walk.unasked)
    behind: set[tuple[str, str]] = set()
    if not any(
        seen.flow.pair.wanted is Wanted.REQUIRED
        for matrix in (before, *(leg.matrix for leg in legs))
        for seen in matrix
    ):
        text = Message("no pair of hosts has to pass among the devices that run: of packets nothing is shown")
        yield Finding("not-asked", text, "today")
    for leg in legs:
        yield from _pushed(leg)
        yield from _unknown(leg)
        if leg.way is Way.FORTH:
            yield from _unasked([pair for pair in leg.unasked if pair not in told], leg.name, walk)
            told |= set(leg.unasked)
        yield from _deaf([name for name in leg.deaf if name not in deaf], leg.name, walk)
        deaf |= set(leg.deaf)
        for device, address in leg.silent:
            text = Message(
                "{device}: its new address {address} does not answer, or nobody at the other end shares its subnet",
                device=device, address=address,
            )  # fmt: skip
            yield Finding("unanswered", text, leg.name, device)
        for seen in leg.matrix:
            name = seen.flow.pair.name
            if not seen.wrong or walk.point(leg) < since.get(name, 0):
                continue
            # One that failed today and fails elsewhere now has come farther, and has another reason.
            if name not in failing or seen.last not in ("", ended.get(name)):
                yield _wrong_pair(seen, leg.name, walk)
        yield from _clear(leg)
        yield from (
            Finding("left-behind", one.told, leg.name, one.device)
            for one in leg.stale
            if (one.device, one.line) not in behind
        )
        behind |= {(one.device, one.line) for one in leg.stale}
        yield from _lost(leg, walk)
        yield from _neighbours(leg, neighbours)
        yield from _as_before(leg, walk)


def uncarried(untold: Mapping[Pair, Bound], backend: str) -> Iterator[Finding]:
    """What is wanted of pairs, and was not asked, since the back end has no VRFs: one for each port that is in one."""
    pairs: dict[Bound, list[Pair]] = {}
    for pair, port in untold.items():
        if pair.wanted is not Wanted.OPEN:
            pairs.setdefault(port, []).append(pair)
    for port, several in pairs.items():
        text = Message(
            "{device}, line {line}: {port} is in VPN instance {vrf}, and {backend} has no VRFs: {count} pairs are not "
            "asked; rehearse with --backend uml",
            device=port.device, line=port.line, port=port.port, vrf=port.vrf, backend=backend, count=len(several),
        )  # fmt: skip
        yield Finding("not-carried", text, "today", port.device, several[0].name if len(several) == 1 else "")


def uncontrolled(matrices: Sequence[Sequence[Seen]]) -> list[Message]:
    """Forbidden pairs that did not pass, and of which nothing in the same matrix shows that they could have."""
    names = {seen.flow.pair.name for matrix in matrices for seen in matrix if not seen.wrong and not seen.shown}
    text = Message(
        "{count} forbidden pairs do not pass, and no required pair shows that their hosts are reached at all: {names}",
        count=len(names), names=", ".join(sorted(names)[:10]),
    )  # fmt: skip
    return [text] if names else []


def mended(before: Sequence[Seen], legs: Sequence[Leg], walk: Walk) -> dict[str, int]:
    """The pairs that are wrong today and that the change mends, each with the point behind which it has to be right.

    That is what a change is for that joins networks: that they are apart today is no finding.
    """
    wrong = {seen.flow.pair.name for seen in before if seen.wrong}
    since: dict[str, int] = {}
    for leg in legs:
        here = {seen.flow.pair.name for seen in leg.matrix}
        bad = {seen.flow.pair.name for seen in leg.matrix if seen.wrong}
        since = {name: walk.point(leg) for name in wrong & (here - bad)} | since
    return since


def grouped(several: Sequence[Finding]) -> list[tuple[Finding, int]]:
    """The first finding of each kind at a device in a leg, and how many more of these there are."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for one in several:
        groups.setdefault((one.leg, one.kind, one.device), []).append(one)
    return [(group[0], len(group) - 1) for group in groups.values()]


def _pushed(leg: Leg) -> Iterator[Finding]:
    for one in leg.pushed:
        if not one.ok:
            why = one.error or Message("it is {state}", state=one.state)
            text = Message("{device} has not done the stage: {why}", device=one.device, why=why)
            yield Finding("not-done", text, leg.name, one.device)


def _unknown(leg: Leg) -> Iterator[Finding]:
    """What nobody can tell behind a leg, and would be taken for well."""
    for device, why in leg.unlike.items():
        text = Message(
            "{device}: what it runs is not what its stand-in does, so packets show nothing of it: {why}",
            device=device, why=why,
        )  # fmt: skip
        yield Finding("not-loaded", text, leg.name, device)
    for device, why in leg.unread.items():
        yield Finding("not-read", Message("{device} cannot be read: {why}", device=device, why=why), leg.name, device)
    if leg.losses and leg.pause[1] > PAUSE:
        text = Message(
            "no probe was sent for {seconds} s, from second {begin} on: nobody knows what would have been lost",
            seconds=round(leg.pause[1], 1), begin=round(leg.pause[0], 1),
        )  # fmt: skip
        yield Finding("not-sent", text, leg.name)
    for fault in leg.unmade:
        text = Message("what was to happen in the middle of the stage did not: {fault}", fault=fault)
        yield Finding("no-fault", text, leg.name)


def _unasked(several: Sequence[Pair], leg: str, walk: Walk) -> Iterator[Finding]:
    for pair in several:
        text = Message(
            "{pair} has to pass and is not asked: at one of its ends the router has no address for the LAN",
            pair=pair.name,
        )  # fmt: skip
        yield Finding("not-asked", text, leg, walk.home_of(pair.a), pair.name)


def _deaf(several: Sequence[str], leg: str, walk: Walk) -> Iterator[Finding]:
    for host in several:
        text = Message(
            "{host} does not find its router {device} in its own LAN: that nothing of it passes shows nothing",
            host=host, device=walk.home_of(host),
        )  # fmt: skip
        yield Finding("not-asked", text, leg, walk.home_of(host), host)


def _neighbours(leg: Leg, before: Mapping[str, int]) -> Iterator[Finding]:
    for device, number in before.items():
        count = leg.neighbours.get(device)
        if count is None:
            text = Message("{device} does not tell its routing neighbours, and had {before}",
                           device=device, before=number)  # fmt: skip
            yield Finding("neighbours", text, leg.name, device)
        elif count < number:
            text = Message(
                "{device} has {count} routing neighbours, and had {before}",
                device=device, count=count, before=number,
            )  # fmt: skip
            yield Finding("neighbours", text, leg.name, device)


def _wrong_pair(seen: Seen, leg: str, walk: Walk) -> Finding:
    pair, flow = seen.flow.pair, seen.flow
    ends = {"a": pair.a, "b": pair.b, "source": flow.a, "destination": flow.b}
    stray = next(iter(walk.strays(pair, leg)), None)
    if pair.wanted is Wanted.FORBIDDEN:
        text = Message("{a} ({source}) reaches {b} ({destination}) and must not: {why}", **ends, why=pair.why)
        if stray is not None:
            text = Message("{told}; {device}: {why}", told=text, device=stray.device, why=stray.why)
        return Finding("forbidden-passed", text, leg, stray.device if stray is not None else pair.device, pair.name)
    if stray is not None:
        text = Message("{a} ({source}) does not reach {b} ({destination}); {device}: {why}",
                       **ends, device=stray.device, why=stray.why)  # fmt: skip
        return Finding("required-failed", text, leg, stray.device, pair.name)
    if seen.last:
        text = Message(
            "{a} ({source}) does not reach {b} ({destination}); the last that saw its packets is {device}",
            **ends, device=seen.last,
        )  # fmt: skip
    else:
        text = Message("{a} ({source}) does not reach {b} ({destination}); no router has seen its packets", **ends)
    return Finding("required-failed", text, leg, seen.last or walk.home_of(pair.a), pair.name)


def _clear(leg: Leg) -> Iterator[Finding]:
    """Packets between LANs that the carriers could read."""
    if leg.seal is None:
        return
    for a, b in leg.seal.pairs:
        text = Message("packets from {a} to {b} passed the internet outside of any tunnel", a=a, b=b)
        yield Finding("unsealed", text, leg.name, "", f"{a} → {b}")


def too_much(loss: Loss, leg: Leg) -> bool:
    """Whether a flow lost more than the leg allows. One that loses every other probe is away half of the time."""
    allowed = max(leg.allowed, leg.renewing if loss.flow.pair.name in leg.renewed else 0.0)
    return bool(loss.lost) and (not allowed or loss.away(leg.seconds) > allowed)


def renewals(legs: Sequence[Leg]) -> Iterator[Message]:
    """For each leg in which tunnels were opened anew: where, and what that cost."""
    for leg in legs:
        devices = sorted({device for several in leg.renewed.values() for device in several})
        losses = [loss for loss in leg.losses if loss.flow.pair.name in leg.renewed]
        if not devices or not losses:
            continue
        yield Message(
            "{leg}: tunnels were opened anew at {devices}: {lost} of {sent} probes through them were lost, "
            "{seconds} s at the longest",
            leg=leg.name, devices=", ".join(devices[:10]), lost=sum(loss.lost for loss in losses),
            sent=sum(loss.sent for loss in losses),
            seconds=round(max(loss.longest(leg.seconds) for loss in losses), 2),
        )  # fmt: skip


def _lost(leg: Leg, walk: Walk) -> Iterator[Finding]:
    for loss in leg.losses:
        longest = loss.longest(leg.seconds)
        if not too_much(loss, leg):
            continue
        device = "" if leg.faults else blamed(leg, loss, walk.way(loss.flow.pair))
        pair = loss.flow.pair
        text = Message(
            "{a} ↔ {b} ({source}, {destination}) lost {lost} of {sent} probes, {seconds} s at the longest",
            a=pair.a, b=pair.b, source=loss.flow.a, destination=loss.flow.b,
            lost=loss.lost, sent=loss.sent, seconds=round(longest, 2),
        )  # fmt: skip
        if device:
            text = Message("{told}, while {device} was being changed", told=text, device=device)
        for fault in leg.faults:
            text = Message("{told}; {fault}", told=text, fault=fault)
        yield Finding("loss", text, leg.name, device, pair.name)


def blamed(leg: Leg, loss: Loss, way: Sequence[str]) -> str:
    """The device on the pair's way that was being changed when most of its probes were lost; empty if none was."""
    if not loss.gaps:
        return ""
    gap = max(loss.gaps, key=lambda one: one.count)
    moment = leg.began + gap.begin

    def distance(one: Pushed) -> float:
        return 0.0 if one.begun <= moment <= one.ended else min(abs(moment - one.begun), abs(moment - one.ended))

    near = [one for one in leg.pushed if one.device in way and one.ended and distance(one) <= 1.0]
    # Of several at once the one whose end is nearest: packets are lost when a change is applied, not when it is read.
    return min(near, key=lambda one: abs(one.ended - moment)).device if near else ""


def _as_before(leg: Leg, walk: Walk) -> Iterator[Finding]:
    if leg.way is Way.FORTH:
        return
    first = walk.first_texts(leg)
    for device, text in leg.texts.items():
        if device in first and not walk.alike(device, first[device], text):
            told = Message("{device} does not run what it ran at this point the first time", device=device)
            yield Finding("not-as-before", told, leg.name, device)
    for seen in differing(walk.first_matrix(leg), leg.matrix):
        if not seen.wrong:
            told = Message("{pair} is not as it was at this point the first time", pair=seen.flow.pair.name)
            yield Finding("matrix-differs", told, leg.name, "", seen.flow.pair.name)


WAYS = {Way.FORTH: mark("forth"), Way.BACK: mark("back"), Way.AGAIN: mark("forth again")}
KINDS = {
    "not-done": mark("stage not done"),
    "unanswered": mark("address does not answer"),
    "required-failed": mark("required pair failed"),
    "forbidden-passed": mark("forbidden pair passed"),
    "loss": mark("packets lost"),
    "unsealed": mark("packets passed the internet unsealed"),
    "line-full": mark("line full"),
    "load-lost": mark("load does not fit"),
    "neighbours": mark("routing neighbour lost"),
    "left-behind": mark("old address left behind, or given twice"),
    "not-as-before": mark("configuration not as before"),
    "matrix-differs": mark("pairs not as before"),
    "not-asked": mark("nothing asked"),
    "not-carried": mark("VRF not carried"),
    "not-loaded": mark("stand-in not as its device"),
    "not-read": mark("device not read"),
    "no-fault": mark("fault did not happen"),
    "not-sent": mark("no probes sent"),
    "stopped": mark("stopped"),
}
WANTED = {
    Wanted.REQUIRED: mark("required"),
    Wanted.FORBIDDEN: mark("forbidden"),
    Wanted.OPEN: mark("nothing said"),
}
