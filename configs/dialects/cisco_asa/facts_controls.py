"""Controls of ASA: AAA, inspection, VPN, failover (`configs.facts.controls`).

Words: Cisco "ASA Series Command Reference" (aaa authorization command, password-policy, crypto map set pfs,
snmp-server group, ssl server-version, failover, logging trap, ntp authenticate, management-only, sfr, ips).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.facts import controls
from inventory.text import mark

if TYPE_CHECKING:
    from configs.facts.controls import Line
    from configs.reading import Command, Reading, Sheet

_OLD_TLS = frozenset({"any", "tlsv1", "tlsv1-only", "sslv3", "sslv3-only", "tlsv1.1"})
_CLASSES = frozenset({"minimum-uppercase", "minimum-lowercase", "minimum-numeric", "minimum-special"})
_EVERYWHERE = (("0.0.0.0", "0.0.0.0"), ("0", "0"))  # noqa: S104 - a default route


def read(sheet: Sheet, reading: Reading, tunnels: list[tuple[Line, bool]]) -> None:
    """Every control of the vocabulary that a text can tell. `tunnels` are the algorithms of VPN and which are weak."""
    _people(sheet, reading)
    _traffic(sheet, reading)
    _tunnels(sheet, reading, tunnels)
    _records(sheet, reading)
    _network(sheet, reading)


def _people(sheet: Sheet, reading: Reading) -> None:
    methods = [one for one in reading.on("aaa", "authentication") if one.folded[3:4] == ("console",)]
    central = [one for one in methods if one.words[4:5] and one.words[4] != "LOCAL"]
    users = [one for one in reading.on("username") if len(one.words) > 2]
    shown = bool(methods or users)
    controls.put(sheet, "one_factor_login", lacking=shown and not central, views=methods or users)
    controls.put(sheet, "aaa_local_first", sound=central)
    controls.put(
        sheet, "no_command_authorization", sound=reading.on("aaa", "authorization", "command"), lacking=shown
    )  # fmt: skip
    policy = reading.on("password-policy")
    days = [(one, int(one.words[-1])) for one in policy if one.folded[1:2] == ("lifetime",) and one.words[-1].isdigit()]
    controls.aging(sheet, days, lacking=bool(users))
    mixed = [one for one in policy if one.folded[1] in _CLASSES and one.words[-1] != "0"]
    controls.put(sheet, "pwd_no_complexity", sound=mixed, lacking=bool(users))


def _traffic(sheet: Sheet, reading: Reading) -> None:
    controls.stateful(sheet, reading.on("set", "connection", "advanced-options", "tcp-state-bypass"))
    bound = reading.on("access-group")
    modules = [*reading.on("sfr"), *reading.on("ips"), *reading.on("cxsc")]
    controls.put(sheet, "no_ips", sound=modules, lacking=bool(bound), views=bound)
    content = [*reading.on("sfr"), *reading.on("cxsc"), *reading.on("csc")]
    controls.put(sheet, "no_app_control", sound=content, lacking=bool(bound), views=bound)
    controls.put(sheet, "no_antivirus", sound=content, lacking=bool(bound), views=bound)
    logs = [one for one in reading.on("access-list") if one.has("log") and "disable" not in one.folded[-1:]]
    controls.put(sheet, "no_policy_log", sound=logs if bound else (), lacking=bool(bound), views=bound)


def _tunnels(sheet: Sheet, reading: Reading, tunnels: list[tuple[Line, bool]]) -> None:
    controls.put(
        sheet, "weak_vpn_crypto",
        weak=[line for line, weak in tunnels if weak], sound=[line for line, weak in tunnels if not weak],
    )  # fmt: skip
    entries: dict[tuple[str, ...], list[Command]] = {}
    for one in reading.on("crypto", "map"):
        if len(one.words) > 4 and one.words[3].isdigit() and "dynamic" not in one.folded:
            entries.setdefault(one.words[2:4], []).append(one)
    pfs = [one for rows in entries.values() for one in rows if one.folded[4:6] == ("set", "pfs")]
    bare = [rows[0] for rows in entries.values() if not any(one.folded[4:6] == ("set", "pfs") for one in rows)]
    controls.put(sheet, "vpn_no_pfs", weak=bare, sound=pfs)
    rows = reading.on("snmp-server", "group") or reading.on("snmp-server", "user")
    private = [one for one in rows if one.has("priv")]
    controls.put(sheet, "snmpv3_no_privacy", weak=[one for one in rows if one not in private], sound=private)
    tls = reading.on("ssl", "server-version")
    old = [one for one in tls if not _OLD_TLS.isdisjoint(one.folded[2:3])]
    controls.put(sheet, "web_old_tls", weak=old, sound=tls)


def _records(sheet: Sheet, reading: Reading) -> None:
    hosts = reading.on("logging", "host")
    said = [(one, one.folded[2] in controls.GRAVE) for one in reading.on("logging", "trap") if len(one.words) > 2]
    if said or not hosts:
        controls.severity(sheet, said, hosts)
    else:
        sheet.absent("log_only_grave", True, mark("without logging trap nothing is sent to the log host"), hosts)
    servers = reading.on("ntp", "server")
    on = reading.on("ntp", "authenticate")
    keyed = [one for one in servers if one.has("key")]
    bare = [one for one in servers if one not in keyed] if on else servers
    controls.put(sheet, "ntp_no_authentication", weak=bare, sound=[*on, *keyed])


def _network(sheet: Sheet, reading: Reading) -> None:
    routes = [one for one in reading.on("route") if one.words[2:4] in _EVERYWHERE]
    controls.exits(sheet, routes, ())
    switch = reading.switch("failover")
    groups = reading.on("cluster", "group")
    off = [switch] if switch is not None and switch.negated and not groups else []
    on = [*([switch] if switch is not None and not switch.negated else ()), *groups]
    controls.put(sheet, "no_redundancy", weak=off, sound=on, lacking=bool(reading.find("interface")))
    own = [one for each in reading.find("interface") for one in each.find("management-only") if not one.negated]
    controls.put(sheet, "mgmt_not_separated", sound=own)
