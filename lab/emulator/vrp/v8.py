"""A NetEngine that speaks VRP8: changes go to a candidate and take effect when they are committed.

Sources: NE8000 command reference, `commit`, `abort trial`, `clear configuration candidate`, `rollback configuration`
(a10.tagan.ru, huawei/netengine8000f1a/command/8090); transcripts of NE and CE devices in public repositories for the
prompts (`[~H]`, `[*H]`), the question of an exit with uncommitted changes, and for what becomes of a trial whose
session is lost: nobody else can confirm or end it unless it was begun with `persist`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lab.emulator.device import Script, Spec
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.shell import Refusal
from lab.emulator.undo import after, yes
from lab.emulator.vrp.router import VrpDevice
from lab.emulator.vrp.session import VrpSession

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.emulator.device import Session
    from lab.emulator.terminal import Terminal
    from lab.emulator.tree import Entry, Key

SOFTWARE = "V800R010C10SPC500"
_FIRST_COMMIT, _KEPT = 1000000001, 10
_TRIAL = 600


@dataclass(frozen=True, slots=True)
class Trial:
    """A configuration that is being tried: what was before, who began it, and the name by which others may end it."""

    before: Entry
    session: Session
    persist: str


class Vrp8Device(VrpDevice):
    """A router that speaks VRP8."""

    grammar = ("vrp/vrp", "vrp/vrp8")
    factory_name = "HUAWEI"
    physical = ("Ethernet", "GigabitEthernet", "10GE", "25GE", "40GE", "100GE", "XGigabitEthernet", "Serial")
    logical = ("LoopBack", "NULL", "Tunnel", "Vlanif", "Eth-Trunk")
    models: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "NE40E-X3": ("GigabitEthernet0/0/{0-0}", "GigabitEthernet0/3/{0-7}"),
        "NE8000-F1A": ("GigabitEthernet0/0/{0-0}", "GigabitEthernet0/1/{0-9}"),
    }
    heading = f"!Software Version {SOFTWARE}"
    indent = ""

    def __init__(self, spec: Spec) -> None:
        self.trial: Trial | None = None
        # Rollback points: number, user, what was running before it.
        self.commits: list[tuple[int, str, Entry]] = []
        self._next = _FIRST_COMMIT
        super().__init__(spec)

    def session(self, terminal: Terminal, user: str, level: int) -> Vrp8Session:
        """A session in the user view."""
        return Vrp8Session(self, terminal, user, level)

    def commit(self, candidate: Entry, user: str) -> None:
        """Make a candidate the running configuration, with a rollback point."""
        self.commits = [*self.commits[-_KEPT + 1 :], (self._next, user, self.running)]
        self._next += 1
        self.load(candidate)

    def revert(self) -> None:
        """End the trial with what was before."""
        trial, self.trial = self.trial, None
        self.timer("trial").cancel()
        if trial is not None:
            self.load(trial.before)

    def confirm(self) -> None:
        """Keep what is tried."""
        self.trial = None
        self.timer("trial").cancel()

    def forget(self) -> None:
        """A trial does not outlive a reboot: what is saved is what runs."""
        self.trial = None

    def describe(self) -> tuple[str, str]:
        """As a NetEngine answers; the arc under Huawei's enterprise is unverified."""
        model = self.spec.model or "NE8000-F1A"
        head = f"Huawei Versatile Routing Platform Software\r\nVRP (R) software, Version 8.180 ({model} {SOFTWARE})"
        return f"{head}\r\nemulated by govnet", "1.3.6.1.4.1.2011.2.62.2.12"


class Vrp8Session(VrpSession):
    """A user at a VRP8 command line, with a candidate of his own while he is in the system view."""

    device: Vrp8Device
    welcome = "Enter system view, return user view with return command."

    def __init__(self, device: Vrp8Device, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        self._base = device.running
        self._candidate: Entry | None = None
        # What was typed since the last commit, with the view it was typed in.
        self._journal: list[tuple[tuple[Key, ...], str]] = []
        self._line = ""
        self._touched = False

    # The candidate

    @property
    def root(self) -> Entry:
        """The candidate; outside the system view, and in the immediate mode, what runs."""
        return self.device.running if self._candidate is None else self._candidate

    def changed(self) -> None:
        """Of a candidate nobody else hears."""
        self._touched = True
        if self._candidate is None:
            super().changed()

    @property
    def uncommitted(self) -> bool:
        """Whether there is something to commit."""
        return bool(self._journal)

    def _begin(self) -> None:
        self._base = self.device.running
        self._candidate = self._base.copy()
        self._journal = []

    async def configure(self) -> None:
        """To the root of a candidate."""
        self._begin()
        await super().configure()

    async def finish(self) -> None:
        """What was typed at the console first takes effect."""
        if self.uncommitted:
            self._apply()

    def _follow(self) -> None:
        """A candidate without changes follows what runs: another user's commit, the end of a trial."""
        if self._candidate is not None and not self._journal and self._base is not self.device.running:
            self._begin()
            self._find_back()

    async def run_line(self, line: str) -> None:
        """As everywhere, and the line is remembered."""
        self._follow()
        self._line = line
        await super().run_line(line)

    def strangely(self, line: str) -> None:
        """What no table knows belongs to the candidate too."""
        self.changed()
        if self._candidate is not None:
            self._journal.append((tuple(entry.key for entry in self.path[1:]), line))

    async def carry_out(self, match: Match, *, negated: bool) -> None:
        """Remember what changes the candidate; going into a view that is there changes nothing."""
        if self._candidate is None:
            await super().carry_out(match, negated=negated)
            return
        where = tuple(entry.key for entry in self.path[1:])
        parent, before = self.here if self.path else None, len(self.here.children) if self.path else 0
        self._touched = False
        await super().carry_out(match, negated=negated)
        entered = bool(match.rule.get("view")) and not negated
        if self._touched or (entered and self.path and parent is not None):
            entered = entered and parent is not None and len(parent.children) == before
            if not entered and self._candidate is not None:
                self._journal.append((where, self._line))

    def prompt(self) -> str:
        """`[~H]` when everything is committed, `[*H]` when not."""
        self._follow()
        text = super().prompt()
        if text.startswith("[") and self._candidate is not None:
            return f"[{'*' if self.uncommitted else '~'}{text[1:]}"
        return text

    def view_prompt(self, entry: Entry, parent: Entry) -> str:
        """As in VRP5, but ACLs name their family."""
        return (
            super().view_prompt(entry, parent).replace("acl-basic-", "acl4-basic-").replace("acl-adv-", "acl4-advance-")
        )

    # Into the system view and out of it

    def do_system_view(self, _match: Match) -> None:
        """Into the two-phase mode."""
        if self._candidate is None:
            self._begin()
        super().do_system_view(_match)

    def do_system_view_immediately(self, _match: Match) -> None:
        """Into the mode in which every line takes effect at once."""
        self._candidate = None
        super().do_system_view(_match)

    async def leave(self) -> None:
        """To the user view; uncommitted changes are asked about first."""
        if self.path and self.uncommitted:
            question = (
                "Warning: Uncommitted configurations found, commit them before exiting? [Y(yes)/N(no)/C(cancel)]:"
            )
            while (answer := (await self.terminal.ask(question)).strip().lower()) not in ("y", "yes", "n", "no"):
                if answer in ("c", "cancel"):
                    return
                question = "Error: Please choose 'YES', 'NO' or 'CANCEL' first before pressing 'Enter'. [Y/N/C]:"
            if answer.startswith("y"):
                self._commit()
        self._candidate = None
        self._journal = []
        self.path = []

    # Committing

    def _apply(self) -> None:
        """Make the candidate run; what was committed meanwhile stays, the changes are typed again on top of it."""
        candidate = self.root
        if self._base is not self.device.running:
            candidate = self._replayed()
        self.device.commit(candidate, self.user)
        self._base = self.device.running
        self._journal = []
        if candidate is not self._candidate:
            self._candidate = candidate
            self._find_back()

    def _replayed(self) -> Entry:
        root = self.device.running.copy()
        for where, line in self._journal:
            path = [root]
            for key in where:
                found = path[-1].children.get(key)
                if found is None:
                    # The words are netmiko's marker for VRP8 (huawei_vrpv8); the rest of the text is unverified.
                    raise Refusal("Error: Failed to generate committed config: a view is not there any more.")
                path.append(found)
            again = Vrp8Session(self.device, Script(), self.user, self.level)
            again._base, again._candidate, again.path = self.device.running, root, path
            understood = again._understood(line)
            if understood is None:
                continue
            target, match, negated = understood
            if target is not None:
                again.path = target
            name = match.rule.get("no" if negated else "do")
            if name:
                done = getattr(again, f"do_{name}")(match)
                if done is not None:
                    done.close()
                    raise Refusal("Error: Failed to generate committed config: a question would be asked.")
            elif negated:
                again.negate(match)
            else:
                again.put(match, again.stored(match))
        return root

    def _understood(self, line: str) -> tuple[list[Entry] | None, Match, bool] | None:
        """A line that a table knows; None for one that none does, which has been kept then."""
        strange = self.device.strange
        if strange is not None and strange.stands(self, line):
            return None
        try:
            return self._parse(line)
        except LineError:
            if strange is None or not strange.keep(self, line):
                raise
            return None

    def _commit(self) -> None:
        if self.device.trial is not None:
            raise Refusal("Error: A trial configuration is in progress.")  # unverified wording
        self._apply()

    def do_commit(self, match: Match) -> None:
        """Commit; for a trial with a time limit; or confirm the trial that runs."""
        if self._candidate is None:
            self.complain(LineError(Kind.UNRECOGNIZED, 0))
            return
        words = list(match.words)
        persist = after(words, "persist")
        trial = self.device.trial
        if "trial" in words:
            self._try(words, persist)
            return
        if trial is not None:
            if trial.session is not self and (not trial.persist or trial.persist != persist):
                raise Refusal("Error: The trial configuration of another session cannot be confirmed.")  # unverified
            self.device.confirm()
        if self.uncommitted:
            self._apply()

    def _try(self, words: list[str], persist: str) -> None:
        if self.device.trial is not None:
            raise Refusal("Error: A trial configuration is in progress.")  # unverified wording
        number = after(words, "trial")
        seconds = int(number) if number.isdecimal() else _TRIAL
        before = self.device.running
        self._apply()
        self.device.trial = Trial(before, self, persist)
        self.device.timer("trial").arm(seconds, self.device.revert)
        self.terminal.write(
            "Info: The system enters the trial configuration mode.\n"
            "The system will revert to previous configuration if the trial configuration is not confirmed "
            f"in {seconds} seconds.\n"
        )

    async def do_abort_trial(self, match: Match) -> None:
        """Go back to what was before the trial, after a question."""
        trial = self.device.trial
        if trial is None:
            raise Refusal("Error: No trial configuration exists.")  # unverified wording
        if trial.session is not self and (not trial.persist or trial.persist != after(list(match.words), "persist")):
            raise Refusal("Error: The trial configuration of another session cannot be aborted.")  # unverified
        if yes(await self.terminal.ask("Warning: The trial configuration will be rolled back. Continue? [Y/N]:")):
            self.device.revert()
            self.terminal.write("Info: The trial configuration rollback succeeded.\n")

    def do_clear_candidate(self, _match: Match) -> None:
        """Throw away what is not committed."""
        if self._candidate is not None:
            self._begin()
            self._find_back()

    async def do_rollback(self, match: Match) -> None:
        """Back to a rollback point: what was running before that commit."""
        device = self.device
        place = match.words[-1]
        if match.words[2] == "last":
            found = device.commits[-int(place)][2] if 0 < int(place) <= len(device.commits) else None
        else:
            found = next((entry for number, _, entry in device.commits if str(number) == place), None)
        if found is None:
            raise Refusal("Error: The configuration rollback point does not exist.")  # unverified wording
        question = "Warning: This operation will revert configuration changes to the previous state. Continue? [Y/N]:"
        if yes(await self.terminal.ask(question)):
            device.commit(found, self.user)
            self.terminal.write("Info: Configuration rollback succeeded.\n")  # unverified wording

    # Saving and rebooting

    async def do_save(self, _match: Match) -> None:
        """With its question."""
        self.terminal.write("Warning: The current configuration will be written to the device.\n")
        if not yes(await self.terminal.ask("Are you sure to continue? [Y/N]:")):
            return
        self.terminal.write("Now saving the current configuration to the slot 1 .\n")
        self.device.save()
        self.terminal.write("Info: Save the configuration successfully.\n")

    # Looking

    async def do_display_candidate(self, match: Match) -> None:
        """What is not committed: as typed, as differences, or the whole with it."""
        if match.words[-1] == "merge":
            await self.terminal.page(self.device.show(self.root))
        elif match.words[-1] == "changes":
            await self.terminal.page("Building configuration\n" + self._differences("- ", "+ "))
        else:
            await self.terminal.page(self._differences("undo ", ""))

    def _differences(self, gone: str, new: str) -> str:
        """Lines that came and went, in their views, marked; lines of views that are there already have no mark."""
        before, now = _paths(self._base), _paths(self.root)
        blank = " " * len(new)
        shown: list[str] = []
        for mark, lines, others in ((gone, before, now), (new, now, before)):
            around: tuple[str, ...] = ()
            for path in lines:
                # A value that another one replaced is no line of its own in what was typed.
                if path in others or (not new and lines is before and lines[path] in others.values()):
                    continue
                views = [
                    (depth, text) for depth, text in enumerate(path[:-1]) if path[: depth + 1] != around[: depth + 1]
                ]
                shown += [f"{blank}{' ' * depth}{text}" for depth, text in views if path[: depth + 1] in others]
                indent = " " * (len(path) - 1)
                shown.append(f"{mark}{indent}{path[-1]}" if new else f"{indent}{mark}{path[-1]}")
                around = path
        return "".join(f"{line}\n" for line in shown)

    def do_display_trial(self, _match: Match) -> None:
        """Whether something is being tried."""
        if self.device.trial is None:
            self.terminal.write("Info: No trial configuration exists.\n")  # unverified wording
            return
        left = round(self.device.timer("trial").left)
        self.terminal.write(f"Trial status: active\nRemaining time: {left} s\n")  # unverified layout

    async def do_display_commits(self, _match: Match) -> None:
        """The rollback points, the newest first."""
        lines = [
            f"{place}) CommitId: {number}\n        Label: -\n        User: {user}\n        Type: CLI\n"
            for place, (number, user, _) in enumerate(reversed(self.device.commits), start=1)
        ]
        await self.terminal.page("\n".join(lines) if lines else "Info: No configuration commit exists.\n")


def _paths(root: Entry) -> dict[tuple[str, ...], tuple[Key, ...]]:
    """Every line with the lines of its views, in the device's order, and what identifies them."""
    found: dict[tuple[str, ...], tuple[Key, ...]] = {}
    path: list[str] = []
    keys: list[Key] = []
    for depth, entry in root.walk():
        path[depth:], keys[depth:] = [entry.text], [entry.key]
        found[tuple(path)] = tuple(keys)
    return found
