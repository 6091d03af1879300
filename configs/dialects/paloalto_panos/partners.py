"""Whom a PAN-OS device speaks to: BGP peers, IKE gateways, GRE tunnels, next hops of policies; tunnels' selectors.

Forms as in Palo Alto Networks' web interface help, "Network > Virtual Routers > BGP", "Network > Network Profiles > IKE
Gateways", "Network > IPSec Tunnels" (proxy IDs), "Network > GRE Tunnels" (PAN-OS 10.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from configs.addressing import address_of
from configs.dialects.paloalto_panos.statements import Statement, router
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import Policy, written
from configs.meaning.statements import FilterKind, FilterList, Partner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.dialects.paloalto_panos.objects import Objects
    from configs.dialects.paloalto_panos.policies import Rules


class _Side(NamedTuple):
    """An end of a session as a line says it."""

    line: int
    vrf: str
    owner: str
    text: str


def partners(statements: Iterable[Statement], objects: Objects, rules: Rules) -> Iterator[Partner]:
    """Everybody, in no order."""
    sessions: dict[tuple[str, ...], dict[str, _Side]] = {}
    for one in statements:
        key, vrf = _session(one)
        for role in ("peer-address", "local-address") if key else ():
            text = _end(one.after(role))
            if text:
                sessions.setdefault(key, {})[role] = _Side(one.line, vrf, one.owner, text)
    for key, sides in sessions.items():
        far = sides.get("peer-address")
        if far is not None:
            yield from _partner(key[0], far, sides.get("local-address"), objects)
    for line, owner, text in rules.hops():
        yield from _partner("next hop", _Side(line, "", owner, text), None, objects)


def _session(one: Statement) -> tuple[tuple[str, ...], str]:
    """What a line is about: the kind of session and its name, and the VRF; ((), "") for other lines."""
    vrf, rest = router(one)
    if "bgp" in rest and "peer" in rest[:-1]:
        return ("bgp", one.owner, vrf, *rest[: rest.index("peer") + 2]), vrf
    for head, kind in ((("network", "ike", "gateway"), "ipsec"), (("network", "tunnel", "gre"), "tunnel")):
        if one.starts(*head) and len(one.words) > 4:
            return (kind, one.owner, one.words[3]), ""
    return (), ""


def _end(words: tuple[str, ...]) -> str:
    """`A`, `ip A`, `interface E ip A`; "" if there is no address."""
    if words[:1] == ("interface",):
        words = words[2:]
    if words[:1] in (("ip",), ("ipv6",), ("floating-ip",)):
        words = words[1:]
    return words[0] if words and words[0] not in ("fqdn", "dynamic") else ""


def _partner(kind: str, far: _Side, near: _Side | None, objects: Objects) -> Iterator[Partner]:
    there = _address(objects, far)
    if there is None:
        return
    here = _address(objects, near) if near is not None else None
    own = here[1] if here is not None and here[0] == there[0] else None
    yield Partner(kind, far.line, there[0], there[1], far.vrf, own)


def _address(objects: Objects, side: _Side) -> tuple[int, int] | None:
    """The one address that is written or named, with its family."""
    address = address_of(side.text.partition("/")[0])
    if address is not None:
        return address.version, int(address)
    found = objects.found(side.owner, side.text) if objects.has(side.owner, side.text) else None
    if found is None:
        return None
    version = 4 if found.v4 else 6
    return (version, found.family(version).first) if found.family(version).size == 1 else None


def selectors(statements: Iterable[Statement]) -> Iterator[FilterList]:
    """What tunnels protect, one list for each proxy id."""
    found: dict[tuple[str, str, str], dict[str, tuple[int, str]]] = {}
    for one in statements:
        if one.starts("network", "tunnel", "ipsec") and len(one.words) > 3:
            for word in ("proxy-id", "proxy-id-v6"):
                _sides(one, one.after(word), found)
    for number, ((_, tunnel, _), sides) in enumerate(found.items()):
        line = min(row[0] for row in sides.values())
        policy = Policy(line, "protect", lines=[row[0] for row in sides.values()])
        if "local" in sides:
            policy.source(written(sides["local"][1]))
        if "remote" in sides:
            policy.destination(written(sides["remote"][1]))
        title = f"selectors of {tunnel} #{number}"
        try:
            yield FilterList(FilterKind.ACCESS_LIST, title, line, policy.rules(), "clear")
        except UnclearError:
            yield FilterList(FilterKind.ACCESS_LIST, title, line, (), "clear", (line,))


def _sides(
    one: Statement, words: tuple[str, ...], found: dict[tuple[str, str, str], dict[str, tuple[int, str]]]
) -> None:
    for role in ("local", "remote"):
        if role in words[1:-1]:
            text = words[words.index(role, 1) + 1]
            found.setdefault((one.owner, one.words[3], words[0]), {})[role] = (one.line, text)
