"""The allow file: whom probes may speak to, and how fast. What it does not name is never sent to.

rate: {target: 5, all: 20}          # packets or connections a second: to one target, and altogether
targets:
  - {prefix: 10.3.0.0/24, ports: [icmp, tcp/22, tcp/8000-8100, udp/161]}
links:                              # frames that a vantage's own link may see
  - {vantage: office, frames: [arp, nd, dhcp, dhcpv6, rs], prefixes: [10.1.1.0/24, 'fe80::/10']}
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_network
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainValidator

from audits.probes.model import EVERYBODY, ON_LINK, Protocol
from inventory import cells
from inventory.errors import InputError, RefusedError
from inventory.schema import Reader
from inventory.sources import read_bytes, yaml
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from audits.probes.model import Address, Aim, Network, Send

# Packets or connections a second; a file may ask for less, or for more up to the bounds.
USUAL_TARGET, USUAL_ALL = 5, 20
MOST_TARGET, MOST_ALL = 50, 200
_FEWEST_BITS = {4: 8, 6: 16}
_PORTS = re.compile(r"(tcp|udp)/([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?", re.ASCII)
_FRAMES = {protocol.value: protocol for protocol in ON_LINK}


@dataclass(frozen=True, slots=True)
class Ports:
    """A protocol and, for TCP and UDP, the ports from `low` to `high`."""

    protocol: Protocol
    low: int = 0
    high: int = 0

    def covers(self, aim: Aim) -> bool:
        """Whether it is this protocol, and one of these ports."""
        return aim.protocol is self.protocol and self.low <= aim.port <= self.high


@dataclass(frozen=True, slots=True)
class Link:
    """What may be sent on a vantage's own link, and about which addresses neighbours may be asked."""

    vantage: str
    frames: frozenset[Protocol]
    prefixes: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Allowed:
    """The allow file's content."""

    targets: tuple[tuple[Network, tuple[Ports, ...]], ...] = ()
    links: tuple[Link, ...] = ()
    rate_target: float = USUAL_TARGET
    rate_all: float = USUAL_ALL

    def covers(self, vantage: str, aim: Aim) -> bool:
        """Whether something may be sent from a vantage to an aim."""
        if aim.protocol in ON_LINK:
            return any(_on_link(link, aim) for link in self.links if link.vantage == vantage)
        return any(
            aim.address.version == network.version
            and aim.address in network
            and not _of_many(aim.address, network)
            and any(range_.covers(aim) for range_ in ports)
            for network, ports in self.targets
        )

    def refuse(self, sends: Iterable[Send], file: str) -> None:
        """RefusedError that names everything that would go elsewhere."""
        outside = [
            f"{send.vantage.name} → {send.aim}" for send in sends if not self.covers(send.vantage.name, send.aim)
        ]
        if outside:
            names = "; ".join(dict.fromkeys(outside))
            raise RefusedError(
                Message("not in the allow file, so nothing was sent at all: {names}", names=names),
                Message("add them to {file} if they are yours to probe, or take them out of the probes", file=file),
            )


def _of_many(address: Address, network: Network) -> bool:
    """Whether more than one machine may answer: a group, or a prefix's broadcast; an address of another family, too."""
    mapped = isinstance(address, IPv6Address) and address.ipv4_mapped is not None
    whole = network.version == 4 and network.prefixlen < 31
    edge = whole and address in (network.broadcast_address, network.network_address)
    return address.is_multicast or mapped or edge


def _on_link(link: Link, aim: Aim) -> bool:
    if aim.protocol not in link.frames:
        return False
    if aim.protocol in EVERYBODY:
        return aim.address == EVERYBODY[aim.protocol]
    return any(aim.address.version == network.version and aim.address in network for network in link.prefixes)


def load(path: Path) -> Allowed:
    """The allow file. InputError with every fault."""
    return parse(read_bytes(path, str(path)), str(path))


def parse(content: bytes, file: str) -> Allowed:
    """What a file's content allows. InputError with every fault."""
    reader = Reader(yaml.parse(content, file))
    data = reader.top(tuple(_FileIn.model_fields))
    targets = [read for place, item in reader.items(data, "targets") if (read := reader.read(_TargetIn, item, place))]
    links = [link for place, item in reader.items(data, "links") if (link := reader.read(_LinkIn, item, place))]
    rate = reader.read(_RateIn, data.get("rate") or {}, ("rate",))
    if not targets and not links and not reader.problems:
        reader.complain(
            (),
            "nothing-allowed",
            Message("the file allows nothing"),
            Message("write at least one item below “targets” or “links”"),
        )
    if reader.problems or rate is None:
        raise InputError(reader.problems)
    return Allowed(
        tuple((target.prefix, target.ports) for target in targets),
        tuple(Link(link.vantage, frozenset(link.frames), link.prefixes) for link in links),
        rate.target,
        rate.all,
    )


def port_range(text: str) -> Ports:
    """`icmp`, `tcp/22` or `tcp/8000-8100`. cells.Fault if it is none."""
    if text == "icmp":
        return Ports(Protocol.ICMP)
    match = _PORTS.fullmatch(text)
    if match is not None:
        low, high = int(match[2]), int(match[3] or match[2])
        if low <= high <= 65535:
            return Ports(Protocol(match[1]), low, high)
    raise cells.Fault(
        "bad-ports",
        Message("“{text}” is neither icmp nor ports of TCP or UDP", text=text),
        Message("write icmp, tcp/22, udp/161 or tcp/8000-8100"),
    )


def _frame(text: str) -> Protocol:
    if text not in _FRAMES:
        raise cells.Fault(
            "bad-frames",
            Message("“{text}” is no kind of frame", text=text),
            Message("write one of: {names}", names=", ".join(_FRAMES)),
        )
    return _FRAMES[text]


def network(text: str) -> Network:
    """A network; cells.Fault for one that is so wide that it allows nearly everything."""
    found = ip_network(cells.network(text))
    if found.version == 6 and found.network_address.ipv4_mapped is not None:
        raise cells.Fault(
            "mapped",
            Message("“{text}” are IPv4 addresses written as IPv6", text=text),
            Message("write them as IPv4"),
        )
    if found.prefixlen < _FEWEST_BITS[found.version] and not found.is_link_local:
        raise cells.Fault(
            "too-wide",
            Message("“{text}” is too wide for an allow file", text=text),
            Message("name the networks one by one"),
        )
    return found


def text_of(convert: Any) -> PlainValidator:
    """A pydantic validator for a text that `convert` reads."""

    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            raise cells.Fault("bad-type", Message("one text is expected here"), Message("write key: value"))
        return convert(value.strip())

    return PlainValidator(validate)


class Item(BaseModel):
    """A part of a YAML file: what it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _RateIn(Item):
    target: Annotated[int, text_of(cells.integer(1, MOST_TARGET))] = USUAL_TARGET
    all: Annotated[int, text_of(cells.integer(1, MOST_ALL))] = USUAL_ALL


class _TargetIn(Item):
    prefix: Annotated[Any, text_of(network)]
    ports: tuple[Annotated[Any, text_of(port_range)], ...]


class _LinkIn(Item):
    vantage: Annotated[str, text_of(cells.key)]
    frames: tuple[Annotated[Any, text_of(_frame)], ...]
    prefixes: tuple[Annotated[Any, text_of(network)], ...] = ()


class _FileIn(Item):
    rate: _RateIn = _RateIn()
    targets: tuple[_TargetIn, ...] = ()
    links: tuple[_LinkIn, ...] = ()
