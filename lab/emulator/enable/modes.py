"""The modes of the family, and how a line is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from lab.emulator.device import LogoutError
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.secrets import type7_clear
from lab.emulator.shell import Refusal, Shell
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.emulator.enable.device import EnableDevice
    from lab.emulator.terminal import Terminal

INVALID = "% Invalid input detected at '^' marker."


def confirmed(answer: str) -> bool:
    """Whether Enter or a yes was pressed."""
    return answer.strip().lower() in ("", "y", "yes")


class EnableModes(Shell):
    """User, privileged and configuration mode."""

    device: EnableDevice
    negation = "no"
    root_view = "config"
    outer_view = "privileged"
    climbs = False
    # How many characters of the name a prompt in configuration shows.
    name_length: int | None = None
    welcome = "Enter configuration commands, one per line.  End with CNTL/Z."
    ping_begins = "Type escape sequence to abort."
    # What begins with `%` and refuses nothing.
    notes: tuple[str, ...] = ("% Generating", "% The key", "% Warning", "%Warning", "% Interface ")
    errors: ClassVar[Mapping[Kind, str]] = {Kind.UNRECOGNIZED: INVALID, Kind.WRONG: INVALID, Kind.TOO_MANY: INVALID}
    no_room = "%Error writing nvram:/startup-config (No space left on device)"  # unverified wording

    def __init__(self, device: EnableDevice, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        self._banner: tuple[Match, str, list[str]] | None = None
        self._line = ""

    @property
    def view(self) -> str:
        """As everywhere; outside the configuration it goes by the level."""
        return super().view if self.path else "privileged" if self.level >= 15 else "user"

    def mode(self, entry: Entry) -> str:
        """The part of the prompt that names a mode."""
        assert entry.rule is not None  # noqa: S101 - only the root has none
        return entry.rule.get("prompt")

    def prompt(self) -> str:
        """`H>`, `H#`, `H(config)#`, `H(config-mode)#`."""
        if self._banner is not None:
            return ""
        if not self.path:
            return f"{self.device.name}{'#' if self.level >= 15 else '>'}"
        here = self.path[-1]
        mode = "" if here.rule is None else "-" + self.mode(here)
        return f"{self.device.name[: self.name_length]}(config{mode})#"

    def greeting(self) -> str:
        """The message of the day."""
        text = self.device.running.value("banner", "motd")
        return text.replace("^C", "") + "\n\n" if text else "\n"

    def refusal(self, answer: str) -> str:
        """The line that begins with `%`, unless it only tells something."""
        for line in answer.split("\n"):
            if line.startswith("%") and not line.startswith(self.notes):
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
            self.terminal.write(f"{' ' * (len(self.prompt()) + error.column)}^\n{self.errors[error.kind]}\n\n")

    async def run_line(self, line: str) -> None:
        """Remember the line for `% Ambiguous command`."""
        self._line = line.strip()
        await super().run_line(line)

    def put(self, match: Match, words: tuple[str, ...]) -> Entry:
        """A value that is the default is not shown: the line goes away."""
        default = match.rule.get("default")
        value = " ".join(words[match.identity :])
        if default and (value == default or (not value and match.identity)):
            for entry in (self.here, *self.twins):
                entry.children.pop(words[: match.identity], None)
            return self.here
        return super().put(match, words)

    # Moving about

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
        self.terminal.write(f"{self.welcome}\n")
        self.path = [self.device.running]

    # Texts over several lines

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

    # What all of the family show

    async def do_show_running(self, _match: Match) -> None:
        """The running configuration."""
        await self.terminal.page(self.device.show(self.device.running))

    def do_terminal_length(self, match: Match) -> None:
        """For this session only; 0 is no paging."""
        self.terminal.height = int(match.words[2])

    def do_ping(self, match: Match) -> None:
        """Only its own addresses answer: there are no packets here."""
        own = any(str(address.ip) == match.words[1] for port in self.device.ports() for address in port.addresses)
        self.terminal.write(
            f"{self.ping_begins}\n"
            f"Sending 5, 100-byte ICMP Echos to {match.words[1]}, timeout is 2 seconds:\n"
            f"{'!!!!!' if own else '.....'}\n"
            f"Success rate is {100 if own else 0} percent ({5 if own else 0}/5)\n"
        )

    def do_write(self, _match: Match) -> None:
        """Save, without a question."""
        self.terminal.write("Building configuration...\n")
        self.device.save()
        self.terminal.write("[OK]\n")
