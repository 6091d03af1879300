"""What an IOS configuration says about the device's security, as vendor-independent facts.

Sources of the defaults: "Cisco IOS Security Command Reference", "Cisco IOS Terminal Services Command Reference"
(transport input, exec-timeout), "Cisco Guide to Harden Cisco IOS Devices" (document 13608). Defaults that depend on
the release are in the tables below; what they rest on stands beside them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.cisco_ios import facts_access, facts_filters, facts_records, facts_secrets
from configs.dialects.cisco_ios.filters import access_lists, bindings
from configs.reading import Reading, Sheet, strangers

if TYPE_CHECKING:
    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "cisco_ios"
_VIEWS = frozenset({
    "interface", "line", "router", "vlan", "class-map", "policy-map", "crypto", "ip access-list", "route-map",
    "key", "vrf", "aaa group", "archive", "control-plane", "redundancy", "tacacs", "radius",
})  # fmt: skip
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


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    reading = Reading(tree, "no", lambda words: words[0] in _VIEWS or " ".join(words[:2]) in _VIEWS)
    sheet = Sheet()
    lists = access_lists(reading)
    bound = tuple(bindings(reading))
    release = _release(reading)
    lines = reading.find("line")
    terminals = tuple(line for line in lines if len(line.folded) > 1 and line.folded[1] == "vty")
    facts_access.management(sheet, reading, terminals, lists, release)
    facts_access.web_and_services(sheet, reading, release)
    facts_secrets.snmp(sheet, reading, lists)
    facts_secrets.passwords(sheet, reading, lines)
    facts_access.sessions(sheet, lines)
    facts_access.login(sheet, reading, lines)
    facts_records.records(sheet, reading)
    facts_filters.access_lists(sheet, reading, lists, bound)
    facts_secrets.crypto(sheet, reading)
    facts_records.accounts(sheet, reading)
    facts_filters.ports(sheet, reading)
    return sheet.facts(PLATFORM, tree.encoding, strangers(reading, _ROOTS))


def _release(reading: Reading) -> tuple[int, int] | None:
    for command in reading.find("version"):
        found = re.match(r"(\d+)\.(\d+)", command.words[1]) if len(command.words) > 1 else None
        if found:
            return int(found[1]), int(found[2])
    return None
