"""Devices with filters and translations drawn by a number: the same number, the same device."""

from __future__ import annotations

from ipaddress import ip_interface
from random import Random
from typing import TYPE_CHECKING

from configs.forwarding.model import Forwarding, Port, PortKind
from configs.headers import PORTS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE, BITS, EMPTY, AddressSet, Intervals, everything
from configs.meaning.statements import FilterKind, Translated, Translation, TranslationList
from configs.rulesets.model import RuleSet, RuleSets, Zones

if TYPE_CHECKING:
    from collections.abc import Iterator

SIDES = (1, 2, 3)
"""The device's ports: `E1` has 10.9.1.1/24 and fd09:0:0:1::1/64 and so on, in the zones z1, z2, z3."""
BASE, BASE6 = 10 << 24 | 9 << 16, 0xFD09 << 112
HOSTS = (10, 11)
"""The last numbers of the addresses that a side's host has."""
SERVICES = {4: ((6, 80), (6, 443), (17, 53), (17, 80), (1, 0)), 6: ((6, 80), (17, 53), (58, 0))}
"""What is sent by each family: protocol and destination port. ICMP is an echo request."""
SOURCE_PORTS = (2000, 3000)
PUBLIC = 100
"""10.9.n.100 up to .103 are put before a host of another side, or in place of one."""


def port(side: int, vrf: str = "") -> Port:
    """A device's port."""
    own = (ip_interface((first(4, side) | 1, 24)), ip_interface((first(6, side) | 1, 64)))
    return Port(f"E{side}", PortKind.PHYSICAL, side, own, zone=f"z{side}", vrf=vrf)


def addresses(draw: Random) -> AddressSet:
    """Anywhere, a host, a side, a range, a few of them, all but one; of one family or of both."""
    side = draw.choice(SIDES)
    host = draw.choice(HOSTS)
    shape = draw.randrange(7)
    families = draw.choice(((4,), (4,), (6,), (4, 6)))
    if shape < 2:
        return ANYWHERE
    found = {}
    for version in families:
        near = first(version, side)
        one = Intervals.one(near | host)
        found[version] = (
            one,
            Intervals.inclusive(near, near | (1 << 8 if version == 4 else 1 << 64) - 1),
            Intervals.inclusive(near | 5, near | 10),
            one | Intervals.inclusive(first(version, 3), first(version, 3) | 11),
            everything(BITS[version]) - one,
        )[shape - 2]
    return AddressSet(found.get(4, EMPTY), found.get(6, EMPTY))


def first(version: int, side: int) -> int:
    """The address of a side's network."""
    return BASE | side << 8 if version == 4 else BASE6 | side << 64


def rule(draw: Random, line: int) -> Rule:
    """A rule of a list."""
    protocols = draw.choice(
        (PROTOCOLS, *(Intervals.one(number) for number in (1, 6, 17, 58)), Intervals.of(((6, 7), (17, 18))))
    )
    asks = protocols not in (Intervals.one(1), Intervals.one(58)) and draw.random() < 0.5
    return Rule(
        draw.choice(("permit", "deny")), line, addresses(draw), addresses(draw), protocols,
        draw.choice((PORTS, Intervals.inclusive(2000, 2500))) if asks else PORTS,
        draw.choice((Intervals.one(80), Intervals.inclusive(50, 100), Intervals.of(((53, 54), (443, 445)))))
        if asks else PORTS,
    )  # fmt: skip


def lists(draw: Random) -> Iterator[RuleSet]:
    """A list for a port's filter."""
    for name in ("first", "second"):
        rules = tuple(rule(draw, 100 + number) for number in range(draw.randint(1, 4)))
        yield RuleSet(FilterKind.ACCESS_LIST, name, 99, rules, default=draw.choice(("permit", "deny")))


def policy(draw: Random) -> RuleSet:
    """Rules between zones, in any number of zones on either side."""
    rules = tuple(rule(draw, 200 + number) for number in range(draw.randint(1, 5)))
    zones = {
        one.line: Zones(*(frozenset(draw.sample(("z1", "z2", "z3", "local"), draw.randint(0, 2))) for _ in range(2)))
        for one in rules
    }
    return RuleSet(
        FilterKind.SECURITY_POLICY, "policy", 199, rules, zones=zones, default=draw.choice(("deny", "permit"))
    )


def translations(draw: Random) -> TranslationList:
    """A server that is published, or a network that is; sources that are hidden, or stay."""
    found = []
    inner, outer = draw.sample(SIDES, 2)
    server = Intervals.one(BASE | inner << 8 | draw.choice(HOSTS))
    public = BASE | outer << 8 | PUBLIC
    protocol = draw.choice((6, 17))
    asked = Rule(
        "permit", 300, destination=AddressSet.single(4, Intervals.one(public)), protocols=Intervals.one(protocol),
        destination_ports=Intervals.one(80),
    )  # fmt: skip
    found.append(
        Translation(
            asked, destination=Translated(AddressSet.single(4, server), ports=draw.choice((None, Intervals.one(443))))
        )
    )
    if draw.random() < 0.5:
        few = AddressSet.single(4, Intervals.inclusive(public + 4, public + 7))
        to = AddressSet.single(4, Intervals.inclusive(BASE | inner << 8 | 8, BASE | inner << 8 | 11))
        found.append(Translation(Rule("permit", 301, destination=few), destination=Translated(to, in_order=True)))
    hidden = Rule(
        "permit", 302, source=AddressSet.single(4, Intervals.inclusive(BASE | inner << 8, BASE | inner << 8 | 255)),
        conditions=frozenset(draw.choice(((), (f"source-zone z{inner}", f"destination-zone z{outer}")))),
    )  # fmt: skip
    if draw.random() < 0.4:
        found.append(Translation(Rule("permit", 303, addresses(draw), addresses(draw), Intervals.one(6))))
    pool = draw.choice(
        (
            Translated(AddressSet()),
            Translated(AddressSet.single(4, Intervals.inclusive(public, public + 1))),
            Translated(AddressSet.single(4, Intervals.one(public)), ports=Intervals.inclusive(5000, 5999)),
        )
    )
    found.append(Translation(hidden, source=pool))
    return TranslationList("translated", 299, tuple(found))


def device(number: int, vrf: str = "") -> Forwarding:
    """The device of a number: by port filters, zones, security levels, each with or without translations."""
    draw = Random(number)  # noqa: S311 - nothing secret
    ports = {f"E{side}": port(side, vrf) for side in SIDES}
    kind = draw.choice(("lists", "zones", "zones", "levels", "both"))
    sets: list[RuleSet] = []
    if kind != "zones":
        sets += lists(draw)
        for side, way in draw.sample([(side, way) for side in SIDES for way in ("in", "out")], 2):
            one = ports[f"E{side}"]
            ports[f"E{side}"] = Port(
                one.name, one.kind, one.line, one.addresses, zone=one.zone, vrf=vrf,
                filters={**one.filters, way: draw.choice(("first", "second"))},
            )  # fmt: skip
    if kind in ("zones", "both"):
        sets.append(policy(draw))
    return Forwarding(
        "R",
        "cisco_asa" if kind == "levels" else draw.choice(("huawei", "fortinet")),
        ports,
        rules=RuleSets(tuple(sets)),
        translations=(translations(draw),) if draw.random() < 0.6 else (),
        priorities={"z1": 100, "z2": 50, "z3": 0} if kind == "levels" else {},
    )
