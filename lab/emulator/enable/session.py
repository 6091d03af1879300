"""What the family's common commands mean: interfaces, access lists, users, terminal lines."""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from lab.emulator.enable.device import addresses_of
from lab.emulator.enable.modes import EnableModes, confirmed
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.secrets import is_stored, type7_clear
from lab.emulator.shell import Refusal
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    Words = tuple[str, ...]

__all__ = ["EnableSession", "confirmed"]

PRIVATE_CIPHERS = {"des56": "DES", "3des": "3DES"}


class EnableSession(EnableModes):
    """A user at such a command line, with what the configuration commands mean."""

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
        primary = next((entry for entry in addresses_of(here) if entry.words[-1] != "secondary"), None)
        if secondary and primary is None:
            raise Refusal("% Primary address must be configured first")  # unverified wording
        self._refuse_overlap(match, address, primary)
        here.put(Entry(match.words, match.words if secondary else ("ip", "address"), match.rule))
        self.device.changed()

    def _refuse_overlap(self, match: Match, address: IPv4Interface, primary: Entry | None) -> None:
        here = self.here
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

    def do_vrf_forwarding(self, match: Match) -> None:
        """Binding takes the addresses away, as transcripts of IOS show; unverified for RGOS."""
        here = self.here
        if self.device.running.child("ip", "vrf", match.words[-1]) is None:
            raise Refusal(f"% VRF {match.words[-1]} does not exist or does not have a RD.")  # unverified wording
        if here.value("ip", "vrf", "forwarding") != match.words[-1]:
            self._unaddress(f"enabling VRF {match.words[-1]}")
            here.put(Entry(match.words, match.key, match.rule))
        self.device.changed()

    def do_no_vrf_forwarding(self, _match: Match) -> None:
        """Out of the VRF; the addresses go as well."""
        vrf = self.here.value("ip", "vrf", "forwarding")
        if self.here.remove(("ip", "vrf", "forwarding")):
            self._unaddress(f"disabling VRF {vrf}")
        self.device.changed()

    def _unaddress(self, cause: str) -> None:
        if self.here.remove(("ip", "address")):
            name = self.here.words[1]
            self.terminal.write(f"% Interface {name} IPv4 disabled and address(es) removed due to {cause}\n")

    def do_shutdown(self, match: Match) -> None:
        """Administratively down."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.device.changed()

    def do_no_shutdown(self, _match: Match) -> None:
        """Up."""
        self.here.remove(("shutdown",))
        self.device.changed()

    # Users and passwords

    def type7(self, clear: str) -> str:
        """A password that can be read back, as this vendor hides it."""
        return self.device.vault.type7(clear)

    def long_enough(self, clear: str) -> None:
        """Refuse a password that the device finds too weak."""

    def secret(self, words: Words) -> Words:
        """`[0] CLEAR` or a stored form, behind `secret`; written back as type 5."""
        kind, text = (words[0], words[1]) if len(words) > 1 else ("0", words[0])
        if kind in ("5", "8", "9"):
            if not is_stored(text):
                raise Refusal("ERROR: The secret you entered is not a valid encrypted secret.")
            return (kind, text)
        self.long_enough(text)
        return ("5", self.device.vault.type5(text))

    def password(self, words: Words) -> Words:
        """As `secret` for a password that can be read back."""
        kind, text = (words[0], words[1]) if len(words) > 1 else ("0", words[0])
        if kind == "7":
            if type7_clear(text) is None:
                raise Refusal("Invalid encrypted password: " + text)
            return (kind, text)
        self.long_enough(text)
        return ("7", self.type7(text)) if self.device.encrypts else ("0", text)

    def do_password(self, match: Match) -> None:
        """A password on a line or for enable."""
        stored = self.password(match.words[match.identity :])
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
            proof = ["secret", *self.secret(tuple(new[1:]))]
        elif new[:1] == ["password"]:
            proof = ["password", *self.password(tuple(new[1:]))]
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

    def do_password_encryption(self, match: Match) -> None:
        """From now on passwords are shown hidden, those that are there too."""
        root = self.device.running
        root.put(Entry(match.words, match.words, match.rule))
        for entry in [child for _, child in root.walk()]:
            if entry.rule is None or "password" not in entry.words[:-1] or entry.words[:2] == ("password", "policy"):
                continue
            place = entry.words.index("password")
            if entry.words[0] in ("username", "enable", "password") and entry.words[place + 1] not in ("5", "7", "9"):
                entry.words = (*entry.words[: place + 1], "7", self.type7(entry.words[-1]))

    def do_no_password_encryption(self, match: Match) -> None:
        """New passwords are shown as they are; the old ones stay as they were."""
        self.device.running.remove(match.words)

    # Access lists

    def said(self, match: Match) -> Words:
        """What a line of a list says, as the device keeps it: without its number."""
        return match.words[1:] if match.words[0].isdecimal() else match.words

    def shown(self, number: int, words: Words) -> Words:
        """How the device shows a line of a list."""
        del number
        return words

    def do_entry(self, match: Match) -> None:
        """A line of a named list: its number, given or the next ten, is its place."""
        here = self.here
        words = self.said(match)
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
        here.children[key] = Entry(self.shown(number, words), key, match.rule, number=number)
        self.device.changed()

    def negate(self, match: Match) -> None:
        """Entries of access lists are found by what they say."""
        if match.rule.get("do") == "entry":
            self.here.children.pop(_entry_key(self.said(match)), None)
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

    # Terminal lines

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


def _entry_key(words: Words) -> Words:
    return ("entry", *(word.strip() for word in words))
