"""PAN-OS's rules, for security and translation, as sets.

Forms as in Palo Alto Networks' web interface help, "Policies > Security", "Policies > NAT" (NAT Translated Packet Tab,
https://docs.paloaltonetworks.com/ngfw/help/10-1/policies/policies-nat/nat-translated-packet-tab), "Policies > Policy
Based Forwarding" (PAN-OS 10.1). What no security rule takes is denied between zones. A static source translation with
`bi-directional yes` works both ways.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

from configs.dialects.paloalto_panos.statements import Statement, listed
from configs.intervals import NOWHERE_AT_ALL, AddressSet
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import Policy, port_set
from configs.meaning.statements import FilterKind, FilterList, Translated, Translation, TranslationList

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.dialects.paloalto_panos.objects import Objects
    from configs.headers import Rule

_BASES: Final = ("pre-rulebase", "rulebase", "post-rulebase")
# Fields with one value or a list, that say for what a rule is.
_ASKED: Final = (
    "from", "to", "source-user", "application", "category", "hip-profiles", "source-hip", "destination-hip",
    "source-device", "destination-device", "source-imsi", "source-imei", "schedule", "to-interface", "nat-type",
    "rule-type", "url-category", "destination-hip-profiles", "source-region", "destination-region",
)  # fmt: skip
_PLAIN: Final = (
    "source", "destination", "service", "action", "disabled", "negate-source", "negate-destination", "tag",
    "description", "log-start", "log-end", "log-setting", "uuid", "group-tag", "audit-comment",
)  # fmt: skip
_SECURITY: Final = ("security", "pbf", "decryption", "application-override", "authentication", "captive-portal", "dos",
                    "qos", "tunnel-inspect", "sdwan", "network-packet-broker")  # fmt: skip


@dataclass(slots=True)
class _Rule:
    """A rule as its lines say it. `deeper` are the fields that hold further fields, as words with their lines."""

    name: str
    line: int
    owner: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    deeper: list[Statement] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)  # those with sources and destinations

    def value(self, name: str) -> str:
        """A field's only value."""
        return next(iter(self.fields.get(name, ())), "")


class Rules:
    """The rules of a configuration, by owner, place and purpose."""

    def __init__(self, statements: Iterable[Statement], objects: Objects) -> None:
        self._objects = objects
        self._found: dict[tuple[str, str, str], dict[str, _Rule]] = {}
        for one in statements:
            if len(one.words) > 4 and one.words[0] in _BASES and one.words[2] == "rules":
                base, purpose, _, name = one.words[:4]
                rules = self._found.setdefault((one.owner, base, purpose), {})
                _fill(rules.setdefault(name, _Rule(name, one.line, one.owner)), one)

    def filters(self) -> Iterator[FilterList]:
        """Every list of rules but those for translation."""
        for (owner, base, purpose), rules in self._found.items():
            if purpose not in _SECURITY:
                continue
            boxes: list[Rule] = []
            unclear: list[int] = []
            for rule in rules.values():
                try:
                    boxes += self._boxes(rule)
                except UnclearError:
                    unclear.append(rule.line)
            name = " ".join(filter(None, (owner, base, purpose)))
            line = min(rule.line for rule in rules.values())
            yield FilterList(FilterKind.SECURITY_POLICY, name, line, tuple(boxes), "deny", tuple(unclear))

    def translations(self) -> Iterator[TranslationList]:
        """Every list of rules for translation."""
        for (owner, base, purpose), rules in self._found.items():
            if purpose != "nat":
                continue
            found: list[Translation] = []
            unclear: list[int] = []
            for rule in rules.values():
                try:
                    found += self._translations(rule)
                except UnclearError:
                    unclear.append(rule.line)
            name = " ".join(filter(None, (owner, base, purpose)))
            yield TranslationList(name, min(rule.line for rule in rules.values()), tuple(found), tuple(unclear))

    def hops(self) -> Iterator[tuple[int, str, str]]:
        """The next hops of rules for forwarding: line, owner, what is written."""
        for (_, _, purpose), rules in self._found.items():
            if purpose == "pbf":
                for rule in rules.values():
                    for one in rule.deeper:
                        for word in (
                            *listed(one.after("ip-address"))[0],
                            *listed(one.after("nexthop-address-list"))[0],
                        ):
                            yield one.line, rule.owner, word

    def references(self) -> Iterator[tuple[str, str, str, int]]:
        """Kind, owner, name and line of what rules name."""
        for rules in self._found.values():
            for rule in rules.values():
                for role, kind in (("source", "address"), ("destination", "address"), ("service", "service")):
                    for name in rule.fields.get(role, ()):
                        yield kind, rule.owner, name, rule.line

    def _boxes(self, rule: _Rule) -> tuple[Rule, ...]:
        if rule.value("disabled") == "yes":
            return ()
        action = rule.value("action") or next((one.words[1] for one in rule.deeper if one.starts("action")), "deny")
        policy = Policy(rule.line, action)
        for name in rule.fields.get("source", ()):
            policy.source(self._objects.address(rule.owner, name))
        for name in rule.fields.get("destination", ()):
            policy.destination(self._objects.address(rule.owner, name))
        for name in rule.fields.get("service", ()):
            policy.service(self._objects.service(rule.owner, name))
        policy.without_sources = rule.value("negate-source") == "yes"
        policy.without_destinations = rule.value("negate-destination") == "yes"
        policy.lines += rule.lines
        for name in _ASKED:
            values = sorted(rule.fields.get(name, ()))
            if values and values != ["any"]:
                policy.conditions.add(f"{name} {' | '.join(values)}")
        return policy.rules()

    def _translations(self, rule: _Rule) -> Iterator[Translation]:
        source = self._changed(rule, "source-translation")
        target = self._changed(rule, "destination-translation") or self._changed(
            rule, "dynamic-destination-translation"
        )
        for box in self._boxes(rule):
            one = replace(box, action="translate")
            yield Translation(one, source=source, destination=target)
            back = any(deeper.value("bi-directional") == "yes" for deeper in rule.deeper)
            if back and source is not None and source.addresses:
                inward = replace(one, source=one.destination, destination=source.addresses,
                                 conditions=one.conditions | {"back"})  # fmt: skip
                yield Translation(inward, destination=Translated(one.source, in_order=True, lines=source.lines))

    def _changed(self, rule: _Rule, role: str) -> Translated | None:
        """What a rule puts in place: addresses, or an interface's own."""
        rows = [one for one in rule.deeper if one.starts(role)]
        if not rows or rows[0].words[1:2] == ("none",):
            return None
        sets: list[AddressSet] = []
        lines: list[int] = []
        words: list[str] = []
        ports = None
        for one in rows:
            rest = one.words[1:]
            if "translated-address" in rest:
                values, behind = listed(one.after("translated-address"))
                words += rest[: rest.index("translated-address")]
                sets += [self._known(rule.owner, value) for value in values]
                lines += [one.line, *(line for value in values for line in self._objects.lines(rule.owner, value))]
            else:
                behind = rest
            if "translated-port" in behind:
                ports = port_set(behind[behind.index("translated-port") + 1])
            elif behind and behind[0] in ("interface-address", "dynamic-ip-and-port", "dynamic-ip", "static-ip"):
                words.append(self._interface(rule.owner, behind, sets, one.line, lines))
        found = reduce(or_, sets) if sets else NOWHERE_AT_ALL
        in_order = role == "destination-translation" or "static-ip" in words
        return Translated(found, in_order, ports, " ".join(dict.fromkeys(words)), tuple(sorted(set(lines))))

    def _interface(
        self, owner: str, words: tuple[str, ...], sets: list[AddressSet], line: int, lines: list[int]
    ) -> str:
        """`dynamic-ip-and-port interface-address {interface E | ip A}`, `static-ip bi-directional yes`."""
        rest = list(words)
        for word in ("ip", "floating-ip"):
            if word in rest[:-1]:
                at = rest.index(word)
                found = self._objects.found(owner, rest[at + 1].partition("/")[0])
                if found is None:
                    raise UnclearError("interface-address")
                sets.append(found)
                lines.append(line)
                del rest[at + 1]
        return " ".join(rest)

    def _known(self, owner: str, name: str) -> AddressSet:
        found = self._objects.found(owner, name)
        if found is None:
            raise UnclearError(name)
        return found


def _fill(rule: _Rule, one: Statement) -> None:
    """A line of a rule: one field, or several one after the other."""
    rest = one.words[4:]
    while rest:
        if rest[0] not in _PLAIN and rest[0] not in _ASKED:
            rule.deeper.append(one._replace(words=rest))
            return
        if rest[0] == "action" and len(rest) > 2 and rest[1] not in ("allow", "deny", "drop"):
            rule.deeper.append(one._replace(words=rest))
            return
        values, behind = listed(rest[1:])
        rule.fields.setdefault(rest[0], []).extend(values)
        if rest[0] in ("source", "destination"):
            rule.lines.append(one.line)
        rest = behind
