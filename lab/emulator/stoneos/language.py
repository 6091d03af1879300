"""The language of StoneOS: its modes, and what its configuration commands mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lab.emulator.device import LogoutError
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.logins import Idle
from lab.emulator.parameters import BLANK
from lab.emulator.shell import Refusal, Shell
from lab.emulator.stoneos.device import bare
from lab.emulator.stoneos.given import with_blanks_kept
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator import grammar
    from lab.emulator.stoneos.device import StoneBox
    from lab.emulator.terminal import Terminal

# As transcripts in public repositories have them; the third is the manual's word in the same shape.
_ERRORS = {
    Kind.UNRECOGNIZED: ("unrecognized keyword {}", "无法识别的关键字: {}"),
    Kind.WRONG: ("unrecognized keyword {}", "无法识别的关键字: {}"),
    Kind.TOO_MANY: ("unrecognized keyword {}", "无法识别的关键字: {}"),
    Kind.INCOMPLETE: ("incomplete command", "不完整的命令"),
    Kind.AMBIGUOUS: ("ambiguous command {}", "不明确的命令: {}"),
}
_SHORT = {"ethernet": "eth", "xethernet": "xe", "aggregate": "agg", "loopback": "loop", "tunnel": "tun"}


class StoneLanguage(Shell):
    """Modes and configuration."""

    device: StoneBox
    negation = "no"
    root_view = "config"
    outer_view = "exec"
    no_room = "Error: Failed to save configuration: no space left"  # unverified wording

    def __init__(self, device: StoneBox, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        self._line = ""
        self._alive = False
        self._idle = Idle(device, terminal, lambda: float(device.running.value("ssh", "timeout") or 10))

    # The session

    async def run(self) -> None:
        """As every session; `ssh timeout` ends one in which nothing is typed."""
        self._alive = True
        self._idle.touch()
        try:
            await super().run()
        finally:
            self._idle.end()

    def greeting(self) -> str:
        """The banner; a backslash with an n in it begins a line."""
        text = bare(self.device.running.value("admin", "login-banner"))
        return text.replace("\\n", "\n") + "\n" if text else ""

    @property
    def holds(self) -> bool:
        """Whether this session has begun the transaction that is open."""
        return self.device.transaction is not None and self.device.transaction.session is self

    def prompt(self) -> str:
        """`H# `, `H(config)# `, `H(config-if-eth0/0)# `; `H[TRN]# ` in a transaction. A long name ends with `~`."""
        device = self.device
        length = int(device.running.value("hostname-display-length") or 16)
        name = device.name if len(device.name) <= length else device.name[:length] + "~"
        mode = "[TRN]" if self.holds else ""
        if self.path:
            mode += f"({self._mode(self.path[-1])})"
        return f"{name}{mode}# "

    def _mode(self, entry: Entry) -> str:
        rule = entry.rule
        if rule is None:
            return "config"
        if rule.get("view") == "interface":
            found = re.fullmatch(r"([A-Za-z]+)(.*)", entry.words[1])
            return f"config-if-{_SHORT.get(found[1], found[1][:3])}{found[2]}" if found else "config-if"
        # A name in a prompt stands without its quotes.
        return rule.get("prompt").format(*map(bare, entry.words))

    def refusal(self, answer: str) -> str:
        """The caret's line, or the one that begins with the word for a mistake."""
        for line in answer.split("\n"):
            if re.match(r"\s*\^-----|Error:|错误", line):
                return line.strip()
        return ""

    async def execute(self, line: str) -> None:
        """One line of the user's; a `#` begins a remark in files."""
        if self._alive:
            self._idle.touch()
        if line == "\x1a":
            self.path, self.twins = [], []
        elif line.strip() and not line.lstrip().startswith("#"):
            await self.run_line(line)

    async def run_line(self, line: str) -> None:
        """A name in quotes is one word, whatever blanks are in it."""
        self._line = with_blanks_kept(line.rstrip())
        await super().run_line(self._line)

    def _views(self) -> list[tuple[list[Entry] | None, grammar.View]]:
        """Only the mode in which the user is: every example of the manual leaves one before it enters another."""
        return [(None, self.device.views[self.view])]

    def _find_back(self) -> None:
        """As everywhere; a rule may stand elsewhere than the way in which it was entered says (see `do_rule`)."""
        entered = self.path[-1] if len(self.path) in (2, 3) else None
        if entered is None or entered.key[:2] != ("rule", "id"):
            super()._find_back()
            return
        way = self.path[:-1]
        self.path = way
        super()._find_back()
        found = self.home.children.get(entered.key)
        if found is not None and len(self.path) == len(way):
            self.path = [*self.path, found]

    def complain(self, error: LineError) -> None:
        """A caret under the place with the text behind it."""
        found = re.match(r"\S*", self._line[error.column :])
        word = found[0].replace(BLANK, " ") if found else ""
        text = _ERRORS[error.kind][self.device.chinese].format(word)
        self.terminal.write(f"{' ' * (len(self.prompt()) + error.column)}^-----{text}\n")

    def wrong(self, text: str, chinese: str = "") -> Refusal:
        """A refusal; the Chinese text is the device's own where a transcript has it."""
        return Refusal(f"错误：{chinese}" if self.device.chinese and chinese else f"Error: {text}")

    def may(self, match: Match) -> bool:
        """Each command's level; configuration needs an operator."""
        needed = match.rule.get("level") or ("0" if match.rule.view in ("any", "exec") else "10")
        return int(needed) <= self.level

    async def carry_out(self, match: Match, *, negated: bool) -> None:
        """As everywhere; nobody but its own session configures while a transaction is open."""
        outside = match.rule.view in ("any", "exec")
        if negated and outside:
            raise_at = re.match(r"\s*", self._line)
            self.complain(LineError(Kind.UNRECOGNIZED, len(raise_at[0]) if raise_at else 0))
            return
        if not outside and self.device.transaction is not None and not self.holds:
            raise self._locked()
        await super().carry_out(match, negated=negated)

    def _locked(self) -> Refusal:
        user = self.device.transaction.user if self.device.transaction is not None else ""
        # That nobody else can configure is the manual's, the words are not.
        return self.wrong(f"Configuration is locked by the transaction of {user}")

    def stored(self, match: Match) -> tuple[str, ...]:
        """Secrets as the configuration shows them."""
        words = list(match.words)
        for place in match.secrets:
            words[place] = self.device.cipher(bare(words[place]).replace(BLANK, " "))
        return tuple(words)

    def put(self, match: Match, words: tuple[str, ...]) -> Entry:
        """A value that is the default is not shown: the line goes away."""
        default = match.rule.get("default")
        if default and " ".join(words[match.identity :]) == default:
            self.here.children.pop(words[: match.identity], None)
            return self.here
        return super().put(match, words)

    # Moving about

    def do_configure(self, _match: Match) -> None:
        """Into the configuration."""
        if self.device.transaction is not None and not self.holds:
            raise self._locked()
        self.path = [self.root]

    def do_exit(self, _match: Match) -> None:
        """One mode up, out of the first to the door: a transaction ends as `cli-exit-action` says."""
        if self.path:
            self.path, self.twins = self.path[:-1], []
            return
        transaction = self.device.transaction
        if transaction is not None and self.holds:
            self.device.transaction = None
            if self.device.running.value("cli-exit-action") == "rollback":
                self.device.load(transaction.before)
        raise LogoutError

    def do_end(self, _match: Match) -> None:
        """To execution mode."""
        self.path, self.twins = [], []

    def do_view(self, match: Match) -> None:
        """Into a block; what it is called stays as it was made."""
        self.put(match, self.stored(match))
        self.device.changed()

    def do_no_fixed(self, match: Match) -> None:
        """What the box has from the start stays."""
        entry = next((child for child in self.here.starting(*match.words) if child.key[: len(match.words)]), None)
        if entry is None:
            raise self.wrong(f"{bare(match.words[-1])} is not found")  # unverified wording
        if entry.fixed:
            raise self.wrong("The predefined entry cannot be deleted")  # unverified wording
        if match.words[0] == "zone" and self.users("zone", match.words[1]):
            raise self.wrong(f"Zone {bare(match.words[1])} is in use and cannot be deleted")  # unverified wording
        del self.here.children[entry.key]
        self.device.changed()

    def users(self, kind: str, name: str) -> list[Entry]:
        """The blocks that name something of a kind."""
        words = {
            "address": ("src-addr", "dst-addr", "member"),
            "service": ("service",),
            "zone": ("zone", "src-zone", "dst-zone"),
        }[kind]
        return [
            entry
            for entry in self.device.running.children.values()
            if any(entry.child(word, name) is not None or entry.value(word) == name for word in words)
        ]

    @property
    def home(self) -> Entry:
        """What holds the rules: the configuration, or the policy's block if a text that was given has them there."""
        root = self.device.running
        policy = root.child("policy-global")
        return policy if policy is not None and policy.starting("rule", "id") else root

    def do_language(self, match: Match) -> None:
        """The language of messages; `zh_CN` keeps its capitals."""
        if match.words[1] not in ("en", "zh_CN"):
            self.complain(LineError(Kind.UNRECOGNIZED, match.columns[1]))
            return
        if match.words[1] == "en":
            self.here.children.pop(("language",), None)
        else:
            super().put(match, match.words)

    # Administrators

    def do_admin_host(self, match: Match) -> None:
        """A trusted host and a service; `any` stands for all of them."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.device.changed()

    def do_no_admin_host(self, match: Match) -> None:
        """With a service only that one, without all of the host's."""
        if not self.here.remove(match.words):
            raise self.wrong("The trusted host is not found")  # unverified wording
        self.device.changed()

    def do_password(self, match: Match) -> None:
        """A secret, which is shown in its stored form; the password policy's length counts for what is typed."""
        text = bare(match.words[match.secrets[0]])
        policy = self.device.running.child("password-policy")
        least = int(policy.value("admin", "min-length") or 4) if policy is not None else 4
        if match.rule.view == "admin" and len(text) < least:
            raise self.wrong(f"The password must have at least {least} characters")  # unverified wording
        self.put(match, self.stored(match))
        self.device.changed()

    def do_own_password(self, match: Match) -> None:
        """Everybody may change his own."""
        entry = self.device.running.child("admin", "user", f'"{self.user}"')
        password = entry.child("password") if entry is not None else None
        if password is None:
            raise self.wrong("The administrator is not found")  # unverified wording
        password.words = ("password", self.device.cipher(bare(match.words[-1])))

    def do_snmp_user(self, match: Match) -> None:
        """A user with his secrets in their stored form."""
        self.put(match, self.stored(match))
        self.device.changed()
