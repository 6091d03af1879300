"""What a VRP or USG configuration means: filters as sets, prefix lists, static routes, partners, names.

Forms as in the command references of the AR, S, USG and NE40E series: `ip ip-prefix NAME [index N] {permit | deny}
NETWORK LENGTH [greater-equal G] [less-equal L]`, `ip route-static [vpn-instance V] NETWORK {MASK | LENGTH} [INTERFACE]
[vpn-instance V] [NEXT-HOP]`, `ip address-set NAME type {object | group}`, `security-policy`, `nat-policy`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from configs.addressing import Address, address_of, host_of
from configs.dialects.huawei import addresses, translations
from configs.dialects.huawei.filters import access_lists, bindings
from configs.dialects.huawei.services import of_rule, service_sets
from configs.intervals import ANYWHERE, BITS, AddressSet, Intervals, prefix, wildcard
from configs.meaning.filter_sets import UnclearError, rule_of
from configs.meaning.objects import Policy
from configs.meaning.statements import (
    Cover,
    FilterKind,
    FilterList,
    Meaning,
    Name,
    Partner,
    PrefixEntry,
    PrefixList,
    Route,
)
from configs.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.headers import Rule
    from configs.meaning.objects import Book, Services
    from configs.reading import Command
    from configs.tree import Tree

VIEWS = frozenset({
    "interface", "aaa", "acl", "ospf", "bgp", "isis", "vlan", "ike", "ipsec", "security-policy", "nat-policy",
    "vpn-instance", "route-policy",
})  # fmt: skip
_Words = tuple[str, ...]


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    reading = Reading(tree, "undo", lambda words: words[0] in VIEWS)
    objects = address_sets(reading)
    lists = tuple(_access_lists(reading, objects))
    sets = service_sets(reading)
    nat = translations.read(reading, lists, lambda rule: _policy_rules(rule, objects, sets))
    return Meaning(
        uses=addresses.read(tree).uses,
        filters=(*lists, *policies(reading, objects, sets)),
        prefix_lists=tuple(_prefix_lists(reading)),
        routes=tuple(_routes(reading)),
        partners=tuple(_partners(tree)),
        covers=tuple(_covers(tree)),
        definitions=(*_definitions(reading), *nat.definitions),
        references=(*_references(reading), *nat.references),
        translations=nat.lists,
        pools=nat.pools,
        translations_read=True,
        unread=nat.unread,
    )


# ---- filters


def _access_lists(reading: Reading, objects: dict[str, AddressSet]) -> Iterator[FilterList]:
    seen = set()
    for (family, name), entry in access_lists(reading).items():
        if id(entry) in seen:
            continue
        seen.add(id(entry))
        rules, unclear = [], list(entry.unclear)
        for found in sorted(entry.rules, key=lambda rule: rule.line):
            try:
                rules.append(rule_of(found, objects))
            except UnclearError:
                unclear.append(found.line)
        title = f"ipv6 {name}" if family == "6" else name
        yield FilterList(FilterKind.ACCESS_LIST, title, entry.command.line, tuple(rules), "deny", tuple(unclear))


def address_sets(reading: Reading) -> dict[str, AddressSet]:
    """Address sets by the words with which rules name them. A set that holds what is not understood is left out."""
    members: dict[str, list[_Words]] = {}
    for command in reading.find("ip", "address-set"):
        if len(command.folded) > 2 and not command.negated:
            members[command.folded[2]] = [inner.folded[1:] for inner in command.find("address") if not inner.negated]
    found: dict[str, AddressSet] = {}
    for _ in range(len(members)):  # groups may hold groups
        for name, lines in members.items():
            if name not in found:
                parts = [_member(words, found) for words in lines]
                known = [part for part in parts if part is not None]
                if parts and len(known) == len(parts):
                    found[name] = _union(known)
    return {f"address-set {name}": part for name, part in found.items()}


def _member(words: _Words, found: dict[str, AddressSet]) -> AddressSet | None:
    """`[ID] A mask M`, `[ID] range A B`, `[ID] address-set NAME`; the name must be known already."""
    if words and words[0].isdigit():
        words = words[1:]
    if words[:1] == ("address-set",) and len(words) > 1:
        return found.get(words[1])
    return _addresses(words)


def _addresses(words: _Words) -> AddressSet | None:
    """`any`, `A mask {M | L}`, `A L`, `A WILDCARD`, `A/L`, `range A B`; None if it is something else."""
    if words[:1] == ("any",):
        return ANYWHERE
    if words[:1] == ("range",) and len(words) > 2:
        first, last = address_of(words[1]), address_of(words[2])
        if first is None or last is None or first.version != last.version:
            return None
        return AddressSet.single(first.version, Intervals.inclusive(int(first), int(last)))
    if words and "/" in words[0]:
        return _prefix(host_of(words))
    address = address_of(words[0]) if words else None
    return None if address is None else _sized(address, words[1:])


def _sized(address: Address, rest: _Words) -> AddressSet | None:
    """What stands behind an address: `mask {M | L}`, a length, a wildcard, `0`, or nothing."""
    if rest[:1] == ("mask",):
        return _prefix(host_of((str(address), *rest[1:2])))
    if not rest or rest[0] == "0":
        return AddressSet.single(address.version, Intervals.one(int(address)))
    if rest[0].isdigit():
        return _prefix(host_of((str(address), rest[0])))
    free = address_of(rest[0])
    spans = wildcard(int(address), int(free), BITS[address.version]) if free is not None else None
    return None if spans is None else AddressSet.single(address.version, spans)


def _prefix(host: tuple[Address, int] | None) -> AddressSet | None:
    if host is None:
        return None
    version = host[0].version
    return AddressSet.single(version, prefix(int(host[0]), host[1], BITS[version]))


def _union(parts: Iterable[AddressSet]) -> AddressSet:
    found = AddressSet()
    for part in parts:
        found |= part
    return found


def policies(reading: Reading, objects: dict[str, AddressSet], sets: Book[Services]) -> Iterator[FilterList]:
    """The security policies, without the rules that are disabled."""
    for policy in reading.find("security-policy"):
        rules: list[Rule] = []
        unclear = []
        for rule in policy.find("rule"):
            if rule.negated or any(inner.folded == ("disable",) for inner in rule.inside):
                continue
            found = _policy_rules(rule, objects, sets)
            if found is None:
                unclear.append(rule.line)
            else:
                rules += found
        if rules or unclear:
            kind = FilterKind.SECURITY_POLICY
            yield FilterList(kind, "security-policy", policy.line, tuple(rules), "deny", tuple(unclear))


def _policy_rules(rule: Command, objects: dict[str, AddressSet], services: Book[Services]) -> tuple[Rule, ...] | None:
    sets = {"source-address": ANYWHERE, "destination-address": ANYWHERE}
    parts: dict[str, list[str]] = {}
    places: list[int] = []
    for role in ("source-address", "destination-address"):
        for word, without in ((role, False), (f"{role}-exclude", True)):
            lines = [inner for inner in rule.find(word) if not inner.negated]
            places += [inner.line for inner in lines]
            found = [part for inner in lines for part in _named_or_written(inner.folded[1:], objects)]
            if any(part is None for part in found):
                return None
            if lines:
                named = _union(part for part in found if part is not None)
                sets[role] = sets[role] - named if without else named
    action = "deny"
    for inner in rule.inside:
        word = inner.folded[0].removesuffix("-exclude")
        if inner.negated or word in sets or word in ("description", "counting", "session"):
            continue
        if inner.folded[0] == "action":
            action = " ".join(inner.folded[1:])
        else:
            parts.setdefault(inner.folded[0], []).append(" ".join(inner.folded[1:]))
    asked = of_rule(tuple(parts.pop("service", ())), services)
    conditions = {f"{word} {' | '.join(sorted(values))}" for word, values in parts.items() if "any" not in values}
    source, destination = sets.values()
    policy = Policy(rule.line, action, [source], [destination], conditions=conditions, lines=places)
    for content in asked:
        policy.service(content)
    try:
        return policy.rules()
    except UnclearError:
        return None


def _named_or_written(words: _Words, objects: dict[str, AddressSet]) -> Iterator[AddressSet | None]:
    if words[:1] == ("address-set",):
        for name in words[1:]:
            yield objects.get(f"address-set {name}")
    else:
        yield _addresses(words)


# ---- prefix lists and routes


def _prefix_lists(reading: Reading) -> Iterator[PrefixList]:
    found: dict[tuple[str, int], list[tuple[int, int, PrefixEntry]]] = {}
    for command in (*reading.find("ip", "ip-prefix"), *reading.find("ip", "ipv6-prefix")):
        version = 4 if command.folded[1] == "ip-prefix" else 6
        words = command.folded[3:]
        if command.negated or len(command.words) < 5:
            continue
        number = -1
        if words[0] == "index":
            number, words = int(words[1]) if words[1].isdigit() else -1, words[2:]
        entry = _entry(command.line, words, version)
        if entry is not None:
            rows = found.setdefault((command.words[2], version), [])
            rows.append((number if number >= 0 else len(rows) * 10, command.line, entry))
    for (name, version), rows in found.items():
        entries = tuple(entry for _, _, entry in sorted(rows, key=lambda row: row[:2]))
        yield PrefixList(name, version, min(entry.line for entry in entries), entries)


def _entry(line: int, words: _Words, version: int) -> PrefixEntry | None:
    host = host_of(words[1:])
    if words[0] not in ("permit", "deny") or host is None or host[0].version != version:
        return None
    value, length = int(host[0]), host[1]
    # Hand-written texts also have the words of other languages.
    names = {"greater-equal": "greater-equal", "less-equal": "less-equal", "ge": "greater-equal", "le": "less-equal"}
    bounds = {names[word]: int(after) for word, after in pairwise(words) if word in names and after.isdigit()}
    least = bounds.get("greater-equal", length)
    most = bounds.get("less-equal", BITS[version] if "greater-equal" in bounds else length)
    return PrefixEntry(line, words[0] == "permit", value, length, least, most)


_AFTER_HOP = ("preference", "tag", "track", "description", "permanent", "bfd", "inherit-cost", "no-advertise")


def _routes(reading: Reading) -> Iterator[Route]:
    for command in (*reading.find("ip", "route-static"), *reading.find("ipv6", "route-static")):
        if command.negated:
            continue
        rest, vrf = command.words[2:], ""
        if rest[:1] == ("vpn-instance",) and len(rest) > 1:
            vrf, rest = rest[1], rest[2:]
        host = host_of(rest)
        if host is None:
            continue
        rest = rest[1 if "/" in rest[0] else 2 :]
        stop = next((index for index, word in enumerate(rest) if word in _AFTER_HOP), len(rest))
        hop, interface, hop_vrf = None, [], vrf
        index = 0
        while index < stop:
            word = rest[index]
            address = address_of(word)
            if word == "vpn-instance" and index + 1 < stop:
                hop_vrf = rest[index + 1]
                index += 1
            elif word == "public":
                hop_vrf = ""
            elif address is not None:
                hop = int(address)
            else:
                interface.append(word)
            index += 1
        yield Route(
            command.line, vrf, host[0].version, int(host[0]), host[1], hop, "".join(interface), hop_vrf,
            " ".join(word for word in rest[stop:] if address_of(word) is None),
        )  # fmt: skip


# ---- partners

# A command's first words, the partner's kind; the far end's address is the first address behind them.
_PARTNERS: tuple[tuple[_Words, str], ...] = (
    (("peer",), "bgp"),
    (("remote-ip",), "ldp"),
    (("remote-address",), "ipsec"),
    (("tunnel", "remote"), "ipsec"),
    (("destination",), "tunnel"),
    (("mpls", "l2vc"), "l2vc"),
)


def _partners(tree: Tree) -> Iterator[Partner]:
    binding: dict[str, str] = {}
    for path, node in tree.walk():
        words = tuple(node.text.split())
        if words[:3] == ("ip", "binding", "vpn-instance") and len(words) > 3 and path:
            binding[path[-1]] = words[3]
    for path, node in tree.walk():
        words = tuple(node.text.split())
        for head, kind in _PARTNERS:
            if words[: len(head)] != head or len(words) <= len(head):
                continue
            if kind == "tunnel" and not (path and path[-1].lower().startswith("interface tunnel")):
                continue
            address = address_of(words[len(head)])
            if address is not None:
                own = _near(tree, path) if kind == "tunnel" else None
                yield Partner(kind, node.line, address.version, int(address), _vrf(path, binding), own)


def _covers(tree: Tree) -> Iterator[Cover]:
    """`network ADDRESS WILDCARD` of an OSPF area."""
    for path, node in tree.walk():
        words = tuple(node.text.split())
        if words[:1] == ("network",) and len(words) > 2 and path and path[0].startswith("ospf"):
            found = _addresses(words[1:])
            if found is not None and found.v4:
                yield Cover(node.line, 4, found.v4, _vrf(path, {}))


def _near(tree: Tree, path: _Words) -> int | None:
    """A tunnel's `source`, if it is an address."""
    for above, node in tree.walk():
        if above == path and node.text.startswith("source "):
            address = address_of(node.text.split()[1])
            return None if address is None else int(address)
    return None


def _vrf(path: _Words, binding: dict[str, str]) -> str:
    for text in reversed(path):
        words = text.split()
        if "vpn-instance" in words[:-1]:
            return words[words.index("vpn-instance") + 1]
        if words[0] == "interface" and words[1].lower().startswith("tunnel"):
            return ""  # its ends are addresses of the device itself
    return binding.get(path[-1], "") if path else ""


# ---- names

_DEFINED: tuple[tuple[_Words, str], ...] = (
    (("ip", "ip-prefix"), "ip-prefix"),
    (("ip", "ipv6-prefix"), "ipv6-prefix"),
    (("route-policy",), "route-policy"),
    (("ip", "address-set"), "address-set"),
    (("ip", "pool"), "ip pool"),
    (("ike", "peer"), "ike peer"),
    (("ip", "vpn-instance"), "vpn-instance"),
)
_USED: tuple[tuple[str, str], ...] = (
    ("ip-prefix", "ip-prefix"),
    ("ipv6-prefix", "ipv6-prefix"),
    ("route-policy", "route-policy"),
    ("address-set", "address-set"),
    ("ike-peer", "ike peer"),
)


def _definitions(reading: Reading) -> Iterator[Name]:
    for head, kind in _DEFINED:
        for command in reading.find(*head):
            if not command.negated and len(command.words) > len(head):
                yield Name(kind, command.words[len(head)], command.line)
    for family, name in access_lists(reading):
        yield Name("acl6" if family == "6" else "acl", name, 0)


def _references(reading: Reading) -> Iterator[Name]:
    for bound in bindings(reading):
        yield Name("acl6" if bound.key[0] == "6" else "acl", bound.key[1], bound.command.line)
    for command in reading.all:
        if command.negated or command.folded[0] in ("route-policy", "description", "sysname"):
            continue
        for word, kind in _USED:
            if word in command.folded[:-1] and command.folded[:2] != ("ip", word):
                name = command.words[command.folded.index(word) + 1]
                # `locator NAME ipv6-prefix 2001:db8:: 64` is a prefix itself.
                if address_of(name) is None:
                    yield Name(kind, name, command.line)
