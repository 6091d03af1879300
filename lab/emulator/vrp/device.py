"""What a VRP5 router is and what its configuration means, whoever sits at it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from lab.emulator.device import SnmpAccess, SnmpUser
from lab.emulator.layout import laid_out
from lab.emulator.telnet_words import TelnetWords
from lab.emulator.terminal import Pager
from lab.emulator.tree import Entry
from lab.emulator.undo import UndoDevice, after

if TYPE_CHECKING:
    from collections.abc import Mapping

SOFTWARE = "V200R009C00SPC500"


def family(model: str) -> str:
    """The family of a model: AR2200 for an AR2220."""
    return f"{model[:-2]}00" if re.fullmatch(r"AR\d{4}", model) else model


_PROTOCOLS = {"md5": "MD5", "sha": "SHA", "sha2-256": "SHA256"}
_CIPHERS = {"des56": "DES", "3des168": "3DES", "aes128": "AES", "aes192": "AES192", "aes256": "AES256"}


class VrpBox(UndoDevice):
    """A router that speaks VRP5."""

    grammar: tuple[str, ...] = ("vrp/vrp",)
    factory_name = "Huawei"
    telnet = TelnetWords(
        # What is said to a wrong password is unverified.
        "\nWarning: Telnet is not a secure protocol, and it is recommended to use Stelnet.\n"
        "\nLogin authentication\n\n\n",
        "Username:",
        "Password:",
        "Error: Failed to log in.\n\n",
    )
    pager = Pager("  ---- More ----", "\x1b[16D" + " " * 16 + "\x1b[16D")
    physical: tuple[str, ...] = ("Ethernet", "GigabitEthernet", "XGigabitEthernet", "Serial", "Cellular")
    logical: tuple[str, ...] = ("LoopBack", "NULL", "Tunnel", "Vlanif", "Eth-Trunk", "Dialer", "Virtual-Template")
    plain: tuple[str, ...] = ("LoopBack", "NULL", "Vlanif", "Eth-Trunk")
    models: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "AR1220": ("Ethernet0/0/{0-7}", "GigabitEthernet0/0/{0-1}"),
        "AR2220": ("GigabitEthernet0/0/{0-2}",),
        "AR2240": ("GigabitEthernet0/0/{0-2}",),
    }
    terminal_words = ("user-interface", "vty")
    # The line in front of a configuration.
    heading = f"[{SOFTWARE}]"
    # On an AR, lines of the system view stand one blank in; static routes and blocks do not.
    indent = " "
    lays_out = True

    def factory(self) -> Entry:
        """The box's own configuration: scheme names, physical ports, console and terminal lines."""
        root = Entry()
        aaa = self.fixed(root, "system", "aaa")
        for kind in ("authentication", "authorization", "accounting"):
            self.fixed(aaa, "aaa", f"{kind}-scheme default")
        for domain in ("default", "default_admin"):
            self.fixed(aaa, "aaa", f"domain {domain}")
        for name in (*self._ports, "NULL0"):
            self.fixed(root, "system", f"interface {name}")
        self.fixed(root, "system", "user-interface con 0")
        self.fixed(root, "system", "user-interface vty 0 4")
        return root

    def show(self, entry: Entry) -> str:
        """A configuration as `display current-configuration` writes it."""
        if entry.given is not None:
            return laid_out(entry, "#", self.indent)
        lines = [self.heading]
        section = None
        for child in entry.ordered():
            assert child.rule is not None  # noqa: S101 - only the root has none
            block = bool(child.rule.get("view"))
            if block or child.rule.section != section:
                lines.append("#")
            lines.append(child.text if block or child.rule.has("flush") else self.indent + child.text)
            section = None if block else child.rule.section
            lines.extend(" " * (depth + 1) + below.text for depth, below in child.walk())
        return "\n".join([*lines, "#", "return", ""])

    def message(self) -> str:
        """As the information center shows it."""
        return f"\n{self.now():%b %e %Y %H:%M:%S}+00:00 {self.name} %%01SHELL/5/CMDRECORD(s)[12]:Recorded command.\n"

    # Who may come in

    @property
    def session_limit(self) -> int:
        """`user-interface maximum-vty`, 5 by default."""
        return int(self.running.value("user-interface", "maximum-vty") or 5)

    @property
    def ssh_enabled(self) -> bool:
        """STelnet is on, and a terminal line takes SSH and asks AAA (SSH needs it)."""
        return bool(self.running.child("stelnet", "server", "enable")) and any(
            line.value("protocol", "inbound") in ("", "ssh", "all") and line.value("authentication-mode") == "aaa"
            for line in self.terminals
        )

    @property
    def telnet_enabled(self) -> bool:
        """The telnet server is on, and a terminal line takes telnet and asks AAA."""
        return self.running.child("telnet", "server", "enable") is not None and any(
            line.value("protocol", "inbound") in ("telnet", "all") and line.value("authentication-mode") == "aaa"
            for line in self.terminals
        )

    def telnet_level(self, user: str, password: str) -> int | None:
        """A local user with service type telnet and that password."""
        return self._local_user(user, "telnet") if self._knows(user, password) else None

    def _knows(self, user: str, password: str) -> bool:
        aaa = self.running.child("aaa")
        stored = aaa.value("local-user", user, "password") if aaa is not None else ""
        return bool(stored) and self.vault.clear(stored.split()[-1]) == password

    def _local_user(self, user: str, service: str = "ssh") -> int | None:
        aaa = self.running.child("aaa")
        if aaa is None or aaa.value("local-user", user, "state") == "block":
            return None
        if service not in aaa.value("local-user", user, "service-type").split():
            return None
        return int(aaa.value("local-user", user, "privilege", "level") or 0)

    def password_level(self, user: str, password: str) -> int | None:
        """A local user with service type ssh and that password."""
        if not self._knows(user, password):
            return None
        kind = self.running.value("ssh", "user", user, "authentication-type")
        return None if kind in ("rsa", "dsa", "ecc") else self._local_user(user)

    def key_level(self, user: str) -> int | None:
        """A local user whose `ssh user … authentication-type` lets a key in."""
        kind = self.running.value("ssh", "user", user, "authentication-type")
        return self._local_user(user) if kind in ("rsa", "all", "password-rsa") else None

    # What it measures

    def snmp_access(self) -> SnmpAccess:
        """Communities if v2c is on (an AR starts with v3 only), users whose group exists, their ACLs."""
        root = self.running
        if root.child("snmp-agent") is None:
            return SnmpAccess()
        versions = root.value("snmp-agent", "sys-info", "version").split()
        filters = {}
        communities = []
        if {"v2c", "all"} & set(versions):
            for entry in root.starting("snmp-agent", "community"):
                words = list(entry.words[3:])
                clear = self.vault.clear(words[1] if words[0] == "cipher" else words[0])
                if clear is None:
                    continue
                communities.append(clear)
                number = after(words, "acl") or root.value("snmp-agent", "acl")
                if number:
                    filters[clear] = self.sources(number)
        users = []
        for user in self._users():
            number = root.value("snmp-agent", "acl")
            if number:
                filters[user.name] = self.sources(number)
            users.append(user)
        return SnmpAccess(
            tuple(communities),
            tuple(users),
            filters,
            root.value("snmp-agent", "sys-info", "contact"),
            root.value("snmp-agent", "sys-info", "location"),
        )

    def _users(self) -> list[SnmpUser]:
        """Users in the one-line form and in that of one line an attribute."""
        root = self.running
        names = dict.fromkeys(entry.words[3] for entry in root.starting("snmp-agent", "usm-user", "v3"))
        users = []
        for name in names:
            group = auth = auth_key = priv = priv_key = ""
            for entry in root.starting("snmp-agent", "usm-user", "v3", name):
                words = list(entry.words[4:])
                if words[0] not in ("authentication-mode", "privacy-mode"):
                    group = words[1] if words[0] == "group" else words[0]
                auth, auth_key = _protocol(words, "authentication-mode") or (auth, auth_key)
                priv, priv_key = _protocol(words, "privacy-mode") or (priv, priv_key)
            if root.starting("snmp-agent", "group", "v3", group):
                users.append(
                    SnmpUser(
                        name,
                        _PROTOCOLS.get(auth, ""),
                        self.vault.clear(auth_key) or "",
                        _CIPHERS.get(priv, ""),
                        self.vault.clear(priv_key) or "",
                    )
                )
        return users

    def describe(self) -> tuple[str, str]:
        """As an AR answers; the object identifier is Huawei's enterprise with the AR2200 family's arc (unverified)."""
        model = self.spec.model or "AR2220"
        software = f"VRP (R) software,Version 5.160 ({family(model)} {SOFTWARE})"
        head = f"Huawei {model}\r\nHuawei Versatile Routing Platform Software"
        return f"{head}\r\n{software}\r\nemulated by govnet", "1.3.6.1.4.1.2011.2.224.4"


def _protocol(words: list[str], word: str) -> tuple[str, str] | None:
    """The protocol behind a word and the secret behind that."""
    if word not in words:
        return None
    place = words.index(word)
    rest = [text for text in words[place + 1 : place + 4] if text != "cipher"]
    return (rest[0], rest[1] if len(rest) > 1 else "") if rest else None
