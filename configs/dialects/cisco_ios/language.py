"""How IOS is changed: which commands replace each other, how each is taken back, what carries our session."""

from __future__ import annotations

import re
from functools import cache

from configs.change import Floating, Language, Paths, slot
from configs.dialects.cisco_ios.grammar import SECRETS
from configs.no_family import (
    ADDRESS,
    BINDS,
    INTERFACE,
    LIST,
    LIST_HEADER,
    MEMBERS,
    PORT_LIST,
    QUIET,
    REMOTE_LINES,
    REMOTE_LIST,
    ROUTE,
    ROUTING,
    SHUTS,
    SLOTS,
    TOP,
    TOUCHES,
    UNBOUND,
    VIRTUAL,
    banner,
    typed,
)

_SLOTS = (
    *SLOTS,
    slot(TOP, r"ip domain[ -]name "),
    slot(TOP, r"snmp-server source-interface traps "),
    slot(TOP, r"login (?P<what>block-for|delay|quiet-mode) "),
    slot(TOP, r"(?P<what>logging trap|ip http tls-version) "),
    slot(TOP, r"security (?P<what>passwords min-length|authentication failure)"),
    slot(TOP, r"ip ssh server algorithm (?P<what>\S+) "),
    slot(TOP, r"service timestamps (?P<what>log|debug)"),
)

_PATHS = Paths(
    address=ADDRESS,
    interface=re.compile(INTERFACE),
    touches=TOUCHES,
    route=ROUTE,
    remote=re.compile(r"line vty "),
    remote_lines=REMOTE_LINES,
    remote_list=REMOTE_LIST,
    port_list=PORT_LIST,
    list_header=LIST_HEADER,
    server=re.compile(r"ip ssh |username |aaa (?:new-model|authentication login)|crypto key "),
    routing=ROUTING,
    quiet=QUIET,
    every="default",
    shuts=SHUTS,
    virtual=VIRTUAL,
    members=MEMBERS,
)

_STANDARD_HOST = re.compile(r"^((?:\d+ )?(?:permit|deny)) host (\S+)")
_DOMAIN = re.compile(r"^(no )?ip domain (name|lookup)\b")
_NUMBERED_ENTRY = re.compile(r"^(\d+) (?=permit|deny)")


@cache
def _normalise(text: str, *, in_list: bool) -> str:
    said = banner(text)
    if said:
        return said
    text = " ".join(text.split())
    if text.startswith("interface "):
        return "interface " + text[10:].replace(" ", "").lower()
    if in_list:
        # IOS-XE shows entry numbers, IOS 12 does not; `host A` and bare `A` are the same in a standard list.
        text = _NUMBERED_ENTRY.sub("", text)
        text = _STANDARD_HOST.sub(r"\1 \2", text)
    if text.startswith("logging host "):
        return "logging " + text[13:]
    return _DOMAIN.sub(r"\1ip domain-\2", text)


def normalise(path: tuple[str, ...], text: str) -> str:
    """One spelling for what IOS shows in several, by release."""
    return _normalise(text, in_list=bool(path) and path[-1].startswith("ip access-list "))


LANGUAGE = Language(
    staged=True,
    negation="no",
    leave="exit",
    secrets=SECRETS,
    slots=_SLOTS,
    paths=_PATHS,
    views=re.compile(
        r"(?:interface \S|ip access-list \S+ \S|router \S|line (?:con|vty|aux) |vlan \d+$|vrf definition |ip vrf \S+$)"
    ),
    owned=re.compile(LIST),
    ordered=re.compile(LIST),
    # Shown by the device as they are: what they switch off is on unless they stand there.
    explicit=re.compile(
        r"no (?:switchport|ip http (?:secure-)?server|ip domain[ -]lookup|ip source-route|ip bootp server"
        r"|service pad|service finger|cdp run|vstack)$"
    ),
    # The defaults of these.
    hidden=re.compile(
        r"(?:logging trap informational|ip ssh time-out 120|ip ssh authentication-retries 3|exec-timeout 10 0"
        r"|log-adjacency-changes|logging on)$"
    ),
    # Off by default, and then not stored, in IOS-XE and in images without the service; IOS 12 shows them.
    unstored=re.compile(r"no (?:service (?:pad|finger)|ip http (?:secure-)?server|ip bootp server|vstack)$"),
    normalise=normalise,
    typed=typed,
    second="secondary",
    binds=BINDS,
    unbound=UNBOUND,
    beside=re.compile(
        r"router bgp \d+ > (?:.* > )?neighbor [0-9A-Fa-f]*[.:]|ntp server "
        r"|logging (?:host )?\d|snmp-server host |ip name-server \S+$"
        r"|interface \S+ > ip helper-address "
    ),
    lists=re.compile(r"access-list (?P<list>\S+) "),
    # “ip route” in Cisco's IOS IP Routing: Protocol-Independent Command Reference. `name` is left out: where IOS shows
    # it beside a tag was not seen.
    floating=Floating(
        "ip route {address} {mask} {port} {via} {distance} tag {tag}",
        "ip route {address} {mask} Null0 {distance} tag {tag}",
    ),
)
