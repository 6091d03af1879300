"""NAT of VRP and USG: `nat outbound`, `nat server`, `nat static`, `nat address-group`, `nat-policy`.

Forms as in the command references of the AR ("NAT Configuration Commands": outbound, server, static, address-group),
of the NE40E ("NAT": groups with `section ID FIRST {LAST | mask M}`, instances) and of the USG6000 ("NAT Policy":
`nat-policy`, `rule name R`, `action source-nat {address-group G | easy-ip}`, `action destination-nat …`; "NAT Server":
`nat server [NAME] [zone Z] [protocol P] global A [PORT] inside B [PORT] [no-reverse]`). Commands below an interface, in
a NAT instance and outside of one are read alike. A list that `nat outbound` names is an access list; what that denies
goes on untranslated as far as the command goes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.addressing import address_of, host_of, length_of
from configs.headers import PORTS, PROTOCOL_NUMBERS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE, BITS, NOWHERE_AT_ALL, AddressSet, Intervals, prefix
from configs.meaning.statements import Name, Pool, Translated, Translation, TranslationList
from configs.meaning.translations import both_ways, published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from configs.meaning.statements import FilterList
    from configs.reading import Command, Reading

_Words = tuple[str, ...]
# RFC 6335's registry, by the names that `nat server` and `nat static` take.
_PORTS: Final = {
    "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "dns": 53, "domain": 53, "tftp": 69, "www": 80,
    "pop3": 110, "ntp": 123, "snmp": 161, "snmptrap": 162, "https": 443, "syslog": 514,
}  # fmt: skip
_GROUPS: Final = ("address-group", "destination-nat-address-group")


class Read(NamedTuple):
    """Translations, pools, names, and the lines that could not be read."""

    lists: tuple[TranslationList, ...]
    pools: tuple[Pool, ...]
    definitions: tuple[Name, ...]
    references: tuple[Name, ...]
    unread: tuple[int, ...]


class _Side(NamedTuple):
    """What stands behind `global` or `inside`: addresses (None: an interface's), ports, the VRF, other words."""

    addresses: AddressSet | None
    ports: Intervals | None
    vrf: str | None
    words: _Words


def read(
    reading: Reading,
    filters: Iterable[FilterList],
    rule: Callable[[Command], Sequence[Rule] | None],
) -> Read:
    """All translations of a configuration whose access lists are known. `rule` reads a rule of a policy as boxes."""
    found = _Found({each.name: each for each in filters})
    for command in reading.all:
        if command.negated or command.folded[0] not in ("nat", "destination-nat"):
            continue
        if command.folded[1:2] == ("address-group",) or command.folded[:2] == ("destination-nat", "address-group"):
            found.pool(command)
    for command in reading.all:
        if not command.negated and command.folded[0] == "nat" and len(command.words) > 2:
            found.command(command)
    for policy in reading.find("nat-policy"):
        found.policy(policy, rule)
    lists = [
        TranslationList(name, rules[0].rule.line, tuple(rules))
        for name, rules in (("server", found.servers), ("static", found.fixed))
        if rules
    ]
    pools = tuple({id(pool): pool for pool in found.pools.values()}.values())
    definitions = tuple(Name("nat address-group", name, pool.lines[0]) for name, pool in found.pools.items())
    return Read((*lists, *found.lists), pools, definitions, tuple(found.references), tuple(found.unread))


class _Found:
    def __init__(self, filters: Mapping[str, FilterList]) -> None:
        self._filters = filters
        self.pools: dict[str, Pool] = {}
        self.servers: list[Translation] = []
        self.fixed: list[Translation] = []
        self.lists: list[TranslationList] = []
        self.references: list[Name] = []
        self.unread: list[int] = []

    # ---- pools

    def pool(self, command: Command) -> None:
        """`nat address-group G [group-id N] [FIRST {LAST | mask M}]`, with `section [N] FIRST …` below it."""
        words = command.words[2:]
        if not words:
            return
        rest = words[1:]
        number = None
        if rest[:1] == ("group-id",) and len(rest) > 1:
            number, rest = rest[1], rest[2:]
        elif rest and rest[0].isdigit():
            number, rest = rest[0], rest[1:]
        whole, lines = NOWHERE_AT_ALL, [command.line]
        rows = [(command.line, rest)] if rest and address_of(rest[0]) is not None else []
        for inner in command.inside:
            if not inner.negated and inner.folded[0] in ("section", "exclude-ip"):
                row = inner.words[1:]
                rows.append((inner.line, row[1:] if row and row[0].isdigit() else row))
        for line, row in rows:
            part = _span(row)
            if part is None:
                self.unread.append(line)
            else:
                whole |= part
                lines.append(line)
        vrf = _value(words, "vpn-instance")
        pool = Pool(words[0], tuple(dict.fromkeys(lines)), whole, vrf)
        self.pools[words[0]] = pool
        if number is not None:
            self.pools.setdefault(number, pool)

    def _from(self, group: str, line: int, words: str) -> Translated:
        self.references.append(Name("nat address-group", group, line))
        pool = self.pools.get(group)
        if pool is None:
            return Translated(AddressSet(), words=words, lines=(line,))
        # `destination-nat static address-to-address`: one for one
        one = "address-to-address" in words.split()
        return Translated(pool.addresses, one, words=words, lines=(line, *pool.lines), vrf=pool.vrf)

    # ---- commands

    def command(self, command: Command) -> None:
        """`nat outbound …`, `nat server …`, `nat static …`."""
        word, words = command.folded[1], command.words[2:]
        known = True
        if word == "outbound":
            self._outbound(command.line, words)
        elif word == "server":
            known = self._server(command.line, words)
        elif word == "static":
            known = self._static(command.line, words)
        elif word != "address-group":
            known = not any(address_of(text) is not None for text in words)
        if not known:
            self.unread.append(command.line)

    def _outbound(self, line: int, words: _Words) -> None:
        """`nat outbound {ACL | any} [address-group G [no-pat]] [interface I]`."""
        chosen = words[0]
        rules: tuple[Rule, ...] = (Rule("permit", line),)
        unclear: tuple[int, ...] = ()
        if chosen != "any":
            known = self._filters.get(chosen)
            rules = known.rules if known is not None else (Rule("permit", line, conditions=frozenset(("no list",))),)
            unclear = known.unclear if known is not None else ()
        group = _value(words, "address-group")
        kept = " ".join(word for word in words[1:] if word != group)
        target = Translated(AddressSet(), words=f"outbound {kept}", lines=(line,))
        if group is not None:
            target = self._from(group, line, f"outbound {kept}")
        found = tuple(Translation(rule, source=target if rule.action == "permit" else None) for rule in rules)
        self.lists.append(TranslationList(f"outbound {chosen}", line, found, unclear))

    def _server(self, line: int, words: _Words) -> bool:
        """`nat server [ID | NAME] [zone Z] [protocol P] global … inside … [no-reverse] [description …]`."""
        sides = _sides(words)
        if sides is None:
            return False
        outside, inside = sides
        if inside.addresses is None:
            return False
        protocols = _protocol(words)
        conditions = [f"{word} {after}" for word, after in pairwise(words) if word in ("zone", "acl")]
        kept = " ".join(inside.words) if outside.addresses is not None else " ".join((*outside.words, *inside.words))
        self.servers.append(
            published(
                line, ANYWHERE if outside.addresses is None else outside.addresses, inside.addresses,
                protocols=protocols, outside_ports=PORTS if outside.ports is None else outside.ports,
                inside_ports=inside.ports, conditions=conditions, words=kept, vrf=inside.vrf, outside_vrf=outside.vrf,
            )
        )  # fmt: skip
        return True

    def _static(self, line: int, words: _Words) -> bool:
        """`nat static [protocol P] global A [PORT] inside B [PORT] [netmask M]`, `nat static outbound A B`."""
        if words[0] in ("outbound", "inbound"):
            hosts = [_one(word) for word in words[1:] if address_of(word) is not None]
            pair = [host for host in hosts if host is not None]
            if len(pair) != 2:
                return False
            inside, outside = pair if words[0] == "outbound" else pair[::-1]
            self.fixed += both_ways(line, inside, outside, words=words[0], vrf=_value(words, "vpn-instance"))
            return True
        sides = _sides(words)
        if sides is None or sides[1].addresses is None:
            return False
        outer, inner = sides
        kept = " ".join((*outer.words, *inner.words))
        self.fixed += both_ways(
            line, sides[1].addresses, NOWHERE_AT_ALL if outer.addresses is None else outer.addresses,
            protocols=_protocol(words), inside_ports=PORTS if inner.ports is None else inner.ports,
            outside_ports=PORTS if outer.ports is None else outer.ports, words=kept, vrf=inner.vrf,
            outside_vrf=outer.vrf,
        )  # fmt: skip
        return True

    # ---- policies

    def policy(self, policy: Command, rule: Callable[[Command], Sequence[Rule] | None]) -> None:
        """`nat-policy`: rules with conditions, and one action each."""
        found: list[Translation] = []
        unclear = []
        for command in policy.find("rule"):
            if command.negated or any(inner.folded == ("disable",) for inner in command.inside):
                continue
            read_ = rule(command)
            if read_ is None:
                unclear.append(command.line)
                continue
            source = destination = None
            for inner in command.find("action"):
                if inner.negated:
                    continue
                if inner.folded[1:2] in (("destination-nat",), ("dest-nat",)):
                    destination = self._action(inner)
                elif inner.folded[1:2] in (("source-nat",), ("nat",)):
                    source = self._action(inner)
            found += [Translation(one, source, destination) for one in read_]
        if found or unclear:
            self.lists.append(TranslationList("nat-policy", policy.line, tuple(found), tuple(unclear)))

    def _action(self, command: Command) -> Translated:
        """`action {source-nat | destination-nat} … {address-group G | easy-ip | address A [PORT]}`."""
        words = command.words[1:]
        group = next((after for word, after in pairwise(words) if word in _GROUPS), None)
        kept = " ".join(word for word in words if word != group and address_of(word) is None)
        if group is not None:
            return self._from(group, command.line, kept)
        host = next((found for word in words if (found := _one(word)) is not None), None)
        lines = (command.line,)
        return Translated(host if host is not None else AddressSet(), words=kept, lines=lines)


def _sides(words: _Words) -> tuple[_Side, _Side] | None:
    """What stands behind `global` and behind `inside` (`host-address` on the older firewalls)."""
    folded = [word.lower() for word in words]
    inner = next((index for index, word in enumerate(folded) if word in ("inside", "host-address")), None)
    if "global" not in folded or inner is None or folded.index("global") > inner:
        return None
    mask = _value(words, "netmask")
    return _side(words[folded.index("global") + 1 : inner], mask), _side(words[inner + 1 :], mask)


def _side(words: _Words, mask: str | None) -> _Side:
    """`{A [B] | interface I | current-interface | unnumbered …} [PORT [PORT]] [vpn-instance V]`.

    Behind an interface ports are words: nobody knows where its name ends.
    """
    vrf = _value(words, "vpn-instance")
    whole: AddressSet | None = None
    rest = words
    if words and address_of(words[0]) is not None:
        second = len(words) > 1 and address_of(words[1]) is not None
        if second:
            whole, rest = _span(words[:2]), words[2:]
        else:
            whole, rest = _one(words[0], mask), words[1:]
    ports = [port for word in rest[:2] if (port := _port(word)) is not None] if whole is not None else []
    spans = Intervals.inclusive(ports[0].first, ports[-1].last) if ports else None
    kept = tuple(word for word in rest if address_of(word) is None and word != vrf)
    return _Side(whole, spans, vrf, kept)


def _port(word: str) -> Intervals | None:
    found = int(word) if word.isdigit() else _PORTS.get(word.lower())
    return None if found is None else Intervals.one(found)


def _protocol(words: _Words) -> Intervals:
    name = _value(words, "protocol")
    if name is None or name in ("any", "ip"):
        return PROTOCOLS
    number = int(name) if name.isdigit() else PROTOCOL_NUMBERS.get(name.lower())
    return PROTOCOLS if number is None else Intervals.one(number)


def _one(text: str, mask: str | None = None) -> AddressSet | None:
    address = address_of(text)
    if address is None:
        return None
    bits = BITS[address.version]
    length = bits if mask is None else length_of(address, mask)
    return None if length is None else AddressSet.single(address.version, prefix(int(address), length, bits))


def _span(words: _Words) -> AddressSet | None:
    """`FIRST LAST`, `FIRST mask M`, `A`."""
    if len(words) > 2 and words[1] == "mask":
        host = host_of((words[0], words[2]))
        if host is None:
            return None
        version = host[0].version
        return AddressSet.single(version, prefix(int(host[0]), host[1], BITS[version]))
    first = address_of(words[0]) if words else None
    last = address_of(words[1]) if len(words) > 1 else None
    if first is None:
        return None
    if last is None:
        return _one(words[0])
    return AddressSet.single(first.version, Intervals.inclusive(int(first), int(last)))


def _value(words: _Words, word: str) -> str | None:
    return next((after for before, after in pairwise(words) if before == word), None)
