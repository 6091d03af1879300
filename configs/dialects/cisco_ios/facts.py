"""What an IOS configuration says about the device's security, as vendor-independent facts.

Sources of the defaults: "Cisco IOS Security Command Reference", "Cisco IOS Terminal Services Command Reference"
(transport input, exec-timeout), "Cisco Guide to Harden Cisco IOS Devices" (document 13608). Defaults that depend on
the release are in `configs.facts.no_access`, with what they rest on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.facts import no_family
from configs.shorthand import Shorthand

if TYPE_CHECKING:
    from configs.model import Facts
    from configs.tree import Tree

_ROOTS = frozenset({
    "aaa", "aal2-profile", "access-list", "access-session", "alias", "archive", "arp", "authentication", "auto",
    "banner", "boot", "boot-end-marker", "boot-start-marker", "bridge", "buffers", "building", "call", "cdp",
    "chat-script", "class-map", "clns", "clock", "cns", "config-register", "control-plane", "crypto", "current",
    "default", "default-value", "device-tracking", "diagnostic", "dial-peer", "dialer", "dialer-list", "dot11",
    "dot1x", "downloadable", "enable", "end", "endpoint-tracker", "epm", "errdisable", "eigrp", "ethernet", "event",
    "exception", "fabric", "fhrp", "file", "flow", "frame-relay", "gatekeeper", "gateway", "global-address-family",
    "hostname", "hw-module", "ida", "identity", "interface", "ip", "ipc", "ipv6", "isdn", "ipx", "ixi", "kerberos",
    "key", "l2", "l2tp", "lacp", "last", "ldap", "license", "line", "lldp", "logging", "login", "mab", "mac",
    "mac-address-table", "macro", "map-class", "map-list", "memory", "memory-size", "mls", "mmi", "module",
    "monitor", "mpls", "multilink", "mvrp", "nat", "nat64", "netconf", "netconf-yang", "network-clock-participate",
    "ntp", "nvram", "object-group", "parameter-map", "parser", "partition", "performance", "platform",
    "policy-map", "port-channel", "power", "priority-list", "privilege", "process", "prompt", "qos", "queue-list",
    "radius", "radius-server", "redundancy", "restconf", "rmon", "route-map", "route-tag", "router", "rtr",
    "sampler", "scheduler", "sdm", "security", "service", "service-policy", "setup", "sfcm", "shutdown", "snmp",
    "snmp-server", "sntp", "source", "spanning-tree", "stack-power", "stackwise", "standby", "storm-control",
    "subscriber", "switch", "system", "table-map", "tacacs", "tacacs-server", "telemetry", "template", "terminal",
    "tftp-server", "time-range", "track", "transceiver", "tunnel", "udld", "upgrade", "username", "version",
    "virtual-service", "vlan", "voice", "voice-card", "voice-port", "vpdn", "vpdn-group", "vrf", "vstack", "vtp",
    "wrr-queue", "wsma", "xconnect", "xdr", "yum", "zone", "zone-pair",
})  # fmt: skip


# What people type short, in the modes that facts are read from.
_TYPED = Shorthand(
    (
        "interface", "description", "shutdown", "hostname", "password", "access-class", "exec-timeout", "access-list",
        "ip address", "ip access-group", "ip access-list standard", "ip access-list extended", "ip http server",
        "ip http secure-server", "ip ssh version", "ip nat outside", "ip nat inside", "ip route",
        "transport input ssh", "transport input telnet", "transport input all", "transport input none",
        "login local", "login authentication", "logging host", "logging trap", "ntp server",
        "enable secret", "enable password", "username * password", "username * secret",
        "username * privilege * password", "username * privilege * secret",
        "service password-encryption", "service timestamps log", "service finger",
        "snmp-server community", "snmp-server host", "snmp-server group", "snmp-server user",
        "switchport mode access", "switchport mode trunk", "switchport access vlan", "switchport port-security",
    ),
    _ROOTS | {"switch", "pass", "host"},
)  # fmt: skip
_FAMILY = no_family.Family("cisco_ios", _ROOTS, frozenset({"cisco"}), shorthand=_TYPED)


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    return no_family.read(tree, _FAMILY)
