"""What an NX-OS configuration says about the device's security, as vendor-independent facts.

Sources: Cisco Nexus 7000 and 9000 "Security Configuration Guide" (feature telnet is off by default, SSH is version 2
only, password strength-check is on by default and asks for 8 characters), "Fundamentals Configuration Guide" (line
console, line vty, exec-timeout), "Programmability Guide" (feature nxapi, nxapi http port). The default of exec-timeout
differs by release, so nothing is concluded from a missing line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.facts import judging, no_family
from configs.reading import Sheet, last
from inventory.text import mark

if TYPE_CHECKING:
    from configs.facts.no_family import Context
    from configs.model import Facts
    from configs.tree import Tree


def _telnet(sheet: Sheet, at: Context) -> None:
    feature = last((*at.reading.find("feature", "telnet"), *at.reading.find("telnet", "server", "enable")))
    if feature is None:
        sheet.default("telnet_mgmt", False, mark("the Telnet server is off by default"))
    else:
        why = mark("feature telnet says whether Telnet is served")
        sheet.line("telnet_mgmt", not feature.negated, [feature], why)


def _web(sheet: Sheet, at: Context) -> None:
    plain = [one for one in at.reading.on("nxapi", "http") if one.has("port")]
    if plain:
        sheet.line("http_mgmt", True, plain, mark("the plain web server is switched here"))
    else:
        sheet.default("http_mgmt", False, mark("the plain web server is off by default"))
    judging.services(sheet, at.reading.on("feature", "tftp"), (), default_off=True)
    sheet.unknown("mgmt_service_on_untrust", mark("the text does not say which interfaces are untrusted"))


def _sources(sheet: Sheet, at: Context) -> None:
    if at.terminals:
        no_family.SHARED.sources(sheet, at)  # type: ignore[misc]  # every part of SHARED is there
    else:
        sheet.absent("vty_no_acl", True, mark("there is no VTY line with an access class"))


def _sessions(sheet: Sheet, at: Context) -> None:
    timeouts: list[tuple[judging.Line, int]] = [
        (one, 0 if one.negated else 60 * int(one.words[1]))
        for line in at.lines
        for one in line.find("exec-timeout")
        if len(one.words) > 1 and one.words[1].isdigit()
    ]
    unknown = mark("no line says it, and the default depends on the release")
    judging.idle(sheet, timeouts, mark("exec-timeout says when an idle session ends"), unknown_why=unknown)


def _password_policy(sheet: Sheet, at: Context) -> None:
    name, why = "pwd_policy_weak_or_missing", mark("this line sets the password policy")
    check = last(at.reading.find("password", "strength-check"))
    short = [one for one in at.reading.on("userpassphrase", "min-length") if one.words[2:3] and one.words[2].isdigit()]
    weak = [one for one in short if int(one.words[2]) < judging.MIN_LENGTH]
    if check is not None and check.negated:
        sheet.line(name, True, [check], why)
    elif weak:
        sheet.line(name, True, weak, why)
    elif check is not None or short:
        sheet.line(name, False, [*short, *([check] if check is not None else ())], why)
    else:
        sheet.default(name, False, mark("passwords are checked for strength by default"))


_FAMILY = no_family.Family(
    "cisco_nxos",
    accounts=frozenset({"cisco"}),
    strong=True,
    telnet=_telnet,
    ssh=no_family.only_version2,
    web=_web,
    sources=_sources,
    sessions=_sessions,
    no_authentication=no_family.asks_always,
    password_policy=_password_policy,
    encryption=no_family.always_encrypted,
    timestamps=no_family.stamped,
)


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    return no_family.read(tree, _FAMILY)
