"""Facts about controls (who may do what, port admission, borders, VPN, redundancy), from lines that a dialect found.

A dialect says which lines speak against a control, which speak for it, and whether a text without either lacks it;
else the text cannot tell. The reasons stand here, once for all languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from configs.reading import Command, Reading, Sheet

    Line = Command | int

PASSWORD_DAYS: Final = 90  # what assessors ask for; GB/T 22239-2019 names no number
# Severities that leave out logins and changes (RFC 5424: notice is 5, and devices log these as 5 or 6).
GRAVE: Final = frozenset({
    "emergencies", "emergency", "alerts", "alert", "critical", "errors", "error", "warnings", "warning",
    "0", "1", "2", "3", "4",
})  # fmt: skip
_FEW = 20  # places that are shown for a line that is missing


class _Why(NamedTuple):
    """Why a fact is true by a line, false by a line, true because a line is missing, or unknown."""

    weak: str
    sound: str
    lacking: str
    silent: str


_SERVER_DECIDES: Final = mark("a server checks logins; whether it asks for a second factor, the text does not say")
_NO_FIREWALL: Final = mark("the text has no rules of a firewall that permit traffic")
_NO_PORTS: Final = mark("there is no port for users in this text")
_NO_VPN: Final = mark("there is no VPN in this text")

_WHY: Final = {
    "one_factor_login": _Why(
        mark("this account logs in with a password alone"),
        mark("this line asks for a second factor"),
        mark("no line asks for a second factor, and no server could"),
        _SERVER_DECIDES,
    ),
    "shared_password_login": _Why(
        mark("this line asks for a password that all share, and for no account"),
        mark("this line asks for an account"),
        "",
        mark("this text does not show how its lines authenticate"),
    ),
    "aaa_local_first": _Why(
        mark("the method of logins names local accounts before the server"),
        mark("the method of logins names the server first"),
        "",
        mark("no method of logins names a server"),
    ),
    "no_command_authorization": _Why(
        "",
        mark("this line authorises commands"),
        mark("no line authorises commands"),
        mark("this text does not show how commands are authorised"),
    ),
    "no_audit_role": _Why(
        "",
        mark("this line gives an account the role of an auditor"),
        mark("no account has the role of an auditor"),
        mark("this text does not show which roles accounts have"),
    ),
    "pwd_no_aging": _Why(
        mark("this line lets passwords live too long"),
        mark("this line lets passwords expire"),
        mark("no line lets passwords expire"),
        mark("no line says it, and the default depends on the release"),
    ),
    "pwd_no_complexity": _Why(
        mark("this line switches the check of characters off"),
        mark("this line asks for a mixture of characters"),
        mark("no line asks for a mixture of characters"),
        mark("no line says it, and the default depends on the release"),
    ),
    "access_ports_open": _Why(
        mark("the port has neither 802.1X nor MAC authentication nor port security"),
        mark("every port for users checks who connects"),
        "",
        _NO_PORTS,
    ),
    "no_dhcp_snooping": _Why(
        "",
        mark("DHCP snooping is switched on"),
        mark("there are ports for users and no DHCP snooping"),
        _NO_PORTS,
    ),
    "no_arp_inspection": _Why(
        "",
        mark("ARP is checked against known bindings"),
        mark("there are ports for users and no check of ARP"),
        _NO_PORTS,
    ),
    "no_access_rules": _Why(
        mark("what no rule of this filter takes is let through"),
        mark("rules decide which traffic passes here"),
        mark("no filter and no policy decides which traffic passes"),
        mark("this text does not show what decides which traffic passes"),
    ),
    "no_stateful_inspection": _Why(
        mark("this line switches the check of sessions off"),
        mark("this line judges traffic by its session"),
        mark("addresses are translated here, and nothing judges traffic by its session"),
        mark("this text shows no border between networks"),
    ),
    "no_app_control": _Why(
        "",
        mark("this rule controls applications or content"),
        mark("no rule that permits traffic controls applications or content"),
        _NO_FIREWALL,
    ),
    "no_ips": _Why(
        "",
        mark("this rule looks for intrusions"),
        mark("no rule that permits traffic looks for intrusions"),
        _NO_FIREWALL,
    ),
    "no_antivirus": _Why(
        "",
        mark("this rule looks for malicious code"),
        mark("no rule that permits traffic looks for malicious code"),
        _NO_FIREWALL,
    ),
    "no_signature_updates": _Why(
        mark("this line switches the updates of signatures off"),
        mark("signatures are updated by this schedule"),
        mark("rules use signatures, and no line updates them by schedule"),
        mark("no rule uses signatures"),
    ),
    "weak_vpn_crypto": _Why(
        mark("the line allows a weak algorithm"),
        mark("the algorithms that lines allow are not weak"),
        "",
        _NO_VPN,
    ),
    "vpn_no_pfs": _Why(
        mark("this VPN makes its keys without PFS"),
        mark("this line makes keys afresh (PFS)"),
        "",
        _NO_VPN,
    ),
    "snmpv3_no_privacy": _Why(
        mark("this line uses SNMPv3 without encryption"),
        mark("this line uses SNMPv3 with encryption"),
        "",
        mark("SNMPv3 is not used in this text"),
    ),
    "web_old_tls": _Why(
        mark("this line accepts TLS older than 1.2"),
        mark("this line leaves old TLS out"),
        "",
        mark("no line says which versions of TLS the web server takes"),
    ),
    "many_exits": _Why(
        mark("this is one of several ways out"),
        mark("this is the only way out"),
        "",
        mark("there is neither a default route nor a translation to an outer link in this text"),
    ),
    "no_redundancy": _Why(
        mark("this line switches the stand-by off"),
        mark("this line makes the device one of a pair or a group"),
        mark("no line makes the device one of a pair or a group"),
        mark("this text shows no interface"),
    ),
    "wireless_weak": _Why(
        mark("this wireless network is open or uses WEP or TKIP"),
        mark("this wireless network uses WPA2 or WPA3"),
        "",
        mark("there is no wireless network in this text"),
    ),
    "log_only_grave": _Why(
        mark("this line sends only grave events to the log host"),
        mark("this line sends logins and changes too"),
        "",
        mark("there is no log host in this text"),
    ),
    "no_policy_log": _Why(
        mark("this rule does not record what it decides"),
        mark("this rule records what it decides"),
        mark("no rule in force records what it decides"),
        mark("there is no rule in force in this text"),
    ),
    "ntp_no_authentication": _Why(
        mark("this time server is believed without a key"),
        mark("time servers prove themselves with a key"),
        "",
        mark("there is no time server in this text"),
    ),
    "mgmt_not_separated": _Why(
        "",
        mark("management has an interface or a VRF of its own"),
        "",
        mark("no interface or VRF is named for management; a VLAN of its own may do it"),
    ),
}


def put(
    sheet: Sheet,
    name: str,
    *,
    weak: Iterable[Line] = (),
    sound: Iterable[Line] = (),
    lacking: bool = False,
    views: Iterable[Line] = (),
) -> None:
    """One control: true by the lines `weak`, else false by `sound`, else true if it is `lacking`, else unknown.

    `views` are the places where the missing line would stand; the first of them are enough.
    """
    weak, sound, why = tuple(weak), tuple(sound), _WHY[name]
    if weak:
        sheet.line(name, True, weak, why.weak)
    elif sound:
        sheet.line(name, False, sound, why.sound)
    elif lacking:
        sheet.absent(name, True, why.lacking, tuple(views)[:_FEW])
    else:
        sheet.unknown(name, why.silent)


def access_ports(
    reading: Reading, word: str, access: Collection[tuple[str, ...]], other: Callable[[tuple[str, ...]], bool]
) -> list[Command]:
    """The interfaces that a line beginning with `word` makes a port for users, and that are not shut down.

    `access` are the second and third words of such lines; `other` says of a line's words that it is no such port.
    """
    inside = reading.inside("interface")
    modes = [(port.line, one.folded) for port, one in inside.on(word)]
    lines = {line for line, words in modes if words[1:3] in access}
    lines -= {line for line, words in modes if other(words)}
    lines -= inside.having("shutdown")
    return [port for port in reading.find("interface") if port.line in lines]


def admission(sheet: Sheet, reading: Reading, ports: Iterable[Command], ways: Iterable[tuple[str, ...]]) -> None:
    """`access_ports_open`: `ways` are the commands by which a port asks who connects."""
    lines = {port.line: port for port in ports}
    asking = [row for words in ways for row in reading.inside("interface").on(*words) if row[0].line in lines]
    admitted = {port.line for port, _ in asking}
    weak = [port for line, port in lines.items() if line not in admitted]
    put(sheet, "access_ports_open", weak=weak, sound=[one for _, one in asking])


def stateful(sheet: Sheet, weak: Iterable[Line] = ()) -> None:
    """`no_stateful_inspection` of a firewall: it keeps sessions unless a line switches their check off."""
    weak = tuple(weak)
    if weak:
        put(sheet, "no_stateful_inspection", weak=weak)
    else:
        sheet.default("no_stateful_inspection", False, mark("a firewall judges traffic by its session by default"))


def accounts_always(sheet: Sheet) -> None:
    """`shared_password_login` where every way in asks for an account."""
    sheet.default("shared_password_login", False, mark("every way to log in asks for an account"))


def exits(sheet: Sheet, routes: Sequence[Line], translations: Sequence[Line]) -> None:
    """`many_exits`, from default routes of one VRF and from links to which addresses are translated."""
    many = [*(routes if len(routes) > 1 else ()), *(translations if len(translations) > 1 else ())]
    put(sheet, "many_exits", weak=many, sound=(*routes, *translations))


def severity(sheet: Sheet, said: Sequence[tuple[Line, bool]], hosts: Sequence[Line]) -> None:
    """`log_only_grave`, from lines about what goes to the log host and whether that is only what is grave."""
    weak = [line for line, grave in said if grave]
    if said and hosts:
        put(sheet, "log_only_grave", weak=weak, sound=[line for line, grave in said if not grave])
    elif hosts:
        sheet.default("log_only_grave", False, mark("informational events go to the log host by default"), hosts)
    else:
        put(sheet, "log_only_grave")


def aging(sheet: Sheet, days: Sequence[tuple[Line, int]], *, lacking: bool) -> None:
    """`pwd_no_aging`, from lines and their days (0: never)."""
    weak = [line for line, count in days if not 0 < count <= PASSWORD_DAYS]
    put(sheet, "pwd_no_aging", weak=weak, sound=[line for line, _ in days], lacking=lacking)
