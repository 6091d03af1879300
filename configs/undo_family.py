"""What the languages with `undo`, `quit` and `#` have in common: Huawei's VRP and H3C's Comware grew from one root.

Only what both vendors' command references say in the same words stands here; the rest is each dialect's own.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network

from configs.change import Kind, Slot, slot

TOP = r"$"
INTERFACE = r"interface "

# A route's next hop: an address, an interface, or both.
_HOP = r"((?:[A-Za-z]\S* )?\d\S+|[A-Za-z]\S*)"

SLOTS: tuple[Slot, ...] = (
    slot(TOP, r"sysname "),
    slot(TOP, r"clock timezone "),
    slot(TOP, r"ospf (?P<process>\d+)(?: |$)"),
    slot(TOP, r"bgp \d+"),
    slot(TOP, r"router id "),
    slot(
        TOP,
        rf"ip route-static (?P<vpn>vpn-instance \S+ )?(?P<network>\d\S+ \S+) {_HOP}.*",
        Kind.SET,
        r"undo ip route-static \g<vpn>\g<network> \3",
    ),
    slot(TOP, r"info-center loghost (?P<host>\S+)"),
    slot(TOP, r"snmp-agent sys-info (?P<what>contact|location) "),
    slot(TOP, r"snmp-agent group v3 (?P<group>\S+)"),
    slot(INTERFACE, r"description ", Kind.SINGLE, "undo description"),
    slot(INTERFACE, r"ip address \S+ \S+$"),
    slot(INTERFACE, r"(?P<what>mtu|speed|duplex|ospf cost|ospf network-type|ospf dr-priority|bandwidth)(?: |$)"),
    slot(INTERFACE, r"ospf timer (?P<what>\S+) "),
    slot(INTERFACE, r"ospf authentication-mode "),
    slot(INTERFACE, r"(?P<what>source|destination) ", Kind.SINGLE, r"undo \g<what>"),
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
)

# A port that is bound to a VPN instance, or taken out of one, loses its “Layer 3 features …, such as the IP address and
# routing protocol” (CloudEngine command reference, “ip binding vpn-instance”). VRP says “All IPv4 related
# configurations on this interface are removed!”, and the same of IPv6; Comware “Some configurations on the interface
# are removed.”: in published transcripts its addresses, OSPF, DHCP and all of IPv6. VRRP is unverified.
BINDS = re.compile(r"ip binding vpn-instance ")
UNBOUND = re.compile(
    r"ip address |(?:undo )?ipv6 |(?:ospf(?:v3)?|isis|rip|ripng) |vrrp6? vrid |dhcp (?:select|relay|server) "
)

# Headers of routing protocols' views, and what in them may have another route taken than before: OSPF's internal routes
# (preference 10) come before static ones (60), and in a stub area there is a default route among them; its external
# ones (150) come behind (Comware 7 and VRP, OSPF commands, “preference”, “stub”, “nssa”; “ip route-static
# default-preference”).
ROUTING = r"(?:ospf(?:v3)?|bgp|isis|ripng|rip)(?: |$)"
PREFERS = (
    r"ip route-static default-preference |(?:ospf|bgp|isis|rip)\S*(?: .*)? > (?:.* > )?(?:preference |filter-policy )"
    r"|ospf .* > area \S+ > (?:stub|nssa)"
)

_MASK_LENGTH = re.compile(r"^(ip address \S+|ip route-static (?:vpn-instance \S+ )?\d\S+) (\d{1,2})(?= |$)")
_AREA = re.compile(r"^area (\d+)$")
_HOST_WILDCARD = re.compile(r"(?<= )(source|destination) (\S+) 0\.0\.0\.0(?= |$)")


def plain(text: str) -> str:
    """One spelling for what both languages take in several: mask lengths, area numbers, hosts, interface names."""
    text = " ".join(text.split())
    if text.startswith("interface "):
        return "interface " + text[10:].replace(" ", "").lower()
    text = _MASK_LENGTH.sub(lambda match: f"{match[1]} {IPv4Network((0, int(match[2]))).netmask}", text)
    text = _AREA.sub(lambda match: f"area 0.0.0.{match[1]}" if int(match[1]) < 256 else match[0], text)
    return _HOST_WILDCARD.sub(r"\1 \2 0", text)


_WAYS = ("export-extcommunity", "import-extcommunity")


def apart(text: str) -> tuple[str, ...]:
    """A `vpn-target` as one line a target and direction, as it may have several targets and mean both directions;
    nothing for any other line. Without a direction it is for both, and what is assigned adds up (command references: S
    switches, “vpn-target (VPN instance view)”; HPE's Comware 7, “vpn-target”).
    """  # noqa: D205 - one sentence
    words = text.split()
    if words[:1] != ["vpn-target"]:
        return ()
    targets = [word for word in words[1:] if ":" in word]
    said = words[1 + len(targets) :]
    if words[1 : 1 + len(targets)] != targets or said not in ([], ["both"], *([way] for way in _WAYS)):
        return ()
    ways = said if said and said != ["both"] else _WAYS
    return tuple(f"vpn-target {target} {way}" for way in ways for target in targets)
