"""plan/dns.yaml: the zone, its servers and timers, and how names are made.

origin: lianyuan.example          # the zone; all names are below it
serial: 2026112101                # given, never taken from a clock: raise it when the zones are to change
hostmaster: noc@lianyuan.example
name_servers: {ns1: [10.10.0.10], ns2: [10.10.0.11]}
ttl: 86400
migration_ttl: 300                # while addresses move (plan/mapping.csv is there): their records' TTL
names: {loopback: "{device}", gateway: "gw.{line}"}
labels: {ln-核心: ln-hexin}        # for owners whose names are no DNS labels
servers: [{name: oa, lan: lan-servers, host: 10, aliases: [www]}]
"""

from __future__ import annotations

import re
from enum import StrEnum
from string import Formatter
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from inventory import cells
from inventory.text import Message
from ipplan.networks import Network, parse_network
from ipplan.views import names, settings_file
from ipplan.views.settings_file import Item, value

if TYPE_CHECKING:
    from pathlib import Path

FILE = "plan/dns.yaml"
PLACEHOLDERS = ("device", "interface", "line", "region", "site")
_LITERAL = re.compile(r"[a-z0-9.-]*").fullmatch
_SERIALS = (1 << 32) - 1
_LONGEST_TTL = (1 << 31) - 1  # RFC 2181 section 8


class Classless(StrEnum):
    """How a reverse zone longer than /24 is called: `64/26.2.0.192…` as RFC 2317 shows it, or `64-26.…`."""

    SLASH = "slash"
    DASH = "dash"


def domain(text: str) -> str:
    """A domain name without its final point, in lower case."""
    cells.refuse_full_width(text)
    made = text.lower().removesuffix(".")
    if made and len(made) <= 253 and all(names.is_label(part) for part in made.split(".")):
        return made
    raise cells.Fault(
        "bad-domain",
        Message("“{text}” is not a domain name", text=text),
        Message("write labels of letters, digits and hyphens with points between them, for example lianyuan.example"),
    )


def _mailbox(text: str) -> str:
    r"""An address as an SOA record has it: `a.b@example` is `a\\.b.example` (RFC 1035 section 8)."""
    local, at, rest = text.partition("@")
    if not at and "." in text.strip("."):  # as the record itself writes it
        return domain(text)
    if not at or not re.fullmatch(r"[A-Za-z0-9._+-]{1,60}", local):
        raise cells.Fault(
            "bad-mailbox",
            Message("“{text}” is not a mail address", text=text),
            Message("write one like {example}", example="hostmaster@lianyuan.example"),
        )
    return local.replace(".", "\\.") + "." + domain(rest)


def _rule(text: str) -> str:
    """A rule for names: text with placeholders; `none` for no names of this kind."""
    if text == "none":
        return ""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        parts = [(text, "?", "", None)]
    for literal, field, form, conversion in parts:
        if not _LITERAL(literal) or (field is not None and (field not in PLACEHOLDERS or form or conversion)):
            raise cells.Fault(
                "bad-name-rule",
                Message("“{text}” is not a rule for names", text=text),
                Message(
                    "write lower-case letters, digits, hyphens and points, and any of: {names}; or none",
                    names=", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
                ),
            )
    return text


def _label(text: str) -> str:
    if names.is_label(text):
        return text
    raise cells.Fault(
        "bad-label",
        Message("“{text}” is not a DNS label", text=text),
        Message("write lower-case letters, digits and hyphens inside, at most 63"),
    )


_LARGEST_HOST = (1 << 63) - 1

Domain = Annotated[str, value(domain)]
Rule = Annotated[str, value(_rule)]
Label = Annotated[str, value(_label, Annotated[str, Field(pattern="^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")])]
Address = Annotated[str, value(cells.address)]
Ttl = Annotated[int, value(cells.integer(0, _LONGEST_TTL), Annotated[int, Field(ge=0, le=_LONGEST_TTL)])]
Serial = Annotated[int, value(cells.integer(0, _SERIALS), Annotated[int, Field(ge=0, le=_SERIALS)])]
Host = Annotated[int, value(cells.integer(1, _LARGEST_HOST), Annotated[int, Field(ge=1, le=_LARGEST_HOST)])]
Key = Annotated[str, value(str)]


class Timers(Item):
    """The SOA's timers in seconds (RFC 1035 section 3.3.13; the defaults are in the ranges of RFC 1912 section 2.2)."""

    refresh: Ttl = 7200
    retry: Ttl = 900
    expire: Ttl = 1209600
    minimum: Ttl = Field(default=3600, description="for how long a name that does not exist is remembered (RFC 2308)")


class NameRules(Item):
    """How names are made, relative to the origin; “none” makes none.

    Placeholders: {device}, {interface}, {line}, {region}, {site}.
    """

    loopback: Rule = Field(default="{device}", description="the loopback address of a device")
    interface: Rule = Field(default="{interface}.{device}", description="an address of a device's interface")
    gateway: Rule = Field(default="gw.{line}", description="the router's address in a LAN")
    management: Rule = Field(default="mgmt.{device}", description="the address by which a device is managed")


class Server(Item):
    """A server with a place of its own in a LAN: the `host`th address of it, counted from the prefix."""

    name: Domain = Field(description="relative to the origin")
    lan: Key = Field(description="the LAN's name in links.csv")
    host: Host = Field(description="10 is the address .10 of a LAN that begins at .0")
    aliases: tuple[Domain, ...] = Field(default=(), description="other names of it (CNAME), relative to the origin")


class DnsSettings(Item):
    """plan/dns.yaml of a govnet workspace: what “govnet plan export --format dns” makes zones from."""

    origin: Domain = Field(description="the zone; all names are below it")
    serial: Serial = Field(description="the zones' serial; never taken from a clock: raise it when they are to change")
    hostmaster: Annotated[str, value(_mailbox)] = Field(description="who answers for the zones, as a mail address")
    name_servers: dict[Domain, tuple[Address, ...]] = Field(
        min_length=1,
        description="name servers with their addresses; a name without a point is below the origin",
    )
    ttl: Ttl = Field(default=86400, description="seconds")
    migration_ttl: Ttl | None = Field(
        default=None, description="seconds; the TTL of what moves as long as there is a plan/mapping.csv"
    )
    timers: Timers = Timers()
    names: NameRules = NameRules()
    labels: dict[Key, Label] = Field(
        default_factory=dict, description="labels for names of the inventory that are no DNS labels"
    )
    vrfs: dict[Key, Domain] = Field(
        default_factory=dict, description="the zone of a VRF; without it VRF.origin, in zones of its own"
    )
    reverse: tuple[Annotated[Network, value(parse_network)], ...] = Field(
        default=(), description="prefixes outside the plan that get reverse zones as well"
    )
    classless: Annotated[Classless, value(cells.choice(Classless, {}), Classless)] = Field(
        default=Classless.SLASH, description="how reverse zones longer than /24 are called (RFC 2317)"
    )
    servers: tuple[Server, ...] = Field(default=(), description="servers with names and places of their own")


def load(path: Path, *, name: str = FILE) -> DnsSettings:
    """Read and check a dns.yaml. `name` is what the file is called in messages. InputError with every fault."""
    return settings_file.read(DnsSettings, path, name)
