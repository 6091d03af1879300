"""How FRR is changed: which commands replace each other, how each is taken back, what carries our session."""

from __future__ import annotations

import re
from functools import cache

from configs.change import Floating, Kind, Language, Paths, slot
from configs.dialects.frr.grammar import SECRETS

_TOP = r"$"
_INTERFACE = r"interface "


_SLOTS = (
    slot(_TOP, r"log (?P<what>syslog|stdout|file|timestamp precision)(?: |$)"),
    slot(_TOP, r"(?P<what>enable password|password) "),
    slot(_TOP, r"ip route (?P<network>\S+/\d+) ", Kind.SET),
    slot(_TOP, r"ip prefix-list (?P<list>\S+) seq (\d+) ", Kind.SET),
    slot(_TOP, r"access-list (?P<list>\S+) ", Kind.SET),
    # Zebra keeps several addresses on an interface; the one that routing uses is meant to be the only one.
    slot(_INTERFACE, r"ip address ", Kind.SET),
    slot(_INTERFACE, r"description ", Kind.SINGLE, "no description"),
    slot(
        _INTERFACE, r"ip ospf (?P<what>network|cost|priority|hello-interval|dead-interval|authentication|area)(?: |$)"
    ),
    slot(_INTERFACE, r"(?P<what>bandwidth|link-params) "),
    slot(
        r"router ospf",
        r"(?P<what>ospf router-id|auto-cost|maximum-paths|default-information originate|log-adjacency-changes)(?: |$)",
    ),
    slot(r"router ospf", r"redistribute (?P<what>\S+)"),
    slot(r"router bgp", r"(?P<what>bgp router-id) "),
    slot(r"line vty", r"(?P<what>exec-timeout|access-class) "),
    slot(r"vrf ", r"ip route (?P<network>\S+/\d+) ", Kind.SET),
)

_PATHS = Paths(
    address=re.compile(r"ip(?:v6)? address (?P<ip>[^/\s]+)/"),
    interface=re.compile(_INTERFACE),
    touches=re.compile(r"shutdown$"),
    route=re.compile(r"ip(?:v6)? route "),
    # docs.frrouting.org, “OSPFv2” and “Zebra”: a protocol's distance (static routes have 1, OSPF's 110).
    routing=re.compile(r"router (?:ospf6?|bgp|isis|ripng|rip)"),
    quiet=re.compile(r"passive-interface (?P<port>\S+)"),
    every="default",
    shuts=re.compile(r"router .* > (?:distance|distribute-list) "),
    # Who may log in is the host's business, not frr.conf's.
)

_AREA = re.compile(r"(?<=\barea )(\d+)(?= |$)")
_LOG_SYSLOG = re.compile(r"^log syslog$")
_ROUTER_ID = re.compile(r"^router-id (?=\d)")


@cache
def _normalise(text: str, *, in_ospf: bool) -> str:
    text = " ".join(text.split())
    text = _AREA.sub(lambda match: f"0.0.0.{match[1]}" if int(match[1]) < 256 else match[0], text)
    if in_ospf:
        text = _ROUTER_ID.sub("ospf router-id ", text)
    return _LOG_SYSLOG.sub("log syslog debugging", text)


def normalise(path: tuple[str, ...], text: str) -> str:
    """One spelling for what FRR shows otherwise than it takes: area numbers, the router id of OSPF."""
    return _normalise(text, in_ospf=bool(path) and path[-1].startswith("router ospf"))


LANGUAGE = Language(
    staged=True,
    negation="no",
    leave="exit",
    secrets=SECRETS,
    slots=_SLOTS,
    paths=_PATHS,
    views=re.compile(r"(?:interface \S|router (?:ospf|bgp|rip|isis|ospf6)|vrf \S|route-map \S|line vty$)"),
    explicit=re.compile(r"no (?:ip forwarding|ipv6 forwarding)$"),
    # Defaults, which the daemons do not write (lib/vty.c writes a time-out only where it is not 10 minutes).
    hidden=re.compile(r"(?:(?:ip|ipv6) forwarding|exec-timeout 10 0|login)$"),
    # What the host's system name, vtysh.conf and the daemons' own options say. FRR 8.4 shows these lines and a reload
    # does not set them (`hostname` follows the system's name): a push that insisted would never end as intended.
    foreign=re.compile(r"hostname |domainname |frr (?:version|defaults) |service integrated-vtysh-config$"),
    normalise=normalise,
    second="",
    # docs.frrouting.org, “Static Route Commands”; in the order in which staticd shows it.
    floating=Floating(
        "ip route {network} {via} {port} tag {tag} {distance}", "ip route {network} blackhole tag {tag} {distance}"
    ),
    beside=re.compile(r"router bgp \d+.* > (?:.* > )?neighbor [0-9A-Fa-f]*[.:]"),
)
