"""Controls of VRP and USG: AAA, ports of switches, profiles of policies, VPN, redundancy (`configs.facts.controls`).

Words: "S Series Switches Command Reference" (authentication-mode, authorization-cmd, password expire, port-security,
dhcp snooping, arp anti-attack, snmp-agent group, ntp-service authentication, vrrp, stack), "USG Series Command
Reference" (profile ips, profile av, policy logging, update schedule, bind manager-user, hrp enable).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.huawei.facts_secrets import vpn_algorithms
from configs.facts import controls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.dialects.huawei.filters import PolicyRule
    from configs.reading import Command, Reading, Sheet

_SERVERS = frozenset({"hwtacacs", "radius", "ldap", "ad", "hwtacacs-server"})
_EVERYWHERE = (("0.0.0.0", "0"), ("0.0.0.0", "0.0.0.0"))  # noqa: S104 - a default route
_MANAGEMENT = re.compile(r"(?:mgmt|management|oob|mgt|manage|_management_vpn_)[\w-]*", re.IGNORECASE)


def read(sheet: Sheet, reading: Reading, rules: list[PolicyRule]) -> None:
    """Every control of the vocabulary that a text can tell."""
    _people(sheet, reading)
    _passwords(sheet, reading)
    _ports(sheet, reading)
    _policies(sheet, reading, rules)
    _tunnels(sheet, reading)
    _records(sheet, reading, rules)
    _network(sheet, reading)


def _people(sheet: Sheet, reading: Reading) -> None:
    modes = [one for scheme in reading.on("authentication-scheme") for one in scheme.find("authentication-mode")]
    central = [one for one in modes if not one.negated and not _SERVERS.isdisjoint(one.folded)]
    both = [one for one in reading.on("ssh", "user") if {"password-rsa", "password-dsa", "password-ecc", "all"}
            & set(one.folded) and one.has("authentication-type") and not one.has("all")]  # fmt: skip
    shown = bool(reading.find("aaa"))
    controls.put(sheet, "one_factor_login", sound=both, lacking=shown and not central, views=reading.find("aaa")[:1])
    local = [one for one in central if one.has("local") and one.folded.index("local") == 1]
    controls.put(sheet, "aaa_local_first", weak=local, sound=central)
    controls.put(
        sheet, "no_command_authorization",
        sound=[*reading.on("authorization-cmd"), *reading.on("command-privilege")], lacking=shown,
    )  # fmt: skip
    auditors = [one for one in reading.on("bind", "manager-user") if one.has("audit-admin")]
    managers = reading.on("manager-user")
    controls.put(sheet, "no_audit_role", sound=auditors, lacking=bool(managers), views=managers)


def _passwords(sheet: Sheet, reading: Reading) -> None:
    users = [one for word in ("local-user", "manager-user") for one in reading.on(word) if len(one.words) > 1]
    days = [(one, int(one.words[-1])) for one in reading.on("password", "expire") if one.words[-1].isdigit()]
    days += [(one, int(one.words[-1])) for one in reading.on("password-policy", "expire") if one.words[-1].isdigit()]
    policies = [*reading.on("local-aaa-user", "password", "policy"), *reading.on("password-policy")]
    controls.aging(sheet, days, lacking=bool(users) and not policies)
    off = [one for one in reading.find("user-password", "complexity-check") if one.negated]
    off += [one for one in reading.find("password", "complexity") if one.negated]
    on = [*policies, *reading.on("user-password", "complexity-check"), *reading.on("user-security-policy", "enable")]
    controls.put(sheet, "pwd_no_complexity", weak=off, sound=on)


_ACCESS = (("link-type", "access"), ("default", "vlan"))
_ADMISSION = (
    ("dot1x",), ("mac-authen",), ("authentication-profile",), ("port-security",), ("mac-limit",),
    ("web-auth-server",), ("authentication",),
)  # fmt: skip


def _ports(sheet: Sheet, reading: Reading) -> None:
    ports = controls.access_ports(
        reading, "port", _ACCESS, lambda words: words[1:2] == ("link-type",) and "access" not in words
    )
    controls.admission(sheet, reading, ports, _ADMISSION)
    snooping = [one for one in reading.on("dhcp", "snooping") if one.has("enable")] if ports else []
    controls.put(sheet, "no_dhcp_snooping", sound=snooping, lacking=bool(ports), views=ports)
    arp = [one for one in reading.on("arp", "anti-attack") if one.has("user-bind") or one.has("check")] if ports else []
    arp += reading.on("arp", "detection") if ports else ()
    controls.put(sheet, "no_arp_inspection", sound=arp, lacking=bool(ports), views=ports)


def _policies(sheet: Sheet, reading: Reading, rules: list[PolicyRule]) -> None:
    permits = [rule.command for rule in rules if rule.permit and rule.disabled is None]
    profiles = [one for rule in permits for one in rule.find("profile") if not one.negated and len(one.words) > 2]
    applications = [one for rule in permits for one in rule.find("application") if not one.negated]
    of = {kind: [one for one in profiles if one.folded[1] == kind] for kind in {one.folded[1] for one in profiles}}
    content = [*of.get("url-filter", ()), *of.get("app-control", ()), *of.get("data-filter", ()), *applications]
    controls.put(sheet, "no_app_control", sound=content, lacking=bool(permits), views=permits)
    controls.put(sheet, "no_ips", sound=of.get("ips", ()), lacking=bool(permits), views=permits)
    controls.put(sheet, "no_antivirus", sound=of.get("av", ()), lacking=bool(permits), views=permits)
    updates = reading.find("update", "schedule")
    signatures = [*of.get("ips", ()), *of.get("av", ())]
    controls.put(
        sheet, "no_signature_updates", weak=[one for one in updates if one.negated],
        sound=[one for one in updates if not one.negated], lacking=bool(signatures), views=signatures,
    )  # fmt: skip
    if reading.find("firewall", "zone") or rules:
        off = [one for one in reading.find("firewall", "session", "link-state", "check") if one.negated]
        controls.stateful(sheet, off)
    else:
        aspf = [*reading.on("firewall", "interzone"), *reading.on("detect", "aspf"), *reading.on("aspf")]
        translated = [one for one in reading.on("nat", "outbound") if len(one.words) > 2]
        controls.put(sheet, "no_stateful_inspection", sound=aspf, lacking=bool(translated), views=translated)


def _tunnels(sheet: Sheet, reading: Reading) -> None:
    judged = list(vpn_algorithms(reading))
    controls.put(
        sheet, "weak_vpn_crypto",
        weak=[line for line, weak in judged if weak], sound=[line for line, weak in judged if not weak],
    )  # fmt: skip
    views = [one for one in (*reading.on("ipsec", "policy"), *reading.on("ipsec", "profile"),
             *reading.on("ipsec", "policy-template")) if one.find("ike-peer")]  # fmt: skip
    pfs = [[line for line in view.find("pfs") if not line.negated] for view in views]
    controls.put(
        sheet, "vpn_no_pfs", weak=[view for view, found in zip(views, pfs, strict=True) if not found],
        sound=[line for found in pfs for line in found],
    )  # fmt: skip
    groups = reading.on("snmp-agent", "group", "v3")
    users = [one for one in reading.on("snmp-agent", "usm-user", "v3") if len(one.words) > 3]
    private = {one.words[3] for one in users if one.has("privacy-mode")}
    if groups:
        weak, sound = [one for one in groups if not one.has("privacy")], [one for one in groups if one.has("privacy")]
    else:
        weak, sound = [one for one in users if one.words[3] not in private], users
    controls.put(sheet, "snmpv3_no_privacy", weak=weak, sound=sound)
    tls = [*reading.on("ssl", "minimum", "version"), *reading.on("web-manager", "security", "version")]
    old = [one for one in tls if any(re.fullmatch(r"tls(?:v?1|v?1\.[01])|ssl.*", word) for word in one.folded[3:])]
    controls.put(sheet, "web_old_tls", weak=old, sound=tls)


def _records(sheet: Sheet, reading: Reading, rules: list[PolicyRule]) -> None:
    hosts = [one for one in reading.on("info-center", "loghost") if len(one.folded) > 2 and one.folded[2] != "source"]
    said = [(one, one.after("level")[0].lower() in controls.GRAVE) for one in _to_hosts(reading)]
    controls.severity(sheet, said, hosts)
    permits = [rule.command for rule in rules if rule.permit and rule.disabled is None]
    logs = [one for rule in rules for one in rule.command.inside
            if not one.negated and one.folded[:2] in (("policy", "logging"), ("session", "logging"))]  # fmt: skip
    controls.put(sheet, "no_policy_log", sound=logs, lacking=bool(permits), views=permits)
    servers = [one for first in ("ntp-service", "ntp") for one in reading.on(first)
               if one.has("unicast-server") or one.has("unicast-peer")]  # fmt: skip
    on = [one for first in ("ntp-service", "ntp") for one in reading.on(first, "authentication", "enable")]
    keyed = [one for one in servers if one.has("authentication-keyid")]
    bare = [one for one in servers if one not in keyed] if on else servers
    controls.put(sheet, "ntp_no_authentication", weak=bare, sound=[*on, *keyed])


def _to_hosts(reading: Reading) -> Iterator[Command]:
    """What says from which severity on events go to log hosts: channel 2 is theirs."""
    for one in reading.on("info-center"):
        if not one.after("level"):
            continue
        host = one.starts("info-center", "loghost")
        channel = one.starts("info-center", "source") and one.after("channel")[:1] in (("2",), ("loghost",))
        if host or (channel and one.has("log")):
            yield one


def _network(sheet: Sheet, reading: Reading) -> None:
    routes = [one for one in reading.on("ip", "route-static") if one.words[2:4] in _EVERYWHERE and not one.has("null0")]
    translated = [one for one in reading.on("nat", "outbound") if len(one.words) > 1]
    controls.exits(sheet, routes, translated)
    pairs = [*reading.on("vrrp", "vrid"), *reading.on("hrp", "enable"), *reading.on("stack"), *reading.on("dfs-group"),
             *reading.on("set", "css"), *reading.on("redundancy", "group")]  # fmt: skip
    interfaces = reading.find("interface")
    controls.put(sheet, "no_redundancy", sound=pairs, lacking=bool(interfaces))
    addressed = {interface.line for interface, _ in reading.inside("interface").on("ip", "address")}
    own = [one for each in interfaces if each.line in addressed for one in _of_management(each)]
    controls.put(sheet, "mgmt_not_separated", sound=own)
    security = [one for one in reading.on("security") if one.folded[1:2] and one.folded[1] in _WIRELESS]
    weak = [one for one in security if {"open", "wep", "tkip"} & set(one.folded)]
    controls.put(sheet, "wireless_weak", weak=weak, sound=[one for one in security if one not in weak])


_WIRELESS = frozenset({"open", "wep", "wpa", "wpa2", "wpa3", "wpa-wpa2", "wpa2-wpa3", "wapi"})


def _of_management(interface: Command) -> Iterator[Command]:
    """The line that gives management an interface of its own, or a VRF named for it."""
    if interface.folded[1:2] and interface.folded[1].startswith("meth"):
        yield interface
    for one in interface.find("ip", "binding", "vpn-instance"):
        if not one.negated and _MANAGEMENT.fullmatch(one.words[-1]):
            yield one
