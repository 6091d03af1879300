"""Our model of Huawei VRP5 on an AR branch router.

Made from the published AR command reference and configuration guides (V200R009/V200R010, NetEngine AR600 V300R021) and
from transcripts in public teaching notes (the save and reboot dialogues, the error texts with their caret, the brief
tables, a system-view command being taken in a sub-view). Marked “unverified” where no page was found.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Interface
from typing import TYPE_CHECKING

from lab.emulator.device import (
    Device,
    LogoutError,
    Port,
    SnmpAccess,
    SnmpUser,
    Spec,
    kind_of,
    speed_and_type,
    split_interface,
)
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.shell import Refusal, Shell
from lab.emulator.terminal import Pager
from lab.emulator.tree import Entry, natural

if TYPE_CHECKING:
    import asyncio

    from lab.emulator.terminal import Terminal

SOFTWARE = "V200R009C00SPC500"
# Fixed ports of the model; a router of another model has what the inventory names.
MODELS = {
    "AR1220": ("Ethernet0/0/{0-7}", "GigabitEthernet0/0/{0-1}"),
    "AR2220": ("GigabitEthernet0/0/{0-2}",),
    "AR2240": ("GigabitEthernet0/0/{0-2}",),
}
LOGICAL = ("LoopBack", "NULL", "Tunnel", "Vlanif", "Eth-Trunk", "Dialer", "Virtual-Template")
PHYSICAL = ("Ethernet", "GigabitEthernet", "XGigabitEthernet", "Serial", "Cellular")

_ERRORS = {
    Kind.UNRECOGNIZED: "Error: Unrecognized command found at '^' position.",
    Kind.WRONG: "Error: Wrong parameter found at '^' position.",
    Kind.INCOMPLETE: "Error: Incomplete command found at '^' position.",
    Kind.AMBIGUOUS: "Error: Ambiguous command found at '^' position.",
    Kind.TOO_MANY: "Error: Too many parameters found at '^' position.",
}
_PROTOCOLS = {"md5": "MD5", "sha": "SHA", "sha2-256": "SHA256"}
_CIPHERS = {"des56": "DES", "3des168": "3DES", "aes128": "AES", "aes192": "AES192", "aes256": "AES256"}


class VrpDevice(Device):
    """A router that speaks VRP5."""

    grammar = "vrp"
    factory_name = "Huawei"
    pager = Pager("  ---- More ----", "\x1b[16D" + " " * 16 + "\x1b[16D")

    def __init__(self, spec: Spec) -> None:
        self._physical = _ports_of(spec)
        self.reboot_timer: asyncio.Task[None] | None = None
        self.reboot_at = 0.0
        super().__init__(spec)

    # What it is

    def factory(self) -> Entry:
        """The box's own configuration: scheme names, physical ports, console and terminal lines."""
        root = Entry()
        aaa = self._fixed(root, "system", "aaa")
        for kind in ("authentication", "authorization", "accounting"):
            self._fixed(aaa, "aaa", f"{kind}-scheme default")
        for domain in ("default", "default_admin"):
            self._fixed(aaa, "aaa", f"domain {domain}")
        for name in (*self._physical, "NULL0"):
            self._fixed(root, "system", f"interface {name}")
        self._fixed(root, "system", "user-interface con 0")
        self._fixed(root, "system", "user-interface vty 0 4")
        return root

    def _fixed(self, parent: Entry, view: str, line: str) -> Entry:
        match = self.views[view].match(line, self)
        entry = parent.put(Entry(match.words, match.key, match.rule))
        entry.fixed = True
        return entry

    def session(self, terminal: Terminal, user: str, level: int) -> VrpSession:
        """A session in the user view."""
        return VrpSession(self, terminal, user, level)

    @property
    def name(self) -> str:
        """The sysname."""
        return self.running.value("sysname") or self.factory_name

    def show(self, entry: Entry) -> str:
        """A configuration as `display current-configuration` writes it."""
        lines = [f"[{SOFTWARE}]"]
        section = None
        for child in entry.ordered():
            assert child.rule is not None  # noqa: S101 - only the root has none
            block = bool(child.rule.get("view"))
            if block or child.rule.section != section:
                lines.append("#")
            # On an AR, lines of the system view stand one blank in; static routes and blocks do not.
            lines.append(child.text if block or child.rule.has("flush") else " " + child.text)
            section = None if block else child.rule.section
            lines.extend(" " * (depth + 1) + below.text for depth, below in child.walk())
        return "\n".join([*lines, "#", "return", ""])

    def interface_name(self, text: str) -> str | None:
        """`gi0/0/1` → `GigabitEthernet0/0/1`; None for a kind or a port that the model lacks."""
        parts = split_interface(text)
        if parts is None:
            return None
        kind = kind_of(parts[0], (*PHYSICAL, *LOGICAL))
        if kind is None:
            return None
        name = kind + parts[1]
        if kind in LOGICAL:
            fits = parts[1].isdecimal() if kind in ("LoopBack", "NULL", "Vlanif", "Eth-Trunk") else True
            return name if fits and (kind != "NULL" or parts[1] == "0") else None
        return name if self.exists(name) else None

    def exists(self, interface: str) -> bool:
        """Physical ports are there or not; a sub-interface needs its port."""
        return interface.partition(".")[0] in self._physical or interface.startswith(LOGICAL)

    # Who may come in

    @property
    def session_limit(self) -> int:
        """`user-interface maximum-vty`, 5 by default."""
        return int(self.running.value("user-interface", "maximum-vty") or 5)

    @property
    def _terminals(self) -> list[Entry]:
        return self.running.starting("user-interface", "vty")

    @property
    def ssh_enabled(self) -> bool:
        """STelnet is on, and a terminal line takes SSH and asks AAA (SSH needs it)."""
        return bool(self.running.child("stelnet", "server", "enable")) and any(
            line.value("protocol", "inbound") in ("", "ssh", "all") and line.value("authentication-mode") == "aaa"
            for line in self._terminals
        )

    def admits(self, source: IPv4Address) -> bool:
        """`acl N inbound` on the terminal lines."""
        for line in self._terminals:
            filtered = line.value("acl").split()
            if filtered[1:] == ["inbound"]:
                return SnmpAccess(filters={"": self._acl(filtered[0])}).permits("", source)
        return True

    def _local_user(self, user: str) -> int | None:
        aaa = self.running.child("aaa")
        if aaa is None or aaa.value("local-user", user, "state") == "block":
            return None
        if "ssh" not in aaa.value("local-user", user, "service-type").split():
            return None
        return int(aaa.value("local-user", user, "privilege", "level") or 0)

    def password_level(self, user: str, password: str) -> int | None:
        """A local user with service type ssh and that password."""
        aaa = self.running.child("aaa")
        stored = aaa.value("local-user", user, "password") if aaa is not None else ""
        if not stored or self.vault.clear(stored.split()[-1]) != password:
            return None
        kind = self.running.value("ssh", "user", user, "authentication-type")
        return None if kind in ("rsa", "dsa", "ecc") else self._local_user(user)

    def key_level(self, user: str) -> int | None:
        """A local user whose `ssh user … authentication-type` lets a key in."""
        kind = self.running.value("ssh", "user", user, "authentication-type")
        return self._local_user(user) if kind in ("rsa", "all", "password-rsa") else None

    def _acl(self, number: str) -> tuple[tuple[bool, int, int], ...]:
        """The rules of a basic ACL by source; one that does not exist lets everybody in (AR reference, `acl`)."""
        entry = self.running.child("acl", "number", number)
        if entry is None:
            return ((True, 0, 0xFFFFFFFF),)
        lines = []
        for rule in entry.starting("rule"):
            if rule.words[2:3] == ("description",):
                continue
            source, wildcard = 0, 0xFFFFFFFF
            if "source" in rule.words and rule.words[rule.words.index("source") + 1] != "any":
                place = rule.words.index("source")
                source = int(IPv4Address(rule.words[place + 1]))
                wildcard = 0 if rule.words[place + 2] == "0" else int(IPv4Address(rule.words[place + 2]))
            lines.append((rule.words[2] == "permit", source, wildcard))
        return tuple(lines)

    # What it measures

    def ports(self) -> tuple[Port, ...]:
        """The interfaces in the configuration's order; a port is up when nobody shut it down."""
        found = []
        for index, entry in enumerate(self.running.starting("interface"), start=1):
            name = entry.words[1]
            mbps, kind = speed_and_type(name)
            enabled = entry.child("shutdown") is None
            addresses = tuple(IPv4Interface(f"{a.words[2]}/{a.words[3]}") for a in _addresses(entry))
            found.append(
                Port(
                    index,
                    name,
                    entry.value("description"),
                    enabled,
                    enabled,
                    addresses,
                    int(entry.value("speed") or mbps),
                    kind,
                    int(entry.value("mtu") or 1500),
                )
            )
        return tuple(found)

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
                number = _after(words, "acl") or root.value("snmp-agent", "acl")
                if number:
                    filters[clear] = self._acl(number)
        users = []
        for user in self._users():
            number = root.value("snmp-agent", "acl")
            if number:
                filters[user.name] = self._acl(number)
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
        software = f"VRP (R) software,Version 5.160 ({_family(model)} {SOFTWARE})"
        head = f"Huawei {model}\r\nHuawei Versatile Routing Platform Software"
        return f"{head}\r\n{software}\r\nemulated by govnet", "1.3.6.1.4.1.2011.2.224.4"

    def forget_timers(self) -> None:
        """A reboot ends the scheduled reboot."""
        self.reboot_timer = None


def _after(words: list[str], word: str) -> str:
    return words[words.index(word) + 1] if word in words[:-1] else ""


def _protocol(words: list[str], word: str) -> tuple[str, str] | None:
    """The protocol behind a word and the secret behind that."""
    if word not in words:
        return None
    place = words.index(word)
    rest = [text for text in words[place + 1 : place + 4] if text != "cipher"]
    return (rest[0], rest[1] if len(rest) > 1 else "") if rest else None


def _addresses(interface: Entry) -> list[Entry]:
    return [
        entry
        for entry in interface.starting("ip", "address")
        if len(entry.words) >= 4 and entry.words[2] != "unnumbered"
    ]


def _family(model: str) -> str:
    return f"{model[:-2]}00" if re.fullmatch(r"AR\d{4}", model) else model


def _ports_of(spec: Spec) -> tuple[str, ...]:
    names: list[str] = []
    for pattern in MODELS.get(spec.model, ()):
        found = re.fullmatch(r"(.*)\{(\d+)-(\d+)\}", pattern)
        assert found is not None  # noqa: S101 - the table above
        names.extend(f"{found[1]}{number}" for number in range(int(found[2]), int(found[3]) + 1))
    others = (*spec.interfaces, spec.management_interface)
    names.extend(name for name in others if name and name not in names and not name.startswith(LOGICAL))
    bases = dict.fromkeys(name.partition(".")[0] for name in names)
    return tuple(sorted(bases, key=natural))


class VrpSession(Shell):
    """A user at a VRP command line. `path` is the view: nothing is the user view, then the system view, and on."""

    device: VrpDevice
    negation = "undo"
    root_view = "system"
    outer_view = "user"

    def __init__(self, device: VrpDevice, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        lines = device.running.starting("user-interface", "vty")
        height = next((line.value("screen-length") for line in lines if line.value("screen-length")), "")
        terminal.height = int(height) if height else terminal.height

    # The line

    def prompt(self) -> str:
        """`<H>`, `[H]`, `[H-view]`."""
        if not self.path:
            return f"<{self.device.name}>"
        rule = self.path[-1].rule
        if rule is None:
            return f"[{self.device.name}]"
        return f"[{self.device.name}-{_prompt(self.path[-1], self.path[-2])}]"

    def greeting(self) -> str:
        """As an AR greets over SSH."""
        users = len(self.device.sessions)
        return (
            "\n-----------------------------------------------------------------------------\n"
            "\n  User last login information:\n"
            "-----------------------------------------------------------------------------\n"
            f"  Access Type: SSH\n  Time: {self.device.now():%Y-%m-%d %H:%M:%S}+00:00\n"
            "-----------------------------------------------------------------------------\n"
            f"Info: The max number of VTY users is {self.device.session_limit}, and the number\n"
            f"      of current VTY users on line is {users}.\n"
        )

    def refusal(self, answer: str) -> str:
        """The line that begins with Error."""
        return next((line.strip() for line in answer.split("\n") if line.lstrip().startswith("Error")), "")

    async def execute(self, line: str) -> None:
        """One line of the user's."""
        if line == "\x1a":
            self.path = []
            return
        if not line.strip() or line.lstrip().startswith("#"):
            return
        await self.run_line(line)

    def complain(self, error: LineError) -> None:
        """A caret under the place, and the text."""
        self.terminal.write(f"{' ' * (len(self.prompt()) + error.column)}^\n{_ERRORS[error.kind]}\n")

    def may(self, match: Match) -> bool:
        """Levels 0 to 3 of commands; users of level 3 to 15 may do all (AR reference, “Setting Command Levels”)."""
        return int(match.rule.get("level", "0")) <= min(self.level, 3)

    def stored(self, match: Match) -> tuple[str, ...]:
        """Every secret as a cipher text."""
        words = list(match.words)
        for place in match.secrets:
            words[place] = self.device.vault.cipher(words[place])
            if words[place - 1] in ("simple", "plain"):
                words[place - 1] = "cipher"
        return tuple(words)

    # Moving about

    def do_system_view(self, _match: Match) -> None:
        """Into the system view."""
        self.terminal.write("Enter system view, return user view with Ctrl+Z.\n")
        self.path = [self.device.running]

    def do_quit(self, _match: Match) -> None:
        """One view up, out of the user view to the door."""
        if not self.path:
            raise LogoutError
        self.path = self.path[:-1]

    def do_return_(self, _match: Match) -> None:
        """To the user view."""
        self.path = []

    # Configuration with a meaning of its own

    def do_interface(self, match: Match) -> None:
        """A port that is there, or a logical interface, which is made."""
        self.put(match, match.words)
        self.device.changed()

    def do_undo_interface(self, match: Match) -> None:
        """Delete a logical interface."""
        entry = self.device.running.child("interface", match.words[2])
        if entry is None:
            raise Refusal("Error: The interface does not exist.")  # unverified wording
        if entry.fixed:
            raise Refusal("Error: The interface cannot be deleted.")  # unverified wording
        del self.device.running.children[entry.key]
        self.device.changed()

    def do_undo_view(self, match: Match) -> None:
        """Delete a process and everything in it."""
        self.device.running.remove(match.words[1:])
        self.device.changed()

    def do_undo_prefix(self, match: Match) -> None:
        """Delete every line that begins so."""
        self.path[-1].remove(match.words[1:])
        for entry in self.path[-1].children.values():
            if entry.rule is not None and entry.rule.get("view") == "bgp-family":
                entry.remove(match.words[1:])
        self.device.changed()

    def do_undo_on(self, match: Match) -> None:
        """Switch off what is on by default."""
        self.path[-1].put(Entry(match.words, match.words, match.rule))
        self.device.changed()

    def do_ip_address(self, match: Match) -> None:
        """A second address replaces the first, `sub` adds one; no two interfaces may overlap."""
        here = self.path[-1]
        address = IPv4Interface(f"{match.words[2]}/{match.words[3]}")
        loopback = here.words[1].startswith("LoopBack")
        sub = match.words[-1] == "sub"
        if not _usable(address) or (address.network.prefixlen == 32 and not loopback):
            raise Refusal("Error: The specified IP address is invalid.")
        present = _addresses(here)
        primary = next((entry for entry in present if entry.words[-1] != "sub"), None)
        if sub and primary is None:
            raise Refusal("Error: Please configure the primary address in the interface view first.")
        if not sub and primary is not None and primary.words == match.words:
            return
        self._refuse_overlap(match, address, None if sub else primary)
        key = match.words if sub else ("ip", "address")
        here.put(Entry(match.words, key, match.rule))
        self.device.changed()

    def _refuse_overlap(self, match: Match, address: IPv4Interface, replaced: Entry | None) -> None:
        """No network on two interfaces of one VPN instance, nor twice on one."""
        here = self.path[-1]
        instance = here.value("ip", "binding", "vpn-instance")
        for other in self.device.running.starting("interface"):
            if other.value("ip", "binding", "vpn-instance") != instance:
                continue
            for entry in _addresses(other):
                if other is here and (entry.words == match.words or entry is replaced):
                    continue
                if IPv4Interface(f"{entry.words[2]}/{entry.words[3]}").network.overlaps(address.network):
                    raise Refusal("Error: The specified address conflicts with another address.")

    def do_undo_ip_address(self, match: Match) -> None:
        """All addresses, or the one that is named: sub addresses go before the primary."""
        here = self.path[-1]
        words = match.words[1:]
        if len(words) == 2:
            here.remove(words)
        else:
            entry = next((entry for entry in _addresses(here) if entry.words == words), None)
            if entry is None:
                raise Refusal("Error: The specified address does not exist.")  # unverified wording
            if words[-1] != "sub" and len(_addresses(here)) > 1:
                raise Refusal("Error: Please delete the sub address in the interface view first.")
            del here.children[entry.key]
        self.device.changed()

    def do_binding(self, match: Match) -> None:
        """Binding an interface to a VPN instance takes its addresses away (AR reference, `ip binding vpn-instance`)."""
        here = self.path[-1]
        if self.device.running.child("ip", "vpn-instance", match.words[-1]) is None:
            raise Refusal("Error: The specified VPN instance does not exist.")  # unverified wording
        if here.value("ip", "binding", "vpn-instance") != match.words[-1]:
            if here.remove(("ip", "address")):
                self.terminal.write("Info: All IPv4 related configurations on this interface are removed!\n")
            here.put(Entry(match.words, match.key, match.rule))
        self.device.changed()

    def do_shutdown(self, match: Match) -> None:
        """Administratively down."""
        self.path[-1].put(Entry(match.words, match.words, match.rule))
        self.device.changed()

    def do_undo_shutdown(self, _match: Match) -> None:
        """Up again; a note if it was not down."""
        here = self.path[-1]
        if not here.remove(("shutdown",)):
            raise Refusal(f"Info: Interface {here.words[1]} is not shutdown.")
        self.device.changed()

    def do_acl(self, match: Match) -> None:
        """`acl 3000` is `acl number 3000`."""
        words = ("acl", "number", match.words[-1])
        self.put(Match(match.rule, words, 3), words)

    def do_acl_name(self, match: Match) -> None:
        """An ACL with a name, advanced unless it is said."""
        words = match.words if len(match.words) > 3 else (*match.words, "advance")
        entry = self.device.running.child(*match.words[:3])
        if entry is not None:
            self.path = [*self.path, entry]
            return
        self.put(Match(match.rule, words, 3), words)

    def do_undo_acl(self, match: Match) -> None:
        """One ACL, or all."""
        number = match.words[-1]
        self.device.running.remove(("acl",) if number == "all" else ("acl", "number", number))
        self.device.changed()

    def do_acl_rule(self, match: Match) -> None:
        """A rule without a number gets the next step; one with the number of another replaces it."""
        here = self.path[-1]
        words = match.words
        rules = [entry for entry in here.starting("rule") if entry.words[2:3] != ("description",)]
        if not words[1].isdecimal():
            if any(entry.words[2:] == words[1:] for entry in rules):
                return
            step = int(here.value("step") or 5)
            last = max((int(entry.words[1]) for entry in rules), default=0)
            words = ("rule", str((last // step + 1) * step), *words[1:])
        here.put(Entry(words, words[:2], match.rule))
        self.device.changed()

    def do_undo_rule(self, match: Match) -> None:
        """A rule by its number, with its description."""
        if not self.path[-1].remove(match.words[1:]):
            raise Refusal("Error: The specified rule does not exist.")  # unverified wording
        self.device.changed()

    def do_ospf_default(self, match: Match) -> None:
        """`ospf` alone is process 1."""
        words = ("ospf", "1", *match.words[1:])
        rule = next(rule for rule in self.device.views["system"].rules if rule.pattern.startswith("ospf <number"))
        self.put(Match(rule, words, 2), words)

    def do_bgp(self, match: Match) -> None:
        """One process, one AS number."""
        others = [entry for entry in self.device.running.starting("bgp") if entry.words != match.words]
        if others:
            raise Refusal(f"Error: The BGP process {others[0].words[1]} has been configured.")  # unverified wording
        self.put(match, match.words)

    def do_bgp_peer(self, match: Match) -> None:
        """A peer is enabled for IPv4 unicast at once."""
        here = self.path[-1]
        here.put(Entry(match.words, match.key, match.rule))
        rule = next(rule for rule in self.device.views["bgp"].rules if rule.pattern.startswith("ipv4-family"))
        family = here.put(Entry(("ipv4-family", "unicast"), ("ipv4-family", "unicast"), rule))
        view = self.device.views["bgp-family"]
        for line in ("undo synchronization", f"peer {match.words[1]} enable"):
            found = view.match(line, self.device)
            family.put(Entry(found.words, found.words, found.rule))
        self.device.changed()

    def do_clock_timezone(self, match: Match) -> None:
        """One time zone, its offset written with seconds."""
        offset = ":".join(f"{int(part):02d}" for part in (match.words[4] + ":00").split(":")[:3])
        self.device.running.remove(("clock", "timezone"))
        words = (*match.words[:4], offset)
        self.path[-1].put(Entry(words, ("clock", "timezone"), match.rule))

    def do_ssh_server(self, match: Match) -> None:
        """STelnet on; an AR says so."""
        if self.path[-1].child(*match.words) is None:
            self.path[-1].put(Entry(match.words, match.words, match.rule))
            self.terminal.write("Info: Succeeded in starting the STELNET server.\n")
        self.device.changed()

    async def do_undo_stelnet(self, match: Match) -> None:
        """STelnet off, after a question."""
        question = "Warning: The operation will stop the STelnet server. Do you want to continue? [Y/N]:"
        if _yes(await self.terminal.ask(question)):
            self.path[-1].remove(match.words[1:])
            self.device.changed()

    def do_rsa_create(self, _match: Match) -> None:
        """The host key is there from the start; making it again only says so."""
        self.terminal.write("Info: Local RSA key pair exists already in this model.\n")

    # Users

    def do_local_password(self, match: Match) -> None:
        """Stored as a cipher text or as a hash."""
        vault = self.device.vault
        user, form, secret = match.words[1], match.words[3], match.words[4]
        if not secret.startswith(("%^%#", "$1")) and (secret in (user, user[::-1])):
            raise Refusal("Error: The password cannot be the same as the user name or its reverse.")
        stored = vault.irreversible(secret) if form == "irreversible-cipher" else vault.cipher(secret)
        self._in_aaa(match, (*match.words[:4], stored))
        self.device.changed()

    def do_local_user(self, match: Match) -> None:
        """What belongs to a user needs the user."""
        aaa = self.path[-1]
        if not aaa.starting("local-user", match.words[1]):
            raise Refusal("Error: The user does not exist.")  # unverified wording
        words = match.words
        if words[2] == "service-type":
            words = (*words[:3], *dict.fromkeys(words[3:]))
        self._in_aaa(match, words)
        self.device.changed()

    def do_local_level(self, match: Match) -> None:
        """`level` is the older word for `privilege level`."""
        words = ("local-user", match.words[1], "privilege", "level", match.words[3])
        view = self.device.views["aaa"]
        self.do_local_user(view.match(" ".join(words), self.device))

    def _in_aaa(self, match: Match, words: tuple[str, ...]) -> None:
        self.path[-1].put(Entry(words, match.key, match.rule))

    def do_undo_local_user(self, match: Match) -> None:
        """A user and all that belongs to him."""
        if not self.path[-1].remove(match.words[1:]):
            raise Refusal("Error: The user does not exist.")  # unverified wording
        self.device.changed()

    # SNMP

    def do_snmp_agent(self, match: Match) -> None:
        """Any of its commands switches the agent on."""
        self._snmp(match, self.stored(match))

    def _snmp(self, match: Match, words: tuple[str, ...]) -> None:
        root = self.path[-1]
        view = self.device.views["system"]
        mac = self.device.vault.irreversible(self.device.spec.name).encode().hex()[10:22].upper()
        for line in ("snmp-agent", f"snmp-agent local-engineid 800007DB03{mac}"):
            found = view.match(line, self.device)
            if root.children.get(found.key) is None:
                root.put(Entry(found.words, found.key, found.rule))
        root.put(Entry(words, words[: match.identity], match.rule))
        self.device.changed()

    def do_snmp_community(self, match: Match) -> None:
        """A community is known by its value: the same one again changes its filter only."""
        words = self.stored(match)
        place = match.secrets[0]
        if words[place - 1] != "cipher":
            words = (*words[:place], "cipher", *words[place:])
            place += 1
        self._snmp(Match(match.rule, words, place + 1), words)

    def do_snmp_user(self, match: Match) -> None:
        """A user and his group."""
        words = match.words if match.words[4] == "group" else (*match.words[:4], "group", *match.words[4:])
        self._snmp(Match(match.rule, words, 5), words)

    async def do_snmp_user_key(self, match: Match) -> None:
        """A user's key; without it in the line the device asks for it twice."""
        words = self.stored(match)
        if not match.secrets:
            kind = "authentication" if match.words[4].startswith("auth") else "privacy"
            self.terminal.write(f"Please configure the {kind} password (8-64)\n")
            first = await self.terminal.ask("Enter Password:", echo=False)
            second = await self.terminal.ask("Confirm Password:", echo=False)
            if first != second:
                raise Refusal("Error: The passwords are inconsistent.")  # unverified wording
            words = (*words, "cipher", self.device.vault.cipher(first))
        self._snmp(match, words)

    def do_snmp_user_line(self, match: Match) -> None:
        """Everything about a user in one line."""
        words: list[str] = []
        for place, word in enumerate(self.stored(match)):
            if place in match.secrets and words[-1] != "cipher":
                words.append("cipher")
            words.append(word)
        self._snmp(Match(match.rule, tuple(words), 4), tuple(words))

    def do_undo_snmp(self, _match: Match) -> None:
        """The agent off, with all that belongs to it."""
        self.device.running.remove(("snmp-agent",))
        self.device.changed()

    # Terminal lines

    def do_ui_console(self, match: Match) -> None:
        """`console` is another word for `con`."""
        words = ("user-interface", "con", match.words[2])
        self.put(self.device.views["system"].match(" ".join(words), self.device), words)

    def do_ui_vty(self, match: Match) -> None:
        """`vty 0 4`: settings belong to the lines as they were named."""
        numbers = [int(word) for word in match.words[2:]]
        if len(numbers) == 2 and numbers[0] > numbers[1]:
            raise Refusal("Error: The parameter is wrong.")  # unverified wording
        entry = self.device.running.child(*match.words)
        if entry is None:
            entry = self.device.running.put(Entry(match.words, match.words, match.rule))
        self.path = [*self.path, entry]

    # Saving and rebooting

    async def do_save(self, match: Match) -> None:
        """With its question; the wording is an AR's."""
        if len(match.words) > 1 and not match.words[1].endswith((".cfg", ".zip")):
            raise Refusal("Error: The file name must end with .cfg or .zip.")  # unverified wording
        self.terminal.write("  The current configuration will be written to the device. \n")
        if not _yes(await self.terminal.ask("  Are you sure to continue? (y/n)[n]:")):
            return
        self.device.save()
        self.terminal.write(
            "  It will take several minutes to save configuration file, please wait.......\n"
            "  Configuration file had been saved successfully\n"
            "  Note: The configuration file will take effect after being activated\n"
        )

    async def do_reset_saved(self, _match: Match) -> None:
        """Forget the saved configuration."""
        self.terminal.write(
            "This will delete the configuration in the flash memory.\n"
            "The device configurations will be erased to reconfigure.\n"
        )
        if _yes(await self.terminal.ask("Are you sure? (y/n)[n]:")):
            self.device.saved = None
            self.terminal.write(" Clear the configuration in the device successfully.\n")

    async def do_reboot(self, _match: Match) -> None:
        """Reboot; what is not saved is asked about first."""
        self.terminal.write("Info: The system is comparing the configuration, please wait.\n")
        saved = self.device.saved
        if saved is None or not saved.same(self.device.running):
            self.terminal.write("Warning: All the configuration will be saved to the next startup configuration. \n")
            if _yes(await self.terminal.ask("Continue ? [y/n]:")):
                self.device.save()
        await self._reboot_now()

    async def do_reboot_fast(self, _match: Match) -> None:
        """Reboot without saving."""
        await self._reboot_now()

    async def _reboot_now(self) -> None:
        if not _yes(await self.terminal.ask("System will reboot! Continue ? [y/n]:")):
            return
        self.terminal.write("Info: system is rebooting ,please wait...\n")
        self.device.reboot()
        raise LogoutError

    async def do_schedule_reboot(self, match: Match) -> None:
        """After hh:mm or minutes, at most 720 hours (command reference, `schedule reboot`)."""
        text = match.words[3]
        found = re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,5})", text)
        if found is None:
            raise Refusal("Error: Wrong parameter found at '^' position.")
        minutes = int(found[1] or 0) * 60 + int(found[2])
        if not 0 < minutes <= 720 * 60:
            raise Refusal("Error: The delay is out of range.")  # unverified wording
        self.terminal.write(f"Info: The system will reboot in {minutes // 60} hours and {minutes % 60} minutes.\n")
        if match.words[-1] != "force" and not _yes(await self.terminal.ask("Confirm? [Y/N]:")):
            return
        self._arm(minutes)

    async def do_schedule_reboot_at(self, match: Match) -> None:
        """At a time of day."""
        hour, minute = (int(part) for part in match.words[3].split(":"))
        now = self.device.now()
        minutes = (hour * 60 + minute - now.hour * 60 - now.minute) % 1440 or 1440
        if _yes(await self.terminal.ask("Confirm? [Y/N]:")):
            self._arm(minutes)

    def _arm(self, minutes: int) -> None:
        device = self.device
        if device.reboot_timer is not None:
            device.reboot_timer.cancel()
        seconds = minutes * device.spec.minute
        device.reboot_at = device.uptime + seconds
        device.reboot_timer = device.after(seconds, device.reboot)

    def do_unschedule(self, _match: Match) -> None:
        """Cancel the scheduled reboot."""
        if self.device.reboot_timer is not None:
            self.device.reboot_timer.cancel()
            self.device.reboot_timer = None
            self.terminal.write("Info: Reboot schedule is cancelled.\n")  # unverified wording

    def do_display_schedule(self, _match: Match) -> None:
        """How long the scheduled reboot is away."""
        if self.device.reboot_timer is None:
            self.terminal.write("Info: System reboot is not scheduled.\n")  # unverified wording
            return
        left = int(max(0, self.device.reboot_at - self.device.uptime) / self.device.spec.minute)
        self.terminal.write(f"System will be rebooted in {left // 60} hours and {left % 60} minutes.\n")

    # Looking

    async def do_display_current(self, _match: Match) -> None:
        """The running configuration."""
        await self.terminal.page(self.device.show(self.device.running))

    async def do_display_current_interface(self, match: Match) -> None:
        """The interfaces of it, or one."""
        lines = ["#"]
        for entry in self.device.running.starting(*match.words[2:]):
            lines.append(entry.text)
            lines.extend(" " * (depth + 1) + below.text for depth, below in entry.walk())
            lines.append("#")
        await self.terminal.page("\n".join([*lines, "return", ""]))

    async def do_display_current_part(self, match: Match) -> None:
        """The blocks of one kind."""
        lines = ["#"]
        for entry in self.device.running.starting(*match.words[3:]):
            if entry.rule is not None and entry.rule.get("view"):
                lines.append(entry.text)
                lines.extend(" " * (depth + 1) + below.text for depth, below in entry.walk())
                lines.append("#")
        await self.terminal.page("\n".join([*lines, "return", ""]))

    async def do_display_saved(self, _match: Match) -> None:
        """What a reboot returns to."""
        if self.device.saved is None:
            self.terminal.write("  There is no correct configuration file in FLASH\n")
            return
        await self.terminal.page(self.device.show(self.device.saved))

    async def do_display_this(self, _match: Match) -> None:
        """The configuration of the view."""
        lines = [f"[{SOFTWARE}]", "#"]
        if len(self.path) > 1:
            lines.append(self.path[-1].text)
            lines.extend(" " * (depth + 1) + below.text for depth, below in self.path[-1].walk())
        elif self.path:
            lines.extend(
                " " + entry.text
                for entry in self.device.running.ordered()
                if entry.rule is not None and not entry.rule.get("view")
            )
        await self.terminal.page("\n".join([*lines, "#", "return", ""]))

    async def do_display_version(self, _match: Match) -> None:
        """Software, model, how long it is up."""
        model = self.device.spec.model or "AR2220"
        minutes = int(self.device.uptime // 60)
        await self.terminal.page(
            "Huawei Versatile Routing Platform Software\n"
            f"VRP (R) software, Version 5.160 ({_family(model)} {SOFTWARE})\n"
            "Copyright (C) 2011-2018 HUAWEI TECH CO., LTD\n"
            f"Huawei {model} Router uptime is {minutes // 10080} week, {minutes // 1440 % 7} day, "
            f"{minutes // 60 % 24} hours, {minutes % 60} minutes\n"
            "(an emulated device of govnet's lab, not Huawei's software)\n"
        )

    def do_display_clock(self, _match: Match) -> None:
        """The time."""
        zone = self.device.running.starting("clock", "timezone")
        name = zone[0].words[2] if zone else "UTC"
        self.terminal.write(f"{self.device.now():%Y-%m-%d %H:%M:%S\n%A}\nTime Zone({name}) : UTC\n")

    async def do_display_device(self, _match: Match) -> None:
        """The boards."""
        model = self.device.spec.model or "AR2220"
        await self.terminal.page(
            f"{model}'s Device status:\n"
            "Slot Sub Type         Online    Power      Register       Alarm      Primary\n"
            "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -\n"
            f"0    -   {model:<12} Present   PowerOn    Registered     Normal     Master\n"
        )

    async def do_display_users(self, _match: Match) -> None:
        """Who is logged in."""
        lines = ["  User-Intf    Delay    Type   Network Address     AuthenStatus    AuthorcmdFlag"]
        for number, session in enumerate(sorted(self.device.sessions, key=lambda one: one.began)):
            own = "+" if session is self else " "
            lines.append(f"{own} {number + 129} VTY {number:<5}00:00:00 SSH    127.0.0.1           pass")
            lines.append(f"  Username : {session.user}")
        await self.terminal.page("\n".join([*lines, ""]))

    def do_display_startup(self, _match: Match) -> None:
        """The startup files."""
        file = "flash:/vrpcfg.zip" if self.device.saved is not None else "NULL"
        self.terminal.write(
            "MainBoard:\n"
            f"  Startup system software:                   flash:/ar-{SOFTWARE}.cc\n"
            f"  Startup saved-configuration file:          {file}\n"
            f"  Next startup saved-configuration file:     {file}\n"
        )

    async def do_display_ip_brief(self, _match: Match) -> None:
        """Addresses of the interfaces, one line each."""
        rows = []
        counts = [0, 0, 0, 0]
        for port in self.device.ports():
            address = str(port.addresses[0]) if port.addresses else "unassigned"
            spoofed = "(s)" if port.kind in (24, 1) else ""
            physical = "up" if port.enabled else "*down"
            running = port.up and (bool(port.addresses) or port.kind == 1)
            protocol = "up" + spoofed if running else "down"
            counts[0 if port.up else 1] += 1
            counts[2 if running else 3] += 1
            rows.append(f"{port.name:<34}{address:<21}{physical:<11}{protocol:<10}")
        head = (
            "*down: administratively down\n^down: standby\n(l): loopback\n(s): spoofing\n"
            f"The number of interface that is UP in Physical is {counts[0]}\n"
            f"The number of interface that is DOWN in Physical is {counts[1]}\n"
            f"The number of interface that is UP in Protocol is {counts[2]}\n"
            f"The number of interface that is DOWN in Protocol is {counts[3]}\n\n"
            f"{'Interface':<34}{'IP Address/Mask':<21}{'Physical':<11}{'Protocol':<10}\n"
        )
        await self.terminal.page(head + "".join(f"{row}\n" for row in rows))

    async def do_display_interface_brief(self, _match: Match) -> None:
        """States of the interfaces, one line each."""
        lines = [
            "PHY: Physical",
            "*down: administratively down",
            "InUti/OutUti: input utility/output utility",
            f"{'Interface':<28}{'PHY':<6}{'Protocol':<9}{'InUti':>6}{'OutUti':>7}{'inErrors':>11}{'outErrors':>11}",
        ]
        for port in self.device.ports():
            physical = "up" if port.enabled else "*down"
            protocol = "up" if port.up and (port.addresses or port.kind == 1) else "down"
            lines.append(f"{port.name:<28}{physical:<6}{protocol:<9}{'0%':>6}{'0%':>7}{0:>11}{0:>11}")
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_display_interface_description(self, _match: Match) -> None:
        """Descriptions of the interfaces."""
        lines = [
            "PHY: Physical",
            "*down: administratively down",
            f"{'Interface':<30}{'PHY':<8}{'Protocol':<9}Description",
        ]
        for port in self.device.ports():
            physical = "up" if port.enabled else "*down"
            protocol = "up" if port.up and port.addresses else "down"
            lines.append(f"{port.name:<30}{physical:<8}{protocol:<9}{port.description}")
        await self.terminal.page("\n".join([*lines, ""]))

    async def do_display_routes(self, _match: Match) -> None:
        """Direct and static routes: an emulated device forwards nothing and runs no routing protocol."""
        head = f"{'Destination/Mask':<20}{'Proto':<8}{'Pre':<5}{'Cost':<10}{'Flags':<6}{'NextHop':<16}Interface\n"
        rows = [
            f"{address.network!s:<20}{'Direct':<8}{0:<5}{0:<10}{'D':<6}{address.ip!s:<16}{port.name}\n"
            for port in self.device.ports()
            for address in port.addresses
            if port.up
        ]
        for entry in self.device.running.starting("ip", "route-static"):
            if entry.words[2] == "vpn-instance":
                continue
            network = f"{entry.words[2]}/{IPv4Interface(f'0.0.0.0/{entry.words[3]}').network.prefixlen}"
            hop = entry.words[4]
            rows.append(f"{network:<20}{'Static':<8}{60:<5}{0:<10}{'RD':<6}{hop:<16}\n")
        await self.terminal.page("Route Flags: R - relay, D - download to fib\n" + head + "".join(rows))

    def do_screen_length(self, match: Match) -> None:
        """For this session only."""
        self.terminal.height = int(match.words[1])
        self.terminal.write("Info: The configuration takes effect on the current user terminal interface only.\n")

    def do_no_screen_length(self, _match: Match) -> None:
        """Back to 24 lines."""
        self.terminal.height = self.device.pager.height

    def do_ping(self, match: Match) -> None:
        """Only its own addresses answer: there are no packets here."""
        own = any(str(address.ip) == match.words[1] for port in self.device.ports() for address in port.addresses)
        self.terminal.write(
            f"  PING {match.words[1]}: 56  data bytes, press CTRL_C to break\n"
            + ("    Reply\n" if own else "    Request time out\n") * 5
            + f"\n  --- {match.words[1]} ping statistics ---\n    5 packet(s) transmitted\n"
            f"    {5 if own else 0} packet(s) received\n    {'0.00' if own else '100.00'}% packet loss\n"
        )


def _usable(address: IPv4Interface) -> bool:
    """Whether a host may have an address: neither its network's ends, nor loopback, multicast or nothing."""
    ends = (address.network.network_address, address.network.broadcast_address)
    if address.ip.is_loopback or address.ip.is_multicast or address.ip.is_unspecified:
        return False
    return address.network.prefixlen >= 31 or address.ip not in ends


def _yes(answer: str) -> bool:
    return answer.strip().lower() in ("y", "yes")


def _prompt(entry: Entry, parent: Entry) -> str:
    """The part of the prompt that names a view."""
    assert entry.rule is not None  # noqa: S101 - only the root has none
    words = entry.words
    if words[0] == "acl":
        number = words[2] if words[1] == "number" else words[3]
        basic = (number.isdecimal() and int(number) < 3000) or number == "basic"
        return f"acl-{'basic' if basic else 'adv'}-{words[2]}"
    if words[:2] == ("user-interface", "vty"):
        return "ui-vty" + "-".join(words[2:])
    template = entry.rule.get("prompt")
    if words[0] == "area":
        return f"ospf-{parent.words[1]}-area-{words[1]}"
    if entry.rule.view == "vpn-instance":
        return f"vpn-instance-{parent.words[2]}-af-ipv4"
    return template.format(*words)
