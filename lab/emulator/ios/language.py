"""The language of IOS: its modes, and what its configuration commands mean."""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from lab.emulator.device import LogoutError, SnmpUser
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.ios.device import addresses_of
from lab.emulator.secrets import is_stored, type7_clear
from lab.emulator.shell import Refusal, Shell
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator.ios.device import IosBox
    from lab.emulator.terminal import Terminal

_ERRORS = {
    Kind.UNRECOGNIZED: "% Invalid input detected at '^' marker.",
    Kind.WRONG: "% Invalid input detected at '^' marker.",
    Kind.TOO_MANY: "% Invalid input detected at '^' marker.",
}
_PRIVATE_CIPHERS = {"des56": "DES", "3des": "3DES"}


class IosLanguage(Shell):
    """Modes and configuration."""

    device: IosBox
    negation = "no"
    root_view = "config"
    outer_view = "privileged"
    climbs = False
    no_room = "%Error writing nvram:/startup-config (No space left on device)"  # unverified wording

    def __init__(self, device: IosBox, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        self._banner: tuple[Match, str, list[str]] | None = None

    @property
    def view(self) -> str:
        """As everywhere; outside the configuration it goes by the level."""
        return super().view if self.path else "privileged" if self.level >= 15 else "user"

    def prompt(self) -> str:
        """`H>`, `H#`, `H(config-if)#`; in configuration the name is cut at 20 characters."""
        if self._banner is not None:
            return ""
        if not self.path:
            return f"{self.device.name}{'#' if self.level >= 15 else '>'}"
        rule = self.path[-1].rule
        mode = "" if rule is None else "-" + rule.get("prompt")
        return f"{self.device.name[:20]}(config{mode})#"

    def greeting(self) -> str:
        """The message of the day."""
        text = self.device.running.value("banner", "motd")
        return text.replace("^C", "") + "\n\n" if text else "\n"

    def refusal(self, answer: str) -> str:
        """The line that begins with `%`, unless it only tells something."""
        for line in answer.split("\n"):
            if line.startswith("%") and not line.startswith(("% Generating", "% The key", "% Warning", "%Warning")):
                return line.strip()
        return ""

    async def execute(self, line: str) -> None:
        """One line of the user's."""
        if self._banner is not None:
            self._more_banner(line)
            return
        if line == "\x1a":
            self.path, self.twins = [], []
            return
        if not line.strip() or line.lstrip().startswith("!"):
            return
        await self.run_line(line)

    def complain(self, error: LineError) -> None:
        """A caret under the place, or the text alone."""
        if error.kind is Kind.INCOMPLETE:
            self.terminal.write("% Incomplete command.\n\n")
        elif error.kind is Kind.AMBIGUOUS:
            self.terminal.write(f'% Ambiguous command:  "{self._line}"\n')
        else:
            self.terminal.write(f"{' ' * (len(self.prompt()) + error.column)}^\n{_ERRORS[error.kind]}\n\n")

    async def run_line(self, line: str) -> None:
        """Remember the line for `% Ambiguous command`."""
        self._line = line.strip()
        await super().run_line(line)

    async def carry_out(self, match: Match, *, negated: bool) -> None:
        """As everywhere; what is typed in configuration mode counts as a change, as on IOS."""
        configuring = bool(self.path)
        await super().carry_out(match, negated=negated)
        if configuring and match.rule.get("do") not in ("exit", "end", "do"):
            self.device.last_change = (self.device.now(), self.user)

    def stored(self, match: Match) -> tuple[str, ...]:
        """Keys as type 7 when the device encrypts, else as they are."""
        words = list(match.words)
        for place in reversed(match.secrets):
            if self.device.encrypts:
                words[place : place + 1] = ["7", self.device.vault.type7(words[place])]
        return tuple(words)

    def put(self, match: Match, words: tuple[str, ...]) -> Entry:
        """A value that is the default is not shown: the line goes away."""
        default = match.rule.get("default")
        value = " ".join(words[match.identity :])
        if default and (value == default or (not value and match.identity)):
            for entry in (self.here, *self.twins):
                entry.children.pop(words[: match.identity], None)
            return self.here
        return super().put(match, words)

    async def do_enable(self, _match: Match) -> None:
        """To privileged mode, by the enable secret."""
        if self.level >= 15:
            return
        stored = self.device.running.value("enable", "secret") or self.device.running.value("enable", "password")
        if not stored:
            raise Refusal("% Error in authentication.")
        kind, _, text = stored.rpartition(" ")
        clear = type7_clear(text) if kind == "7" else self.device.clear(text)
        for _ in range(3):
            if await self.terminal.ask("Password: ", echo=False) == clear:
                self.level = 15
                return
        raise Refusal("% Access denied\n")

    def do_disable(self, _match: Match) -> None:
        """Back to user mode."""
        self.level = 1

    def do_exit(self, _match: Match) -> None:
        """One mode up, out of the first to the door."""
        if not self.path:
            raise LogoutError
        self.path, self.twins = self.path[:-1], []

    def do_logout(self, _match: Match) -> None:
        """Leave."""
        raise LogoutError

    def do_end(self, _match: Match) -> None:
        """To privileged mode."""
        if not self.path:
            self.complain(LineError(Kind.UNRECOGNIZED, 0))
        self.path, self.twins = [], []

    async def do_do(self, match: Match) -> None:
        """A command of privileged mode from inside the configuration."""
        if not self.path:
            self.complain(LineError(Kind.UNRECOGNIZED, 0))
            return
        path, twins = self.path, self.twins
        self.path, self.twins = [], []
        try:
            await Shell.run_line(self, match.words[1])
        finally:
            self.path, self.twins = path, twins

    def do_configure_terminal(self, _match: Match) -> None:
        """Into the configuration."""
        self.terminal.write("Enter configuration commands, one per line.  End with CNTL/Z.\n")
        self.path = [self.device.running]

    def do_interface(self, match: Match) -> None:
        """A port that is there, or a logical interface, which is made."""
        self.put(match, match.words)
        self.device.changed()

    def do_no_interface(self, match: Match) -> None:
        """Delete a logical interface."""
        entry = self.device.running.child(*match.words)
        if entry is not None and entry.fixed:
            raise Refusal("% Removal of physical interfaces is not permitted")
        self.device.running.children.pop(match.words, None)
        self.device.changed()

    def do_switchport(self, _match: Match) -> None:
        """A switch port again: addresses go."""
        self.here.children.pop(("no", "switchport"), None)
        if self.device.switch:
            self.here.remove(("ip", "address"))
        self.device.changed()

    def do_no_switchport(self, match: Match) -> None:
        """A routed port, on a switch."""
        if not self.device.switch:
            self.complain(LineError(Kind.UNRECOGNIZED, 3))
            return
        if not self.device.routed(self.here):
            self.here.remove(("switchport",))
            self.here.put(Entry(("no", "switchport"), ("no", "switchport"), match.rule))
        self.device.changed()

    def do_ip_address(self, match: Match) -> None:
        """A second address replaces the first, `secondary` adds one; no two interfaces may overlap."""
        here = self.here
        if not self.device.routed(here):
            self.complain(LineError(Kind.UNRECOGNIZED, 0))
            return
        ip, mask = match.words[2], match.words[3]
        address = IPv4Interface(f"{ip}/{mask}")
        length = address.network.prefixlen
        ends = (address.network.network_address, address.network.broadcast_address)
        if length < 31 and address.ip in ends:
            raise Refusal(f"Bad mask /{length} for address {ip}")
        if address.ip.is_multicast or address.ip.is_loopback or address.ip.is_unspecified:
            raise Refusal("Not a valid host address - " + ip)
        secondary = match.words[-1] == "secondary"
        present = addresses_of(here)
        primary = next((entry for entry in present if entry.words[-1] != "secondary"), None)
        if secondary and primary is None:
            raise Refusal("% Primary address must be configured first")  # unverified wording
        vrf = here.value("ip", "vrf", "forwarding")
        for other in self.device.running.starting("interface"):
            if other.value("ip", "vrf", "forwarding") != vrf:
                continue
            for entry in addresses_of(other):
                if other is here and (entry is primary or entry.words == match.words):
                    continue
                network = IPv4Interface(f"{entry.words[2]}/{entry.words[3]}").network
                if network.overlaps(address.network):
                    raise Refusal(f"% {address.network.network_address} overlaps with {other.words[1]}")
        here.put(Entry(match.words, match.words if secondary else ("ip", "address"), match.rule))
        self.device.changed()

    def do_no_ip_address(self, match: Match) -> None:
        """The named address: secondaries go before the primary."""
        entry = next((entry for entry in addresses_of(self.here) if entry.words == match.words), None)
        if entry is None:
            raise Refusal("% Invalid address")  # unverified wording
        if match.words[-1] != "secondary" and len(addresses_of(self.here)) > 1:
            raise Refusal("Must delete secondary before deleting primary")
        del self.here.children[entry.key]
        self.device.changed()

    def do_no_ip_address_all(self, _match: Match) -> None:
        """All addresses."""
        self.here.remove(("ip", "address"))
        self.device.changed()

    def do_shutdown(self, match: Match) -> None:
        """Administratively down."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.device.changed()

    def do_no_shutdown(self, _match: Match) -> None:
        """Up."""
        self.here.remove(("shutdown",))
        self.device.changed()

    def do_password_encryption(self, match: Match) -> None:
        """From now on passwords are shown as type 7, those that are there too."""
        root = self.device.running
        root.put(Entry(match.words, match.words, match.rule))
        for entry in [child for _, child in root.walk()]:
            if entry.rule is None or "password" not in entry.words[:-1]:
                continue
            place = entry.words.index("password")
            if entry.words[0] in ("username", "enable", "password") and entry.words[place + 1] not in ("5", "7", "9"):
                entry.words = (*entry.words[: place + 1], "7", self.device.vault.type7(entry.words[-1]))

    def do_no_password_encryption(self, match: Match) -> None:
        """New passwords are shown as they are; the old ones stay as they were."""
        self.device.running.remove(match.words)

    def _secret(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """`[0] CLEAR` or a stored form, behind `secret`; written back as type 5."""
        kind, text = (words[0], words[1]) if len(words) > 1 else ("0", words[0])
        if kind in ("5", "9"):
            if not is_stored(text):
                raise Refusal("ERROR: The secret you entered is not a valid encrypted secret.")
            return (kind, text)
        least = int(self.device.running.value("security", "passwords", "min-length") or 0)
        if len(text) < least:
            raise Refusal(f"% Password too short - must be at least {least} characters. Password configuration failed")
        return ("5", self.device.vault.type5(text))

    def _password(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """As `_secret` for a password that can be read back."""
        kind, text = (words[0], words[1]) if len(words) > 1 else ("0", words[0])
        if kind == "7":
            if type7_clear(text) is None:
                raise Refusal("Invalid encrypted password: " + text)
            return (kind, text)
        least = int(self.device.running.value("security", "passwords", "min-length") or 0)
        if len(text) < least:
            raise Refusal(f"% Password too short - must be at least {least} characters. Password configuration failed")
        return ("7", self.device.vault.type7(text)) if self.device.encrypts else ("0", text)

    def do_enable_secret(self, match: Match) -> None:
        """The enable secret, hashed."""
        super().put(match, ("enable", "secret", *self._secret(match.words[2:])))

    def do_password(self, match: Match) -> None:
        """A password on a line or for enable."""
        stored = self._password(match.words[match.identity :])
        words = (*match.key, *(stored[1:] if stored[0] == "0" else stored))
        super().put(match, words)

    def do_username(self, match: Match) -> None:
        """A user; what the line does not say stays as it was."""
        user = match.words[1]
        present = self.device.running.child("username", user)
        old = list(present.words[2:]) if present is not None else []
        privilege = old[: 2 if old[:1] == ["privilege"] else 0]
        proof = old[len(privilege) :]
        new = list(match.words[2:])
        if new[:1] == ["privilege"]:
            privilege, new = new[:2], new[2:]
            if privilege[1] == "1":
                privilege = []
        if new[:1] == ["secret"]:
            proof = ["secret", *self._secret(tuple(new[1:]))]
        elif new[:1] == ["password"]:
            proof = ["password", *self._password(tuple(new[1:]))]
        words = ("username", user, *privilege, *proof)
        self.device.running.put(Entry(words, ("username", user), match.rule))
        self.device.changed()

    def do_no_username(self, match: Match) -> None:
        """The user goes, whatever else the line says."""
        self.device.running.children.pop(("username", match.words[1]), None)
        self.device.changed()

    def do_no_username_all(self, match: Match) -> None:
        """The user goes, after a question (IOS 15 asks so)."""
        self.device.running.children.pop(("username", match.words[2]), None)
        self.device.changed()

    def do_crypto_key(self, match: Match) -> None:
        """The host key is there from the start; making it again only says so. It needs a domain name."""
        root = self.device.running
        domain = root.value("ip", "domain-name") or root.value("ip", "domain", "name")
        if not domain:
            raise Refusal("% Please define a domain-name first.")
        bits = match.words[-1] if match.words[-1].isdecimal() else "1024"
        self.terminal.write(
            f"The name for the keys will be: {self.device.name}.{domain}\n\n"
            f"% The key modulus size is {bits} bits\n"
            f"% Generating {bits} bit RSA keys, keys will be non-exportable...[OK]\n\n"
        )

    def do_community(self, match: Match) -> None:
        """RO if nothing is said; IOS shows communities as they are."""
        words = [*match.words[:3]]
        rest = list(match.words[3:])
        if rest[:1] == ["view"]:
            words += rest[:2]
            rest = rest[2:]
        words.append((rest.pop(0) if rest[:1] in (["ro"], ["rw"]) else "ro").upper())
        super().put(match, (*words, *rest))
        self.device.changed()

    def do_snmp_user(self, match: Match) -> None:
        """Kept apart: `show running-config` never shows a user of SNMPv3."""
        words = list(match.words)
        name, group = words[2], words[3]
        auth = auth_key = priv = priv_key = ""
        if "auth" in words:
            place = words.index("auth")
            auth, auth_key = words[place + 1].upper(), words[place + 2]
        if "priv" in words:
            place = words.index("priv")
            aes = words[place + 1] == "aes"
            bits = words[place + 2] if aes else ""
            priv = ("AES" if bits == "128" else f"AES{bits}") if aes else _PRIVATE_CIPHERS[words[place + 1]]
            priv_key = words[place + (3 if aes else 2)]
        for key in (auth_key, priv_key):
            if key and len(key) < 8:
                raise Refusal("% Invalid input: the password must have at least 8 characters")  # unverified wording
        self.device.snmp_users[name] = (group, SnmpUser(name, auth, auth_key, priv, priv_key))
        self.device.changed()

    def do_no_snmp_user(self, match: Match) -> None:
        """The user goes."""
        self.device.snmp_users.pop(match.words[2], None)
        self.device.changed()

    def do_access_list(self, match: Match) -> None:
        """One line of a numbered list; `host A` is written back as A."""
        words = _standard(match.words[2:])
        line = ("access-list", match.words[1], *words)
        self.here.put(Entry(line, line, match.rule))
        self.device.changed()

    def do_no_access_list(self, match: Match) -> None:
        """`no access-list N …` takes the whole list away, whatever else the line says: so does IOS."""
        self.device.running.remove(match.words[:2])
        self.device.changed()

    def _entry(self, match: Match, words: tuple[str, ...]) -> None:
        """A line of a named list: its number, given or the next ten, is its place and is not shown (IOS 12.2)."""
        here = self.here
        key = _entry_key(words)
        numbers = [entry.number for entry in here.children.values()]
        if match.words[0].isdecimal():
            number = int(match.words[0])
            if any(entry.number == number and entry.key != key for entry in here.children.values()):
                raise Refusal("% Duplicate sequence number")
            here.children.pop(key, None)
        elif key in here.children:
            return
        else:
            number = max(numbers, default=0) // 10 * 10 + 10
        here.children[key] = Entry(words, key, match.rule, number=number)
        self.device.changed()

    def do_standard_entry(self, match: Match) -> None:
        """`permit` and `deny` of a standard list; IOS writes `deny` with three blanks."""
        words = match.words[1:] if match.words[0].isdecimal() else match.words
        self._entry(match, _standard(words))

    def do_extended_entry(self, match: Match) -> None:
        """A line of an extended list."""
        words = match.words[1:] if match.words[0].isdecimal() else match.words
        self._entry(match, words)

    def do_remark(self, match: Match) -> None:
        """A remark has its place among the lines."""
        self._entry(match, match.words)

    def negate(self, match: Match) -> None:
        """Entries of access lists are found by what they say."""
        if match.rule.get("do") in ("standard_entry", "extended_entry", "remark"):
            words = match.words[1:] if match.words[0].isdecimal() else match.words
            words = _standard(words) if match.rule.get("do") == "standard_entry" else words
            self.here.children.pop(_entry_key(words), None)
            self.device.changed()
            return
        super().negate(match)

    def do_no_entry(self, match: Match) -> None:
        """By its number: 10 is that of the first, 20 of the second."""
        number = int(match.words[1])
        entry = next((entry for entry in self.here.children.values() if entry.number == number), None)
        if entry is None:
            raise Refusal("% Access rule can't be deleted: no such sequence number")  # unverified wording
        del self.here.children[entry.key]
        self.device.changed()

    def do_banner(self, match: Match) -> None:
        """A text between two equal marks, on one line or over several; written back with ^C."""
        text = match.words[2]
        mark = "^C" if text.startswith("^C") else text[0]
        body = text[len(mark) :]
        if mark in body:
            self._store_banner(match, body.partition(mark)[0])
            return
        self._banner = (match, mark, [body] if body else [])
        self.terminal.write(f"Enter TEXT message.  End with the character '{mark}'.\n")

    def _more_banner(self, line: str) -> None:
        assert self._banner is not None  # noqa: S101 - only called while there is one
        match, mark, lines = self._banner
        before, found, _ = line.partition(mark)
        lines.append(before)
        if found:
            self._banner = None
            self._store_banner(match, "\n".join(lines).rstrip("\n"))

    def _store_banner(self, match: Match, text: str) -> None:
        words = ("banner", match.words[1], f"^C{text}^C")
        self.device.running.put(Entry(words, words[:2], match.rule))

    def do_line(self, match: Match) -> None:
        """Lines as they are grouped; a range over several groups goes to all of them."""
        words = tuple("con" if word == "console" else word for word in match.words)
        present = self.device.running.child(*words)
        if present is not None:
            self.path, self.twins = [self.device.running, present], []
            return
        if words[1] != "vty":
            entry = self.device.running.put(Entry(words, words, match.rule))
            self.path, self.twins = [self.device.running, entry], []
            return
        first, last = int(words[2]), int(words[-1])
        groups = [line for line in self.device.running.starting("line", "vty") if _within(line, first, last)]
        if last < first or not groups:
            raise Refusal("% Bad line number - not a group of lines in this model")
        self.path, self.twins = [self.device.running, groups[0]], groups[1:]

    def do_access_class(self, match: Match) -> None:
        """One list a direction."""
        for entry in (self.here, *self.twins):
            entry.put(Entry(match.words, ("access-class", match.words[2]), match.rule))
        self.device.changed()

    def do_login(self, match: Match) -> None:
        """`login` or `login local`."""
        super().put(match, match.words)
        self.device.changed()

    def do_no_login(self, _match: Match) -> None:
        """Nobody is asked."""
        for entry in (self.here, *self.twins):
            entry.remove(("login",))
        self.device.changed()


def confirmed(answer: str) -> bool:
    """Whether Enter or a yes was pressed."""
    return answer.strip().lower() in ("", "y", "yes")


def _standard(words: tuple[str, ...]) -> tuple[str, ...]:
    """A standard entry as IOS 12.2 writes it."""
    rest = tuple(word for word in words[1:] if word != "host")
    if len(rest) > 1 and rest[1] == "0.0.0.0":  # noqa: S104 - a wildcard, not an address to listen on
        rest = (rest[0], *rest[2:])
    return ("deny  " if words[0] == "deny" else words[0], *rest)


def _entry_key(words: tuple[str, ...]) -> tuple[str, ...]:
    return ("entry", *(word.strip() for word in words))


def _within(line: Entry, first: int, last: int) -> bool:
    return first <= int(line.words[2]) and int(line.words[-1]) <= last
