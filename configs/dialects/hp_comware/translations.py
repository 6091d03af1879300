"""Comware's NAT: `nat outbound`, `nat server`, `nat static`, `nat address-group`, `nat global-policy`.

Forms as in H3C's "NAT commands" (h3c.com d_202506/2518892, d_202106/1418990; HP MSR "Layer 3 - IP Services Command
Reference" for `net-to-net`). Commands below an interface and outside of one are read alike; a list that `nat outbound`
names is an access list, and what that denies goes on untranslated as far as the command goes.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from configs.addressing import address_of, host_of
from configs.dialects.hp_comware.filters import Groups, condition, service
from configs.headers import PORTS, PROTOCOL_NUMBERS, PROTOCOLS, Rule
from configs.intervals import ANYWHERE, BITS, NOWHERE_AT_ALL, AddressSet, Intervals, prefix
from configs.meaning import objects
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import Policy
from configs.meaning.statements import Name, Pool, Translated, Translation, TranslationList
from configs.meaning.translations import both_ways, published

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configs.meaning.statements import FilterList
    from configs.tree import Node

_Words = tuple[str, ...]
_HEADS: Final = (("nat", "outbound"), ("nat", "server"), ("nat", "static"))


class Read(NamedTuple):
    """Translations, pools, names, and the lines that could not be read."""

    lists: tuple[TranslationList, ...]
    pools: tuple[Pool, ...]
    definitions: tuple[Name, ...]
    references: tuple[Name, ...]
    unread: tuple[int, ...]


def read(nodes: Sequence[Node], filters: Mapping[str, FilterList], groups: Groups) -> Read:
    """All translations of a configuration whose access lists and object groups are known."""
    found = _Found(filters, groups)
    for node in nodes:
        words = tuple(node.text.split())
        if words[:2] == ("nat", "address-group") and len(words) > 2:
            found.pool(node, words[2:])
    for node in nodes:
        words = tuple(node.text.split())
        if words[:2] in _HEADS:
            found.command(node.line, words)
        elif words[:2] in (("nat", "global-policy"), ("nat", "policy")):
            found.policy(node)
    lists = [
        TranslationList(name, rules[0].rule.line, tuple(rules))
        for name, rules in (("server", found.servers), ("static", found.fixed))
        if rules
    ]
    named = {name: pool for name, pool in found.pools.items() if pool.name == name}
    definitions = tuple(Name("nat address-group", name, pool.lines[0]) for name, pool in found.pools.items())
    return Read(
        (*lists, *found.lists), tuple(named.values()), definitions, tuple(found.references), tuple(found.unread)
    )


class _Found:
    def __init__(self, filters: Mapping[str, FilterList], groups: Groups) -> None:
        self._filters = filters
        self._groups = groups
        self.pools: dict[str, Pool] = {}
        self.servers: list[Translation] = []
        self.fixed: list[Translation] = []
        self.lists: list[TranslationList] = []
        self.references: list[Name] = []
        self.unread: list[int] = []

    def pool(self, node: Node, words: _Words) -> None:
        """`nat address-group N [name X]` with `address FIRST LAST` below it; before Comware 7 all on one line."""
        rows = [(node.line, words[1:])] + [
            (inner.line, tuple(inner.text.split())[1:]) for inner in node.children if inner.text.startswith("address ")
        ]
        whole, lines = NOWHERE_AT_ALL, [node.line]
        for line, row in rows:
            part = objects.ranged(row[0], row[1]) if len(row) > 1 else None
            if part is not None:
                whole |= part
                lines.append(line)
            elif row and address_of(row[0]) is not None:
                self.unread.append(line)
        pool = Pool(words[0], tuple(dict.fromkeys(lines)), whole)
        for name in (words[0], *(after for before, after in pairwise(words) if before == "name")):
            self.pools[name] = pool

    def command(self, line: int, words: _Words) -> None:
        """A command of `_HEADS`."""
        if words[1] == "outbound":
            self._outbound(line, words[2:])
            return
        read = self._server(line, words[2:]) if words[1] == "server" else self._static(line, words[2:])
        if not read and any(address_of(word) is not None for word in words):
            self.unread.append(line)

    # ---- sources behind a pool

    def _outbound(self, line: int, words: _Words) -> None:
        """`nat outbound [ACL | name ACL | ipv6 …] [address-group {G | name G}] [vpn-instance V] …`."""
        group = _behind(words, "address-group")
        words_of_list = words[: words.index("address-group")] if "address-group" in words else words
        chosen = next((word for word in words_of_list[:2] if word.isdigit()), None) or _behind(words_of_list, "name")
        vrf = _value(words, "vpn-instance")
        rules: tuple[Rule, ...] = (Rule("permit", line),)
        unclear: tuple[int, ...] = ()
        if chosen is not None:
            self.references.append(Name("acl", chosen.lower(), line))
            known = self._filters.get(chosen.lower())
            rules = known.rules if known is not None else (Rule("permit", line, conditions=frozenset(("no list",))),)
            unclear = known.unclear if known is not None else ()
        if group is not None:
            self.references.append(Name("nat address-group", group, line))
        pool = self.pools.get(group or "")
        kept = " ".join(word for word in words if word not in (chosen, group) and address_of(word) is None)
        target = Translated(
            pool.addresses if pool is not None else AddressSet(),
            words=f"outbound {kept}",
            lines=(line, *(pool.lines if pool is not None else ())),
        )
        found = tuple(Translation(rule, source=target if rule.action == "permit" else None, vrf=vrf) for rule in rules)
        self.lists.append(TranslationList(f"outbound {chosen or 'any'}", line, found, unclear))

    # ---- servers

    def _server(self, line: int, words: _Words) -> bool:
        """`[NAME] [protocol P] global {A [B] | current-interface | interface I} [PORT] … inside A [B] [PORT] …`."""
        if "global" not in words or "inside" not in words:
            return False
        start, middle = words.index("global"), words.index("inside")
        outer, inner = words[start + 1 : middle], words[middle + 1 :]
        named = _value(words[:start], "protocol")
        protocols = PROTOCOLS
        if named is not None:
            number = int(named) if named.isdigit() else PROTOCOL_NUMBERS.get(named.lower())
            protocols = PROTOCOLS if number is None else Intervals.one(number)
        outside, inside = _span(outer), _span(inner)
        vrfs = _value(inner, "vpn-instance"), _value(outer, "vpn-instance")
        if inside is None and inner[:1] != ("server-group",):
            return False
        kept = [word for word in (*outer, *inner) if address_of(word) is None and not word.isdigit()]
        conditions = [f"acl {after}" for before, after in pairwise(inner) if before == "acl"]
        if outside is None:
            conditions.append(" ".join(outer[:2]))
        self.servers.append(
            published(
                line, outside if outside is not None else ANYWHERE,
                inside if inside is not None else AddressSet(), protocols=protocols, outside_ports=_ports(outer),
                inside_ports=_ports(inner) if _ports(inner) != PORTS else None, conditions=conditions,
                words=" ".join(kept), vrf=vrfs[0], outside_vrf=vrfs[1],
            )
        )  # fmt: skip
        return True

    # ---- one for one

    def _static(self, line: int, words: _Words) -> bool:
        """`[outbound | inbound] [net-to-net] …`; in `inbound` the outer addresses stand first."""
        inbound = words[:1] == ("inbound",)
        rest = words[1:] if words[:1] in (("outbound",), ("inbound",)) else words
        conditions = [f"acl {after}" for before, after in pairwise(rest) if before == "acl"]
        vrf = _value(rest, "vpn-instance")
        if rest[:1] == ("net-to-net",):
            pair = _networks(rest[1:])
        elif "object-group" in rest:
            names = [after.lower() for before, after in pairwise(rest) if before == "object-group"]
            sets = [self._groups.addresses.get(name) for name in names]
            pair = (sets[0], sets[1]) if len(sets) == 2 else None
        else:
            hosts = [found for word in rest if (found := objects.sized(word)) is not None and "/" not in word]
            pair = (hosts[0], hosts[1]) if len(hosts) == 2 else None
        first, second = pair or (None, None)
        if first is None or second is None:
            return False
        inside, outside = (second, first) if inbound else (first, second)
        self.fixed += both_ways(
            line, inside, outside, conditions=conditions, words=words[0] if words[0].isalpha() else "", vrf=vrf
        )
        return True

    # ---- policies

    def policy(self, node: Node) -> None:
        """`nat global-policy`: rules with conditions, and actions for source and destination."""
        found: list[Translation] = []
        unclear = []
        for rule in node.children:
            lines = [(inner.line, tuple(inner.text.split())) for inner in rule.children]
            if not rule.text.startswith("rule ") or any(words == ("disable",) for _, words in lines):
                continue
            policy = Policy(rule.line, "translate")
            source = destination = None
            for line, words in lines:
                if words[:2] == ("action", "snat"):
                    source = self._action(line, words[2:])
                elif words[:2] == ("action", "dnat"):
                    destination = self._action(line, words[2:])
                else:
                    condition(policy, _merged(words), self._groups)
                    policy.lines += [line] if words[0] in ("source-ip", "destination-ip") else []
            try:
                found += [Translation(one, source, destination) for one in policy.rules()]
            except UnclearError:
                unclear.append(rule.line)
        if found or unclear:
            self.lists.append(TranslationList(" ".join(node.text.split()), node.line, tuple(found), tuple(unclear)))

    def _action(self, line: int, words: _Words) -> Translated | None:
        """`address-group {G | name G} …`, `static {ip-address A | subnet A SIZE}`, `ip-address A [local-port P]` …."""
        if words[:1] == ("no-nat",):
            return None
        group = _behind(words, "address-group")
        if group is not None:
            self.references.append(Name("nat address-group", group, line))
            pool = self.pools.get(group)
            return Translated(
                pool.addresses if pool is not None else AddressSet(),
                words=" ".join(word for word in words if word != group),
                lines=(line, *(pool.lines if pool is not None else ())),
            )
        network = words[words.index("subnet") + 1 :] if "subnet" in words else ()
        size = network[1] if len(network) > 1 else ""
        host = next((found for word in words if (found := objects.sized(word, size)) is not None), None)
        port = _value(words, "local-port")
        kept = " ".join(word for word in words if address_of(word) is None and word != size)
        ports = Intervals.one(int(port)) if port is not None and port.isdigit() else None
        return Translated(host if host is not None else AddressSet(), True, ports, kept, (line,))


def _merged(words: _Words) -> _Words:
    """`source-ip host A` of a NAT policy, as security policies write it: `source-ip-host A`."""
    if words[0] in ("source-ip", "destination-ip") and words[1:2] in (("host",), ("subnet",), ("range",)):
        return (f"{words[0]}-{words[1]}", *words[2:])
    return words


def _value(words: _Words, word: str) -> str | None:
    return next((after for before, after in pairwise(words) if before == word), None)


def _behind(words: _Words, word: str) -> str | None:
    """The name behind a word, or behind the word and `name`."""
    found = _value(words, word)
    return _value(words[words.index(word) + 1 :], "name") if found == "name" else found


def _span(words: _Words) -> AddressSet | None:
    """`A`, `A B`."""
    if len(words) > 1 and address_of(words[0]) is not None and address_of(words[1]) is not None:
        return objects.ranged(words[0], words[1])
    return objects.sized(words[0]) if words and "/" not in words[0] else None


def _ports(words: _Words) -> Intervals:
    """The ports behind the addresses; all of them if none is said, or one with a name that is not known."""
    rest = [word for word in words if address_of(word) is None]
    while rest and rest[0] in ("current-interface", "interface"):
        rest = rest[1 if rest[0] == "current-interface" else 2 :]
    texts = []
    for word in rest[:2]:
        if not word.isdigit():
            break
        texts.append(int(word))
    if not texts:
        found = service(("tcp", "destination", "eq", rest[0])) if rest else None
        return PORTS if found is None else found.destination_ports
    return Intervals.inclusive(texts[0], texts[-1])


def _networks(words: _Words) -> tuple[AddressSet | None, AddressSet | None] | None:
    """`FIRST LAST [vpn-instance V] global NETWORK {M | L}`."""
    if "global" not in words or len(words) < 2:
        return None
    host = host_of(words[words.index("global") + 1 :])
    if host is None:
        return None
    bits = BITS[host[0].version]
    outside = AddressSet.single(host[0].version, prefix(int(host[0]), host[1], bits))
    return objects.ranged(words[0], words[1]), outside
