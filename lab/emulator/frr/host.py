"""The Linux host: the shell of an SSH exec request, `frr-reload.py`, and the guard script that is uploaded to it."""

from __future__ import annotations

import asyncio
import posixpath
import shlex
from typing import TYPE_CHECKING

from lab.emulator.device import Script, Spec
from lab.emulator.faults import FlashFullError
from lab.emulator.frr.router import FrrRouter
from lab.emulator.frr.text import difference, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.emulator.tree import Entry

FOLDER = "/var/tmp/govnet"  # noqa: S108 - a path inside the model
ENDED = f"{FOLDER}/ended"

Result = tuple[int, bytes, bytes]


class FrrDevice(FrrRouter):
    """A Linux host with FRR."""

    def __init__(self, spec: Spec) -> None:
        # Files that were uploaded; a reboot keeps /var/tmp.
        self.files: dict[str, bytes] = {}
        self.guard: Entry | None = None
        self.guard_fired = False
        self.ended: Result = (0, b"", b"")  # how the last reload of the guard script ended
        super().__init__(spec)

    # The shell

    async def run_command(self, command: str, stdin: asyncio.Queue[bytes | None], user: str, level: int) -> Result:
        """One command of an SSH exec request: exit status, standard output, standard error."""
        if self.spec.delay + self.faults.slow:
            await asyncio.sleep(self.spec.delay + self.faults.slow)
        words, redirect = _words(command)
        if words == ["cat"] and redirect:
            return self._store(redirect, await _everything(stdin))
        if redirect or not words:
            return _not_found(command)
        if words[0] == "timeout" and len(words) > 2:
            del words[:2]  # nothing takes long here
        program = posixpath.basename(words[0])
        tools: dict[str, Callable[[list[str]], Result]] = {
            "mkdir": lambda _words: (0, b"", b""),
            "cat": self._cat,
            "rm": self._remove,
            "frr-reload.py": self._reload,
            "sh": self._guard,
            "true": lambda _words: (0, b"", b""),
            "test": lambda _words: (0, b"", b""),
            "hostname": lambda _words: (0, f"{self.name}\n".encode(), b""),
        }
        if program == "vtysh":
            return await self._vtysh(words[1:], user, level)
        tool = tools.get(program)
        return _not_found(words[0]) if tool is None else tool(words[1:])

    def _store(self, path: str, data: bytes) -> Result:
        if self.faults.full_flash:
            return 1, b"", b"cat: write error: No space left on device\n"
        if not path.startswith(FOLDER + "/"):
            return 1, b"", f"bash: {path}: Permission denied\n".encode()
        self.files[path] = data
        return 0, b"", b""

    def _cat(self, words: list[str]) -> Result:
        output = b""
        for path in words:
            if path not in self.files:
                return 1, output, f"cat: {path}: No such file or directory\n".encode()
            output += self.files[path]
        return 0, output, b""

    def _remove(self, words: list[str]) -> Result:
        for path in words:
            self.files.pop(path, None)
        return 0, b"", b""

    async def _vtysh(self, words: list[str], user: str, level: int) -> Result:
        script = Script()
        session = self.session(script, user, level)
        if len(words) % 2 or any(word != "-c" for word in words[::2]):
            return 1, b"", b"Invalid options.\n"
        for line in words[1::2]:
            await session.execute(line)
            if session.refusal("".join(script.output)):
                return 1, "".join(script.output).encode(), b""
        return 0, "".join(script.output).encode(), b""

    # frr-reload.py

    def _reload(self, words: list[str]) -> Result:
        """`--test` rehearses, `--reload` does it: the running configuration becomes that of the file."""
        options = [word for word in words if word.startswith("--")]
        paths = [word for word in words if not word.startswith("--")]
        confdir = ""
        if "--confdir" in options:
            confdir = paths.pop(0)
        if len(paths) != 1 or not {"--test", "--reload"} & set(options):
            return 2, b"", b"usage: frr-reload.py [--reload | --test] [--stdout] filename\n"
        path = paths[0]
        if path not in self.files:
            return 1, b"", f"Filename {path} does not exist\n".encode()
        wanted, complaint = parse(self, self.files[path].decode("utf-8", errors="replace"))
        if wanted is None:
            head = "vtysh failed to process new configuration: vtysh (mark file) exited with status 2:"
            return 1, f"{head}\nb'{complaint.strip()}'\n".encode(), b""
        if "--test" in options:
            return 0, difference(self.running, wanted).encode(), b""
        # The name shown is the system's, whatever the file says.
        for said in wanted.starting("hostname"):
            del wanted.children[said.key]
        for host in self.running.starting("hostname"):
            wanted.children[host.key] = host.copy()
        self.load(wanted)
        if path != posixpath.join(confdir or "/etc/frr", "frr.conf") or not confdir:
            try:
                self.save()
            except FlashFullError:
                return 1, b"", b"write error: No space left on device\n"
        return 0, b"", b""

    # The guard script

    def _guard(self, words: list[str]) -> Result:
        if not words or words[0] not in self.files:
            missing = words[0] if words else ""
            return 127, b"", f"sh: 0: cannot open {missing}: No such file\n".encode()
        action = words[1] if len(words) > 1 else ""
        if action == "arm" and len(words) == 4 and words[2].isdecimal():
            return self._arm(int(words[2]), words[3])
        if action == "reload":
            # Nothing takes long here, and what is said over a session that dies is heard in another.
            self.ended = self._reload(["--confdir", FOLDER, "--reload", f"{FOLDER}/frr.conf"])
            self.files[ENDED] = b""
            return self.ended
        simple = {"cancel": self._cancel, "status": self._status, "ended": self._ended}
        if action in simple:
            return simple[action]()
        return 1, b"", b"usage: guard arm SECONDS FILE | cancel | status | reload SECONDS | ended SECONDS\n"

    def _status(self) -> Result:
        if self.guard is not None:
            return 0, f"armed {round(self.timer('guard').left)}\n".encode(), b""
        return 0, b"idle fired\n" if self.guard_fired else b"idle\n", b""

    def _ended(self) -> Result:
        return self.ended if ENDED in self.files else (1, b"", b"the reload has not ended\n")

    def _cancel(self) -> Result:
        if self.guard is not None:
            self._disarm()
            return 0, b"idle\n", b""
        return 1, b"", b"too late: the configuration was restored\n" if self.guard_fired else b"nothing is armed\n"

    def _arm(self, seconds: int, path: str) -> Result:
        if self.guard is not None:
            return 1, b"", b"already armed\n"
        if not self.files.get(path):
            return 1, b"", f"no such file, or an empty one: {path}\n".encode()
        wanted, complaint = parse(self, self.files[path].decode("utf-8", errors="replace"))
        if wanted is None:
            return 1, b"", complaint.encode()
        self.guard, self.guard_fired = wanted, False
        self.timer("guard").arm(seconds, self._fire)
        return 0, f"armed {seconds}\n".encode(), b""

    def _fire(self) -> None:
        wanted, self.guard = self.guard, None
        if wanted is not None:
            self.guard_fired = True
            self.load(wanted)

    def _disarm(self) -> None:
        self.guard = None
        self.timer("guard").cancel()

    def forget(self) -> None:
        """A reboot ends the guard."""
        self.guard = None


def _words(command: str) -> tuple[list[str], str]:
    """The words of a shell command, and where its output goes."""
    try:
        words = shlex.split(command)
    except ValueError:
        return [], ""
    if ">" in words and words.index(">") == len(words) - 2:
        return words[:-2], words[-1]
    return words, ""


def _not_found(command: str) -> Result:
    return 127, b"", f"bash: {command}: command not found (this host is a model with a few commands)\n".encode()


async def _everything(stdin: asyncio.Queue[bytes | None]) -> bytes:
    data = b""
    while (block := await stdin.get()) is not None:
        data += block
    return data
