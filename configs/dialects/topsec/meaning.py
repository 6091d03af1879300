"""What a TOS configuration means: rules and translations as sets, routes, names.

Forms as the line shapes that public converters, generators and notes show (no vendor manual was available): `firewall
policy add action A [srcarea 'a '] … src 'x ' dst 'y ' service 'z ' … [enable no]`, `nat policy add [orig_src 'x ']
… [trans_src y] …`, `network route add dst A/L gw G …`, `network interface I ip add A mask M`, `pf service add name S
area a addressname N`. Both spellings of NAT's words are read, `orig_src` and `orig-src`. Rules ask in the order in
which they are written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.addressing import address_of, host_of
from configs.dialects.topsec.objects import Command, Objects
from configs.dialects.topsec.objects import read as read_commands
from configs.intervals import NOWHERE_AT_ALL
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import Policy
from configs.meaning.statements import (
    FilterKind,
    FilterList,
    Meaning,
    Name,
    Partner,
    Route,
    Translated,
    Translation,
    TranslationList,
)
from configs.model import AddressUse, UseKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.headers import Rule
    from configs.tree import Tree

    Lists = dict[tuple[str, str], list[Command]]

# Words of a rule that say for whom or what it is.
_ASKED: Final = ("srcarea", "dstarea", "srcvlan", "dstvlan", "schedule", "sport", "orig-sport", "orig_sport", "user")


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    commands = read_commands(tree)
    objects = Objects(commands)
    rules = _Rules(commands, objects)
    return Meaning(
        uses=tuple(_uses(commands)),
        filters=tuple(rules.filters()),
        routes=tuple(_routes(commands)),
        partners=tuple(_partners(commands)),
        definitions=tuple(objects.names()),
        references=tuple(_references(commands)),
        translations=tuple(rules.translations()),
        translations_read=True,
    )


class _Rules:
    def __init__(self, commands: Iterable[Command], objects: Objects) -> None:
        self._objects = objects
        self._lists: Lists = {}
        for command in commands:
            first = command.words[0]
            adds = command.words[1:3] in (("policy", "add"), ("service", "add"))
            if adds and first in ("firewall", "firewall6", "nat", "pf"):
                self._lists.setdefault((command.owner, first), []).append(command)

    def filters(self) -> Iterator[FilterList]:
        """What goes through, and who may manage the device."""
        for (owner, first), commands in self._lists.items():
            if first == "nat":
                continue
            rules: list[Rule] = []
            unclear: list[int] = []
            for command in commands:
                if command.value("enable") == "no":
                    continue
                try:
                    rules += (self._managed(command) if first == "pf" else self._policy(command)).rules()
                except UnclearError:
                    unclear.append(command.line)
            kind = FilterKind.ACCESS_LIST if first == "pf" else FilterKind.SECURITY_POLICY
            name = " ".join(filter(None, (owner, first)))
            yield FilterList(kind, name, commands[0].line, tuple(rules), "deny", tuple(unclear))

    def _policy(self, command: Command) -> Policy:
        policy = Policy(command.line, command.value("action"))
        self._sides(policy, command, ("src",), ("dst",), ("service",))
        if command.value("orig_dst", "orig-dst"):
            policy.unclear = "orig_dst"  # what a packet was sent to before it was translated
        return policy

    def _sides(
        self,
        policy: Policy,
        command: Command,
        sources: tuple[str, ...],
        destinations: tuple[str, ...],
        services: tuple[str, ...],
    ) -> None:
        for name in command.values(*sources):
            policy.source(self._objects.address(name))
        for name in command.values(*destinations):
            policy.destination(self._objects.address(name))
        for name in command.values(*services):
            policy.service(self._objects.service(name))
        for word in _ASKED:
            if command.value(word):
                policy.conditions.add(f"{word} {' | '.join(sorted(command.values(word)))}")

    def _managed(self, command: Command) -> Policy:
        """`pf service add name S area A addressname N`."""
        policy = Policy(command.line, "permit", conditions={f"service {command.value('name')}"})
        policy.conditions.add(f"area {command.value('area')}")
        if command.value("addressname"):
            policy.source(self._objects.address(command.value("addressname")))
        return policy

    def translations(self) -> Iterator[TranslationList]:
        """The rules of translation, by virtual system."""
        for (owner, first), commands in self._lists.items():
            if first != "nat":
                continue
            rules: list[Translation] = []
            unclear: list[int] = []
            for command in commands:
                if command.value("enable") == "no":
                    continue
                try:
                    rules += self._translation(command)
                except UnclearError:
                    unclear.append(command.line)
            name = " ".join(filter(None, (owner, first)))
            yield TranslationList(name, commands[0].line, tuple(rules), tuple(unclear))

    def _translation(self, command: Command) -> Iterator[Translation]:
        policy = Policy(command.line, "translate")
        self._sides(
            policy, command, ("orig_src", "orig-src"), ("orig_dst", "orig-dst"), ("orig_service", "orig-service")
        )
        source = self._given(command, "trans_src", "trans-src")
        target = self._given(command, "trans_dst", "trans-dst")
        for rule in policy.rules():
            yield Translation(rule, source=source, destination=target)

    def _given(self, command: Command, *names: str) -> Translated | None:
        """What is put in place: an object's addresses, or the own one of an interface that is named."""
        given = command.values(*names)
        if not given:
            return None
        words = [f"{word} {command.value(word)}" for word in ("trans_service", "trans-service", "pat") if
                 command.value(word)]  # fmt: skip
        if len(given) > 1:
            raise UnclearError(given[0])
        if not self._objects.has(given[0]):
            if address_of(given[0]) is not None:
                raise UnclearError(given[0])
            return Translated(NOWHERE_AT_ALL, words=" ".join((given[0], *words)))
        found = self._objects.found(given[0])
        if found is None:
            raise UnclearError(given[0])
        in_order = "dst" in names[0] or command.value("pat") == "no"
        return Translated(found, in_order=in_order, words=" ".join(words), lines=self._objects.lines(given[0]))


# ---- interfaces and routes


def _uses(commands: Iterable[Command]) -> Iterator[AddressUse]:
    seen: set[str] = set()
    for command in commands:
        words = command.words
        if not command.starts("network", "interface") or words[4:5] != ("add",) or words[3] not in ("ip", "ipv6"):
            continue
        host = host_of((words[5], *[word for word in words[6:8] if word not in ("mask", "prefix-len")]))
        if host is not None:
            kind = UseKind.SECONDARY if words[2] in seen else UseKind.INTERFACE
            seen.add(words[2])
            yield AddressUse(kind, host[0], host[0], command.line, host[1], "", words[2])


def _routes(commands: Iterable[Command]) -> Iterator[Route]:
    for command in commands:
        if not command.starts("network", "route", "add") or "dst" not in command.words:
            continue
        at = command.words.index("dst") + 1
        host = host_of(tuple(word for word in command.words[at : at + 3] if word != "mask"))
        if host is None:
            continue
        hop = address_of(command.value("gw"))
        rest = [f"{word} {command.value(word)}" for word in ("metric", "null") if command.value(word)]
        yield Route(
            command.line, "", host[0].version, int(host[0]), host[1], None if hop is None else int(hop),
            command.value("dev"), "", " ".join(rest),
        )  # fmt: skip


def _partners(commands: Iterable[Command]) -> Iterator[Partner]:
    for command in commands:
        far = address_of(command.value("peer", "PEER", "peer-ip"))
        if command.words[0] in ("ha", "HA") and far is not None:
            yield Partner("ha", command.line, far.version, int(far), "")


# ---- names

_USED: Final = (
    (("src", "dst", "orig_src", "orig-src", "orig_dst", "orig-dst", "trans_src", "trans-src", "trans_dst", "trans-dst",
      "addressname"), "address"),
    (("service", "orig_service", "orig-service", "trans_service", "trans-service"), "service"),
)  # fmt: skip


def _references(commands: Iterable[Command]) -> Iterator[Name]:
    for command in commands:
        if command.words[1:3] == ("policy", "add") or command.starts("pf", "service", "add"):
            for fields, kind in _USED:
                for field in fields:
                    if command.words[0] == "pf" and field == "service":
                        continue
                    for name in command.values(field):
                        yield Name(kind, name, command.line)
        elif command.starts("define", "group_address") or command.starts("define", "group_service"):
            kind = "address" if command.words[1] == "group_address" else "service"
            for name in command.values("member"):
                yield Name(kind, name, command.line)
