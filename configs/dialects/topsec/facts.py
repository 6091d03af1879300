"""What a TOS configuration says about the device's security: of the model only, nothing here was seen on a device.

Forms as public converters, generators and notes show them (no vendor manual was available): `system telnetd start`
starts the server and `pf service add name telnet …` opens it, so both are asked; `firewall policy add action accept …
[enable no]`; the administrator `superman`. Password rules, lock-out, idle times, SNMP, NTP and log hosts are not
documented anywhere public: they are unknown, never absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.dialects.topsec import rule_sets
from configs.dialects.topsec.objects import Command
from configs.dialects.topsec.objects import read as read_commands
from configs.facts import controls, judging
from configs.facts.judging import Filtering
from configs.reading import Sheet
from configs.rulesets import facts as rule_facts
from inventory.text import mark

if TYPE_CHECKING:
    from configs.model import Facts
    from configs.tree import Tree

PLATFORM = "topsec_tos"
_UNKNOWN = (
    "ssh_v1", "snmp_v1v2c", "snmp_default_community", "snmp_rw_community", "snmp_no_acl", "pwd_plain", "pwd_reversible",
    "no_syslog_host", "no_ntp", "idle_timeout_disabled", "idle_timeout_over_10min", "no_login_lockout",
    "pwd_policy_weak_or_missing", "no_banner", "auth_none", "unused_ports_up", "weak_crypto", "insecure_services",
    "acl_applied_undefined", "log_retention_short", "pwd_encryption_off", "logging_disabled", "no_log_timestamps",
    "no_accounting", "no_central_aaa", "no_role_separation", "http_mgmt",
)  # fmt: skip
_MANAGED = frozenset({"telnet", "ssh", "webui", "gui", "snmp"})
_LIMITS = ("src", "dst", "service", "schedule", "user", "sport")


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary; most of them are unknown."""
    commands = read_commands(tree)
    sheet = Sheet()
    for name in _UNKNOWN:
        sheet.unknown(name, mark("this language says it in lines that are not documented anywhere public"))
    services = [one for one in commands if one.starts("pf", "service", "add")]
    _telnet(sheet, commands, services)
    _sources(sheet, services)
    _policies(sheet, tree, commands)
    names: dict[str, judging.Line] = {
        one.value("name"): one.line for one in commands if one.starts("system", "admininfo", "add")
    }
    judging.accounts(sheet, names, frozenset({"superman", "admin", "root"}), local=False)
    return sheet.facts(PLATFORM, tree.encoding)


def _telnet(sheet: Sheet, commands: tuple[Command, ...], services: list[Command]) -> None:
    started = [one for one in commands if one.starts("system", "telnetd")]
    opened = [one.line for one in services if one.value("name") == "telnet"]
    if started and started[-1].words[2:3] == ("stop",):
        sheet.line("telnet_mgmt", False, [started[-1].line], mark("the Telnet server is switched off"))
    elif started and opened:
        sheet.line("telnet_mgmt", True, [started[-1].line, *opened], mark("the Telnet server is started and opened"))
    elif services and not opened:
        sheet.absent("telnet_mgmt", False, mark("no line opens Telnet"))
    else:
        sheet.unknown("telnet_mgmt", mark("this text does not show whether the Telnet server is started"))


def _sources(sheet: Sheet, services: list[Command]) -> None:
    managed = [one for one in services if one.value("name") in _MANAGED]
    wide = [one.line for one in managed if one.value("addressname") == "any"]
    if wide:
        sheet.line("vty_no_acl", True, wide, mark("this line lets any source in"))
    elif managed:
        sheet.line(
            "vty_no_acl", False, [one.line for one in managed], mark("remote management is limited to listed sources")
        )
    else:
        sheet.unknown("vty_no_acl", mark("this text does not show how the device is reached"))
    outside = [
        one.line
        for one in managed
        if any(word in one.value("area").lower() for word in ("untrust", "outside", "wan", "internet"))
    ]
    if outside:
        sheet.line(
            "mgmt_service_on_untrust", True, outside, mark("a management service is allowed on an outer interface")
        )
    else:
        sheet.unknown("mgmt_service_on_untrust", mark("the text does not say which interfaces are untrusted"))


def _policies(sheet: Sheet, tree: Tree, commands: tuple[Command, ...]) -> None:
    rules = [one for one in commands if one.starts("firewall", "policy", "add")]
    off = [one.line for one in rules if one.value("enable") == "no"]
    active = [one for one in rules if one.line not in off]
    opened = [
        one.line for one in active
        if one.value("action") == "accept" and all(set(one.values(word)) <= {"any"} for word in _LIMITS)
    ]  # fmt: skip
    found = Filtering(everything=[*opened], bound=[one.line for one in rules], disabled=[*off])
    controls.put(sheet, "no_access_rules", sound=[one.line for one in active])
    whole = Sheet()
    judging.filters(whole, found)
    facts = whole.facts(PLATFORM, tree.encoding).facts
    for name in ("any_any_permit_applied", "acl_disabled_rule"):
        sheet.take(facts[name])
    rule_facts.put(sheet, rule_sets.read(tree))
