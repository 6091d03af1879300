"""The language of VRP5: what its configuration commands mean, its questions and its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from lab.emulator.device import LogoutError
from lab.emulator.grammar import Kind, Match
from lab.emulator.shell import Refusal
from lab.emulator.tree import Entry
from lab.emulator.undo import UndoSession, yes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.emulator.vrp.device import VrpBox


class VrpLanguage(UndoSession):
    """Everything but the displays."""

    device: VrpBox
    errors: ClassVar[Mapping[Kind, str]] = {
        Kind.UNRECOGNIZED: "Error: Unrecognized command found at '^' position.",
        Kind.WRONG: "Error: Wrong parameter found at '^' position.",
        Kind.INCOMPLETE: "Error: Incomplete command found at '^' position.",
        Kind.AMBIGUOUS: "Error: Ambiguous command found at '^' position.",
        Kind.TOO_MANY: "Error: Too many parameters found at '^' position.",
    }
    no_room = "Error: There is no enough space on the device."  # unverified wording
    # Those without a page in the references are unverified in their wording: interface, fixed, no-address, instance,
    # bound, no-target, rule, bgp, delay, unscheduled.
    says: ClassVar[Mapping[str, str]] = {
        "interface": "Error: The interface does not exist.",
        "fixed": "Error: The interface cannot be deleted.",
        "address": "Error: The specified IP address is invalid.",
        "primary": "Error: Please configure the primary address in the interface view first.",
        "overlap": "Error: The specified address conflicts with another address.",
        "no-address": "Error: The specified address does not exist.",
        "subs": "Error: Please delete the sub address in the interface view first.",
        "instance": "Error: The specified VPN instance does not exist.",
        "bound": "Error: The interface has been bound to another VPN instance.",
        "target": " {way} Assignment result: \nInfo: VPN-Target assignment is successful.\n",
        "no-target": "Error: The VPN target does not exist.",
        "unbound": "Info: All IPv4 related configurations on this interface are removed!",
        "up": "Info: Interface {interface} is not shutdown.",
        "rule": "Error: The specified rule does not exist.",
        "bgp": "Error: The BGP process {number} has been configured.",
        "delay": "Error: The delay is out of range.",
        "unscheduled": "Info: Reboot schedule is cancelled.",
    }

    def view_prompt(self, entry: Entry, parent: Entry) -> str:
        """The part of the prompt that names a view."""
        words = entry.words
        if words[0] == "acl":
            number = words[2] if words[1] == "number" else words[3]
            basic = (number.isdecimal() and int(number) < 3000) or number == "basic"
            return f"acl-{'basic' if basic else 'adv'}-{words[2]}"
        if words[:2] == ("user-interface", "vty"):
            return "ui-vty" + "-".join(words[2:])
        if words[0] == "area":
            return f"ospf-{parent.words[1]}-area-{words[1]}"
        if entry.rule is not None and entry.rule.view == "vpn-instance":
            return f"vpn-instance-{parent.words[2]}-af-ipv4"
        return super().view_prompt(entry, parent)

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

    def stored(self, match: Match) -> tuple[str, ...]:
        """Every secret as a cipher text."""
        words = list(match.words)
        for place in match.secrets:
            words[place] = self.device.vault.cipher(words[place])
            if words[place - 1] in ("simple", "plain"):
                words[place - 1] = "cipher"
        return tuple(words)

    # Configuration with a meaning of its own

    def do_acl(self, match: Match) -> None:
        """`acl 3000` is `acl number 3000`."""
        words = ("acl", "number", match.words[-1])
        self.put(Match(match.rule, words, 3), words)

    def do_acl_name(self, match: Match) -> None:
        """An ACL with a name, advanced unless it is said."""
        words = match.words if len(match.words) > 3 else (*match.words, "advance")
        entry = self.root.child(*match.words[:3])
        if entry is not None:
            self.path = [*self.path, entry]
            return
        self.put(Match(match.rule, words, 3), words)

    def do_bgp_peer(self, match: Match) -> None:
        """A peer is enabled for IPv4 unicast at once."""
        here = self.here
        here.put(Entry(match.words, match.key, match.rule))
        rule = next(rule for rule in self.device.views["bgp"].rules if rule.pattern.startswith("ipv4-family"))
        family = here.put(Entry(("ipv4-family", "unicast"), ("ipv4-family", "unicast"), rule))
        view = self.device.views["bgp-family"]
        for line in ("undo synchronization", f"peer {match.words[1]} enable"):
            found = view.match(line, self.device)
            family.put(Entry(found.words, found.words, found.rule))
        self.changed()

    def do_clock_timezone(self, match: Match) -> None:
        """One time zone, its offset written with seconds."""
        offset = ":".join(f"{int(part):02d}" for part in (match.words[4] + ":00").split(":")[:3])
        self.root.remove(("clock", "timezone"))
        words = (*match.words[:4], offset)
        self.here.put(Entry(words, ("clock", "timezone"), match.rule))

    def do_ssh_server(self, match: Match) -> None:
        """STelnet on; an AR says so."""
        if self.here.child(*match.words) is None:
            self.here.put(Entry(match.words, match.words, match.rule))
            self.terminal.write("Info: Succeeded in starting the STELNET server.\n")
        self.changed()

    async def do_undo_stelnet(self, match: Match) -> None:
        """STelnet off, after a question."""
        question = "Warning: The operation will stop the STelnet server. Do you want to continue? [Y/N]:"
        if yes(await self.terminal.ask(question)):
            self.here.remove(match.words[1:])
            self.changed()

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
        self.changed()

    def do_local_user(self, match: Match) -> None:
        """What belongs to a user needs the user."""
        aaa = self.here
        if not aaa.starting("local-user", match.words[1]):
            raise Refusal("Error: The user does not exist.")  # unverified wording
        words = match.words
        if words[2] == "service-type":
            words = (*words[:3], *dict.fromkeys(words[3:]))
        self._in_aaa(match, words)
        self.changed()

    def do_local_level(self, match: Match) -> None:
        """`level` is the older word for `privilege level`."""
        words = ("local-user", match.words[1], "privilege", "level", match.words[3])
        view = self.device.views["aaa"]
        self.do_local_user(view.match(" ".join(words), self.device))

    def _in_aaa(self, match: Match, words: tuple[str, ...]) -> None:
        self.here.put(Entry(words, match.key, match.rule))

    def do_undo_local_user(self, match: Match) -> None:
        """A user and all that belongs to him."""
        if not self.here.remove(match.words[1:]):
            raise Refusal("Error: The user does not exist.")  # unverified wording
        self.changed()

    # SNMP

    def do_snmp_agent(self, match: Match) -> None:
        """Any of its commands switches the agent on."""
        self._snmp(match, self.stored(match))

    def _snmp(self, match: Match, words: tuple[str, ...]) -> None:
        root = self.here
        view = self.device.views["system"]
        mac = self.device.vault.irreversible(self.device.spec.name).encode().hex()[10:22].upper()
        for line in ("snmp-agent", f"snmp-agent local-engineid 800007DB03{mac}"):
            found = view.match(line, self.device)
            if root.children.get(found.key) is None:
                root.put(Entry(found.words, found.key, found.rule))
        root.put(Entry(words, words[: match.identity], match.rule))
        self.changed()

    def do_snmp_community(self, match: Match) -> None:
        """A community is known by its value: the same one again changes its filter only."""
        words = self.stored(match)
        place = match.secrets[0]
        if words[place - 1] != "cipher":
            words = (*words[:place], "cipher", *words[place:])
            place += 1
        self._snmp(Match(match.rule, words, place + 1), words)

    def do_undo_snmp_community(self, match: Match) -> None:
        """By its name or by what is shown of it (NE8000 command reference, “snmp-agent community”)."""
        name = match.words[-1]
        shown = ("cipher", self.device.vault.cipher(name))
        if not self.here.remove((*match.words[1:4], *shown)) and not self.here.remove((*match.words[1:4], name)):
            raise Refusal("Error: The community does not exist.")  # unverified wording
        self.changed()

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
        self.root.remove(("snmp-agent",))
        self.changed()

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
        entry = self.root.child(*match.words)
        if entry is None:
            entry = self.root.put(Entry(match.words, match.words, match.rule))
        self.path = [*self.path, entry]

    # Saving and rebooting

    async def do_save(self, match: Match) -> None:
        """With its question; the wording is an AR's."""
        if len(match.words) > 1 and not match.words[1].endswith((".cfg", ".zip")):
            raise Refusal("Error: The file name must end with .cfg or .zip.")  # unverified wording
        self.terminal.write("  The current configuration will be written to the device. \n")
        if not yes(await self.terminal.ask("  Are you sure to continue? (y/n)[n]:")):
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
        if yes(await self.terminal.ask("Are you sure? (y/n)[n]:")):
            self.device.saved = None
            self.terminal.write(" Clear the configuration in the device successfully.\n")

    async def do_reboot(self, _match: Match) -> None:
        """Reboot; what is not saved is asked about first."""
        self.terminal.write("Info: The system is comparing the configuration, please wait.\n")
        saved = self.device.saved
        if saved is None or not saved.same(self.device.running):
            self.terminal.write("Warning: All the configuration will be saved to the next startup configuration. \n")
            if yes(await self.terminal.ask("Continue ? [y/n]:")):
                self.device.save()
        await self._reboot_now()

    async def do_reboot_fast(self, _match: Match) -> None:
        """Reboot without saving."""
        await self._reboot_now()

    async def _reboot_now(self) -> None:
        if not yes(await self.terminal.ask("System will reboot! Continue ? [y/n]:")):
            return
        self.terminal.write("Info: system is rebooting ,please wait...\n")
        self.device.reboot()
        raise LogoutError

    async def agrees(self, minutes: int, *, forced: bool) -> bool:
        """With the question of the switches of this family."""
        self.terminal.write(f"Info: The system will reboot in {minutes // 60} hours and {minutes % 60} minutes.\n")
        return forced or yes(await self.terminal.ask("Confirm? [Y/N]:"))
