"""How VRP is changed: which commands replace each other, how each is taken back, what carries our session."""

from __future__ import annotations

import re
from functools import cache

from configs.change import Floating, Kind, Language, Paths, slot
from configs.dialects.huawei.grammar import SECRETS
from configs.undo_family import BINDS, INTERFACE, PREFERS, ROUTING, SLOTS, TOP, UNBOUND, apart, plain

_SLOTS = (
    *SLOTS,
    slot(TOP, r"header (?P<which>login|shell) "),
    # That a second binding replaces the first is said nowhere; it is taken back by its name (CloudEngine reference).
    slot(INTERFACE, r"ip binding vpn-instance ", Kind.CLEAR),
    slot(TOP, r"acl (?:number|name) (?P<list>\S+)"),
    slot(TOP, r"ip ip-prefix (?P<list>\S+) index (\d+).*", Kind.SET, r"undo ip ip-prefix \g<list> index \2"),
    slot(TOP, r"snmp-agent sys-info version (.*)", Kind.CLEAR, r"undo snmp-agent sys-info version \1"),
    slot(TOP, r"snmp-agent usm-user v3 (?P<user>\S+) (?P<what>group|authentication-mode|privacy-mode|acl) "),
    slot(TOP, r"ssh user (?P<user>\S+) (?P<what>authentication-type|service-type) "),
    slot(TOP, r"ssh server (?P<what>timeout|authentication-retries|port|cipher|hmac|key-exchange) "),
    slot(TOP, r"user-interface maximum-vty "),
    slot(TOP, r"info-center source (?P<what>\S+ channel \S+) log level "),
    slot(r"security-policy$", r"default action "),
    slot(r"ssl policy |$", r"ssl minimum version "),
    slot(r"local-aaa-user ", r"password expire "),
    slot(TOP, r"info-center timestamp (?P<what>\S+) ", Kind.SINGLE, r"undo info-center timestamp \g<what>"),
    slot(r"aaa$", r"local-user (?P<user>\S+) (?P<what>[\w-]+) ", Kind.SINGLE),
    slot(r"aaa$", r"local-aaa-user (?P<what>[\w-]+)"),
    slot(INTERFACE, r"(?P<what>port link-type|port default vlan|port trunk pvid vlan|dot1q termination vid) "),
    slot(INTERFACE, r"traffic-filter (?P<direction>inbound|outbound) "),
    slot(r"ike peer ", r"(?P<what>remote-address|local-address) ", Kind.SINGLE, r"undo \g<what>"),
    slot(r"user-interface ", r"acl (?P<family>ipv6 )?\S+ (?P<direction>inbound|outbound)"),
    slot(
        r"user-interface ",
        r"(?P<what>authentication-mode|protocol inbound|idle-timeout|user privilege level|screen-length)(?: |$)",
    ),
)

_PATHS = Paths(
    address=re.compile(r"ip(?:v6)? address (?P<ip>[^/\s]+)[/ ]"),
    interface=re.compile(INTERFACE),
    touches=re.compile(
        r"shutdown$|ip address |ip binding vpn-instance |portswitch$|traffic-(?:filter|policy) |eth-trunk "
        r"|ipsec policy |undo ip(?:v6)? (?:address|enable)"
    ),
    route=re.compile(r"ip(?:v6)? route-static "),
    remote=re.compile(r"user-interface (?:maximum-)?vty "),
    remote_lines=re.compile(r"acl |authentication-mode |protocol inbound |undo "),
    remote_list=re.compile(r"acl (?:ipv6 )?(?P<list>\S+) inbound"),
    port_list=re.compile(r"traffic-filter (?:in|out)bound (?:ipv6 )?acl (?:name )?(?P<list>\S+)"),
    list_header=re.compile(r"acl (?:ipv6 )?(?:number |name )?(?P<list>\S+)"),
    server=re.compile(r"stelnet server enable|ssh server |ssh user |local-user "),
    routing=re.compile(ROUTING),
    quiet=re.compile(r"silent-interface (?P<port>\S+)"),
    shuts=re.compile(
        r"ssh (?:ipv6 )?server(?:-source| port | acl )|user-interface maximum-vty |traffic-filter global "
        r"|cpu-defend policy |(?:aaa > )?local-user \S+ state block"
        r"|aaa > (?:authentication|authorization)-scheme .* > \S+-mode "
        r"|aaa > domain \S+ > authentication-scheme |firewall zone .* > add interface |" + PREFERS
    ),
    virtual=re.compile(r"(?i)interface (?:vlanif|vbdif|loopback)"),
    members=re.compile(r"port |vlan |eth-trunk "),
)

_ACL_NUMBER = re.compile(r"^acl (\d+)(?= |$)(?! inbound| outbound)")


@cache
def _normalise(text: str, *, in_user_interface: bool) -> str:
    text = plain(text)
    return text if in_user_interface else _ACL_NUMBER.sub(r"acl number \1", text)


def normalise(path: tuple[str, ...], text: str) -> str:
    """One spelling for what VRP takes in several: mask lengths, area numbers, blanks and case in interface names."""
    return _normalise(text, in_user_interface=bool(path) and path[-1].startswith("user-interface"))


# What a community may say behind its name is no part of the command that takes it back (NE8000 and USG command
# references, “snmp-agent community”).
_COMMUNITY = re.compile(r"snmp-agent community (?:read|write) (?:cipher )?\S+")


def takes_back(text: str) -> str:
    """A community is taken back by its name alone; nothing for any other line."""
    community = _COMMUNITY.match(text)
    return f"undo {community[0]}" if community is not None else ""


LANGUAGE = Language(
    staged=True,
    negation="undo",
    leave="quit",
    secrets=SECRETS,
    slots=_SLOTS,
    paths=_PATHS,
    views=re.compile(
        r"(?:interface \S|ip vpn-instance \S|acl (?:number|name) \S|ospf \d|bgp \d|area \d|aaa$|vlan \d"
        r"|user-interface (?:vty|con|console|aux) )"
    ),
    owned=re.compile(r"acl (?:number|name) "),
    explicit=re.compile(r"undo (?:portswitch|ssh server compatible-ssh1x enable)$"),
    hidden=re.compile(r"info-center (?:enable|timestamp log date)$"),
    # SSH 1 is off by default in newer releases, which then do not store this line; older ones need it and show it. No
    # line in the text tells them apart, so it is sent with every first push and never missed on its own.
    unstored=re.compile(r"undo ssh server compatible-ssh1x enable$"),
    # Made by the device and saved with the rest ("The default engine ID is saved in the configuration file", USG
    # command reference); another one deletes the SNMPv3 users (NetEngine 8000 F1A).
    foreign=re.compile(r"snmp-agent local-engineid "),
    normalise=normalise,
    second="sub",
    apart=apart,
    binds=BINDS,
    unbound=UNBOUND,
    beside=re.compile(
        r"bgp \d+ > (?:.* > )?peer [0-9A-Fa-f]*[.:]|ntp-service unicast-server |info-center loghost "
        r"|snmp-agent target-host |dns server \d|interface \S+ > (?:dhcp relay server-ip |vrrp6? vrid \d+ virtual-ip )"
    ),
    remark="#",
    # NetEngine 8000 command reference, “ip route-static”: `… INTERFACE [ NEXTHOP ] [ preference P | tag T ] * …
    # [ description TEXT ]`, and it is taken back by its destination and its hop.
    floating=Floating(
        "ip route-static {address} {mask} {port} {via} preference {distance} tag {tag} description re-addressing",
        "ip route-static {address} {mask} NULL0 preference {distance} tag {tag} description re-addressing",
    ),
    takes_back=takes_back,
)
