"""Controls of Junos: logins, ports of switches, services of policies, VPN, clusters (`configs.facts.controls`).

Statements: Juniper's "Junos OS CLI Reference": system authentication-order, login class allow-commands and
security-role, login password (maximum-lifetime in days, minimum-numerics …), protocols dot1x authenticator,
dhcp-security and secure-access-port, security policies then permit application-services, ike and ipsec policies,
snmp v3 usm, chassis cluster, vrrp-group, virtual-chassis, syslog host, ntp, management-instance.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.dialects.juniper_junos.statements import below
from configs.facts import controls

if TYPE_CHECKING:
    from configs.dialects.juniper_junos.statements import Said
    from configs.facts.controls import Line
    from configs.reading import Sheet

_SERVERS = frozenset({"radius", "tacplus"})
_CLASSES = frozenset({"minimum-numerics", "minimum-upper-cases", "minimum-lower-cases", "minimum-punctuations",
                      "minimum-changes", "minimum-character-changes"})  # fmt: skip
_OWN = re.compile(r"fxp0|em\d|me0|re0:mgmt-0|vme")
# Severities of `syslog host ADDRESS FACILITY SEVERITY`.
_SEVERITIES = frozenset({"emergency", "alert", "critical", "error", "warning", "notice", "info", "any"})


def read(sheet: Sheet, said: tuple[Said, ...], tunnels: list[tuple[Line, bool]]) -> None:
    """Every control of the vocabulary that a text can tell. `tunnels` are the algorithms of VPN and which are weak."""
    _people(sheet, said)
    _ports(sheet, said)
    _policies(sheet, said)
    _tunnels(sheet, said, tunnels)
    _records(sheet, said)
    _network(sheet, said)


def _lines(said: tuple[Said, ...], *head: str) -> list[int]:
    return sorted({each.line for each, _ in below(said, *head)})


def _people(sheet: Sheet, said: tuple[Said, ...]) -> None:
    order = [(each.line, words) for each, words in below(said, "system", "authentication-order") if words]
    methods = [word for _, words in order for word in words if word in _SERVERS or word == "password"]
    central = [line for line, words in order if not _SERVERS.isdisjoint(words)]
    logins = _lines(said, "system", "login")
    controls.put(sheet, "one_factor_login", lacking=bool(logins) and not central)
    controls.put(
        sheet, "aaa_local_first", weak=[line for line, _ in order] if central and methods[:1] == ["password"] else (),
        sound=central,
    )  # fmt: skip
    classes = [(each.line, words[1:]) for each, words in below(said, "system", "login", "class") if len(words) > 1]
    kinds = ("allow-commands", "deny-commands", "allow-commands-regexps", "deny-commands-regexps")
    commands = [line for line, words in classes if words[0] in kinds]
    controls.put(sheet, "no_command_authorization", sound=commands, lacking=bool(logins))
    auditors = [line for line, words in classes if "audit-administrator" in words]
    controls.put(sheet, "no_audit_role", sound=auditors)
    rules = [(each.line, words) for each, words in below(said, "system", "login", "password") if words]
    days = [(line, int(words[1])) for line, words in rules
            if words[0] == "maximum-lifetime" and words[1:] and words[1].isdigit()]  # fmt: skip
    controls.aging(sheet, days, lacking=bool(logins))
    mixed = [line for line, words in rules if words[0] in _CLASSES]
    controls.put(sheet, "pwd_no_complexity", sound=mixed, lacking=bool(logins))


def _ports(sheet: Sheet, said: tuple[Said, ...]) -> None:
    ports = {words[0]: each.line for each, words in below(said, "interfaces") if _is_for_users(words)}
    admitted = {words[0].split(".")[0]: each.line
                for head in (("protocols", "dot1x", "authenticator", "interface"), ("switch-options", "interface"),
                             ("ethernet-switching-options", "secure-access-port", "interface"))
                for each, words in below(said, *head) if words}  # fmt: skip
    weak = [] if "all" in admitted else [line for name, line in ports.items() if name not in admitted]
    sound = list(admitted.values()) if ports else []
    controls.put(sheet, "access_ports_open", weak=weak, sound=sound)
    secured = [(each.line, words) for head in (("vlans",), ("ethernet-switching-options", "secure-access-port"))
               for each, words in below(said, *head)]  # fmt: skip
    dhcp = [line for line, words in secured if "dhcp-security" in words or "examine-dhcp" in words]
    arp = [line for line, words in secured if "arp-inspection" in words]
    views = list(ports.values())
    controls.put(sheet, "no_dhcp_snooping", sound=dhcp if ports else (), lacking=bool(ports), views=views)
    controls.put(sheet, "no_arp_inspection", sound=arp if ports else (), lacking=bool(ports), views=views)


def _is_for_users(words: tuple[str, ...]) -> bool:
    mode = words[-1] == "access" and words[-2:-1] in (("port-mode",), ("interface-mode",))
    return mode and "ethernet-switching" in words


def _policies(sheet: Sheet, said: tuple[Said, ...]) -> None:
    rows = [(each.line, words) for each, words in below(said, "security", "policies") if words]
    permits = [line for line, words in rows if "then" in words and "permit" in words]
    services = [(line, words) for line, words in rows if "application-services" in words]
    ips = [line for line, words in services if {"idp", "idp-policy"} & set(words)]
    utm = [line for line, words in services if "utm-policy" in words]
    content = [line for line, words in services if {"application-firewall", "utm-policy"} & set(words)]
    content += [line for line, words in rows if "dynamic-application" in words and words[-1] != "any"]
    views = permits[:1]
    controls.put(sheet, "no_app_control", sound=content, lacking=bool(permits), views=views)
    controls.put(sheet, "no_ips", sound=ips, lacking=bool(permits), views=views)
    controls.put(sheet, "no_antivirus", sound=utm, lacking=bool(permits), views=views)
    updates = _lines(said, "security", "idp", "security-package", "automatic")
    controls.put(sheet, "no_signature_updates", sound=updates, lacking=bool(ips), views=ips)
    logs = [line for line, words in rows if words[-2:-1] == ("log",) and "then" in words]
    controls.put(sheet, "no_policy_log", sound=logs, lacking=bool(permits), views=views)
    if rows:
        packets = [each.line for each, words in below(said, "security", "forwarding-options")
                   if words[-1:] == ("packet-based",) and "inet6" not in words]  # fmt: skip
        controls.stateful(sheet, packets)
    else:
        translated = _lines(said, "services", "nat")
        filters = _lines(said, "services", "stateful-firewall")
        controls.put(sheet, "no_stateful_inspection", sound=filters, lacking=bool(translated), views=translated)


def _tunnels(sheet: Sheet, said: tuple[Said, ...], tunnels: list[tuple[Line, bool]]) -> None:
    controls.put(
        sheet, "weak_vpn_crypto",
        weak=[line for line, weak in tunnels if weak], sound=[line for line, weak in tunnels if not weak],
    )  # fmt: skip
    policies: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for each, words in below(said, "security", "ipsec", "policy"):
        if words:
            policies.setdefault(words[0], []).append((each.line, words[1:]))
    pfs = [line for rows in policies.values() for line, words in rows if words[:1] == ("perfect-forward-secrecy",)]
    bare = [
        rows[0][0] for rows in policies.values() if not any("perfect-forward-secrecy" in words for _, words in rows)
    ]
    controls.put(sheet, "vpn_no_pfs", weak=bare, sound=pfs)
    users = [(each.line, words) for each, words in below(said, "snmp", "v3", "usm") if "user" in words]
    private = [line for line, words in users if any(word.startswith("privacy-") for word in words)
               and "privacy-none" not in words]  # fmt: skip
    bare = [line for line, words in users if "privacy-none" in words]
    weak = bare or ([] if private else [line for line, _ in users[:1]])
    controls.put(sheet, "snmpv3_no_privacy", weak=weak, sound=private)


def _records(sheet: Sheet, said: tuple[Said, ...]) -> None:
    rows = [(each.line, words) for each, words in below(said, "system", "syslog", "host") if len(words) > 1]
    levels = [(line, words[0], words[-1]) for line, words in rows if len(words) == 3 and words[-1] in _SEVERITIES]
    wide = {host for _, host, level in levels if level not in controls.GRAVE}
    said_so = [
        (line, host not in wide) for line, host, level in levels if host not in wide or level not in controls.GRAVE
    ]
    controls.severity(sheet, said_so, [line for line, _ in rows])
    servers = [(each.line, words) for each, words in below(said, "system", "ntp", "server") if words]
    keyed = {words[0] for _, words in servers if "key" in words}
    bare = [line for line, words in servers if words[0] not in keyed]
    controls.put(sheet, "ntp_no_authentication", weak=bare, sound=[line for line, words in servers if "key" in words])


def _network(sheet: Sheet, said: tuple[Said, ...]) -> None:
    head = ("routing-options", "static", "route", "0.0.0.0/0")
    routes = [each.line for each, words in below(said, *head) if words[:1] in (("next-hop",), ("qualified-next-hop",))
              and each.leaf and not each.instance]  # fmt: skip
    controls.exits(sheet, sorted(set(routes)), ())
    groups = [
        each.line for each, words in below(said, "interfaces") if "vrrp-group" in words or "vrrp-inet6-group" in words
    ]
    pairs = [*_lines(said, "chassis", "cluster")[:1], *_lines(said, "virtual-chassis")[:1], *groups[:1]]
    controls.put(sheet, "no_redundancy", sound=pairs, lacking=bool(_lines(said, "interfaces")))
    own = [each.line for each, words in below(said, "interfaces") if words and _OWN.fullmatch(words[0])
           and "address" in words]  # fmt: skip
    own += _lines(said, "system", "management-instance")
    controls.put(sheet, "mgmt_not_separated", sound=own)
