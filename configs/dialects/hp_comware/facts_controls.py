"""Controls of Comware: AAA, ports of switches, profiles of policies, VPN, redundancy (`configs.facts.controls`).

Words: H3C "Comware 7 Security Command Reference" (authentication login, authorization command, password-control,
dot1x, mac-authentication, port-security, aspf, ike, ipsec, ssl version), "Layer 3 - IP Services Command Reference"
(dhcp snooping, arp detection), "DPI Command Reference" (app-profile, ips, anti-virus, auto-update), "Network
Management and Monitoring Command Reference" (info-center source, ntp-service, snmp-agent group), "High Availability
Command Reference" (vrrp, remote-backup), "Virtual Technologies Command Reference" (irf).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.hp_comware.facts_secrets import vpn_algorithms
from configs.facts import controls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.reading import Command, Reading, Sheet

_SERVERS = frozenset({"hwtacacs-scheme", "radius-scheme", "ldap-scheme"})
_EVERYWHERE = (("0.0.0.0", "0"), ("0.0.0.0", "0.0.0.0"))  # noqa: S104 - a default route
_MANAGEMENT = re.compile(r"(?:mgmt|management|oob|mgt|manage)[\w-]*", re.IGNORECASE)


def read(sheet: Sheet, reading: Reading) -> None:
    """Every control of the vocabulary that a text can tell."""
    rules = list(_permits(reading))
    _people(sheet, reading)
    _passwords(sheet, reading)
    _ports(sheet, reading)
    _policies(sheet, reading, rules)
    _tunnels(sheet, reading)
    _records(sheet, reading, rules)
    _network(sheet, reading)


def _people(sheet: Sheet, reading: Reading) -> None:
    methods = [one for one in reading.on("authentication") if one.folded[1:2] in (("login",), ("default",))]
    central = [one for one in methods if not _SERVERS.isdisjoint(one.folded)]
    users = [one for one in reading.on("local-user") if one.folded[-2:] != ("class", "network")]
    both = [one for one in reading.on("ssh", "user") if one.has("password-publickey")]
    controls.put(sheet, "one_factor_login", sound=both, lacking=bool(users) and not central, views=users)
    local = [one for one in central if one.has("local") and one.folded.index("local") == 2]
    controls.put(sheet, "aaa_local_first", weak=local, sound=central)
    commands = [*reading.on("command", "authorization"), *reading.on("authorization", "command")]
    own = [one for role in reading.on("role") for one in role.inside if one.folded[0] == "rule"]
    controls.put(sheet, "no_command_authorization", sound=[*commands, *own], lacking=bool(users), views=users)
    auditors = [one for user in users for one in user.inside if not one.negated and one.has("security-audit")]
    controls.put(sheet, "no_audit_role", sound=auditors, lacking=bool(users), views=users)


def _passwords(sheet: Sheet, reading: Reading) -> None:
    on = reading.on("password-control", "enable")
    aging = [one for one in reading.on("password-control", "aging") if one.words[-1].isdigit()]
    off = [one for one in reading.find("password-control", "aging", "enable") if one.negated]
    days = [(one, int(one.words[-1])) for one in aging] + [(one, 0) for one in off]
    if on and not days:  # 90 days once it is switched on
        days = [(one, controls.PASSWORD_DAYS) for one in on]
    controls.aging(sheet, days, lacking=bool(reading.find("local-user")))
    unmixed = [one for one in reading.find("password-control", "composition", "enable") if one.negated]
    mixed = [one for one in reading.on("password-control", "composition") if one.has("type-number")]
    few = [one for one in mixed if one.after("type-number")[:1] == ("1",)]
    controls.put(
        sheet, "pwd_no_complexity", weak=[*unmixed, *few], sound=[*on, *mixed],
        lacking=bool(reading.find("local-user")),
    )  # fmt: skip


_ACCESS = (("access", "vlan"), ("link-type", "access"))
_ADMISSION = (
    ("dot1x",), ("mac-authentication",), ("port-security",), ("portal",), ("web-auth",), ("mac-vlan",),
)  # fmt: skip


def _ports(sheet: Sheet, reading: Reading) -> None:
    ports = controls.access_ports(
        reading, "port", _ACCESS, lambda words: words[1:2] == ("link-type",) and "access" not in words
    )
    controls.admission(sheet, reading, ports, _ADMISSION)
    snooping = [*reading.on("dhcp", "snooping", "enable"), *reading.on("dhcp-snooping")] if ports else []
    controls.put(sheet, "no_dhcp_snooping", sound=snooping, lacking=bool(ports), views=ports)
    arp = [one for first in ("arp", "arp-detection") for one in reading.on(first)
           if first == "arp-detection" or one.folded[1:3] == ("detection", "enable")] if ports else []  # fmt: skip
    controls.put(sheet, "no_arp_inspection", sound=arp, lacking=bool(ports), views=ports)


def _permits(reading: Reading) -> Iterator[Command]:
    """Rules of policies that pass traffic and are switched on."""
    for policy in reading.on("security-policy"):
        for rule in policy.find("rule"):
            lines = [one.folded for one in rule.inside if not one.negated]
            if ("action", "pass") in lines and ("disable",) not in lines:
                yield rule
    for policy in reading.on("object-policy"):
        yield from (rule for rule in policy.find("rule") if rule.has("pass") and not rule.has("disable"))


def _policies(sheet: Sheet, reading: Reading, rules: list[Command]) -> None:
    profiles = [one for rule in rules for one in (rule, *rule.inside) if not one.negated and _profile(one)]
    views = {view.words[1]: view for view in reading.on("app-profile") if len(view.words) > 1}
    used = {kind: [one for one in profiles if (view := views.get(_profile(one))) is not None and view.find(kind)]
            for kind in ("ips", "anti-virus", "url-filter", "data-filter")}  # fmt: skip
    applications = [one for rule in rules for one in rule.inside if one.folded[0] in ("application", "app-group")]
    content = [*used["url-filter"], *used["data-filter"], *applications]
    controls.put(sheet, "no_app_control", sound=content, lacking=bool(rules), views=rules)
    controls.put(sheet, "no_ips", sound=used["ips"], lacking=bool(rules), views=rules)
    controls.put(sheet, "no_antivirus", sound=used["anti-virus"], lacking=bool(rules), views=rules)
    signatures = [*used["ips"], *used["anti-virus"]]
    updates = [one for kind in ("ips", "anti-virus") for one in reading.on(kind, "signature", "auto-update")]
    controls.put(sheet, "no_signature_updates", sound=updates, lacking=bool(signatures), views=signatures)
    aspf = [*reading.on("aspf", "apply"), *reading.on("firewall", "aspf")]
    translated = [one for one in reading.on("nat", "outbound") if len(one.words) > 1]
    if rules or reading.find("zone-pair"):
        controls.stateful(sheet)
    else:
        controls.put(
            sheet, "no_stateful_inspection", sound=aspf, lacking=bool(translated), views=translated,
        )  # fmt: skip


def _profile(command: Command) -> str:
    """The profile of deep inspection that a rule names."""
    after = command.after("profile")
    return after[0] if after else ""


def _tunnels(sheet: Sheet, reading: Reading) -> None:
    judged = list(vpn_algorithms(reading))
    controls.put(
        sheet, "weak_vpn_crypto",
        weak=[line for line, weak in judged if weak], sound=[line for line, weak in judged if not weak],
    )  # fmt: skip
    sets = [view for word in ("transform-set", "proposal") for view in reading.on("ipsec", word) if view.inside]
    policies = [view for view in (*reading.on("ipsec", "policy"), *reading.on("ipsec", "profile")) if view.inside]
    pfs = [one for view in (*sets, *policies) for one in view.find("pfs") if not one.negated]
    bare = [view for view in sets if not view.find("pfs") and not any(one.find("pfs") for one in policies)]
    controls.put(sheet, "vpn_no_pfs", weak=bare, sound=pfs)
    groups = reading.on("snmp-agent", "group", "v3")
    users = [one for one in reading.on("snmp-agent", "usm-user", "v3") if len(one.words) > 3]
    rows = groups or users
    private = [one for one in rows if one.has("privacy") or one.has("privacy-mode")]
    controls.put(sheet, "snmpv3_no_privacy", weak=[one for one in rows if one not in private], sound=private)
    versions = [one for one in reading.find("ssl", "version") if {"ssl3.0", "tls1.0", "tls1.1"} & set(one.folded)]
    versions += [one for one in reading.on("version") if one.folded[1:2] and one.folded[1].startswith(("ssl", "tls"))]
    weak = [one for one in versions if (one.folded[0] == "ssl" and one.has("disable") == one.negated)
            or (one.folded[0] == "version" and one.folded[1] in ("ssl3.0", "tls1.0", "tls1.1"))]  # fmt: skip
    controls.put(sheet, "web_old_tls", weak=weak, sound=versions)


def _records(sheet: Sheet, reading: Reading, rules: list[Command]) -> None:
    hosts = [one for one in reading.on("info-center", "loghost") if len(one.folded) > 2 and one.folded[2] != "source"]
    said = [(one, one.after("level")[0].lower() in controls.GRAVE) for one in reading.on("info-center", "source")
            if one.after("level") and (one.has("loghost") or one.after("channel")[:1] == ("2",))]  # fmt: skip
    controls.severity(sheet, said, hosts)
    logs = [one for rule in rules for one in (rule, *rule.inside) if not one.negated and one.has("logging")]
    controls.put(sheet, "no_policy_log", sound=logs, lacking=bool(rules), views=rules)
    servers = [one for one in reading.on("ntp-service") if one.has("unicast-server") or one.has("unicast-peer")]
    on = reading.on("ntp-service", "authentication", "enable")
    keyed = [one for one in servers if one.has("authentication-keyid")]
    bare = [one for one in servers if one not in keyed] if on else servers
    controls.put(sheet, "ntp_no_authentication", weak=bare, sound=[*on, *keyed])


def _network(sheet: Sheet, reading: Reading) -> None:
    routes = [one for one in reading.on("ip", "route-static") if one.words[2:4] in _EVERYWHERE and not one.has("null0")]
    controls.exits(sheet, routes, reading.on("nat", "outbound"))
    members = [one for one in reading.on("irf", "member") if len(one.words) > 2 and one.words[2] != "1"]
    pairs = [*reading.on("vrrp", "vrid"), *members, *reading.on("irf-port"), *reading.on("remote-backup", "group"),
             *reading.on("drni"), *reading.on("m-lag"), *reading.on("failover", "group")]  # fmt: skip
    interfaces = reading.find("interface")
    controls.put(sheet, "no_redundancy", sound=pairs, lacking=bool(interfaces))
    addressed = {interface.line for interface, _ in reading.inside("interface").on("ip", "address")}
    own = [one for each in interfaces if each.line in addressed for one in _of_management(each)]
    controls.put(sheet, "mgmt_not_separated", sound=own)
    networks = [view for view in reading.on("wlan", "service-template") if view.inside]
    weak = [view for view in networks if not any(one.folded[0] in ("akm", "cipher-suite") for one in view.inside)]
    weak += [one for view in networks for one in view.find("cipher-suite") if {"tkip", "wep40", "wep104", "wep128"}
             & set(one.folded) and not one.negated]  # fmt: skip
    controls.put(sheet, "wireless_weak", weak=weak, sound=[one for view in networks for one in view.find("akm")])


def _of_management(interface: Command) -> Iterator[Command]:
    """The line that gives management an interface of its own, or a VRF named for it."""
    if interface.folded[1:2] and interface.folded[1].startswith(("m-gigabitethernet", "m-ethernet")):
        yield interface
    for one in interface.find("ip", "binding", "vpn-instance"):
        if not one.negated and _MANAGEMENT.fullmatch(one.words[-1]):
            yield one
