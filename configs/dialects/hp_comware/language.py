"""How Comware 7 is changed: which commands replace each other, how each is taken back, what carries our session.

Source: H3C's Comware 7 command references (basic configuration, IP addressing, static routing, ACL, SNMP, users and
lines; AAA: “domain default enable”, “authentication login”; ACL: “packet-filter default deny”; Ethernet link
aggregation; OSPF: “silent-interface”; security zones: “import interface”). What a second `packet-filter` in one
direction does is unverified: the old one is taken back first.
"""

from __future__ import annotations

import re
from functools import cache

from configs.change import Kind, Language, Paths, slot
from configs.dialects.hp_comware.grammar import SECRETS
from configs.undo_family import BINDS, INTERFACE, PREFERS, ROUTING, SLOTS, TOP, UNBOUND, apart, plain

_LINE = r"(?:line|user-interface) "

_SLOTS = (
    *SLOTS,
    slot(TOP, r"header (?P<which>legal|login|motd|shell|incoming) "),
    # A second one does not take effect until the first is gone (published transcripts); that it goes without its name:
    # Comware 7, unverified.
    slot(INTERFACE, r"ip binding vpn-instance ", Kind.CLEAR, "undo ip binding vpn-instance"),
    slot(TOP, r"acl (?:basic|advanced|number) (?P<list>(?:name )?\S+)"),
    slot(TOP, r"ip prefix-list (?P<list>\S+) index (\d+).*", Kind.SET, r"undo ip prefix-list \g<list> index \2"),
    slot(TOP, r"snmp-agent sys-info version (.*)", Kind.CLEAR, r"undo snmp-agent sys-info version \1"),
    slot(TOP, r"snmp-agent usm-user v3 (?P<user>\S+) "),
    slot(TOP, r"ssh user (?P<user>\S+) "),
    slot(TOP, r"ssh server (?P<what>acl|authentication-timeout|authentication-retries|port) "),
    slot(TOP, r"ssh2 algorithm (?P<what>\S+) "),
    slot(TOP, r"info-center timestamp(?P<where> loghost)? ", Kind.SINGLE, r"undo info-center timestamp\g<where>"),
    slot(TOP, r"password-control (?P<what>length|login-attempt|aging) "),
    slot(TOP, r"info-center source (?P<what>\S+ loghost) level "),
    slot(r"local-user ", r"(?P<what>password|state) ", Kind.SINGLE),
    slot(r"local-user ", r"service-type "),
    slot(INTERFACE, r"(?P<what>port link-mode|port link-type|port access vlan|port trunk pvid vlan) "),
    slot(
        INTERFACE,
        r"packet-filter (?P<family>ipv6 )?(?:name )?\S+ (?P<direction>inbound|outbound)",
        Kind.CLEAR,
    ),
    slot(_LINE, r"acl (?P<family>ipv6 )?\S+ (?P<direction>inbound|outbound)"),
    slot(_LINE, r"(?P<what>authentication-mode|protocol inbound|idle-timeout|screen-length)(?: |$)"),
)

_PATHS = Paths(
    address=re.compile(r"ip(?:v6)? address (?P<ip>[^/\s]+)[/ ]"),
    interface=re.compile(INTERFACE),
    touches=re.compile(
        r"shutdown$|ip address |ip binding vpn-instance |port link-(?:mode|aggregation) |(?:undo )?packet-filter "
        r"|qos apply policy |ip policy-based-route |ipsec apply policy |undo ip(?:v6)? (?:address|enable)"
    ),
    route=re.compile(r"ip(?:v6)? route-static "),
    remote=re.compile(r"(?:line|user-interface) (?:class )?vty"),
    remote_lines=re.compile(r"acl |authentication-mode |protocol inbound |user-role |undo "),
    remote_list=re.compile(r"acl (?:ipv6 )?(?P<list>\S+) inbound"),
    port_list=re.compile(r"packet-filter (?:ipv6 )?(?:name )?(?P<list>\S+) (?:in|out)bound"),
    list_header=re.compile(r"acl (?:ipv6 )?(?:basic |advanced |number )(?:name )?(?P<list>\S+)"),
    server=re.compile(
        r"ssh server |ssh user |local-user |domain |password |service-type |authorization-attribute |state "
    ),
    routing=re.compile(ROUTING),
    quiet=re.compile(r"silent-interface (?P<port>\S+)"),
    shuts=re.compile(
        r"ssh server (?:port|(?:ipv6 )?acl) |domain default enable |packet-filter default deny"
        r"|domain .* > (?:authentication|authorization) (?:login|default) |local-user .* > state block"
        r"|control-plane .* > (?:qos apply policy|packet-filter) |security-zone name .* > import interface |" + PREFERS
    ),
    virtual=re.compile(r"(?i)interface (?:vlan-interface|loopback|(?:bridge|route)-aggregation|reth)"),
    members=re.compile(r"port |vlan "),
)

_USM_FORM = re.compile(r"^(snmp-agent usm-user v3 \S+ \S+) (?:simple|cipher) ")
_ACL_NUMBER = re.compile(r"^acl number (?:(2\d{3})|(3\d{3}))(?= |$)")
_TERMINAL = re.compile(r"^user-interface ")
_HOP_PREFERENCE = re.compile(r"^(ip route-static .*) preference 60(?= |$)")


@cache
def _normalise(text: str) -> str:
    text = _USM_FORM.sub(r"\1 ", plain(text))
    # As a v7 device shows what was typed in the words of v5.
    text = _ACL_NUMBER.sub(lambda acl: f"acl basic {acl[1]}" if acl[1] else f"acl advanced {acl[2]}", text)
    return _TERMINAL.sub("line ", _HOP_PREFERENCE.sub(r"\1", text))


def normalise(path: tuple[str, ...], text: str) -> str:
    """One spelling for what Comware takes in several."""
    del path
    return _normalise(text)


LANGUAGE = Language(
    negation="undo",
    leave="quit",
    secrets=SECRETS,
    slots=_SLOTS,
    paths=_PATHS,
    views=re.compile(
        r"(?:interface \S|ip vpn-instance \S|acl (?:basic|advanced) \S|ospf \d|bgp \d|area \S|vlan \d+$"
        r"|line (?:vty|con|console|aux|class) |local-user \S|scheduler (?:job|schedule) \S)"
    ),
    owned=re.compile(r"acl (?:basic|advanced) "),
    explicit=re.compile(r"(?!)"),
    # Defaults, which the device does not show (Comware 7 references, the commands' “Default” sections).
    hidden=re.compile(r"(?:info-center enable|info-center timestamp date|idle-timeout 10 0|undo shutdown|step 5)$"),
    # Made by the device; with another one the SNMPv3 users are invalid (HP "System Management and Maintenance Command
    # Reference", snmp-agent local-engineid).
    foreign=re.compile(r"snmp-agent local-engineid "),
    normalise=normalise,
    second="sub",
    apart=apart,
    binds=BINDS,
    unbound=UNBOUND,
    beside=re.compile(
        r"bgp \d+ > (?:.* > )?peer [0-9A-Fa-f]*[.:]|ntp-service unicast-server |info-center loghost "
        r"|snmp-agent target-host |dns server \d"
        r"|interface \S+ > (?:dhcp relay server-address |vrrp6? vrid \d+ virtual-ip )"
    ),
    remark="#",
)
