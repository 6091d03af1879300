"""How VRP is changed: which commands replace each other, how each is taken back, what carries our session."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import IPv4Network

from configs.change import Kind, Language, Paths, slot
from configs.dialects.huawei.grammar import SECRETS

_TOP = r"$"
_INTERFACE = r"interface "


_SLOTS = (
    slot(_TOP, r"sysname "),
    slot(_TOP, r"header (?P<which>login|shell) "),
    slot(_TOP, r"clock timezone "),
    slot(_TOP, r"ospf (?P<process>\d+)(?: |$)"),
    slot(_TOP, r"bgp \d+"),
    slot(_TOP, r"router id "),
    slot(_TOP, r"acl (?:number|name) (?P<list>\S+)"),
    slot(
        _TOP,
        r"ip route-static (?P<vpn>vpn-instance \S+ )?(?P<network>\d\S+ \S+) ((?:[A-Za-z]\S* )?\d\S+|[A-Za-z]\S*).*",
        Kind.SET,
        r"undo ip route-static \g<vpn>\g<network> \3",
    ),
    slot(_TOP, r"ip ip-prefix (?P<list>\S+) index (\d+).*", Kind.SET, r"undo ip ip-prefix \g<list> index \2"),
    slot(_TOP, r"info-center loghost (?P<host>\S+)"),
    slot(_TOP, r"snmp-agent sys-info (?P<what>contact|location) "),
    slot(_TOP, r"snmp-agent sys-info version (.*)", Kind.CLEAR, r"undo snmp-agent sys-info version \1"),
    slot(_TOP, r"snmp-agent group v3 (?P<group>\S+)"),
    slot(_TOP, r"snmp-agent usm-user v3 (?P<user>\S+) (?P<what>group|authentication-mode|privacy-mode|acl) "),
    slot(_TOP, r"ssh user (?P<user>\S+) (?P<what>authentication-type|service-type) "),
    slot(_TOP, r"ssh server (?P<what>timeout|authentication-retries|port|cipher|hmac|key-exchange) "),
    slot(_TOP, r"user-interface maximum-vty "),
    slot(r"aaa$", r"local-user (?P<user>\S+) (?P<what>[\w-]+) ", Kind.SINGLE),
    slot(r"aaa$", r"local-aaa-user (?P<what>[\w-]+)"),
    slot(_INTERFACE, r"description ", Kind.SINGLE, "undo description"),
    slot(_INTERFACE, r"ip address \S+ \S+$"),
    slot(_INTERFACE, r"(?P<what>mtu|speed|duplex|ospf cost|ospf network-type|ospf dr-priority|bandwidth)(?: |$)"),
    slot(_INTERFACE, r"ospf timer (?P<what>\S+) "),
    slot(_INTERFACE, r"ospf authentication-mode "),
    slot(_INTERFACE, r"(?P<what>port link-type|port default vlan|port trunk pvid vlan|dot1q termination vid) "),
    slot(_INTERFACE, r"ip binding vpn-instance "),
    slot(_INTERFACE, r"traffic-filter (?P<direction>inbound|outbound) "),
    slot(_INTERFACE, r"(?P<what>source|destination) ", Kind.SINGLE, r"undo \g<what>"),
    slot(r"ike peer ", r"(?P<what>remote-address|local-address) ", Kind.SINGLE, r"undo \g<what>"),
    slot(r"bgp ", r"router-id ", Kind.SINGLE, "undo router-id"),
    slot(r"bgp ", r"peer (?P<peer>[0-9A-Fa-f]*[.:]\S*) as-number ", Kind.SINGLE, r"undo peer \g<peer>"),
    slot(
        r"bgp ",
        r"peer (?P<peer>[0-9A-Fa-f]*[.:]\S*) "
        r"(?P<what>description|connect-interface|ebgp-max-hop|password|timer)(?: |$)",
        Kind.SINGLE,
        r"undo peer \g<peer> \g<what>",
    ),
    slot(r"ospf ", r"area (?P<area>\S+)"),
    slot(
        r"ospf ", r"(?P<what>default-route-advertise|bandwidth-reference|maximum load-balancing|spf-schedule-interval)"
    ),
    slot(r"ospf ", r"import-route (?P<what>\S+)"),
    slot(r"acl ", r"rule (?P<number>\d+) ", Kind.CLEAR, r"undo rule \g<number>"),
    slot(r"acl ", r"(?P<what>step|description) ", Kind.SINGLE, r"undo \g<what>"),
    slot(r"user-interface ", r"acl (?P<family>ipv6 )?\S+ (?P<direction>inbound|outbound)"),
    slot(
        r"user-interface ",
        r"(?P<what>authentication-mode|protocol inbound|idle-timeout|user privilege level|screen-length)(?: |$)",
    ),
)

_PATHS = Paths(
    address=re.compile(r"ip(?:v6)? address (?P<ip>[^/\s]+)[/ ]"),
    interface=re.compile(_INTERFACE),
    touches=re.compile(
        r"shutdown$|ip address |ip binding vpn-instance |portswitch$|traffic-filter |undo ip(?:v6)? (?:address|enable)"
    ),
    route=re.compile(r"ip(?:v6)? route-static "),
    remote=re.compile(r"user-interface (?:maximum-)?vty "),
    remote_lines=re.compile(r"acl |authentication-mode |protocol inbound |undo "),
    remote_list=re.compile(r"acl (?:ipv6 )?(?P<list>\S+) inbound"),
    list_header=re.compile(r"acl (?:ipv6 )?(?:number |name )?(?P<list>\S+)"),
    server=re.compile(r"stelnet server enable|ssh server |ssh user |local-user "),
)

_MASK_LENGTH = re.compile(r"^(ip address \S+|ip route-static (?:vpn-instance \S+ )?\d\S+) (\d{1,2})(?= |$)")
_AREA = re.compile(r"^area (\d+)$")
_HOST_WILDCARD = re.compile(r"(?<= )(source|destination) (\S+) 0\.0\.0\.0(?= |$)")
_ACL_NUMBER = re.compile(r"^acl (\d+)(?= |$)(?! inbound| outbound)")


@cache
def _normalise(text: str, *, in_user_interface: bool) -> str:
    text = " ".join(text.split())
    if text.startswith("interface "):
        return "interface " + text[10:].replace(" ", "").lower()
    text = _MASK_LENGTH.sub(lambda match: f"{match[1]} {IPv4Network((0, int(match[2]))).netmask}", text)
    text = _AREA.sub(lambda match: f"area 0.0.0.{match[1]}" if int(match[1]) < 256 else match[0], text)
    if not in_user_interface:
        text = _ACL_NUMBER.sub(r"acl number \1", text)
    return _HOST_WILDCARD.sub(r"\1 \2 0", text)


def normalise(path: tuple[str, ...], text: str) -> str:
    """One spelling for what VRP takes in several: mask lengths, area numbers, blanks and case in interface names."""
    return _normalise(text, in_user_interface=bool(path) and path[-1].startswith("user-interface"))


LANGUAGE = Language(
    negation="undo",
    leave="quit",
    secrets=SECRETS,
    slots=_SLOTS,
    paths=_PATHS,
    views=re.compile(
        r"(?:interface \S|acl (?:number|name) \S|ospf \d|bgp \d|area \d|aaa$|vlan \d"
        r"|user-interface (?:vty|con|console|aux) )"
    ),
    owned=re.compile(r"acl (?:number|name) "),
    explicit=re.compile(r"undo (?:portswitch|ssh server compatible-ssh1x enable)$"),
    hidden=re.compile(r"info-center enable$"),
    # SSH 1 is off by default in newer releases, which then do not store this line; older ones need it and show it. No
    # line in the text tells them apart, so it is sent with every first push and never missed on its own.
    unstored=re.compile(r"undo ssh server compatible-ssh1x enable$"),
    normalise=normalise,
    second="sub",
    beside=re.compile(
        r"bgp \d+ > (?:.* > )?peer [0-9A-Fa-f]*[.:]|ntp-service unicast-server |info-center loghost "
        r"|snmp-agent target-host |dns server \d|interface \S+ > (?:dhcp relay server-ip |vrrp6? vrid \d+ virtual-ip )"
    ),
    remark="#",
)
