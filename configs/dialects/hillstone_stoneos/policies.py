"""StoneOS's policies and translations as sets.

Forms as in Hillstone's "StoneOS CLI User Guide", release 5.5R10, chapters "Policy" and "NAT": rules in views of their
own (`rule id N`) or in one line (`rule id N from A to B service S permit`), `snatrule`, `dnatrule`, `bnatrule` below a
virtual router. What no rule takes is denied, unless `default-action permit` says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.addressing import address_of
from configs.dialects.hillstone_stoneos.objects import ANY, Objects, network
from configs.headers import PORTS, PROTOCOLS, Rule
from configs.intervals import NOWHERE_AT_ALL, Intervals
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import Content, Policy, port_set, ranged, words_of, written
from configs.meaning.statements import FilterKind, FilterList, Translated, Translation, TranslationList
from configs.meaning.translations import both_ways

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.intervals import AddressSet
    from configs.tree import Node, Tree

_Words = tuple[str, ...]
_ACTIONS: Final = ("permit", "deny", "reject", "webauth", "tunnel", "fromtunnel", "secured", "from", "portal-server")
# What of a rule says for whom or what it is; the others say what is done besides, or nothing.
_ASKED: Final = (
    "src-zone", "dst-zone", "application", "app", "user", "user-group", "role", "schedule", "endpoint-tag", "vlan",
    "cos", "dscp",
)  # fmt: skip
# Words of which any may hold, and those that stand beside addresses.
_ALTERNATIVES: Final = {"app": "application", "user-group": "user", "role": "user"}
_BESIDE: Final = ("host", "country")
_NATS: Final = ("snatrule", "dnatrule", "bnatrule")
# What a translation says of the ports and zones that packets come from and go to, and how all makes call that.
_WHERE: Final = {
    "eif": "egress-interface",
    "ingress-interface": "ingress-interface",
    "evr": "evr",
    "from-zone": "source-zone",
    "src-zone": "source-zone",
    "to-zone": "destination-zone",
    "dst-zone": "destination-zone",
}
_ROLES: Final = {"src-addr": "source", "dst-addr": "destination"}


class Policies:
    """The rules of all policies, and the translations, in the file's order."""

    def __init__(self, tree: Tree, objects: Objects) -> None:
        self._objects = objects
        self._rules: dict[str, list[Node]] = {}
        self._nats: dict[tuple[str, str], list[tuple[Node, _Words]]] = {}
        self._default = "deny"
        for path, node in tree.walk():
            words = words_of(node.text)
            inside = path[-1] if path else ""
            if words[0] == "default-action" and len(words) > 1:
                self._default = words[1]
            elif words[0] == "rule" and (not inside or inside.startswith(("policy", "vsys"))):
                self._rules.setdefault(inside.strip() or "policy-global", []).append(node)
            elif words[0] in _NATS:
                vrf = vrf_of(path)
                self._nats.setdefault((vrf, words[0]), []).append((node, words))

    # ---- filters

    def filters(self) -> Iterator[FilterList]:
        """Every policy."""
        for name, nodes in self._rules.items():
            rules: list[Rule] = []
            unclear: list[int] = []
            for node in nodes:
                try:
                    rules += self._rule(node)
                except UnclearError:
                    unclear.append(node.line)
            yield FilterList(
                FilterKind.SECURITY_POLICY, name, nodes[0].line, tuple(rules), self._default, tuple(unclear)
            )

    def references(self) -> Iterator[tuple[str, str, int]]:
        """What rules name: kind, name, line."""
        for nodes in self._rules.values():
            for node in nodes:
                for inner in node.children:
                    words = words_of(inner.text)
                    if words[0] in _ROLES and len(words) > 1:
                        yield "address", words[1], inner.line
                    elif words[0] == "service" and len(words) > 1:
                        yield "service", words[1], inner.line

    def _rule(self, node: Node) -> tuple[Rule, ...]:
        policy = Policy(node.line)
        self._in_line(policy, words_of(node.text)[1:])
        for inner in node.children:
            words = words_of(inner.text)
            if words == ("disable",):
                return ()
            if words[0].startswith(("src-", "dst-")):
                policy.lines.append(inner.line)
            self._field(policy, words)
        return policy.rules()

    def _in_line(self, policy: Policy, words: _Words) -> None:
        """`[id N] [top | before N] from A to B [service S] [application X] [permit | deny …]`."""
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word == "from" and rest:
                policy.source(self._objects.address(rest.pop(0)))
            elif word == "to" and rest:
                policy.destination(self._objects.address(rest.pop(0)))
            elif word == "service" and rest:
                policy.service(self._objects.service(rest.pop(0)))
            elif word in _ASKED and rest:
                _together(policy, word, rest.pop(0))
            elif word in _ACTIONS:
                policy.action = " ".join((word, *rest))
                return

    def _field(self, policy: Policy, words: _Words) -> None:
        word, rest = words[0], words[1:]
        if word == "action":
            policy.action = " ".join(rest)
        elif word == "src-addr" and rest:
            policy.source(self._objects.address(rest[0]))
        elif word == "dst-addr" and rest:
            policy.destination(self._objects.address(rest[0]))
        elif word.startswith("src-") and word[4:] in ("ip", "range", "wildcard", "ipv6"):
            policy.source(network((word[4:], *rest)))
        elif word.startswith("dst-") and word[4:] in ("ip", "range", "wildcard", "ipv6"):
            policy.destination(network((word[4:], *rest)))
        elif word == "service" and rest:
            policy.service(self._objects.service(rest[0]))
        elif word.startswith("src-") and word[4:] in _BESIDE:
            policy.source(Content(None, (" ".join(words[:2]),)))
        elif word.startswith("dst-") and word[4:] in _BESIDE:
            policy.destination(Content(None, (" ".join(words[:2]),)))
        elif word in _ASKED and rest:
            _together(policy, word, " ".join(rest))

    # ---- translations

    def translations(self) -> Iterator[TranslationList]:
        """Sources, destinations and both, by virtual router."""
        for (vrf, kind), rows in self._nats.items():
            rules: list[Translation] = []
            unclear: list[int] = []
            for node, words in rows:
                if words[-1] == "disable" or "disable" in words[1:]:
                    continue
                try:
                    rules += _Nat(node.line, words, self._objects, vrf).read()
                except UnclearError:
                    unclear.append(node.line)
            yield TranslationList(f"{kind} {vrf}".strip(), rows[0][0].line, tuple(rules), tuple(unclear))


def _together(policy: Policy, word: str, value: str) -> None:
    """Several lines of one kind: any of them; `any` asks for nothing."""
    kind = _ALTERNATIVES.get(word, word)
    value = value if word == kind else f"{word} {value}"
    before = next((one for one in policy.conditions if one.startswith(f"{kind} ")), None)
    if before is not None:
        policy.conditions.discard(before)
        value = f"{before[len(kind) + 1 :]} | {value}"
    if not _zone(kind) and value.lower() == "any":
        return
    policy.conditions.add(f"{kind} {value}")


def _zone(kind: str) -> bool:
    return kind.endswith("-zone")


def vrf_of(path: _Words) -> str:
    """The virtual router of a view; "" for the one that a device has from the start."""
    for text in reversed(path):
        words = words_of(text)
        if words[:2] == ("ip", "vrouter") and len(words) > 2:
            return "" if words[2] == "trust-vr" else words[2]
    return ""


class _Nat:
    """One rule of translation: takes its words off the front."""

    def __init__(self, line: int, words: _Words, objects: Objects, vrf: str) -> None:
        self._line = line
        self._kind = words[0]
        self._words = list(words[1:])
        self._objects = objects
        self._vrf = vrf
        self._said: list[str] = []
        self._lines: set[int] = set()
        self._policy = Policy(line, "translate")
        self._ports: Intervals | None = None

    def read(self) -> Iterator[Translation]:
        """What it does; one with `no-trans` exempts."""
        if self._kind == "bnatrule":
            yield from self._both()
            return
        given: Translated | None = None
        while self._words:
            word = self._words.pop(0)
            if word == "trans-to":
                given = self._given()
            elif word == "description":
                break
            elif not self._asked(word):
                self._rest(word)
        if given is not None:
            order = "static" in self._said or (self._kind == "dnatrule" and "load-balance" not in self._said)
            given = Translated(given.addresses, order, self._ports, " ".join((given.words, *self._said)).strip(),
                               tuple(sorted(self._lines)), self._vrf)  # fmt: skip
        for rule in self._policy.rules():
            if self._kind == "snatrule":
                yield Translation(rule, source=given, vrf=self._vrf)
            else:
                yield Translation(rule, destination=given, vrf=self._vrf)

    def _asked(self, word: str) -> bool:
        """What says for which packets it is."""
        if word == "from":
            self._policy.source(self._side())
        elif word == "to":
            self._policy.destination(self._side())
        elif word == "service":
            self._policy.service(self._objects.service(self._take()))
        elif word in _WHERE:
            self._policy.conditions.add(f"{_WHERE[word]} {self._take()}")
        else:
            return False
        return True

    def _take(self) -> str:
        return self._words.pop(0) if self._words else ""

    def _rest(self, word: str) -> None:
        if word == "id":
            self._take()
        elif word == "port":
            self._ports = port_set(self._take())
        elif word in ("top", "before", "after", "group", "log", "sticky", "no-trans"):
            self._said += [word] if word in ("sticky", "no-trans") else []
            if word in ("before", "after", "group"):
                self._take()
        elif address_of(word) is not None:
            raise UnclearError(word)
        else:
            self._said.append(word)

    def _side(self) -> AddressSet | None:
        """`ANY`, `address-book NAME`, `NAME`, `ip A/L`, `A/L`, `A M`, `A B` for a range."""
        word = self._take()
        if word in ("address-book", "ip", "ipv6"):
            word = self._take()
        if word in ANY:
            return ANY[word]
        if self._objects.has(word):
            self._lines |= set(self._objects.lines(word))
            return self._objects.found(word)
        if address_of(word) is not None and self._words and address_of(self._words[0]) is not None:
            last = self._take()
            return network(("ip", word, last)) or ranged(word, last)
        return written(word)

    def _given(self) -> Translated:
        if self._words[:1] in (["eif-ip"], ["eif-ipv6"]):
            return Translated(NOWHERE_AT_ALL, words=self._take())
        found = self._side()
        if found is None:
            raise UnclearError("trans-to")
        return Translated(found)

    def _both(self) -> Iterator[Translation]:
        """`id N virtual {ip A/L | address-book V} real {ip A/L | address-book R}`."""
        sides: dict[str, AddressSet] = {}
        while self._words:
            word = self._words.pop(0)
            if word in ("virtual", "real"):
                found = self._side()
                if found is None:
                    raise UnclearError(word)
                sides[word] = found
            elif address_of(word.partition("/")[0]) is not None:
                raise UnclearError(word)
        if len(sides) != 2:
            raise UnclearError("bnatrule")
        yield from both_ways(
            self._line, sides["real"], sides["virtual"], protocols=PROTOCOLS, inside_ports=PORTS, outside_ports=PORTS,
            lines=tuple(sorted(self._lines)), vrf=self._vrf, outside_vrf=self._vrf,
        )  # fmt: skip
