"""A Linux firewall or VPN gateway in a node: the files of its rendered configuration, then what applies them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lab.netns.ipsec import ipsec
from lab.netns.parts import Part, joined
from lab.netns.spec import File, Folder

if TYPE_CHECKING:
    from collections.abc import Mapping

SWANCTL = "/etc/swanctl/swanctl.conf"
SNMPD = "/etc/snmp/snmpd.conf"
# How a file is applied, in this order; a file that is not named here is there for the daemon that reads it.
_APPLY = (
    ("/etc/hostname", "hostname -F {path}"),
    ("/etc/nftables.conf", "nft -f {path}"),
    ("/etc/network/addresses", "ip -batch {path}"),
    ("/etc/network/routes", "ip -batch {path}"),
)
# swanctl.conf(5): the child is initiated as soon as it is loaded.
_CALLS = re.compile(r"start_action\s*=\s*(?:\w+\|)?start$")
_STATEMENT = re.compile(r"[^{}\n]*\{|\}|[^{}\n]+")
# Only these are not for everybody's eyes.
_PRIVATE = frozenset({SWANCTL, SNMPD})


def gateway(sections: Mapping[str, str]) -> Part:
    """The node's files and what starts them. The packet filter is there before the first address is."""
    files = {path: File(text, 0o600 if path in _PRIVATE else 0o644) for path, text in sections.items()}
    settings = sorted(path for path in sections if path.startswith("/etc/sysctl.d/"))
    lines = [f"sysctl -q -p {path}" for path in settings]
    lines += [command.format(path=path) for path, command in _APPLY if path in sections]
    parts = [Part(files, lines=tuple(lines))]
    if SNMPD in sections:
        parts.append(
            Part(folders={"/etc/snmp": Folder(), "/var/lib/snmp": Folder()}, lines=("snmpd -Lf /var/log/snmpd.log",))
        )
    if SWANCTL in sections:
        parts.append(ipsec(opened(sections[SWANCTL])))
    return joined(*parts)


def opened(text: str) -> list[str]:
    """The connections of a swanctl.conf of which a child is opened as soon as it is loaded (`start_action`)."""
    found: dict[str, None] = {}
    views: list[str] = []
    for statement in _STATEMENT.findall(re.sub(r"#.*", "", text)):
        said = statement.strip()
        if said.endswith("{"):
            views.append(said[:-1].strip())
        elif said == "}":
            del views[-1:]
        elif _CALLS.match(said) and views[:1] == ["connections"] and len(views) > 1:
            found[views[1]] = None
    return list(found)


def answers_only(sections: Mapping[str, str]) -> bool:
    """Whether its tunnels are all opened from the other end: it has to listen before anybody calls."""
    text = sections.get(SWANCTL, "")
    return "remote_addrs" in text and not opened(text)
