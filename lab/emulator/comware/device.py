"""What a Comware 7 router is and what its configuration means, whoever sits at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from lab.emulator.device import SnmpAccess, SnmpUser, Spec
from lab.emulator.layout import laid_out
from lab.emulator.telnet_words import TelnetWords
from lab.emulator.terminal import Pager
from lab.emulator.tree import Entry
from lab.emulator.undo import UndoDevice, after

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address

RELEASE = "7.1.064, Release 0821P13"
STARTUP = "startup.cfg"
_CIPHERS = {"des56": "DES", "3des": "3DES", "aes128": "AES"}
# What a role may do: 3 everything, 1 look.
_ROLES = {"network-admin": 15, "level-15": 15, "network-operator": 1, "level-1": 1, "level-0": 0}


class ComwareBox(UndoDevice):
    """A router that speaks Comware 7."""

    grammar = ("comware/comware",)
    factory_name = "H3C"
    lays_out = True
    telnet = TelnetWords(
        "\n"
        + "*" * 78
        + "\n* An emulated device of govnet's lab, not H3C's software"
        + " " * 22
        + "*\n"
        + "*" * 78
        + "\n\n",
        "login: ",
        "Password: ",
        "AAA authentication failed.\n\n",  # unverified wording
    )
    pager = Pager("---- More ----", "\r" + " " * 14 + "\r")
    # HPE 12900E, troubleshooting guide.
    full_text = "All user lines are used, please try later!"
    physical = ("GigabitEthernet", "Ten-GigabitEthernet", "M-GigabitEthernet", "Ethernet", "Serial")
    logical = ("LoopBack", "NULL", "Vlan-interface", "Tunnel", "Route-Aggregation", "Bridge-Aggregation", "Dialer")
    plain = ("LoopBack", "NULL", "Vlan-interface")
    models: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "MSR3620": ("GigabitEthernet0/{0-2}",),
        "MSR2600-10": ("GigabitEthernet0/{0-9}",),
        "S5560-30C-EI": ("GigabitEthernet1/0/{1-28}", "M-GigabitEthernet0/0/{0-0}"),
    }
    terminal_words = ("line", "vty")

    def __init__(self, spec: Spec) -> None:
        # Configuration files on flash, by name.
        self.files: dict[str, Entry] = {}
        self.archived = 0
        # Where `configuration commit delay` goes back to.
        self.rollback_point: Entry | None = None
        super().__init__(spec)

    def factory(self) -> Entry:
        """The box's own configuration: ports, lines, the domain `system`."""
        root = Entry()
        for name in (*self._ports, "NULL0"):
            self.fixed(root, "system", f"interface {name}")
        for line, roles in (
            ("line class console", ("network-admin",)),
            ("line class vty", ("network-operator",)),
            ("line con 0", ("network-admin",)),
            ("line vty 0 63", ("network-operator",)),
        ):
            entry = self.fixed(root, "system", line)
            for role in roles:
                self.fixed(entry, "line", f"user-role {role}").fixed = False
        self.fixed(root, "system", "domain system")
        self.fixed(root, "system", "domain default enable system")
        self.fixed(root, "system", "user-group system")
        return root

    def show(self, entry: Entry) -> str:
        """A configuration as `display current-configuration` writes it."""
        if entry.given is not None:
            return laid_out(entry, "#", " ")
        lines = ["#", f" version {RELEASE}"]
        section = None
        for child in entry.ordered():
            assert child.rule is not None  # noqa: S101 - only the root has none
            block = bool(child.rule.get("view"))
            if block or child.rule.section != section:
                lines.append("#")
            lines.append(child.text if block else " " + child.text)
            section = None if block else child.rule.section
            lines.extend(" " * (depth + 1) + below.text for depth, below in child.walk())
        return "\n".join([*lines, "#", "return", ""])

    def save(self) -> None:
        """As every device; the file has a name."""
        super().save()
        if self.saved is not None:
            self.files[STARTUP] = self.saved

    # Guards

    def delay_commit(self, minutes: int) -> None:
        """Go back to the configuration as it is now unless somebody commits; once more moves the time only."""
        if self.rollback_point is None:
            self.rollback_point = self.running.copy()
        self.timer("commit delay").arm(minutes * 60, self.roll_back)

    def roll_back(self) -> None:
        """Back to the rollback point."""
        point = self.rollback_point
        self.commit()
        if point is not None:
            self.load(point)

    def commit(self) -> None:
        """Keep what was configured."""
        self.rollback_point = None
        self.timer("commit delay").cancel()

    def forget(self) -> None:
        """A reboot comes up with what is saved; what the delay waited for is over."""
        self.rollback_point = None

    def start(self, schedule: str) -> None:
        """Carry out the jobs of a schedule, in the background, every question answered with yes."""
        entry = self.running.child("scheduler", "schedule", schedule)
        jobs = [line.words[1] for line in entry.starting("job")] if entry is not None else []
        for name in jobs:
            job = self.running.child("scheduler", "job", name)
            lines = sorted(job.starting("command"), key=lambda line: int(line.words[1])) if job is not None else []
            self.run(self._carry_out([line.words[2] for line in lines]))

    async def _carry_out(self, lines: list[str]) -> None:
        await self.console(lines)

    def message(self) -> str:
        """As the information center shows it: right behind the prompt."""
        return f"%{self.now():%b %e %H:%M:%S:104 %Y} {self.name} SHELL/6/SHELL_CMD: -Line=vty0; Command is x\n"

    # Who may come in

    @property
    def session_limit(self) -> int:
        """Lines 0 to 63, but no more than 16 SSH sessions (HP 5920/5900, security command reference)."""
        return 16

    @property
    def ssh_enabled(self) -> bool:
        """The SSH server is on, and some line takes SSH and asks for a user."""
        return self.running.child("ssh", "server", "enable") is not None and any(
            line.value("protocol", "inbound") in ("", "ssh", "all") and line.value("authentication-mode") == "scheme"
            for line in self.terminals
        )

    def admits(self, source: IPv4Address) -> bool:
        """`ssh server acl N` for the whole server, `acl N inbound` on the lines."""
        number = self.running.value("ssh", "server", "acl")
        if number and not SnmpAccess(filters={"": self.sources(number)}).permits("", source):
            return False
        return super().admits(source)

    @property
    def telnet_enabled(self) -> bool:
        """The telnet server is on, and some line takes telnet and asks for a user."""
        return self.running.child("telnet", "server", "enable") is not None and any(
            line.value("protocol", "inbound") in ("", "telnet", "all") and line.value("authentication-mode") == "scheme"
            for line in self.terminals
        )

    def telnet_level(self, user: str, password: str) -> int | None:
        """A local user of the class manage with service type telnet and that password."""
        entry = self._user(user, "telnet")
        stored = entry.value("password").split() if entry is not None else []
        known = entry is not None and stored and self.vault.clear(stored[-1]) == password
        return self._level(entry) if entry is not None and known else None

    def _user(self, user: str, service: str = "ssh") -> Entry | None:
        entry = self.running.child("local-user", user)
        if entry is None or entry.value("state") == "block" or service not in entry.value("service-type").split():
            return None
        return entry

    @staticmethod
    def _level(entry: Entry) -> int:
        roles = [line.words[2] for line in entry.starting("authorization-attribute", "user-role")]
        return max((_ROLES.get(role, 0) for role in roles), default=1)

    def _proof(self, user: str) -> str:
        return after(list(self.running.value("ssh", "user", user).split()), "authentication-type") or "password"

    def password_level(self, user: str, password: str) -> int | None:
        """A local user of the class manage with service type ssh and that password."""
        entry = self._user(user)
        if entry is None or self._proof(user) == "publickey":
            return None
        stored = entry.value("password").split()
        return self._level(entry) if stored and self.vault.clear(stored[-1]) == password else None

    def key_level(self, user: str) -> int | None:
        """A local user whom `ssh user … authentication-type` lets in by a key."""
        entry = self._user(user)
        return self._level(entry) if entry is not None and self._proof(user) in ("publickey", "any") else None

    # What it measures

    def snmp_access(self) -> SnmpAccess:
        """Communities if v1 or v2c is on (v3 alone is the default), users whose group exists."""
        root = self.running
        if root.child("snmp-agent") is None:
            return SnmpAccess()
        versions = set(root.value("snmp-agent", "sys-info", "version").split())
        filters = {}
        communities = []
        for entry in root.starting("snmp-agent", "community") if versions & {"all", "v1", "v2c"} else ():
            words = list(entry.words)
            clear = self.vault.clear(words[4])
            if clear is not None:
                communities.append(clear)
                number = after(words[5:], "acl")
                if number:
                    filters[clear] = self.sources(number)
        users = []
        for entry in root.starting("snmp-agent", "usm-user", "v3"):
            words = list(entry.words)
            if not root.starting("snmp-agent", "group", "v3", words[4]):
                continue
            kind, cipher = after(words, "authentication-mode"), after(words, "privacy-mode")
            users.append(
                SnmpUser(
                    words[3],
                    kind.upper(),
                    self.vault.clear(after(words, kind)) or "" if kind else "",
                    _CIPHERS.get(cipher, ""),
                    self.vault.clear(after(words, cipher)) or "" if cipher else "",
                )
            )
        contact, location = (root.value("snmp-agent", "sys-info", what) for what in ("contact", "location"))
        return SnmpAccess(tuple(communities), tuple(users), filters, contact, location)

    def describe(self) -> tuple[str, str]:
        """As an MSR answers; the arc under H3C's enterprise is unverified."""
        model = self.spec.model or "MSR3620"
        return (
            f"H3C Comware Platform Software, Software Version {RELEASE}\r\nH3C {model}\r\nemulated by govnet",
            "1.3.6.1.4.1.25506.1.1247",
        )
