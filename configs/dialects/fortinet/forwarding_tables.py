"""FortiOS's tables that do not change where packets go, and those that do and are not in the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Phrases


def weaken(system: Phrases) -> None:
    """Tables without which packets go the same way."""
    system.weak(
        "config system accprofile", "config system admin", "config system dns", "config system dns-database", "config system ntp", "config system snmp ...", "config system console",
        "config system replacemsg ...", "config system replacemsg-image", "config system fortiguard", "config system autoupdate ...", "config system central-management", "config system password-policy",
        "config system email-server", "config system fortisandbox", "config system csf", "config system custom-language", "config system object-tagging", "config system storage", "config system np6",
        "config system alarm", "config system api-user", "config system auto-install", "config system automation-trigger", "config system automation-action",
        "config system automation-stitch", "config system ftm-push", "config system federated-upgrade", "config system lldp ...", "config system netflow", "config system sflow", "config system saml",
        "config system settings-gui", "config system sso-admin", "config system standalone-cluster", "config system status", "config system vdom-exception", "config system vdom-netflow",
        "config log ...", "config user ...", "config report ...", "config alertemail ...", "config certificate ...", "config vpn certificate ...", "config switch-controller ...", "config wireless-controller ...",
        "config web-proxy ...", "config webfilter ...", "config antivirus ...", "config ips ...", "config application ...", "config dlp ...", "config emailfilter ...", "config dnsfilter ...",
        "config icap ...", "config voip ...", "config waf ...", "config file-filter ...", "config videofilter ...", "config spamfilter ...", "config ssh-filter ...", "config cifs ...", "config sctp-filter ...",
        "config firewall ssl-ssh-profile", "config firewall profile-protocol-options", "config firewall internet-service-name", "config firewall wildcard-fqdn ...",
        "config firewall shaper ...", "config firewall proxy-address", "config firewall ssh ...", "config firewall ssl ...", "config firewall local-in-policy", "config firewall auth-portal",
        "config extender-controller ...", "config extension-controller ...", "config authentication ...", "config credential-store ...", "config endpoint-control ...", "config ftp-proxy ...", "end", "next",
        "config firewall schedule group", "config firewall schedule onetime", "config firewall internet-service-definition", "config firewall identity-based-route", "config gui ...",
    )  # fmt: skip


def leave_out(system: Phrases) -> None:
    """Tables that change where packets go and are not in the model."""
    system.left(Message("tunnels of this kind are not in the model"), "tunnels", "config vpn ...", "config system gre-tunnel", "config system ipip-tunnel", "config system vxlan", "config system sit-tunnel")
    system.left(Message("subscribers and their addresses are not in the model"), "routes", "config system dhcp ...", "config system dhcp6 ...", "config system pppoe-interface")
    system.left(Message("a pair of firewalls as one is not in the model"), "routes", "config system ha", "config system ha-monitor", "config system standalone-cluster")
    system.left(
        Message("this form of the command is not in the model"), "routes", "config system settings", "config system sdwan", "config system virtual-wan-link", "config system virtual-switch",
        "config system switch-interface", "config router policy", "config router access-list", "config router prefix-list", "config router route-map", "config router rip", "config router isis",
        "config router multicast", "config router ...", "config firewall dos-policy", "config vdom", "config global",
    )  # fmt: skip
