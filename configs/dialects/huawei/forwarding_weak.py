"""VRP's commands outside of views that do not change where packets go, and those that do and are not in the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.forwarding.undo_family.common import BFD, L2VPN, MULTICAST, SEGMENTS, TE, TIMERS
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Phrases

_SUBSCRIBERS = Message("subscribers and their addresses are not in the model")


def weaken(system: Phrases) -> None:
    """Commands without which packets go the same way."""
    # Who may administer the device, and what it tells whom.
    system.weak(
        "aaa", "user-interface ...", "snmp-agent ...", "snmp-agent", "info-center ...", "ntp-service ...", "ssh ...",
        "stelnet ...",
        "telnet ...", "sftp ...", "ftp ...", "http ...", "rsa ...", "dsa ...", "ecc ...", "local-user ...",
        "header ...",
        "undo ssh ...", "undo stelnet ...", "undo sftp ...", "undo telnet ...", "undo ftp ...", "undo http ...",
        "undo info-center ...", "undo snmp-agent ...",
        "command-privilege ...", "super ...", "ftp server ...", "web-manager ...", "hwtacacs-server ...",
        "hwtacacs ...",
        "user-security-policy ...", "cpu-defend ...", "cpu-defend-policy ...", "lldp ...", "clock ...",
        "undo clock ...",
        "return", "quit", "commit", "system-view", "save", "drop-profile ...", "license", "license ...",
        "set save-configuration ...",
        "set ...", "autosave ...", "language-mode ...", "authentication-profile ...", "radius-server ...",
        "undo icmp ...",
        "undo user-security-policy enable", "password-recovery ...", "password ...", "api", "api ...", "netconf",
        "netconf ...",
        "netstream ...", "ip netstream ...", "ipv6 netstream ...", "sflow ...", "observe-port ...", "mirror ...",
        "cwmp ...", "pki ...", "ssl ...", "device ...", "slot ...", "icmp ...", "undo dcn", "dcn", "dcn ...",
        "telemetry", "telemetry ...", "grpc", "grpc ...", "dns ...", "undo dns ...", "dot1x ...", "patch ...",
        "scp ...", "sm2 ...", "public-key-code ...",
        "peer-public-key ...", "shell", "authentication-mode ...", "set authentication ...", "idle-timeout ...",
        "history-command ...",
        "screen-length ...", "protocol inbound ...", "port-mirroring ...", "port-observing ...",
    )  # fmt: skip
    # Measurements and clocks.
    system.weak(
        "ptp ...", "synce ...", "nqa ...", "nqa-jitter ...", "twamp ...", "cfm ...", "oam-mgr", "efm ...",
        "rfc2544 ...", "y.1564 ...",
        "ifit ...", "ifit", "emdi", "emdi ...", "test-id ...", "mpls oam ...", "performance ...", "flow-probe ...",
        "nqa-server ...",
        why=Message("it measures or keeps the time"),
    )  # fmt: skip
    system.weak("bfd", "bfd ...", why=BFD)
    system.weak("static-route timer ...", why=TIMERS)
    system.weak("arp static ...", "ipv6 neighbor ...", why=Message("who has the address is found by asking as well"))
    system.weak(
        "arp expire-time ...",
        "mac-address aging-time ...",
        "vrrp recover-delay {#}",
        "vrrp timer-advertise ...",
        why=TIMERS,
    )
    system.weak(
        "ipv6", "dhcp enable", "ip ttl-expires ...", "ip redirect ...", "ipv6 icmp-error ...", "undo ipv6 ...",
        "stp pathcost-standard ...",
        "lacp ...", "load-balance ...", "diffserv domain ...", "qos ...", "flow-queue ...", "ip ip-prefix-filter ...",
        "nat alg ...", "assign ...", "undo portal ...", "firewall defend ...",
        "ip as-notation ...", "ip frr", "ip frr ...", "ipv6 frr", "ipv6 frr ...", "admin", "ip route-static frr",
        "ipv6 route-static frr",
        "ip host ...", "ipv6 host ...", "route loop-detect ...", "vlan-description ...",
    )  # fmt: skip


def leave_out(system: Phrases) -> None:
    """Commands that change where packets go and are not in the model."""
    system.left(
        MULTICAST, "multicast", "multicast ...", "pim ...", "pim", "pim-ipv6", "pim-ipv6 ...", "igmp ...", "igmp",
        "mld ...", "mld",
        "msdp", "msdp ...", "multicast-domain ...", "bier", "bier ...", "igmp-snooping ...", "mld-snooping ...",
        "ngmvpn ...",
    )  # fmt: skip
    system.weak("controller ...", why=Message("how bits travel on the line: packets go the same way"))
    system.left(SEGMENTS, "tunnels", "segment-routing ...", "segment-routing", "te attribute ...", "te-attribute ...")
    system.left(
        TE, "tunnels", "explicit-path ...", "tunnel-policy ...", "tunnel-selector ...", "bidirectional ...",
        "static-cr-lsp ...",
        "mpls te ...", "flow-mapping ...",
    )  # fmt: skip
    system.left(
        L2VPN, "tunnels", "vsi ...", "evpn ...", "evpn", "bridge-domain ...", "evpl ...", "pw-template ...",
        "ccc ...", "mpls switch-l2vc ...",
        "e-trunk ...", "erps ...", "vxlan ...", "l2vpn ...", "mac-vrf ...", "pw-aps ...", "qinq ...", "vpls-family ...",
    )  # fmt: skip
    system.left(
        _SUBSCRIBERS, "routes", "ip pool ...", "ipv6 pool ...", "ipv6 prefix ...", "user-group ...",
        "service-group ...", "bas ...",
        "remote-backup-service ...", "remote-backup-profile ...", "l2tp ...", "l2tp-group ...", "domain ...",
        "dhcp ...", "dhcpv6 ...",
    )  # fmt: skip
    system.left(
        Message("carrier-grade NAT is not in the model"), "translations", "nat instance ...", "service-location ...",
        "ds-lite ...",
        "service-instance-group ...", "nat64 ...", "service-ha ...",
    )  # fmt: skip
