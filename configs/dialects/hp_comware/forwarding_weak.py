"""Comware's commands outside of views that do not change where packets go, and those that do and are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.forwarding.undo_family.common import BFD, L2VPN, MULTICAST, TE
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Phrases


ADMISSION = Message("who is let in at a port is not in the model: every host is")
"""802.1X and authentication by MAC address decide whose packets a port takes."""


def weaken(system: Phrases) -> None:
    """Commands without which packets go the same way."""
    system.weak(
        "version ...", "clock ...", "local-user ...", "undo local-user ...", "user-group ...", "role ...",
        "undo role ...", "line ...", "user-interface ...", "domain ...",
        "undo domain ...", "radius ...", "hwtacacs ...", "ssh ...", "undo ssh ...", "telnet ...", "undo telnet ...",
        "ftp ...", "undo ftp ...", "ip http ...", "undo ip http ...",
        "ip https ...", "undo ip https ...", "snmp-agent", "snmp-agent ...", "undo snmp-agent ...", "info-center ...",
        "undo info-center ...", "ntp-service ...", "undo ntp-service ...",
        "lldp ...", "header ...", "password-control ...", "undo password-control ...", "public-key ...",
        "peer-public-key ...", "pki ...", "super ...", "job ...",
        "scheduler ...", "configuration ...", "archive ...", "irf ...", "irf-port ...", "mdc ...", "context ...",
        "return", "quit", "sftp ...", "scp ...", "customlog ...",
        "undo copyright-info enable", "copyright-info enable", "loopback-detection ...", "acl hardware-mode ...",
        "hardware-resource ...", "system-working-mode ...", "xbar ...",
        "forward-path-detection ...", "password-recovery enable", "undo password-recovery enable",
        "undo resource-monitor ...", "resource-monitor ...", "dns ...", "undo dns ...",
        "stp ...", "undo stp ...", "netconf ...", "restful ...", "webui ...", "web ...", "blacklist ...",
        "undo blacklist ...", "attack-defense ...", "security-enhanced ...", "uapp-control",
        "ip ttl-expires ...", "ip unreachables ...", "undo ip ...", "arp ...", "mac-address ...", "monitor-link ...",
        "telnet-server ...", "command-alias ...", "monitor ...", "wlan ...",
        "undo ipv6 ...", "interface-mode ...", "set ...", "session ...", "undo session ...", "ipv6 icmpv6 ...",
        "isp ...", "dhcp enable", "undo nat alg ...", "nat alg ...", "nqa ...", "xml ...",
    )  # fmt: skip
    system.weak("bfd ...", "bfd", why=BFD)


def leave_out(system: Phrases) -> None:
    """Commands that change where packets go and are not in the model."""
    system.left(
        MULTICAST, "multicast", "multicast ...", "pim ...", "pim", "igmp ...", "igmp", "mld ...", "igmp-snooping ..."
    )
    system.left(
        TE, "tunnels", "mpls te", "mpls te ...", "explicit-path ...", "tunnel-policy ...", "segment-routing ..."
    )
    system.left(L2VPN, "tunnels", "l2vpn ...", "vsi ...", "xconnect-group ...", "vxlan ...", "evpn ...")
    system.left(
        Message("subscribers and their addresses are not in the model"), "routes", "dhcp ...", "ip pool ...",
        "ipv6 pool ...", "ipv6 dhcp ...", "l2tp ...",
        "l2tp-group ...",
    )  # fmt: skip
    system.left(ADMISSION, "filters", "dot1x", "dot1x ...", "mac-authentication", "mac-authentication ...")
    system.left(Message("rates and classes of packets are not in the model"), "other", "traffic ...", "qos ...")
    system.left(
        Message("tunnels of this kind are not in the model"),
        "tunnels",
        "ipsec ...",
        "ike ...",
        "ikev2 ...",
        "advpn ...",
    )
