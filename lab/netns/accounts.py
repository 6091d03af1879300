"""The private users of a node: who may log in, what the daemons run as. The machine's own users are not among them."""

from __future__ import annotations

import ctypes
import ctypes.util
import secrets
import string
from dataclasses import dataclass
from functools import cache

from inventory.errors import LabError
from inventory.text import Message
from lab.netns.parts import Part
from lab.netns.spec import File, Folder

FRR = 600
FRR_VTY = 601
SHADOW = 42
_FIRST_LOGIN = 1000
_SALT = string.ascii_letters + string.digits + "./"


@dataclass(frozen=True, slots=True)
class Login:
    """A user of the node. `password` is in clear, used only to make its hash; empty means that no password fits."""

    name: str
    password: str
    shell: str = "/bin/bash"
    in_frr: bool = False
    root: bool = False  # it is user 0, in place of one who may use sudo


def accounts(*logins: Login) -> Part:
    """`/etc/passwd`, `shadow`, `group` and home directories for root, the daemons' users and `logins`.

    Members of `frrvty` may speak to FRR's daemons, members of `frr` may write its files: what frr-reload needs.
    """
    passwd = [
        "root:x:0:0:root:/root:/bin/bash",
        "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
        "sshd:x:610:65534:sshd:/run/sshd:/usr/sbin/nologin",
        f"frr:x:{FRR}:{FRR}:FRR:/nonexistent:/usr/sbin/nologin",
        "Debian-snmp:x:611:611:snmpd:/var/lib/snmp:/bin/false",
    ]
    shadow = [f"{name}:*:19700:0:99999:7:::" for name in ("root", "nobody", "sshd", "frr", "Debian-snmp")]
    members = ",".join(login.name for login in logins if login.in_frr)
    group = [
        "root:x:0:",
        f"shadow:x:{SHADOW}:",
        "nogroup:x:65534:",
        f"frr:x:{FRR}:{members}",
        f"frrvty:x:{FRR_VTY}:frr{',' + members if members else ''}",
        "Debian-snmp:x:611:",
        "tty:x:5:",
    ]
    folders = {"/root": Folder(0o700), "/home": Folder()}
    for number, login in enumerate(logins, _FIRST_LOGIN):
        home = f"/home/{login.name}"
        own = 0 if login.root else number
        passwd.append(f"{login.name}:x:{own}:{own}::{home}:{login.shell}")
        shadow.append(f"{login.name}:{_hashed(login.password) if login.password else '*'}:19700:0:99999:7:::")
        group.append(f"{login.name}:x:{number}:")
        folders[home] = Folder(0o700, own, own)
    return Part(
        files={
            "/etc/passwd": File("\n".join(passwd) + "\n"),
            "/etc/shadow": File("\n".join(shadow) + "\n", 0o640, 0, SHADOW),
            "/etc/group": File("\n".join(group) + "\n"),
        },
        folders=folders,
    )


@cache
def _hashed(password: str) -> str:
    """The password as crypt(5) stores it: SHA-512, the fewest rounds that the method allows, for labs log in often."""
    library = ctypes.CDLL(ctypes.util.find_library("crypt") or "libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    salt = "".join(secrets.choice(_SALT) for _ in range(16))
    hashed = library.crypt(password.encode(), f"$6$rounds=1000${salt}".encode())
    if not hashed or hashed.startswith(b"*"):
        raise LabError(Message("this system's crypt(3) cannot make a SHA-512 password hash"))
    return str(hashed.decode())
