"""Controls of StoneOS: roles, profiles of rules, VPN, HA (`configs.facts.controls`).

Words: Hillstone's "StoneOS CLI User Guide", release 5.5R12 (admin auth-server, role, rule: ips, av, log, application;
isakmp and ipsec proposal, ha group, ip vrouter). What the guide does not describe is left unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.facts import controls

if TYPE_CHECKING:
    from configs.facts.controls import Line
    from configs.reading import Reading, Sheet


def read(sheet: Sheet, reading: Reading, tunnels: list[tuple[Line, bool]]) -> None:
    """Every control of the vocabulary that a text can tell. `tunnels` are the algorithms of VPN and which are weak."""
    users = reading.on("admin", "user")
    servers = reading.on("admin", "auth-server")
    controls.put(sheet, "one_factor_login", lacking=bool(users) and not servers, views=users)
    auditors = [one for user in users for one in user.find("role") if "auditor" in one.folded[-1]]
    controls.put(sheet, "no_audit_role", sound=auditors, lacking=bool(users), views=users)
    _rules(sheet, reading)
    controls.put(
        sheet, "weak_vpn_crypto",
        weak=[line for line, weak in tunnels if weak], sound=[line for line, weak in tunnels if not weak],
    )  # fmt: skip
    proposals = reading.on("ipsec", "proposal")
    pfs = [one for view in proposals for one in view.find("group") if not one.negated and one.folded[-1] != "0"]
    bare = [view for view in proposals if not any(one.folded[-1] != "0" for one in view.find("group"))]
    controls.put(sheet, "vpn_no_pfs", weak=bare, sound=pfs)
    _network(sheet, reading)


def _rules(sheet: Sheet, reading: Reading) -> None:
    rules = [
        rule for rule in reading.on("rule")
        if any(one.folded[:2] == ("action", "permit") for one in rule.inside)
        and not any(one.folded == ("disable",) for one in rule.inside)
    ]  # fmt: skip

    def having(*words: str) -> list[Line]:
        return [one for rule in rules for one in rule.inside if one.folded[0] in words and not one.negated]

    ips, antivirus = having("ips"), having("av")
    controls.put(
        sheet, "no_app_control", sound=having("application", "url", "behavior"), lacking=bool(rules), views=rules
    )  # fmt: skip
    controls.put(sheet, "no_ips", sound=ips, lacking=bool(rules), views=rules)
    controls.put(sheet, "no_antivirus", sound=antivirus, lacking=bool(rules), views=rules)
    controls.put(sheet, "no_policy_log", sound=having("log"), lacking=bool(rules), views=rules)
    if rules or reading.find("zone"):
        controls.stateful(sheet)
    else:
        controls.put(sheet, "no_stateful_inspection")


def _network(sheet: Sheet, reading: Reading) -> None:
    defaults = [
        [one for one in view.find("ip", "route", "0.0.0.0/0") if not one.negated]
        for view in reading.on("ip", "vrouter")
        if len(view.words) > 2 and "mgt" not in view.folded[2]
    ]  # fmt: skip
    controls.exits(sheet, max(defaults, key=len, default=[]), ())
    pairs = [*reading.on("ha", "group"), *reading.on("ha", "link"), *reading.on("ha", "cluster")]
    interfaces = reading.find("interface")
    controls.put(sheet, "no_redundancy", sound=pairs, lacking=bool(interfaces))
    own = [
        zone for each in interfaces for zone in each.find("zone")
        if zone.folded[-1].strip('"') in ("mgt", "mgmt", "management") and each.find("ip", "address")
    ]  # fmt: skip
    controls.put(sheet, "mgmt_not_separated", sound=own)
    servers = reading.on("ntp", "server")
    on = reading.on("ntp", "authentication")
    keyed = [one for one in servers if one.has("key")]
    bare = [one for one in servers if one not in keyed] if on else servers
    controls.put(sheet, "ntp_no_authentication", weak=bare, sound=[*on, *keyed])
