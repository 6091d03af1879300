"""A Linux firewall or VPN gateway in a node: the files of its rendered configuration, then what applies them."""

from __future__ import annotations

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
        parts.append(ipsec())
    return joined(*parts)


def tunnels_of(sections: Mapping[str, str]) -> int:
    """How many tunnels end here: whoever has the most has to listen first."""
    return sections.get(SWANCTL, "").count("remote_addrs")
