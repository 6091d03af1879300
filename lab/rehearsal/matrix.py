"""All pairs of hosts, asked one after the other: who is answered, and where the packets of those end that are not."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from inventory.errors import LabError
from lab import checks
from lab.rehearsal.model import Seen, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from ipaddress import IPv4Address

    from lab.rehearsal.model import Flow
    from lab.rehearsal.traffic import Traffic
    from lab.state import LabState

SETTLE: Final = 60.0  # seconds that routing may need behind a change: an OSPF dead interval of 40 s, and some
TRACED: Final = 12  # failed pairs of one matrix whose packets are followed


def matrix(
    traffic: Traffic,
    flows: Sequence[Flow],
    owners: Mapping[str, str],
    *,
    hopeless: Collection[str] = (),
    settle: float = SETTLE,
) -> tuple[tuple[Seen, ...], float]:
    """Every flow as it is once routing has settled, and how many seconds that took.

    Flows that must pass are asked again until they do or `settle` seconds are over; those of pairs that are known to
    fail (`hopeless`, their names) are not waited for. `owners` says whose device an address is, for the last device
    that saw the packets of a pair that failed.
    """
    began = time.monotonic()
    passed: dict[Flow, bool] = {}
    waiting = [flow for flow in flows if flow.pair.wanted is Wanted.REQUIRED]
    while waiting:
        answers = traffic.ask(waiting, count=2, wait=1.0)
        passed |= dict(zip(waiting, answers, strict=True))
        waiting = [flow for flow in waiting if not passed[flow] and flow.pair.name not in hopeless]
        if time.monotonic() - began > settle:
            break
    settled = time.monotonic() - began
    others = [flow for flow in flows if flow not in passed]
    passed |= dict(zip(others, traffic.ask(others), strict=True))
    followed = iter(range(TRACED))
    seen = [_seen(traffic, flow, passed[flow], owners, followed) for flow in flows]
    return tuple(controlled(seen)), settled


def controlled(seen: Sequence[Seen]) -> Iterator[Seen]:
    """The same, forbidden pairs with what shows that their hosts could have reached each other at these addresses.

    A required pair that is answered shows that both of its hosts send and hear.
    """
    alive: dict[tuple[str, object], str] = {}
    for one in seen:
        if one.passed and one.flow.pair.wanted is Wanted.REQUIRED:
            alive.setdefault((one.flow.pair.b, one.flow.b), one.flow.pair.name)
            alive.setdefault((one.flow.pair.a, one.flow.a), one.flow.pair.name)
    for one in seen:
        pair = one.flow.pair
        forbidden = pair.wanted is Wanted.FORBIDDEN and not one.passed
        known = forbidden and (pair.a, one.flow.a) in alive
        yield replace(one, control=alive.get((pair.b, one.flow.b), "")) if known else one


def _seen(
    traffic: Traffic,
    flow: Flow,
    passed: bool,
    owners: Mapping[str, str],
    followed: Iterable[int],
) -> Seen:
    seen = Seen(flow, passed)
    if not seen.wrong or passed or next(iter(followed), None) is None:
        return seen
    hops, _ = traffic.trace(flow)
    # A host that hears nobody in its own LAN says so itself: that is no router.
    devices = [owners.get(hop, hop) for hop in hops if hop != str(flow.a)]
    last = next((device for device in reversed(devices) if device), "")
    return Seen(flow, passed, last, tuple(devices))


def differing(one: Iterable[Seen], other: Iterable[Seen]) -> list[Seen]:
    """Those of the second matrix that are not as in the first; a flow that only one of them has is no difference."""
    before = {seen.flow: seen.passed for seen in one}
    return [seen for seen in other if seen.flow in before and before[seen.flow] is not seen.passed]


def neighbours(state: LabState, routers: Iterable[str]) -> dict[str, int]:
    """How many neighbours each router has with whom it exchanges routes or labels; without those that do not tell."""
    return _of_each(checks.routing_sessions, state, routers)


def routes(state: LabState, routers: Iterable[str]) -> dict[str, int]:
    """How many routes each router has learnt from others; without those that do not tell."""
    return _of_each(checks.learnt_routes, state, routers)


def _of_each(told: Callable[[LabState, str], int], state: LabState, routers: Iterable[str]) -> dict[str, int]:
    def count(name: str) -> int | None:
        try:
            return told(state, name)
        except LabError:
            return None

    names = list(routers)
    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(names, pool.map(count, names), strict=True))
    return {name: number for name, number in found.items() if number is not None}


def wait_neighbours(state: LabState, wanted: Mapping[str, int], seconds: float) -> dict[str, int]:
    """The routers' neighbours once there are as many as `wanted`, or when the seconds are over."""
    return _wait(neighbours, state, wanted, seconds)


def wait_routes(state: LabState, wanted: Mapping[str, int], seconds: float) -> dict[str, int]:
    """The routes that routers have learnt, once there are as many as `wanted`, or when the seconds are over.

    A neighbour that is back has not told everything yet: OSPF waits five seconds between two versions of an LSA
    (MinLSInterval, RFC 2328 appendix B), and routers some seconds between two calculations.
    """
    return _wait(routes, state, wanted, seconds)


def _wait(
    count: Callable[[LabState, Iterable[str]], dict[str, int]],
    state: LabState,
    wanted: Mapping[str, int],
    seconds: float,
) -> dict[str, int]:
    end = time.monotonic() + seconds
    found = count(state, wanted)
    while (late := [name for name in wanted if found.get(name, -1) < wanted[name]]) and time.monotonic() < end:
        time.sleep(0.5)
        found |= count(state, late)
    return found


def deaf(state: LabState, gateways: Mapping[str, IPv4Address]) -> list[str]:
    """Those of the hosts that find nobody in their LAN at the address that they send to (RFC 826), by name.

    A router may answer no echo request; whether it is there at all is what its hardware address tells.
    """

    def finds(name: str) -> bool:
        address = str(gateways[name])
        checks.ping(state, name, address, count=1)
        said = checks.run(state, name, "ip", "-4", "neighbour", "show", address).stdout
        return " lladdr " in said

    names = list(gateways)
    with ThreadPoolExecutor(4) as pool:
        return [name for name, here in zip(names, pool.map(finds, names), strict=True) if not here]


def silent(state: LabState, asker: str, addresses: Sequence[str]) -> list[str]:
    """Those of the addresses that answer no echo request of a host."""

    def answers(address: str) -> bool:
        return checks.ping(state, asker, address, count=2).received > 0

    with ThreadPoolExecutor(4) as pool:
        return [address for address, here in zip(addresses, pool.map(answers, addresses), strict=True) if not here]
