"""What an IOS XR configuration says about the device's security, as vendor-independent facts.

Sources: Cisco IOS XR "System Security Command Reference" (ssh server v2, aaa password-policy: min-length,
authen-max-attempts), "IP Addresses and Services Command Reference" (telnet {ipv4 | vrf} server max-servers: off by
default; http server is not served), "System Management Command Reference" (exec-timeout 10 minutes, line template,
vty-pool), "Management Plane Protection".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.facts import judging, no_family
from configs.meaning.filters import permits_any_source
from inventory.text import mark

if TYPE_CHECKING:
    from configs.facts.no_family import Context
    from configs.model import Facts
    from configs.reading import Command, Sheet
    from configs.tree import Tree


def _telnet(sheet: Sheet, at: Context) -> None:
    servers = [one for one in at.reading.on("telnet") if one.has("server")]
    if servers:
        sheet.line("telnet_mgmt", True, servers, mark("the Telnet server is switched on"))
    else:
        sheet.default("telnet_mgmt", False, mark("the Telnet server is off by default"))


def _ssh(sheet: Sheet, at: Context) -> None:
    servers = at.reading.on("ssh", "server")
    second = [one for one in servers if one.folded[2:3] == ("v2",)]
    if second:
        sheet.line("ssh_v1", False, second, mark("ssh server v2 leaves protocol 1 out"))
    elif servers:
        sheet.unknown("ssh_v1", mark("there is no ssh server v2 line, and the default depends on the release"))
    else:
        sheet.default("ssh_v1", False, mark("the SSH server is off by default"))


def _web(sheet: Sheet, at: Context) -> None:
    plain = [one for one in at.reading.on("http", "server") if not one.has("ssl")]
    if plain:
        sheet.line("http_mgmt", True, plain, mark("the plain web server is switched here"))
    else:
        sheet.default("http_mgmt", False, mark("the plain web server is off by default"))
    on = [
        *at.reading.on("tftp", "vrf"),
        *at.reading.on("tftp", "ipv4"),
        *at.reading.on("service", "ipv4"),
        *at.reading.on("ftp", "server"),
    ]
    judging.services(sheet, on, (), default_off=True)
    sheet.unknown("mgmt_service_on_untrust", mark("the text does not say which interfaces are untrusted"))


def _sources(sheet: Sheet, at: Context) -> None:
    """Lists of the servers, of the terminals, or the peers of management plane protection."""
    servers = [one for word in ("ssh", "telnet") for one in at.reading.on(word) if one.has("server")]
    filters = [one for one in servers if one.has("access-list")]
    filters += [one for line in at.lines for one in line.find("access-class") if one.has("ingress")]
    peers = [
        inner
        for view in at.reading.find("control-plane")
        for inner in view.everything()
        if inner.starts("address", "ipv4") or inner.starts("address", "ipv6")
    ]
    opened: list[Command] = []
    for one in filters:
        entry = at.lists.get(one.words[-1])
        if entry is None or permits_any_source(entry.rules) is not None:
            opened.append(one)
    if opened:
        sheet.line("vty_no_acl", True, opened, mark("the list is not defined or permits any source"))
    elif filters or peers:
        sheet.line("vty_no_acl", False, [*filters, *peers], mark("remote management is limited to listed sources"))
    elif servers or at.lines:
        why = mark("no list and no protection of the management plane limits the sources")
        sheet.absent("vty_no_acl", True, why, servers or at.lines)
    else:
        sheet.unknown("vty_no_acl", mark("this text does not show how the device is reached"))


def _lockout(sheet: Sheet, at: Context) -> None:
    limits = [one for view in at.reading.on("aaa", "password-policy") for one in view.inside
              if one.folded[0] in ("authen-max-attempts", "lockout-time")]  # fmt: skip
    judging.wanted(sheet, "no_login_lockout", limits, mark("failures lock the account"),
                   mark("there is no limit of failed logins"))  # fmt: skip


def _password_policy(sheet: Sheet, at: Context) -> None:
    name, why = "pwd_policy_weak_or_missing", mark("this line sets the password policy")
    lengths = [one for view in at.reading.on("aaa", "password-policy") for one in view.find("min-length")
               if one.words[-1].isdigit()]  # fmt: skip
    short = [one for one in lengths if int(one.words[-1]) < judging.MIN_LENGTH]
    if lengths:
        sheet.line(name, bool(short), short or lengths, why)
    else:
        sheet.absent(name, True, mark("no minimum length of passwords is set"))


def _banner(sheet: Sheet, at: Context) -> None:
    found = [one for kind in ("login", "motd", "prompt-timeout", "incoming") for one in at.reading.on("banner", kind)]
    after = at.reading.on("banner", "exec")
    judging.wanted(sheet, "no_banner", found or after, mark("a banner is shown at login"),
                   mark("there is no banner login or banner motd"))  # fmt: skip


_FAMILY = no_family.Family(
    "cisco_xr",
    accounts=frozenset({"cisco"}),
    telnet=_telnet,
    ssh=_ssh,
    web=_web,
    sources=_sources,
    no_authentication=no_family.asks_always,
    lockout=_lockout,
    password_policy=_password_policy,
    banner=_banner,
    encryption=no_family.always_encrypted,
    timestamps=no_family.stamped,
)


def read(tree: Tree) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    return no_family.read(tree, _FAMILY)
