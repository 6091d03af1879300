"""The language of IOS: what is its own among the configuration commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.emulator.device import SnmpUser
from lab.emulator.enable.session import PRIVATE_CIPHERS, EnableSession
from lab.emulator.shell import Refusal
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator.grammar import Match
    from lab.emulator.ios.device import IosBox


class IosLanguage(EnableSession):
    """Configuration."""

    device: IosBox
    name_length = 20

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

    def long_enough(self, clear: str) -> None:
        """`security passwords min-length`."""
        least = int(self.device.running.value("security", "passwords", "min-length") or 0)
        if len(clear) < least:
            raise Refusal(f"% Password too short - must be at least {least} characters. Password configuration failed")

    def do_enable_secret(self, match: Match) -> None:
        """The enable secret, hashed."""
        super().put(match, ("enable", "secret", *self.secret(match.words[2:])))

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

    def do_no_community(self, match: Match) -> None:
        """By its name, whatever else the line says."""
        self.device.running.children.pop(("snmp-server", "community", match.words[2]), None)
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
            priv = ("AES" if bits == "128" else f"AES{bits}") if aes else PRIVATE_CIPHERS[words[place + 1]]
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

    def said(self, match: Match) -> tuple[str, ...]:
        """IOS 12.2 writes `host A` of a standard list as A, and `deny` with three blanks."""
        words = super().said(match)
        standard = self.here.words[:3] == ("ip", "access-list", "standard")
        return _standard(words) if standard and words[0] != "remark" else words

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


def _standard(words: tuple[str, ...]) -> tuple[str, ...]:
    """A standard entry as IOS 12.2 writes it."""
    rest = tuple(word for word in words[1:] if word != "host")
    if len(rest) > 1 and rest[1] == "0.0.0.0":  # noqa: S104 - a wildcard, not an address to listen on
        rest = (rest[0], *rest[2:])
    return ("deny  " if words[0] == "deny" else words[0], *rest)


def _within(line: Entry, first: int, last: int) -> bool:
    return first <= int(line.words[2]) and int(line.words[-1]) <= last
