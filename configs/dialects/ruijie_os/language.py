"""How RGOS is changed: as IOS where it looks like it, with services and interface names of its own.

Source: published configurations and Ruijie's public manuals of RSR routers; what is not in them is unverified.
"""

from __future__ import annotations

import re
from functools import cache

from configs.change import Language, Paths, slot
from configs.dialects.ruijie_os.grammar import SECRETS
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
    server=re.compile(r"enable service ssh-server|ip ssh |username |aaa |crypto key "),
    routing=ROUTING,
    quiet=QUIET,
    every="default",
    shuts=SHUTS,
    virtual=VIRTUAL,
    members=MEMBERS,
)
_NUMBERED_ENTRY = re.compile(r"^\d+ (?=permit|deny)")


@cache
def _normalise(text: str, *, in_list: bool) -> str:
    said = banner(text)
    if said:
        return said
    text = " ".join(text.split())
    if text.startswith("interface "):
        return "interface " + text[10:].replace(" ", "").lower()
    # Entries are shown with their numbers by some releases only.
    return _NUMBERED_ENTRY.sub("", text) if in_list else text


def normalise(path: tuple[str, ...], text: str) -> str:
    """One spelling for what RGOS takes in several: blanks and case in interface names, numbers of a list's entries."""
    return _normalise(text, in_list=bool(path) and path[-1].startswith("ip access-list "))


LANGUAGE = Language(
    negation="no",
    leave="exit",
    secrets=SECRETS,
    slots=(
        *SLOTS,
        slot(TOP, r"snmp-server (?P<what>trap-source|queue-length) "),
        slot(TOP, r"logging trap "),
        slot(TOP, r"password policy (?P<what>\S+) "),
        slot(TOP, r"service timestamps (?P<what>log|debug)"),
    ),
    paths=_PATHS,
    views=re.compile(
        r"(?:interface \S|ip access-list \S+ \S|router \S|line (?:console|vty|aux) |vlan \d+$|ip vrf \S+$)"
    ),
    owned=re.compile(LIST),
    ordered=re.compile(LIST),
    explicit=re.compile(r"no (?:switchport|enable service \S+)$"),
    normalise=normalise,
    typed=typed,
    second="secondary",
    binds=BINDS,
    unbound=UNBOUND,
    beside=re.compile(
        r"router bgp \d+ > (?:.* > )?neighbor [0-9A-Fa-f]*[.:]|ntp server |logging (?:server )?\d|snmp-server host "
        r"|interface \S+ > ip helper-address "
    ),
    lists=re.compile(r"access-list (?P<list>\S+) "),
)
