"""net-snmp's agent in a node, as the inventory's credential says, open to FRR's daemons through AgentX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.netns.parts import Part
from lab.netns.spec import File, Folder

if TYPE_CHECKING:
    from pathlib import Path

    from inventory.model import Device, SnmpAccess

SOCKET = "/run/agentx/master"
# The words of snmpd.conf(5) for the protocols, by the inventory's.
_AUTH = {"SHA224": "SHA-224", "SHA256": "SHA-256", "SHA384": "SHA-384", "SHA512": "SHA-512"}
_PRIV = {"AES128": "AES", "AES192": "AES-192", "AES256": "AES-256"}


def snmp(device: Device, access: SnmpAccess, root: Path) -> Part:
    """An agent on UDP 161; `root` is the workspace, from which the secrets are read."""
    return Part(
        files={
            "/etc/snmp/snmpd.conf": File(
                f"agentAddress udp:161\nsysName {device.name}\n"
                f"sysLocation {device.site}\nmaster agentx\nagentXSocket {SOCKET}\nagentXPerms 0777 0755\n"
                "dontLogTCPWrappersConnects yes\n" + _access(access, root),
                0o600,
            ),
            # FRR's daemons read their agent settings under this application name.
            "/etc/snmp/frr.conf": File(f"agentXSocket {SOCKET}\n"),
            "/var/lib/snmp/snmpd.conf": File(_user(access, root), 0o600),
        },
        folders={"/etc/snmp": Folder(), "/var/lib/snmp": Folder(), "/run/agentx": Folder()},
        lines=("snmpd -Lf /var/log/snmpd.log -p /run/snmpd.pid",),
    )


def _access(access: SnmpAccess, root: Path) -> str:
    if access.community is not None:
        return f"rocommunity {_word(access.community.resolve(root).reveal())}\n"
    return f"rouser {access.user} {_level(access)}\n"


def _level(access: SnmpAccess) -> str:
    if access.priv_password is not None:
        return "priv"
    return "auth" if access.auth_password is not None else "noauth"


def _user(access: SnmpAccess, root: Path) -> str:
    if access.community is not None:
        return ""
    words = ["createUser", access.user]
    if access.auth_password is not None:
        protocol = access.auth_protocol.upper().replace("-", "")
        words += [_AUTH.get(protocol, protocol), _word(access.auth_password.resolve(root).reveal())]
    if access.priv_password is not None:
        protocol = access.priv_protocol.upper().replace("-", "")
        words += [_PRIV.get(protocol, protocol), _word(access.priv_password.resolve(root).reveal())]
    return " ".join(words) + "\n"


def _word(text: str) -> str:
    """A word for net-snmp's configuration reader: in double quotes, with its two special characters escaped."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
