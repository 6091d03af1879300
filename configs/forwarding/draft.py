"""A `Forwarding` in the making: what readers of commands write into, whatever the language.

Commands come in the text's order and name what stands further down, so nothing is put together before the end.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_interface, ip_network
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from configs.addressing import host_of
from configs.forwarding.model import (
    Bgp,
    BgpFamily,
    Forwarding,
    Isis,
    IsisPort,
    Neighbour,
    Ospf,
    OspfArea,
    OspfPort,
    Port,
    PortKind,
    Rip,
    RipPort,
    Static,
    VirtualRouter,
    Vrf,
)
from configs.forwarding.phrases import UNKNOWN, Ledger
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from configs.forwarding.model import Ipsec, ListRule, PolicyStep, PrefixRule
    from configs.meaning.statements import TranslationList
    from configs.reading import Command
    from configs.rulesets.model import RuleSets
    from inventory.model import Interface

Kind = TypeVar("Kind")


class Sketch(Generic[Kind]):
    """Values for one thing of the model, by their names there."""

    def __init__(self, kind: Callable[..., Kind], /, **values: Any) -> None:
        self._kind = kind
        self.said: dict[str, Any] = values

    def put(self, **values: Any) -> None:
        """Set values."""
        self.said.update(values)

    def add(self, name: str, *values: Any) -> None:
        """Put values behind those of a tuple that are there."""
        self.said[name] = (*self.said.get(name, ()), *values)

    def get(self, name: str, default: Any = None) -> Any:
        """A value."""
        return self.said.get(name, default)

    def done(self, **more: Any) -> Kind:
        """The thing itself."""
        return self._kind(**{**self.said, **more})


class PortSketch(Sketch[Port]):
    """A port with what protocols hear of it, each a sketch of its own once something is said."""

    _PARTS = {"ospf": OspfPort, "ospf6": OspfPort, "isis": IsisPort, "rip": RipPort, "ripng": RipPort}  # noqa: RUF012 - a table

    def __init__(self, name: str, kind: PortKind, line: int) -> None:
        super().__init__(Port, name=name, kind=kind, line=line)
        self.parts: dict[str, Sketch[Any]] = {}
        self.groups: dict[tuple[int, int], Sketch[VirtualRouter]] = {}
        self.tunnel: dict[str, Any] = {}
        self.lines: dict[str, int] = {}

    @property
    def name(self) -> str:
        """Its name in full."""
        return str(self.said["name"])

    def part(self, name: str) -> Sketch[Any]:
        """What a protocol (`ospf`, `ospf6`, `isis`, `rip`, `ripng`) hears."""
        return self.parts.setdefault(name, Sketch(self._PARTS[name]))

    def group(self, number: int, line: int, version: int = 4) -> Sketch[VirtualRouter]:
        """A VRRP group by its number and its addresses' family."""
        found = self.groups.get((number, version))
        if found is None:
            found = self.groups[(number, version)] = Sketch(VirtualRouter, number=number, addresses=(), line=line)
        return found

    def filter(self, direction: str, name: str) -> None:
        """Bind a rule set."""
        self.said.setdefault("filters", {})[direction] = name

    def port(self) -> Port:
        """The port."""
        groups = tuple(group.done() for group in self.groups.values() if group.get("addresses"))
        return self.done(vrrp=groups, **{name: part.done() for name, part in self.parts.items()})


@dataclass
class Draft:
    """A device in the making. `later` is done when all commands are read."""

    ledger: Ledger = field(default_factory=Ledger)
    ports: dict[str, PortSketch] = field(default_factory=dict)
    vrfs: dict[str, Sketch[Vrf]] = field(default_factory=dict)
    vlans: set[int] = field(default_factory=set)
    statics: list[Static] = field(default_factory=list)
    ospf: dict[tuple[str, int], OspfSketch] = field(default_factory=dict)
    isis: dict[str, Sketch[Isis]] = field(default_factory=dict)
    rip: dict[tuple[str, bool], Sketch[Rip]] = field(default_factory=dict)
    bgp: BgpSketch | None = None
    policies: dict[str, list[PolicyStep]] = field(default_factory=dict)
    prefix_lists: dict[str, list[tuple[int, PrefixRule]]] = field(default_factory=dict)
    as_path_lists: dict[str, list[ListRule]] = field(default_factory=dict)
    community_lists: dict[str, list[ListRule]] = field(default_factory=dict)
    rules: RuleSets | None = None
    translations: tuple[TranslationList, ...] = ()
    ipsec: list[Ipsec] = field(default_factory=list)
    label_id: str = ""
    router_id: str = ""
    name: str = ""
    distances: Mapping[str, int] = field(default_factory=dict)
    priorities: dict[str, int] = field(default_factory=dict)
    between_equals: bool = False
    within_port: bool = False
    later: list[Callable[[], None]] = field(default_factory=list)
    store: dict[str, dict[str, object]] = field(default_factory=dict)  # what a language needs until the end

    def vrf(self, name: str, line: int) -> Sketch[Vrf]:
        """A VPN instance by its name."""
        return self.vrfs.setdefault(name, Sketch(Vrf, name=name, line=line))

    def _undefined(self) -> None:
        """Languages differ in what a route policy that is not there does: the lines that name one are left."""
        processes: list[Sketch[Any]] = [*self.ospf.values(), *self.isis.values(), *self.rip.values()]
        if self.bgp is not None:
            processes += self.bgp.families.values()
        used = [
            (one.line, one.policy)
            for process in processes
            for where in ("redistributes", "redistributes6")
            for one in process.get(where, ())
        ]
        used += [(int(line), str(name)) for line, name in self.store.get("policies", {}).items()]
        for line, policy in used:
            if policy and policy not in self.policies:
                self.ledger.leave(line, Message("the route policy is not defined"), "routes")

    def done(self, platform: str, commands: Iterable[Command], name: str = "") -> Forwarding:
        """The device. Whatever no reader spoke of is left."""
        for finish in self.later:
            finish()
        self._undefined()
        known = self.ledger.known
        for command in commands:
            if command.line not in known:
                self.ledger.leave(command.line, UNKNOWN)
        return Forwarding(
            name=name or self.name,
            platform=platform,
            ports={key: port.port() for key, port in self.ports.items()},
            vrfs={key: vrf.done() for key, vrf in self.vrfs.items()},
            vlans=frozenset(self.vlans),
            statics=tuple(self.statics),
            ospf=tuple(one.process() for one in self.ospf.values()),
            isis=tuple(one.done() for one in self.isis.values()),
            rip=tuple(one.done() for one in self.rip.values()),
            bgp=None if self.bgp is None else self.bgp.speaker(self),
            policies={key: tuple(sorted(steps, key=lambda step: step.number)) for key, steps in self.policies.items()},
            prefix_lists={
                key: tuple(rule for _, rule in sorted(rows, key=lambda row: row[0]))
                for key, rows in self.prefix_lists.items()
            },
            as_path_lists={key: tuple(rows) for key, rows in self.as_path_lists.items()},
            community_lists={key: tuple(rows) for key, rows in self.community_lists.items()},
            rules=self.rules,
            translations=self.translations,
            ipsec=tuple(self.ipsec),
            label_id=self.label_id,
            router_id=self.router_id,
            distances=self.distances,
            priorities=self.priorities,
            between_equals=self.between_equals,
            within_port=self.within_port,
            left=tuple(sorted(self.ledger.left.values(), key=lambda one: one.line)),
            lines=frozenset(self.ledger.carried),
        )


class OspfSketch(Sketch[Ospf]):
    """A process with its areas."""

    def __init__(self, process: str, version: int, line: int) -> None:
        super().__init__(Ospf, process=process, version=version, line=line)
        self.areas: dict[str, Sketch[Any]] = {}

    def area(self, text: str) -> Sketch[Any]:
        """An area by its number or dotted form."""
        name = dotted(text)
        return self.areas.setdefault(name, Sketch(OspfArea, area=name))

    def process(self) -> Ospf:
        """The process."""
        return self.done(areas=tuple(area.done() for area in self.areas.values()))


class BgpSketch:
    """The speaker: what is said of neighbours for all families, and for each of them.

    A neighbour is known by the VRF and its address, a group by its name. What a neighbour says itself outdoes its
    group.
    """

    def __init__(self, asn: int, line: int) -> None:
        self.sketch: Sketch[Bgp] = Sketch(Bgp, asn=asn, line=line)
        self.families: dict[tuple[str, str], FamilySketch] = {}
        # (VRF, address or group) → what holds in every family
        self.general: dict[tuple[str, str], dict[str, Any]] = {}
        self.member_of: dict[tuple[str, str], str] = {}
        self.groups: set[str] = set()
        # What holds of every neighbour without a word.
        self.defaults: dict[str, Any] = {}
        # The families in which a neighbour is active without a word; in a VRF that of its address, if there are any.
        self.active_by_default: frozenset[str] = frozenset({"ipv4"})
        self.active_in_vrfs = True
        self.active_by_version = False  # a neighbour with an IPv6 address is not active in IPv4 without a word

    def family(self, name: str, vrf: str = "") -> FamilySketch:
        """A family of a VRF."""
        found = self.families.get((name, vrf))
        if found is None:
            found = self.families[(name, vrf)] = FamilySketch(self, name, vrf)
        return found

    def said(self, vrf: str, peer: str) -> dict[str, Any]:
        """What is said of a neighbour or group in every family."""
        return self.general.setdefault((vrf, peer), {})

    def merged(self, vrf: str, peer: str, family: FamilySketch | None = None) -> dict[str, Any]:
        """All that holds of a neighbour, of its group first."""
        found: dict[str, Any] = dict(self.defaults)
        group = self.member_of.get((vrf, peer))
        for one in (group, peer):
            if one is None:
                continue
            found |= self.general.get((vrf, one), {}) or (self.general.get(("", one), {}) if one == group else {})
            if family is not None:
                found |= family.peers.get(one, {})
        return found

    def _active(self) -> dict[tuple[str, str], set[str]]:
        """The families in which each neighbour is active; those exist from now on."""
        found: dict[tuple[str, str], set[str]] = {}
        for vrf, peer in sorted({key for key in self.general if key[1] not in self.groups} | set(self.member_of)):
            for name in sorted({name for name, of in self.families if of == vrf} | self.active_by_default):
                said = self.merged(vrf, peer, self.families.get((name, vrf)))
                if said.get("enabled", self._by_itself(vrf, peer, name)):
                    found.setdefault((vrf, peer), set()).add(name)
                    self.family(name, vrf)
        return found

    def _by_itself(self, vrf: str, peer: str, family: str) -> bool:
        """Whether a neighbour is active in a family without a word."""
        own = family == _own_family(peer)
        if vrf:
            return self.active_in_vrfs and own
        return family in self.active_by_default and (own or not self.active_by_version)

    def speaker(self, draft: Draft) -> Any:
        """The speaker, and what is wrong with its neighbours as lines that are left."""
        own = self.sketch.get("asn")
        active = self._active()
        families = []
        for (name, vrf), family in self.families.items():
            found = []
            for (of, peer), in_these in active.items():
                if of != vrf or name not in in_these:
                    continue
                said = self.merged(vrf, peer, family)
                said.pop("enabled", None)
                asn = said.pop("asn", None)
                if asn is None and said.pop("inside", False):
                    asn = own
                said.pop("inside", None)
                if asn is None:
                    draft.ledger.leave(said.get("line", 0), Message("the neighbour has no AS number"), "routes")
                    continue
                found.append(Neighbour(address=ip_address(peer), asn=asn, families=frozenset(in_these), **said))
            families.append(family.done(neighbours=tuple(sorted(found, key=lambda one: (one.line, str(one.address))))))
        return self.sketch.done(families=tuple(families))


class FamilySketch(Sketch[BgpFamily]):
    """A family: what it says itself, and of neighbours and groups."""

    def __init__(self, bgp: BgpSketch, name: str, vrf: str) -> None:
        super().__init__(BgpFamily, family=name, vrf=vrf)
        self.bgp = bgp
        self.vrf = vrf
        self.peers: dict[str, dict[str, Any]] = {}

    def peer(self, name: str) -> dict[str, Any]:
        """What is said here of a neighbour or group."""
        return self.peers.setdefault(name, {})


def _own_family(peer: str) -> str:
    return "ipv6" if ":" in peer else "ipv4"


# ---- values


def dotted(text: str) -> str:
    """An area or router id in dotted form; ValueError if it is none."""
    return str(ip_address(int(text) if text.isdecimal() else text))


def interface(*words: str) -> Interface:
    """`A M`, `A L` or `A/L` as an address with its length; ValueError if it is none."""
    host = host_of(words)
    if host is None:
        raise ValueError(" ".join(words))
    return ip_interface(host)


def network(*words: str) -> IPv4Network | IPv6Network:
    """`A M`, `A L` or `A/L` as a network; bits of the host are cut off."""
    return interface(*words).network


def by_wildcard(address: str, wildcard: str) -> IPv4Network:
    """`A WILDCARD` as a network; ValueError if the wildcard has gaps."""
    free = int(ip_address(int(wildcard) if wildcard.isdecimal() else wildcard))
    if free & (free + 1):
        raise ValueError(wildcard)
    found = ip_network((address, 32 - free.bit_length()), strict=False)
    if found.version != 4:
        raise ValueError(address)
    return found


def address(text: str) -> IPv4Address | IPv6Address:
    """An address; ValueError if it is none."""
    return ip_address(text)


def as_number(text: str) -> int:
    """An AS number, plain or dotted (RFC 5396)."""
    high, dot, low = text.partition(".")
    return int(high) * 65536 + int(low) if dot else int(text)


def classful(text: str) -> IPv4Network:
    """The network of an address's class."""
    first = int(text.split(".", maxsplit=1)[0])
    length = 8 if first < 128 else 16 if first < 192 else 24
    found = ip_network((text, length), strict=False)
    if found.version != 4:
        raise ValueError(text)
    return found


def token(ciphered: str) -> str:
    """A stand-in for a ciphered secret: the same for the same ciphertext, and not the secret.

    It begins with `~` and has 16 characters, as many as an OSPF key may have (RFC 2328, D.3).
    """
    return "~" + hashlib.sha256(ciphered.encode()).hexdigest()[:15]


def spread(text: Iterable[str]) -> set[int]:
    """`10 20 to 30 40,50-60` as numbers; ValueError if it is something else."""
    words = " ".join(text).replace(",", " ").replace("-", " to ").split()
    found: set[int] = set()
    index = 0
    while index < len(words):
        first = last = int(words[index])
        if words[index + 1 : index + 2] == ["to"]:
            last = int(words[index + 2])
            index += 2
        if not 0 < first <= last < 4096:
            raise ValueError(words[index])
        found |= set(range(first, last + 1))
        index += 1
    return found
