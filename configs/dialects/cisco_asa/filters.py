"""ASA's access lists and PIX's conduits as rules.

Forms as in Cisco's "ASA Series Command Reference" (access-list extended, access-list standard, ipv6 access-list) and
the "PIX Firewall Command Reference", version 6.3 (conduit: the device's global address comes first). Filters have
netmasks here. A list without a rule that matches denies. An `inactive` rule decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.addressing import address_of
from configs.dialects.cisco_asa.objects import ANY, OPERATORS, PROTOCOL_ANY, Objects, ports, protocol
from configs.headers import PORTS
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import Content, Policy, host, sized
from configs.meaning.policies import Service
from configs.meaning.statements import FilterKind, FilterList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.headers import Rule
    from configs.intervals import AddressSet, Intervals
    from configs.reading import Command, Reading

# What may stand at a rule's end and limits nothing. `time-range NAME` limits it.
_LOGGING: Final = ("log", "disable", "default", "interval")
_USERS: Final = ("user", "user-group", "object-group-user", "object-group-security", "security-group")


class AccessLists:
    """The lists in the file's order. `unread` are lines of lists that are none of packets (URLs, Ethernet types)."""

    def __init__(self, reading: Reading, objects: Objects) -> None:
        self._objects = objects
        self._rules: dict[str, list[Rule]] = {}
        self._unclear: dict[str, list[int]] = {}
        self._lines: dict[str, int] = {}
        self.unread: list[int] = []
        for command in reading.all:
            start = 1 if command.folded[0] == "ipv6" else 0
            if command.negated or command.folded[start : start + 1] != ("access-list",):
                continue
            if len(command.words) > start + 3:
                self._command(command, command.words[start + 1], command.words[start + 2 :])
        for command in reading.find("conduit"):
            if not command.negated and len(command.words) > 3:
                self._add("conduit", command.line, _Rule(command.line, command.words[1:], objects).conduit())

    def _command(self, command: Command, name: str, words: tuple[str, ...]) -> None:
        if words[0].lower() == "line" and len(words) > 2:
            words = words[2:]
        kind = words[0].lower()
        if kind in ("remark", "rename"):
            return
        if kind in ("webtype", "ethertype"):
            if any(address_of(word) is not None for word in words):
                self.unread.append(command.line)
            return
        words = words[1:] if kind in ("extended", "standard") else words
        if not words or words[0].lower() not in ("permit", "deny"):
            self.unread.append(command.line)
            return
        self._lines.setdefault(name, command.line)
        rule = _Rule(command.line, words, self._objects)
        self._add(name, command.line, rule.standard() if kind == "standard" else rule.extended())

    def _add(self, name: str, line: int, policy: Policy | None) -> None:
        self._lines.setdefault(name, line)
        if policy is None:
            return
        try:
            self._rules.setdefault(name, []).extend(policy.rules())
        except UnclearError:
            self._unclear.setdefault(name, []).append(line)

    def lists(self) -> Iterator[FilterList]:
        """Every list."""
        for name, line in self._lines.items():
            rules, unclear = tuple(self._rules.get(name, ())), tuple(self._unclear.get(name, ()))
            yield FilterList(FilterKind.ACCESS_LIST, name, line, rules, "deny", unclear)

    def permitted(self, name: str) -> tuple[Rule, ...] | None:
        """The packets that a list permits; None if it is not known, or denies something before."""
        rules = self._rules.get(name, [])
        if not rules or self._unclear.get(name) or any(rule.action != "permit" for rule in rules):
            return None
        return tuple(rules)

    @property
    def names(self) -> dict[str, int]:
        """The lists' names, with the line where each begins."""
        return self._lines


class _Rule:
    """Takes the parts of a rule off the front of its words."""

    def __init__(self, line: int, words: tuple[str, ...], objects: Objects) -> None:
        self._words = list(words)
        self._objects = objects
        self._policy = Policy(line, self._take().lower())

    def _take(self) -> str:
        return self._words.pop(0) if self._words else ""

    def _next(self) -> str:
        return self._words[0].lower() if self._words else ""

    def standard(self) -> Policy | None:
        """`any`, `host A`, `A M`: what a routing protocol or a tunnel is told."""
        self._policy.source(self._address())
        return self._end()

    def extended(self) -> Policy | None:
        """Protocol, source, destination, ports."""
        protocols = self._protocols()
        self._users("source")
        self._policy.source(self._address())
        self._users("destination")
        source_ports = self._ports()
        self._policy.destination(self._address())
        self._users("destination")
        destination_ports = self._ports()
        self._services(protocols, source_ports, destination_ports)
        return self._end()

    def conduit(self) -> Policy | None:
        """The global address, its ports, the foreign address, its ports."""
        protocols = self._protocols()
        self._policy.destination(self._address())
        destination_ports = self._ports()
        self._policy.source(self._address())
        source_ports = self._ports()
        self._services(protocols, source_ports, destination_ports)
        return self._end()

    def _protocols(self) -> tuple[Service, ...] | Content[tuple[Service, ...]] | None:
        word = self._take()
        if word.lower() in ("object", "object-group"):
            return self._objects.services.content(self._take())
        found = protocol(word)
        return None if found is None else (Service(found),)

    def _address(self) -> Content[AddressSet] | AddressSet | None:
        word = self._take()
        folded = word.lower()
        if folded in ANY:
            return ANY[folded]
        if folded == "host":
            return host(address_of(self._objects.plain(self._take())))
        if folded in ("object", "object-group", "object-group-network"):
            return self._objects.networks.content(self._take())
        if folded == "interface":
            return Content(None, (f"interface {self._take()}",))
        if "/" in word:
            return sized(word)
        return sized(self._objects.plain(word), self._take()) if self._words else None

    def _ports(self) -> Intervals | None:
        """The ports of one side; None if they are not known. `unclear` is set then by the caller."""
        folded = self._next()
        if folded in ("object-group", "object") and len(self._words) > 1 and self._words[1] in self._objects.ports:
            found = self._objects.ports.content(self._words[1])
            del self._words[:2]
            return None if found is None or found.words else found.found
        if folded not in OPERATORS:
            return PORTS
        known, size = ports(tuple(self._words))
        del self._words[:size]
        return known

    def _users(self, side: str) -> None:
        """Whom a rule is for: a condition of one side."""
        while self._next() in _USERS:
            words = [self._take(), self._take()]
            if words[0].lower() == "security-group":
                words.append(self._take())
            self._policy.conditions.add(" ".join((side, *words)))

    def _services(
        self,
        protocols: tuple[Service, ...] | Content[tuple[Service, ...]] | None,
        source: Intervals | None,
        destination: Intervals | None,
    ) -> None:
        if source is None or destination is None:
            self._policy.unclear = "ports"
        elif isinstance(protocols, Content):
            found = tuple(
                Service(one.protocols, one.source_ports & source, one.destination_ports & destination)
                for one in protocols.found or ()
            )
            self._policy.service(Content(found, protocols.words))
        elif protocols is None:
            self._policy.unclear = "protocol"
        elif any(one.protocols != PROTOCOL_ANY for one in protocols) or (source, destination) != (PORTS, PORTS):
            self._policy.services += [Service(one.protocols, source, destination) for one in protocols]

    def _end(self) -> Policy | None:
        """The rest: conditions, but for logging. None for a rule that is not in force."""
        rest = []
        while self._words:
            word = self._take()
            if word.lower() == "inactive":
                return None
            if word.lower() == "log":
                while self._next() in _LOGGING or self._next().isdecimal() or self._next() in _SEVERITIES:
                    self._take()
            else:
                rest.append(word)
        if rest:
            self._policy.conditions.add(" ".join(rest))
        return self._policy


_SEVERITIES: Final = (
    "emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational", "debugging",
)  # fmt: skip
