"""What an RGOS configuration says about the device's security, as vendor-independent facts.

The words are those of the family with `no`. What is its own: `enable service {telnet-server | ssh-server | web-server}`
switch the servers, `aaa local authentication attempts`, `logging server`, `password policy min-size` (Ruijie "RG-WLAN
Configuration Guide", "RG-S Series Command Reference", chapters on login, password policy and system services). Their
defaults differ by model and release, so nothing is concluded from a missing line; unverified on devices.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.facts import judging, no_access, no_family
from configs.reading import Command, Sheet, last
from inventory.text import mark

if TYPE_CHECKING:
    from configs.facts.no_family import Context
    from configs.model import Facts
    from configs.tree import Tree


def _service(at: Context, name: str) -> Command | None:
    return last(one for one in at.reading.find("enable", "service") if one.folded[2:3] == (name,))


def _telnet(sheet: Sheet, at: Context) -> None:
    server = _service(at, "telnet-server")
    inputs = [last(line.find("transport", "input")) for line in at.terminals]
    said = [one for one in inputs if one is not None and not one.negated]
    accepting = [one for one in said if one.has("telnet") or one.has("all")]
    if server is not None and server.negated:
        sheet.line("telnet_mgmt", False, [server], mark("the Telnet server is switched off"))
    elif at.terminals and len(said) == len(at.terminals) and not accepting:
        sheet.line("telnet_mgmt", False, said, mark("transport input leaves Telnet out on every VTY line"))
    elif server is not None or accepting:
        found = [*([server] if server is not None else ()), *accepting]
        sheet.line("telnet_mgmt", True, found, mark("the Telnet server or a VTY line lets Telnet in"))
    else:
        sheet.unknown(
            "telnet_mgmt", mark("no line says whether Telnet is served, and the default differs between releases")
        )


def _ssh(sheet: Sheet, at: Context) -> None:
    version = last(at.reading.on("ip", "ssh", "version"))
    if version is not None:
        why = mark("ip ssh version says which protocol is served")
        sheet.line("ssh_v1", version.words[3:4] == ("1",), [version], why)
    else:
        sheet.unknown("ssh_v1", mark("there is no ip ssh version line, and the default depends on release and image"))


def _web(sheet: Sheet, at: Context) -> None:
    switch = _service(at, "web-server")
    plain = switch is not None and (switch.negated or not switch.has("https") or switch.has("http"))
    if switch is not None and plain:
        sheet.line("http_mgmt", not switch.negated, [switch], mark("the plain web server is switched here"))
    elif switch is not None:
        sheet.line("http_mgmt", False, [switch], mark("the web server is served by HTTPS only"))
    else:
        sheet.unknown(
            "http_mgmt", mark("no line says whether the web server is on, and the default depends on the model")
        )
    servers = [*at.reading.find("ftp-server", "enable"), *at.reading.find("tftp-server", "enable")]
    judging.services(sheet, [one for one in servers if not one.negated], [one for one in servers if one.negated],
                     default_off=True)  # fmt: skip
    sheet.unknown("mgmt_service_on_untrust", mark("the text does not say which interfaces are untrusted"))


def _lockout(sheet: Sheet, at: Context) -> None:
    limits = [
        *at.reading.on("aaa", "local", "authentication"), *at.reading.on("login", "block-for"),
        *at.reading.on("password", "policy", "lockout"),
    ]  # fmt: skip
    if limits:
        sheet.line("no_login_lockout", False, limits, mark("logins are blocked after failures"))
    else:
        sheet.unknown("no_login_lockout", mark("no line says it, and the default depends on the release"))


def _password_policy(sheet: Sheet, at: Context) -> None:
    name, why = "pwd_policy_weak_or_missing", mark("this line sets the password policy")
    lengths = [one for one in at.reading.on("password", "policy", "min-size") if one.words[-1].isdigit()]
    strong = at.reading.on("password", "policy", "strong")
    short = [one for one in lengths if int(one.words[-1]) < judging.MIN_LENGTH]
    if short:
        sheet.line(name, True, short, why)
    elif lengths or strong:
        sheet.line(name, False, [*lengths, *strong], why)
    else:
        no_access.password_policy(sheet, at.reading)


_FAMILY = no_family.Family(
    "ruijie_os",
    accounts=frozenset({"ruijie"}),
    telnet=_telnet,
    ssh=_ssh,
    web=_web,
    lockout=_lockout,
    password_policy=_password_policy,
    timestamps=no_family.stamped,
)


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    return no_family.read(tree, _FAMILY)
