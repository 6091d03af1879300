"""The command line of FortiOS: `config`, `edit`, `set`, `next`, `end`, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.emulator.device import LogoutError, Session
from lab.emulator.faults import FlashFullError
from lab.emulator.fortios.entries import ODD, row_entry, section, set_values, values_of
from lab.emulator.fortios.schema import Mistake, Node
from lab.emulator.fortios.words import piped, said, split
from lab.emulator.logins import Idle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from lab.emulator.fortios.device import FortiBox
    from lab.emulator.terminal import Terminal
    from lab.emulator.tree import Entry

_REFUSALS = (
    "Unknown action",
    "Command fail",
    "command parse error",
    "value parse error",
    "node_check_object fail",
    "incomplete command",
    "please use 'end'",
)
_ROOT = ("config", "show", "get", "execute", "exit")
_BLOCK = ("end", "abort", "show", "get", "exit")
_TABLE = ("edit", "delete", "purge", "rename", "clone", "move")
_FIELDS = ("config", "set", "unset", "append", "unselect", "select")


class Refusal(Exception):  # noqa: N818 - it is the device's answer, not an error of ours
    """A command that is refused; the text is the device's."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(f"{text}\nCommand fail. Return code {code}\n")


@dataclass(slots=True, eq=False)
class Frame:
    """A block that is open. `entry` is an object's or row's working copy, or the table itself; `parent` holds it."""

    node: Node
    entry: Entry
    parent: Entry
    row: str | None = None
    fresh: bool = False

    @property
    def table(self) -> bool:
        """Whether rows are edited here."""
        return bool(self.node.key) and self.row is None

    @property
    def name(self) -> str:
        """What the prompt shows."""
        return self.node.name if self.row is None else self.row


class FortiLanguage(Session):
    """A user at a FortiOS command line. `frames` are the blocks that are open, the outermost first."""

    device: FortiBox

    def __init__(self, device: FortiBox, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        self.frames: list[Frame] = []
        # What was typed of a value whose quote is still open.
        self._open = ""
        self._alive = False
        self._idle = Idle(device, terminal, lambda: float(device.get("system", "global", field="admintimeout")))

    # The session

    async def run(self) -> None:
        """As every session; `admintimeout` ends one in which nothing is typed; a banner may have to be accepted."""
        self._alive = True
        self._idle.touch()
        try:
            if self.device.get("system", "global", field="post-login-banner") == "enable":
                self.terminal.write("WARNING: authorised users only\n(Press 'a' to accept):")
                while await self.terminal.key() != ord("a"):
                    pass
                self.terminal.write("\n")
            await super().run()
        finally:
            self._idle.end()

    def greeting(self) -> str:
        """Nothing."""
        return ""

    def prompt(self) -> str:
        """`H # `, `H (interface) # `; `$` for who may only look. `> ` while a quote is open."""
        self.terminal.height = 0 if self.device.get("system", "console", field="output") == "standard" else self._height
        if self._open:
            return "> "
        place = f" ({self.frames[-1].name})" if self.frames else ""
        return f"{self.device.name}{place} {'#' if self.level >= 15 else '$'} "

    @property
    def _height(self) -> int:
        return self.device.pager.height

    async def configure(self) -> None:
        """The root prompt takes `config`."""
        self.frames = []

    def refusal(self, answer: str) -> str:
        """The line that says what was wrong."""
        return next((line.strip() for line in answer.split("\n") if line.startswith(_REFUSALS)), "")

    async def execute(self, line: str) -> None:
        """One line of the user's; a `#` begins a remark in files."""
        if self._alive:
            self._idle.touch()
            self.device.input()
        if line != "\x1a":
            await self._one_line(f"{self._open}\n{line}" if self._open else line)
        # As every transcript shows, an empty line stands before each prompt.
        if not self._open:
            self.terminal.write("\n")

    async def _one_line(self, text: str) -> None:
        self._open = ""
        if not text.strip() or text.lstrip().startswith("#"):
            return
        text, pipe = piped(text)
        words = split(text)
        if words is None:
            self._open = text
            return
        try:
            await self._carry_out(words, pipe)
        except Refusal as refusal:
            self.terminal.write(str(refusal))
        except FlashFullError:
            self.terminal.write("Failed to save the configuration: no space left on the flash\n")  # unverified wording
        except Mistake as mistake:
            self.terminal.write(said(mistake))

    async def _carry_out(self, words: list[str], pipe: str) -> None:
        known = self._actions()
        verb = [name for name in known if name == words[0]] or [name for name in known if name.startswith(words[0])]
        if len(verb) != 1:
            # Two actions that a short word could mean are answered as none (unverified).
            self.terminal.write("Unknown action 0\n")
            return
        name = verb[0]
        # That a read-only administrator gets into a block and no further is unverified.
        if self.level < 15 and (name in (*_TABLE, *_FIELDS[1:]) or (name == "execute" and words[1:2] != ["ping"])):
            self.terminal.write("Unknown action 0\n")
            return
        if name in ("show", "get"):
            await self.look(name, words[1:], pipe)
            return
        done = getattr(self, f"do_{name}")(words[1:])
        if done is not None:
            await done

    def _actions(self) -> tuple[str, ...]:
        if not self.frames:
            return _ROOT
        frame = self.frames[-1]
        if frame.table:
            return (*_BLOCK, *_TABLE)
        return (*_BLOCK, *_FIELDS, *(("next",) if frame.row is not None else ()))

    async def look(self, verb: str, words: list[str], pipe: str) -> None:
        """`show` and `get`."""
        raise NotImplementedError

    # Blocks

    @property
    def _frame(self) -> Frame:
        return self.frames[-1]

    def find(self, words: list[str], nodes: dict[tuple[str, ...], Node]) -> tuple[Node, list[str]]:
        """The object or table that words name, each shortened or not, and the words behind it."""
        best: list[tuple[int, Node]] = []
        furthest = 0
        for path, node in nodes.items():
            fits = 0
            while fits < min(len(path), len(words)) and path[fits].startswith(words[fits]):
                fits += 1
            furthest = max(furthest, fits)
            if fits == len(path):
                best.append((fits, node))
        if not best:
            if furthest >= len(words):
                raise Refusal("\nincomplete command in the end", -160)
            raise Mistake(words[furthest], -61, parse="command")
        exact = [node for _, node in best if list(node.path) == words[: len(node.path)]]
        longest = max(length for length, _ in best)
        chosen = exact or [node for length, node in best if length == longest]
        node = max(chosen, key=lambda one: len(one.path))
        return node, words[len(node.path) :]

    def do_config(self, words: list[str]) -> None:
        """Open an object or a table."""
        nodes = self._frame.node.nodes if self.frames else self.device.known.nodes
        node, rest = self.find(words, nodes)
        if rest:
            raise Mistake(rest[0], -61, parse="command")
        parent = self._frame.entry if self.frames else self.device.running
        present = parent.child("config", *node.path)
        if node.key:
            self.frames.append(Frame(node, present or parent.put(section(node.path)), parent))
        else:
            self.frames.append(Frame(node, present.copy() if present is not None else section(node.path), parent))

    def do_edit(self, words: list[str]) -> None:
        """Open a row, which is made if it is new; 0 is the next number."""
        row = self._one(words)
        frame = self._frame
        present = frame.entry.child("edit", row)
        if present is None and not frame.node.valid(row):
            raise Mistake(row, -61 if frame.node.key.startswith("name") else -651)
        if present is None:
            self.terminal.write(f"new entry '{row}' added\n")
        entry = present.copy() if present is not None else row_entry(row)
        self.frames.append(Frame(frame.node, entry, frame.entry, row, fresh=present is None))

    def _one(self, words: list[str]) -> str:
        if not words:
            raise Refusal("\nincomplete command in the end", -160)
        if len(words) > 1:
            raise Mistake(words[1], -61, parse="command")
        return words[0]

    def do_next(self, words: list[str]) -> None:
        """Take the row over, and stay in the table."""
        del words
        self._take_over()

    def do_end(self, words: list[str]) -> None:
        """Take over what is open, and leave the block."""
        del words
        try:
            if not self._frame.table:
                self._take_over()
        finally:
            # What was refused is thrown away, and the block is left all the same.
            if self.frames and self._frame.table:
                self._leave_table()

    def do_abort(self, words: list[str]) -> None:
        """Leave the block without taking anything over."""
        del words
        if self.frames.pop().row is not None:
            self._leave_table()

    def _leave_table(self) -> None:
        frame = self.frames.pop()
        if not frame.entry.children:
            frame.parent.children.pop(frame.entry.key, None)

    def _take_over(self) -> None:
        """Check a working copy and put it where it belongs; at the outermost level it takes effect then."""
        frame = self.frames.pop()
        before = self.device.mode
        self._check(frame)
        if frame.row == "0" and frame.node.key.startswith("id") and frame.fresh:
            taken = [int(key[1]) for key in frame.parent.children if key[0] == "edit"]
            frame.row = str(max(taken, default=0) + 1)
            frame.entry.words = frame.entry.key = ("edit", frame.row)
        if frame.row is None and not frame.entry.children:
            frame.parent.children.pop(frame.entry.key, None)
        else:
            frame.parent.children[frame.entry.key] = frame.entry
        if self._outermost(frame):
            self.device.committed(before)

    def _outermost(self, frame: Frame) -> bool:
        return len(self.frames) == (1 if frame.row is not None else 0)

    def _check(self, frame: Frame) -> None:
        """What a row or an object must have. The codes are those of transcripts; not all of the texts are."""
        for field in frame.node.fields.values():
            odd = frame.entry.child(ODD, field.name) is not None
            if field.needed and not odd and not values_of(frame.node, frame.entry, field.name):
                raise Refusal(
                    f"node_check_object fail! for {field.name}\n\nAttribute '{field.name}' MUST be set.\n"
                    "object check operator error, -56, discard the setting",
                    -56,
                )
        if frame.node.path == ("system", "interface"):
            self._check_interface(frame)

    def _check_interface(self, frame: Frame) -> None:
        row = frame.entry
        kind = values_of(frame.node, row, "type")[0]
        # The row of a port may go without its type in a text that was given.
        if kind == "vlan" and not row.fixed and not (set_values(row, "vlanid") and set_values(row, "interface")):
            raise Refusal(
                "node_check_object fail! for vlanid\n\nAttribute 'vlanid' MUST be set.\n"
                "object check operator error, -56, discard the setting",
                -56,
            )
        for other in self.device.rows("system", "interface"):
            if other.key == row.key:
                continue
            for mine in self.device.addresses(row):
                for theirs in self.device.addresses(other):
                    if mine.network.overlaps(theirs.network):
                        raise Refusal(
                            f"Subnets overlap between '{row.key[1]}' with primary IP of '{other.key[1]}'\n"
                            "object set operator error, -54 discard the setting",
                            -54,
                        )

    def do_exit(self, words: list[str]) -> None:
        """Log out; inside a block the device says how to leave it."""
        del words
        if self.frames:
            self.terminal.write("please use 'end' to return to root shell\n")
            return
        raise LogoutError

    async def sure(self) -> bool:
        """`Do you want to continue? (y/n)`: one key, without Enter."""
        self.terminal.write("Do you want to continue? (y/n)")
        while (key := chr(await self.terminal.key()).lower()) not in "yn":
            pass
        self.terminal.write(f"{key}\n")
        return key == "y"

    def do_execute(self, words: list[str]) -> Awaitable[None] | None:
        """One-shot actions."""
        if not words:
            raise Refusal("\nincomplete command in the end", -160)
        known = sorted(name.removeprefix("execute_") for name in dir(self) if name.startswith("execute_"))
        found = [name for name in known if name == words[0]] or [name for name in known if name.startswith(words[0])]
        if len(found) != 1:
            raise Mistake(words[0], -61, parse="command")
        action: Callable[[list[str]], Awaitable[None] | None] = getattr(self, f"execute_{found[0]}")
        return action(words[1:])
