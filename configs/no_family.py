"""What the languages with `no`, `exit` and `!` have in common: Cisco's IOS, and those that were made to look like it.

Only what both vendors' public references say in the same words stands here; the rest is each dialect's own.
"""

from __future__ import annotations

import re

from configs.change import Kind, Slot, slot

TOP = r"$"
INTERFACE = r"interface "
LIST = r"ip access-list (?:standard|extended) "

SLOTS: tuple[Slot, ...] = (
    slot(TOP, r"hostname "),
    slot(TOP, r"ip default-gateway "),
    slot(TOP, r"enable (?P<what>secret|password) (?P<level>level \d+ )?"),
    slot(TOP, r"username (?P<user>\S+) "),
    slot(TOP, r"banner (?P<which>\S+) ", Kind.SINGLE, r"no banner \g<which>"),
    slot(TOP, r"clock timezone "),
    slot(TOP, r"router ospf (?P<process>\d+)"),
    slot(TOP, r"ip route (?P<vrf>vrf \S+ )?(?P<network>\d\S+ \S+) ", Kind.SET),
    slot(TOP, r"ip prefix-list (?P<list>\S+) seq (\d+) ", Kind.SET),
    slot(TOP, r"access-list (?P<list>\S+) ", Kind.SET),
    slot(TOP, r"ip access-list (?P<list>\S+ \S+)$"),
    slot(TOP, r"logging (?P<what>buffered|console|monitor|trap|facility|source-interface)(?: |$)"),
    slot(TOP, r"logging (?:host )?(?P<host>\d\S+)"),
    slot(TOP, r"ntp (?P<what>source|server \S+)(?: |$)"),
    slot(TOP, r"snmp-server (?P<what>location|contact|chassis-id) "),
    slot(TOP, r"snmp-server host (?P<host>\S+) "),
    slot(TOP, r"snmp-server group (?P<group>\S+) "),
    slot(TOP, r"ip ssh (?P<what>version|time-out|authentication-retries|source-interface) "),
    slot(INTERFACE, r"description ", Kind.SINGLE, "no description"),
    slot(INTERFACE, r"ip address \S+ \S+$"),
    slot(INTERFACE, r"(?P<what>mtu|ip mtu|speed|duplex|bandwidth|encapsulation dot1q) "),
    slot(INTERFACE, r"(?:ip )?vrf forwarding "),
    slot(INTERFACE, r"ip ospf (?P<what>network|cost|priority|hello-interval|dead-interval|authentication) "),
    slot(INTERFACE, r"ip access-group \S+ (?P<direction>in|out)"),
    slot(INTERFACE, r"switchport (?P<what>mode|access vlan|trunk allowed vlan|trunk native vlan|trunk encapsulation) "),
    slot(INTERFACE, r"tunnel (?P<what>source|destination) "),
    slot(
        r"router ospf",
        r"(?P<what>router-id|auto-cost|maximum-paths|default-information originate|log-adjacency-changes)(?: |$)",
    ),
    slot(r"router ospf", r"redistribute (?P<what>\S+)"),
    slot(r"router bgp", r"bgp router-id "),
    slot(LIST, r"(?P<number>\d+) ", Kind.CLEAR, r"no \g<number>"),
    slot(r"line ", r"access-class \S+ (?P<direction>in|out)"),
    slot(
        r"line ",
        r"(?P<what>exec-timeout|transport input|transport output|privilege level|login|password)(?: |$)",
    ),
    slot(r"vlan \d", r"name "),
)

ADDRESS = re.compile(r"ip(?:v6)? address (?P<ip>\d[^/\s]+)[/ ]")
PORT_LIST = re.compile(r"(?:ip access-group|ipv6 traffic-filter) (?P<list>\S+)")
LIST_HEADER = re.compile(r"(?:ip access-list (?:standard|extended)|(?:ipv6 )?access-list) (?P<list>\S+)")
REMOTE_LIST = re.compile(r"(?:ipv6 )?access-class (?P<list>\S+) in")
REMOTE_LINES = re.compile(r"(?:ipv6 )?access-class |transport input |login|no (?:access-class|transport|login)")
TOUCHES = re.compile(
    r"shutdown$|(?:no )?ip address|no ipv6 (?:address|enable)|(?:ip )?vrf forwarding |(?:no )?switchport(?: |$)"
    r"|ip access-group |ip policy |service-policy |zone-member |crypto map |channel-group "
)
# A port that is put into a VRF, into another one or out of it loses its addresses: “% Interface … IPv4 disabled and
# address(es) removed due to enabling VRF …”, or “… disabling …” (many people's transcripts of IOS; annet's pull request
# 228). What rests on an address of the port is entered again too, which changes nothing where it stayed. RGOS is taken
# to do the same, unverified.
BINDS = re.compile(r"(?:ip )?vrf forwarding ")
UNBOUND = re.compile(r"ip(?:v6)? address |(?:standby|vrrp) \d+ ip |ip(?:v6)? ospf \d+ area |ipv6 enable$")
ROUTING = re.compile(r"router ")
QUIET = re.compile(r"passive-interface (?P<port>\S+(?: \d\S*)?)")
SHUTS = re.compile(
    r"ip ssh port |aaa (?:authentication login|authorization exec) default |control-plane > "
    # A protocol that is preferred to the static routes takes our way back, where it has a default route of its own.
    r"|security global |router .* > (?:distribute-list|distance) "
)
VIRTUAL = re.compile(r"(?i)interface (?:vlan|bvi|loopback)")
MEMBERS = re.compile(r"(?:no )?switchport(?: |$)|vlan |channel-group |port-group ")
ROUTE = re.compile(r"ip(?:v6)? route |ip default-gateway ")

_BANNER = re.compile(r"banner (?P<which>\S+) ?(?P<mark>\^C|\S)(?P<text>.*?)(?P=mark)\s*$", re.DOTALL)
_SHOWN_BANNER = re.compile(r"(banner \S+ )\^C(.*)\^C\s*$", re.DOTALL)


def banner(text: str) -> str:
    """A banner without the mark around its text, which is not part of it: what was typed as # is shown as ^C.

    Nothing for any other line.
    """
    found = _BANNER.match(text)
    return f"banner {found['which']} {found['text'].strip()}" if found is not None else ""


def typed(text: str) -> str:
    """A banner as it can be typed: `^C` is how the device shows a control character, typed it would mean `^`."""
    shown = _SHOWN_BANNER.match(text)
    if shown is None:
        return text
    mark = next((mark for mark in "#@~$%=+&" if mark not in shown[2]), "")
    return f"{shown[1]}{mark}{shown[2]}{mark}" if mark else text
