"""Saving, the ten configurations, the transaction, rebooting."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from lab.emulator.device import LogoutError
from lab.emulator.shell import Refusal
from lab.emulator.stoneos.device import Kept, Transaction, bare
from lab.emulator.stoneos.policy import StonePolicy

if TYPE_CHECKING:
    from lab.emulator.grammar import Match
    from lab.emulator.tree import Entry

# What `rollback configuration backup N loading-immediately` brings back without a reboot (manual, “回退配置信息”):
# policy, NAT, address book, service book, schedules, zones, routes. NAT and routes stand in the virtual routers.
_AT_ONCE = ("rule", "policy-global", "address", "service", "servgroup", "schedule", "zone", "ip vrouter")


class StoneGuards(StonePolicy):
    """Saving and going back."""

    async def _sure(self, question: str, *, default: bool) -> bool:
        """`[y]/n` is yes on Enter, `y/[n]` is no."""
        answer = (await self.terminal.ask(question)).strip().lower()
        return default if not answer else answer in ("y", "yes")

    def _save(self, description: str, *, backup: bool) -> None:
        self.terminal.write("Building configuration..\n")
        self.device.save_as(self.user, description, backup=backup)
        self.terminal.write("Saving configuration is finished\n")

    async def do_save(self, _match: Match) -> None:
        """Without a description the startup configuration is overwritten (manual, “保存配置信息”)."""
        question = "保存配置，请确认 [y]/n: " if self.device.chinese else "Save configuration, are you sure? [y]/n: "
        if await self._sure(question, default=True):
            self._save("", backup=False)

    async def do_save_named(self, match: Match) -> None:
        """With a description the old one is kept as number 0."""
        question = "保存配置，请确认 [y]/n: " if self.device.chinese else "Save configuration, are you sure? [y]/n: "
        if await self._sure(question, default=True):
            self._save(bare(match.words[1]), backup=True)

    async def do_save_all(self, _match: Match) -> None:
        """For all virtual systems, with a second question about the old one."""
        if not await self._sure("Save configuration for all VSYS, are you sure? [y]/n: ", default=True):
            return
        backup = await self._sure("Backup start configuration file, are you sure? y/[n]: ", default=False)
        self._save("", backup=backup)

    def _slot(self, number: str) -> Kept:
        if int(number) >= len(self.device.backups):
            raise self.wrong(f"Backup configuration {number} is not found")  # in the shape of the known ones
        return self.device.backups[int(number)]

    def do_rollback(self, match: Match) -> None:
        """An old configuration becomes the startup one; what can be done without a reboot is done if asked for."""
        kept = self._slot(match.words[3])
        self.device.backups.remove(kept)
        if self.device.kept is not None:
            self.device.backups.insert(0, self.device.kept)
        self.device.restart_with(kept)
        if match.words[-1] == "loading-immediately":
            if self.device.transaction is not None and not self.holds:
                raise self._locked()
            self._load_at_once(kept.entry)
        else:
            # That it takes a reboot is the manual's, the words are not.
            self.terminal.write("The configuration will take effect after reboot\n")

    def _load_at_once(self, entry: Entry) -> None:
        running = self.device.running.copy()

        def covered(child: Entry) -> bool:
            return child.text.startswith(_AT_ONCE)

        running.children = {key: child for key, child in running.children.items() if not covered(child)}
        running.children |= {key: child.copy() for key, child in entry.children.items() if covered(child)}
        self.device.load(running)

    def do_delete_configuration(self, match: Match) -> None:
        """Forget a saved configuration."""
        if match.words[2] == "startup":
            self.device.restart_with(None)
        else:
            self.device.backups.remove(self._slot(match.words[3]))

    # The transaction

    def do_transaction_start(self, _match: Match) -> None:
        """From now on everything can be taken back at once; others cannot configure."""
        if self.device.transaction is not None:
            raise self._locked()
        self.device.transaction = Transaction(self.device.running.copy(), self, self.user)

    def _end_transaction(self) -> Transaction:
        transaction = self.device.transaction
        if transaction is None:
            raise self.wrong("No configuration transaction is started")  # unverified wording
        # The same user may end it from another session (manual); another user may not.
        if not self.holds and transaction.user != self.user:
            raise self._locked()
        self.device.transaction = None
        self.path, self.twins = [], []
        return transaction

    def do_transaction_commit(self, _match: Match) -> None:
        """Keep what was configured; nothing is saved by it."""
        self._end_transaction()

    def do_transaction_rollback(self, _match: Match) -> None:
        """Back to what was before it."""
        self.device.load(self._end_transaction().before)

    async def do_reboot(self, _match: Match) -> None:
        """Two questions: whether to save (Enter is yes), whether to reboot (Enter is no)."""
        saved = self.device.saved
        if saved is None or not saved.same(self.device.running):
            question = "System configuration has been modified. Save? [y]/n "
            if await self._sure(question, default=True):
                self._save("", backup=False)
        if await self._sure("System reboot, are you sure? y/[n] ", default=False):
            self.device.reboot()
            raise LogoutError

    def do_show_difference(self, match: Match) -> None:
        """How what runs differs from what is saved; a minus is what runs (manual)."""
        device = self.device
        if match.words[3] == "startup":
            name, other = "startup", device.saved
        else:
            name, other = "backup", self._slot(match.words[4]).entry
        if other is None:
            raise Refusal("Error: The startup configuration is not found")  # unverified wording
        running, saved = device.body(device.running).split("\n"), device.body(other).split("\n")
        lines = difflib.unified_diff(running, saved, "current.config", f"{name}.config", lineterm="")
        self.terminal.write("".join(f"{line}\n" for line in lines))
