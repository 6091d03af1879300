"""How IOS is changed: which commands replace each other, how each is taken back, what carries our session."""

from __future__ import annotations

import re
from functools import cache

from configs.change import Kind, Language, Paths, slot
from configs.dialects.cisco_ios.grammar import SECRETS

_TOP = r"$"
_INTERFACE = r"interface "
_LIST = r"ip access-list (?:standard|extended) "


_SLOTS = (
    slot(_TOP, r"hostname "),
    slot(_TOP, r"ip domain[ -]name "),
    slot(_TOP, r"ip default-gateway "),
    slot(_TOP, r"enable (?P<what>secret|password) (?P<level>level \d+ )?"),
    slot(_TOP, r"username (?P<user>\S+) "),
    slot(_TOP, r"banner (?P<which>\S+) ", Kind.SINGLE, r"no banner \g<which>"),
    slot(_TOP, r"clock timezone "),
    slot(_TOP, r"router ospf (?P<process>\d+)"),
    slot(_TOP, r"ip route (?P<vrf>vrf \S+ )?(?P<network>\d\S+ \S+) ", Kind.SET),
    slot(_TOP, r"ip prefix-list (?P<list>\S+) seq (\d+) ", Kind.SET),
    slot(_TOP, r"access-list (?P<list>\S+) ", Kind.SET),
    slot(_TOP, r"ip access-list (?P<list>\S+ \S+)$"),
    slot(_TOP, r"logging (?P<what>buffered|console|monitor|trap|facility|source-interface)(?: |$)"),
    slot(_TOP, r"logging (?:host )?(?P<host>\d\S+)"),
    slot(_TOP, r"ntp (?P<what>source|server \S+)(?: |$)"),
    slot(_TOP, r"snmp-server (?P<what>location|contact|chassis-id|source-interface traps) "),
    slot(_TOP, r"snmp-server host (?P<host>\S+) "),
    slot(_TOP, r"snmp-server group (?P<group>\S+) "),
    slot(_TOP, r"ip ssh (?P<what>version|time-out|authentication-retries|source-interface) "),
    slot(_TOP, r"login (?P<what>block-for|delay|quiet-mode) "),
    slot(_TOP, r"security (?P<what>passwords min-length|authentication failure)"),
    slot(_TOP, r"service timestamps (?P<what>log|debug)"),
    slot(_INTERFACE, r"description ", Kind.SINGLE, "no description"),
    slot(_INTERFACE, r"ip address \S+ \S+$"),
    slot(
        _INTERFACE, r"(?P<what>mtu|ip mtu|speed|duplex|bandwidth|encapsulation dot1q|vrf forwarding|ip vrf forwarding) "
    ),
    slot(_INTERFACE, r"ip ospf (?P<what>network|cost|priority|hello-interval|dead-interval|authentication) "),
    slot(_INTERFACE, r"ip access-group \S+ (?P<direction>in|out)"),
    slot(
        _INTERFACE, r"switchport (?P<what>mode|access vlan|trunk allowed vlan|trunk native vlan|trunk encapsulation) "
    ),
    slot(
        r"router ospf",
        r"(?P<what>router-id|auto-cost|maximum-paths|default-information originate|log-adjacency-changes)(?: |$)",
    ),
    slot(_INTERFACE, r"tunnel (?P<what>source|destination) "),
    slot(r"router bgp", r"bgp router-id "),
    slot(r"router ospf", r"redistribute (?P<what>\S+)"),
    slot(_LIST, r"(?P<number>\d+) ", Kind.CLEAR, r"no \g<number>"),
    slot(r"line ", r"access-class \S+ (?P<direction>in|out)"),
    slot(
        r"line ",
        r"(?P<what>exec-timeout|transport input|transport output|privilege level|login|password)(?: |$)",
    ),
    slot(r"vlan \d", r"name "),
)

_PATHS = Paths(
    address=re.compile(r"ip(?:v6)? address (?P<ip>\d[^/\s]+)[/ ]"),
    interface=re.compile(_INTERFACE),
    touches=re.compile(
        r"shutdown$|(?:no )?ip address|no ipv6 (?:address|enable)|(?:ip )?vrf forwarding |(?:no )?switchport(?: |$)"
        r"|ip access-group "
    ),
    route=re.compile(r"ip(?:v6)? route |ip default-gateway "),
    remote=re.compile(r"line vty "),
    remote_lines=re.compile(r"(?:ipv6 )?access-class |transport input |login|no (?:access-class|transport|login)"),
    remote_list=re.compile(r"(?:ipv6 )?access-class (?P<list>\S+) in"),
    port_list=re.compile(r"(?:ip access-group|ipv6 traffic-filter) (?P<list>\S+)"),
    list_header=re.compile(r"(?:ip access-list (?:standard|extended)|(?:ipv6 )?access-list) (?P<list>\S+)"),
    server=re.compile(r"ip ssh |username |aaa (?:new-model|authentication login)|crypto key "),
)

_STANDARD_HOST = re.compile(r"^((?:\d+ )?(?:permit|deny)) host (\S+)")
_DOMAIN = re.compile(r"^(no )?ip domain (name|lookup)\b")
_NUMBERED_ENTRY = re.compile(r"^(\d+) (?=permit|deny)")


_BANNER = re.compile(r"banner (?P<which>\S+) ?(?P<mark>\^C|\S)(?P<text>.*?)(?P=mark)\s*$", re.DOTALL)


@cache
def _normalise(text: str, *, in_list: bool) -> str:
    banner = _BANNER.match(text)
    if banner is not None:
        # The mark around the text is not part of it: what was typed as # is shown as ^C.
        return f"banner {banner['which']} {banner['text'].strip()}"
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


_SHOWN_BANNER = re.compile(r"(banner \S+ )\^C(.*)\^C\s*$", re.DOTALL)


def typed(text: str) -> str:
    """A banner as it can be typed: `^C` is how IOS shows a control character, typed as it stands it would mean `^`."""
    banner = _SHOWN_BANNER.match(text)
    if banner is None:
        return text
    mark = next((mark for mark in "#@~$%=+&" if mark not in banner[2]), "")
    return f"{banner[1]}{mark}{banner[2]}{mark}" if mark else text


LANGUAGE = Language(
    negation="no",
    leave="exit",
    secrets=SECRETS,
    slots=_SLOTS,
    paths=_PATHS,
    views=re.compile(
        r"(?:interface \S|ip access-list \S+ \S|router \S|line (?:con|vty|aux) |vlan \d+$|vrf definition )"
    ),
    owned=re.compile(_LIST),
    ordered=re.compile(_LIST),
    # Shown by the device as they are: what they switch off is on unless they stand there.
    explicit=re.compile(
        r"no (?:switchport|ip http (?:secure-)?server|ip domain[ -]lookup|ip source-route|ip bootp server"
        r"|service pad|service finger|cdp run|vstack)$"
    ),
    # The defaults of these.
    hidden=re.compile(
        r"(?:logging trap informational|ip ssh time-out 120|ip ssh authentication-retries 3|exec-timeout 10 0"
        r"|log-adjacency-changes)$"
    ),
    # Off by default, and then not stored, in IOS-XE and in images without the service; IOS 12 shows them.
    unstored=re.compile(r"no (?:service (?:pad|finger)|ip http (?:secure-)?server|ip bootp server|vstack)$"),
    normalise=normalise,
    typed=typed,
    second="secondary",
    beside=re.compile(
        r"router bgp \d+ > (?:.* > )?neighbor [0-9A-Fa-f]*[.:]|ntp server "
        r"|logging (?:host )?\d|snmp-server host |ip name-server \S+$"
        r"|interface \S+ > ip helper-address "
    ),
    lists=re.compile(r"access-list (?P<list>\S+) "),
)
