"""Controls of FortiOS: accounts, profiles of policies, VPN, clusters, wireless (`configs.facts.controls`).

Fields: Fortinet's FortiOS CLI references 6.0 to 7.4, "config system admin" (two-factor), "config system accprofile",
"config system password-policy", "config firewall policy" (ips-sensor, av-profile, application-list, logtraffic),
"config system autoupdate schedule" and "config system fortiguard" (updates are on by default), "config vpn ipsec
phase2-interface" (pfs enable), "config system snmp user" (security-level no-auth-no-priv), "config system ha" (mode
standalone), "config log syslogd filter" (severity information), "config wireless-controller vap".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from configs.facts import controls
from inventory.text import mark

if TYPE_CHECKING:
    from configs.dialects.fortinet.entries import Entry, Tables
    from configs.facts.controls import Line
    from configs.reading import Sheet

_OLD_TLS = re.compile(r"tlsv?1-[01]|sslv3")
_ANYWHERE = ((), ("0.0.0.0", "0.0.0.0"), ("0.0.0.0/0",))  # noqa: S104 - a default route
_POLICIES = ("firewall policy", "firewall policy6", "firewall security-policy")
_CLASSES = ("min-lower-case-letter", "min-upper-case-letter", "min-non-alphanumeric", "min-number")
_APPLICATIONS = ("application-list", "webfilter-profile", "dlp-sensor", "dlp-profile", "file-filter-profile")


def read(sheet: Sheet, tables: Tables, tunnels: list[tuple[Line, bool]]) -> None:
    """Every control of the vocabulary that a text can tell. `tunnels` are the algorithms of VPN and which are weak."""
    _people(sheet, tables)
    _policies(sheet, tables)
    _tunnels(sheet, tables, tunnels)
    _records(sheet, tables)
    _network(sheet, tables)


def _people(sheet: Sheet, tables: Tables) -> None:
    admins = [entry for entry in tables["system admin"] if entry.name]
    second = [entry for entry in admins if entry.value("two-factor", "disable") != "disable"]
    single = [entry.line for entry in admins if entry not in second and not entry.on("remote-auth")]
    controls.put(sheet, "one_factor_login", weak=single, sound=[entry.line_of("two-factor") for entry in second])
    if admins:
        controls.accounts_always(sheet)
    else:
        controls.put(sheet, "shared_password_login")
    profiles = {entry.name: entry for entry in tables["system accprofile"] if entry.name}
    auditors = [
        admin.line_of("accprofile") for admin in admins
        if (profile := profiles.get(admin.value("accprofile"))) is not None and _audits(profile)
    ]  # fmt: skip
    controls.put(
        sheet, "no_audit_role", sound=auditors, lacking=bool(admins), views=[entry.line for entry in admins]
    )  # fmt: skip
    policy = [entry for entry in tables["system password-policy"] if not entry.name and entry.on("status")]
    ages = [(entry.line_of("expire-day", "expire-status"), _number(entry, "expire-day", controls.PASSWORD_DAYS))
            for entry in policy if entry.on("expire-status")]  # fmt: skip
    known = bool(tables["system global"] or tables["system password-policy"])
    controls.aging(sheet, ages, lacking=known)
    mixed = [entry.line_of(name) for entry in policy for name in _CLASSES if entry.value(name, "0") != "0"]
    controls.put(sheet, "pwd_no_complexity", sound=mixed, lacking=known)


def _audits(profile: Entry) -> bool:
    """Whether a profile reads logs and changes nothing."""
    reads = profile.value("loggrp", "none") != "none"
    return reads and not any(
        profile.value(name).endswith("write") for name in ("sysgrp", "fwgrp", "netgrp", "vpngrp", "utmgrp", "admingrp")
    )


def _number(entry: Entry, name: str, default: int) -> int:
    value = entry.value(name)
    return int(value) if value.isdigit() else default


def _policies(sheet: Sheet, tables: Tables) -> None:
    permits = [
        entry for table in _POLICIES for entry in tables[table]
        if entry.name and entry.value("action") == "accept" and entry.value("status") != "disable"
    ]  # fmt: skip
    views = [entry.line for entry in permits]
    groups = {entry.name: entry for entry in tables["firewall profile-group"]}

    def having(*names: str) -> list[int]:
        found, grouped = [], {name for name, group in groups.items() if any(group.values(one) for one in names)}
        for entry in permits:
            own = [] if entry.fields.keys().isdisjoint(names) else [name for name in names if entry.values(name)]
            if own:
                found.append(entry.line_of(own[0]))
            elif grouped and entry.value("profile-group") in grouped:
                found.append(entry.line_of("profile-group"))
        return found

    ips, antivirus = having("ips-sensor"), having("av-profile")
    controls.put(sheet, "no_app_control", sound=having(*_APPLICATIONS), lacking=bool(permits), views=views)
    controls.put(sheet, "no_ips", sound=ips, lacking=bool(permits), views=views)
    controls.put(sheet, "no_antivirus", sound=antivirus, lacking=bool(permits), views=views)
    off = [entry for entry in tables["system autoupdate schedule"] if entry.value("status") == "disable"]
    on = [entry for entry in tables["system autoupdate schedule"] if entry.on("status") or entry.values("frequency")]
    if not off and not on and (ips or antivirus):
        sheet.default("no_signature_updates", False, mark("signatures are updated by schedule by default"))
    else:
        controls.put(
            sheet, "no_signature_updates", weak=[entry.line_of("status") for entry in off],
            sound=[entry.line_of("frequency", "status") for entry in on],
        )  # fmt: skip
    asymmetric = [entry.line_of("asymroute") for entry in tables["system settings"] if entry.on("asymroute")]
    controls.stateful(sheet, asymmetric)
    silent = [entry.line_of("logtraffic") for entry in permits if entry.value("logtraffic") == "disable"]
    if permits and len(silent) == len(permits):
        controls.put(sheet, "no_policy_log", weak=silent)
    else:
        said = [entry.line_of("logtraffic") for entry in permits if entry.value("logtraffic") in ("all", "utm")]
        if said or not permits:
            controls.put(sheet, "no_policy_log", sound=said)
        else:
            sheet.default("no_policy_log", False, mark("rules record what their profiles find by default"))


def _tunnels(sheet: Sheet, tables: Tables, tunnels: list[tuple[Line, bool]]) -> None:
    controls.put(
        sheet, "weak_vpn_crypto",
        weak=[line for line, weak in tunnels if weak], sound=[line for line, weak in tunnels if not weak],
    )  # fmt: skip
    second = [
        entry for name in ("vpn ipsec phase2-interface", "vpn ipsec phase2") for entry in tables[name] if entry.name
    ]
    off = [entry.line_of("pfs") for entry in second if entry.value("pfs") == "disable"]
    if second and not off:
        sheet.default("vpn_no_pfs", False, mark("keys are made afresh (PFS) by default"), [one.line for one in second])
    else:
        controls.put(sheet, "vpn_no_pfs", weak=off)
    users = [entry for entry in tables["system snmp user"] if entry.name and entry.value("status") != "disable"]
    controls.put(
        sheet, "snmpv3_no_privacy",
        weak=[entry.line_of("security-level") for entry in users if entry.value("security-level") != "auth-priv"],
        sound=[entry.line_of("security-level") for entry in users if entry.value("security-level") == "auth-priv"],
    )  # fmt: skip
    tls = [entry for entry in tables["system global"] if entry.values("admin-https-ssl-versions")]
    name = "admin-https-ssl-versions"
    old = [entry.line_of(name) for entry in tls if any(_OLD_TLS.fullmatch(word) for word in entry.values(name))]
    controls.put(sheet, "web_old_tls", weak=old, sound=[entry.line_of(name) for entry in tls])


def _records(sheet: Sheet, tables: Tables) -> None:
    numbers = ("", "2", "3", "4")
    hosts = [entry.line_of("server", "status") for kind in ("syslogd", "fortianalyzer") for number in numbers
             for entry in tables[f"log {kind}{number} setting"] if entry.on("status")]  # fmt: skip
    said = [(entry.line_of("severity"), entry.value("severity") in controls.GRAVE)
            for kind in ("syslogd", "fortianalyzer") for number in numbers
            for entry in tables[f"log {kind}{number} filter"] if entry.values("severity")]  # fmt: skip
    controls.severity(sheet, said, hosts)
    servers = [server for entry in tables["system ntp"] for server in entry.tables.get("ntpserver", ())]
    controls.put(
        sheet, "ntp_no_authentication",
        weak=[server.line for server in servers if not server.on("authentication")],
        sound=[server.line_of("authentication") for server in servers if server.on("authentication")],
    )  # fmt: skip


def _network(sheet: Sheet, tables: Tables) -> None:
    by_domain = tables.domains("router static")
    defaults = [
        [entry.line for entry in entries if entry.name and entry.values("dst") in _ANYWHERE
         and entry.value("status") != "disable" and not entry.values("dstaddr") and not entry.on("blackhole")]
        for entries in by_domain.values()
    ]  # fmt: skip
    members = [inner.line for name in ("system sdwan", "system virtual-wan-link") for entry in tables[name]
               for inner in entry.tables.get("members", ())]  # fmt: skip
    controls.exits(sheet, max(defaults, key=len, default=[]), members)
    clusters = [entry for entry in tables["system ha"] if entry.values("mode")]
    alone = [entry.line_of("mode") for entry in clusters if entry.value("mode") == "standalone"]
    pairs = [entry.line_of("mode") for entry in clusters if entry.value("mode") != "standalone"]
    pairs += [inner.line for entry in tables["system interface"] for inner in entry.tables.get("vrrp", ())]
    controls.put(
        sheet, "no_redundancy", weak=() if pairs else alone, sound=pairs, lacking=bool(tables["system interface"])
    )  # fmt: skip
    own = [entry.line_of("dedicated-to") for entry in tables["system interface"]
           if entry.value("dedicated-to") == "management"]  # fmt: skip
    own += [entry.line_of("ha-mgmt-status") for entry in clusters if entry.on("ha-mgmt-status")]
    controls.put(sheet, "mgmt_not_separated", sound=own)
    networks = [
        entry for entry in tables["wireless-controller vap"] if entry.values("security") or entry.values("ssid")
    ]
    weak = [entry.line_of("security") for entry in networks if _weak(entry)]
    controls.put(
        sheet, "wireless_weak", weak=weak, sound=[entry.line_of("security") for entry in networks if not _weak(entry)]
    )  # fmt: skip


def _weak(network: Entry) -> bool:
    security = network.value("security", "wpa2-only-personal")
    return security in ("open", "captive-portal") or security.startswith("wep") or "TKIP" in network.value("encrypt")
