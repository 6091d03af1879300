"""The NAPALM driver for FRRouting on a host with a shell: candidates by `frr-reload.py`, guard: a timed restore."""

from __future__ import annotations

import asyncio
import re
import shlex
from dataclasses import replace
from ipaddress import ip_interface
from pathlib import Path
from typing import TYPE_CHECKING

from configs.channel import Channel, Finished, silent, wait
from configs.connection import connect
from configs.dialects.frr import DIALECT, dialogue
from configs.dialects.frr.language import LANGUAGE
from configs.dialects.frr.merge import merged
from configs.driver import Driver
from configs.guard import Guard, GuardKind
from configs.masking import answer
from configs.tree import decode
from inventory.errors import CommandError, DeviceError, DeviceUnreachableError, NotBegunError, RefusedError
from inventory.text import Message

if TYPE_CHECKING:
    from napalm.base import models

    from configs.change import Change
    from configs.model import Dialect
    from configs.tree import Tree
    from inventory.model import Interface

TIMED_RESTORE = Guard(GuardKind.TIMED_RESTORE)
RELOAD_SECONDS = 180.0
RELOAD_GRACE = 5.0  # between the end of a reload on the host and what we hear of it
ARRIVAL_PAUSE = 0.5  # between two attempts to log in at a new address
ARRIVAL_SECONDS = 30.0  # until a host that has reloaded is found there; shorter than every guard
# Zebra and bgpd apply changed route maps, and the lists that these use, some seconds after the command: 5 unless told
# otherwise (docs.frrouting.org, zebra, "zebra route-map delay-timer (0-600)"; bgpd has the same). FRR 8.4.4: a map
# took our way back out of the kernel after the reload had ended and a new login had found all well.
_LATE = re.compile(r"route-map |prefix-list |access-list |as-path |community-list |^(?:no )?ip(?:v6)? protocol ")
_DELAY = re.compile(r"^ *(?:zebra|bgp) route-map delay-timer (\d+)", re.MULTILINE)
USUAL_DELAY = 5
_SCRIPT = Path(__file__).parent / "guard"
# FRRouting 8.4.4 (rt-anping) on Linux(6.1.0-26-amd64).
_VERSION = re.compile(r"^FRRouting (\S+) \((.*?)\) on (\S+?)\.?\s*$", re.MULTILINE)
_ADDRESS = re.compile(r"(?:ip|ipv6) address (\S+/\d+)")


class FrrDriver(Driver):
    """FRR, spoken to by SSH exec requests."""

    platform = "frr"

    _channel: Channel | None = None
    _replace = False

    @property
    def dialect(self) -> Dialect:
        """This one."""
        return DIALECT

    async def _open(self) -> None:
        self._channel = await connect(self.target)

    async def _close(self) -> None:
        if self._channel is not None:
            await self._channel.close()
            self._channel = None

    def is_alive(self) -> models.AliveDict:
        """Whether there is a connection."""
        return {"is_alive": self._channel is not None}

    async def _run(self, command: str, stdin: bytes = b"", *, seconds: float = 0) -> Finished:
        if self._channel is None:
            raise DeviceUnreachableError(self.target.device, Message("the session is closed"))
        limit = seconds or self.target.command_timeout
        try:
            async with asyncio.timeout(limit):
                return await self._channel.run(command, stdin)
        except TimeoutError as error:
            if isinstance(error, DeviceUnreachableError):
                raise
            raise silent(self.target.device, command, limit) from error

    async def _must(self, command: str, stdin: bytes = b"", *, seconds: float = 0) -> bytes:
        """Run a command that has to succeed; its standard output."""
        done = await self._run(command, stdin, seconds=seconds)
        if done.status != 0:
            raise CommandError(
                self.target.device, command, answer(self.mask, stdin.decode("utf-8", "replace"), _last_words(done))
            )
        return done.stdout

    async def _look(self, command: str) -> bytes:
        if command.startswith("ping "):
            # The host's own: vtysh's has no end. Its status 1 says that nobody answered (ping(8)).
            done = await self._run(shlex.join(shlex.split(command)), seconds=RELOAD_SECONDS)
            if done.status not in {0, 1}:
                raise CommandError(self.target.device, command, self.mask(_last_words(done)))
            return done.stdout
        shown = command if command.startswith("vtysh") else f"vtysh -c {shlex.quote(command)}"
        return await self._must(shown, seconds=RELOAD_SECONDS)

    async def _running(self) -> bytes:
        output = await self._must(dialogue.SHOW_RUNNING, seconds=RELOAD_SECONDS)
        lines = output.replace(b"\r\n", b"\n").split(b"\n")
        while lines and dialogue.PREAMBLE.match(lines[0]):
            del lines[0]
        return b"\n".join(lines)

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Take a text whose lines are to be in the running configuration."""
        super().load_merge_candidate(filename, config)
        self._replace = False

    def load_replace_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Take a text that the running configuration is to become."""
        super().load_merge_candidate(filename, config)
        self._replace = True

    def _change(self, running: Tree) -> Change:
        change = super()._change(running)
        if not self._replace or self._candidate is None:
            return change
        return _replacement(running, self._candidate, self.management)

    async def _guard(self, running: Tree) -> Guard:
        del running
        return TIMED_RESTORE

    async def _pending(self) -> bool:
        # A host that never had a guard does not have the script either.
        await self._ours()
        done = await self._run(dialogue.GUARD_STATUS)
        return done.status == 0 and done.stdout.split()[:1] == [b"armed"]

    async def _ours(self) -> None:
        """RefusedError if the folder for our files is another user's."""
        if (await self._run(dialogue.OURS)).status != 0:
            raise RefusedError(
                Message(
                    "{device}: the folder {path} on it belongs to another user",
                    device=self.target.device,
                    path=dialogue.FOLDER,
                ),
                Message("look who made it and remove it; nothing in it is run, and no configuration is put there"),
            )

    async def _apply(self, change: Change, running: Tree, candidate: Tree, revert_in: int) -> None:
        text = candidate.text if self._replace else merged(running, candidate)
        late = _late(change, running.text + text)
        if late > revert_in // 3 > 0:
            raise RefusedError(
                Message(
                    "{device}: it applies route maps only after {count} s, when its guard may have ended already",
                    device=self.target.device,
                    count=late,
                ),
                Message("set a shorter route-map delay-timer on it first"),
            )
        try:
            await self._prepared(text, running, revert_in)
        except CommandError as error:
            raise NotBegunError(error.device, error.line, error.answer, error.hint) from None
        # Our reload has ended before the guard's may begin, whatever became of the session.
        limit = max(1, revert_in * 2 // 3) if revert_in else int(RELOAD_SECONDS)
        try:
            self._judge(text, await self._reload(limit))
            await self._run(dialogue.remove(dialogue.CANDIDATE))
            await asyncio.sleep(late)  # the new login is to see what the change does, not what was before
        except (ConnectionError, TimeoutError):
            if change.reconnect is None:
                raise
            # The address we came to has moved; the reload goes on without us, and a new login looks at what it
            # did and cleans up (`_confirm`).

    async def _reload(self, limit: int) -> Finished:
        """Reload, and hear of its end here or at the address that the host has then, whichever is first.

        A session dies in silence with its address, which SSH notices a minute later: half of a guard's time.
        """
        await self._must(dialogue.remove(dialogue.ENDED))
        here = asyncio.ensure_future(self._run(dialogue.reload_within(limit), seconds=limit + RELOAD_GRACE))
        if self.after == self.target.endpoint:
            return await here
        there = asyncio.ensure_future(self._arrived(limit))
        try:
            async with asyncio.timeout(limit + RELOAD_GRACE):
                await asyncio.wait((here, there), return_when=asyncio.FIRST_COMPLETED)
                if here.done() and not _lost(here):
                    # Neighbours and routes may need a moment to find the new address.
                    if here.result().status == 0:
                        await asyncio.wait((there,), timeout=ARRIVAL_SECONDS)
                    if not there.done():
                        return here.result()
                left, (self._channel, done) = self._channel, await there
        finally:
            here.cancel()
            there.cancel()
            await asyncio.gather(here, there, return_exceptions=True)
        if left is not None:
            await left.close()
        return done

    async def _arrived(self, limit: int) -> tuple[Channel, Finished]:
        """Log in at the new address as soon as it answers, and hear there how the reload ended.

        One that answers and refuses us, or is another host, is not asked again.
        """
        target = replace(self.target, endpoint=self.after)
        while True:
            try:
                channel = await connect(target)
            except (ConnectionError, TimeoutError):
                await asyncio.sleep(ARRIVAL_PAUSE)
            except DeviceError:
                await asyncio.sleep(2 * limit)  # what is heard over the old session decides
            else:
                break
        try:
            return channel, await channel.run(dialogue.ended_within(limit))
        except BaseException:
            await channel.close()
            raise

    async def _prepared(self, text: str, running: Tree, revert_in: int) -> None:
        """Put the candidate on the host, rehearse it, arm the guard. FRR's configuration is not touched."""
        await self._ours()
        await self._must(dialogue.MAKE_FOLDER)
        try:
            await self._must(dialogue.upload(dialogue.CANDIDATE), text.encode())
            await self._must(dialogue.upload("vtysh.conf"), b"")
            self._judge(text, await self._run(dialogue.TEST, seconds=RELOAD_SECONDS))
            await self._must(dialogue.upload(dialogue.GUARD), _SCRIPT.read_bytes())
            if revert_in:
                await self._must(dialogue.upload(dialogue.BEFORE), running.to_bytes())
                await self._must(dialogue.guard_arm(revert_in))
        except CommandError:
            await self._clean()
            raise

    def _judge(self, text: str, done: Finished) -> None:
        """CommandError, with the line that FRR refused, if a reload or its rehearsal failed."""
        if done.status == 0:
            return
        words = answer(self.mask, text, _last_words(done))
        found = dialogue.REFUSED_LINE.search(words)
        if found is None:
            raise CommandError(self.target.device, "frr-reload.py", words)
        line = text.splitlines()[int(found["number"]) - 1].strip()
        raise CommandError(self.target.device, self.mask(line), found["answer"].strip())

    async def _clean(self) -> None:
        """What may hold secrets does not stay on the host; what an armed guard needs does."""
        await self._run(dialogue.remove(dialogue.CANDIDATE, dialogue.ENDED))
        if not await self._pending():
            await self._run(dialogue.remove(dialogue.BEFORE, "back/" + dialogue.CANDIDATE))

    async def _confirm(self) -> None:
        await self._must(dialogue.GUARD_CANCEL)
        await self._clean()

    async def _undo(self, before: bytes) -> None:
        pending = await self._pending()
        if await self._running() != before:
            await self._must(dialogue.MAKE_FOLDER)
            await self._must(dialogue.upload(dialogue.CANDIDATE), before)
            await self._must(dialogue.upload("vtysh.conf"), b"")
            if not pending:  # a shell reads its script while it runs: that of an armed guard stays as it is
                await self._must(dialogue.upload(dialogue.GUARD), _SCRIPT.read_bytes())
            text = before.decode("utf-8", "replace")
            self._judge(text, await self._reload(int(RELOAD_SECONDS)))
            # A reload may end with success and have done half: the guard is cancelled only when all is back.
            left = _replacement(self.dialect.parse(await self._running()), self.dialect.parse(before), self.management)
            if not left.empty:
                raise DeviceError(
                    self.target.device,
                    Message("the change could not be taken back in {count} lines", count=left.added + left.removed),
                    Message(
                        "these lines still differ: {lines}", lines=self.mask(left.diff.strip().replace("\n", " · "))
                    ),
                )
        if pending:
            await self._must(dialogue.GUARD_CANCEL)
        await self._clean()

    async def _save(self) -> None:
        output = await self._must(dialogue.WRITE)
        if not dialogue.SAVED.search(output):
            raise CommandError(
                self.target.device,
                dialogue.WRITE,
                self.mask(output.decode("utf-8", "replace").strip()),
                Message("the change is applied; whether it is saved is unknown"),
            )

    def _addresses(self, tree: Tree) -> list[tuple[str, Interface]]:
        return [
            (node.text.split()[1], ip_interface(match[1]))
            for node in tree.starting("interface")
            for child in node.children
            if (match := _ADDRESS.match(child.text))
        ]

    def get_facts(self) -> models.FactsDict:
        """NAPALM's facts, from `show version`; FRR tells neither uptime nor model nor serial number."""
        text = decode(wait(self._must(dialogue.SHOW_VERSION)))[0]
        version = _VERSION.search(text)
        return self._facts(
            "FRRouting",
            self.dialect.parse(self.running()),
            version[2] if version else "",
            {"os_version": version[1] if version else "", "model": version[3] if version else ""},
        )


def _replacement(running: Tree, candidate: Tree, management: Interface | None) -> Change:
    """The change after which nothing of `running` is left but what `candidate` says."""
    from configs import change  # noqa: PLC0415 - only here

    whole = replace(LANGUAGE, owned=re.compile(""), whole=True)
    wanted = {node.text for node in candidate.children}
    staying = [
        node.line for node in running.children if node.text not in wanted and dialogue.UNREMOVABLE.match(node.text)
    ]
    return change.compute(replace(running, outline=running.outline.without(staying)), candidate, whole, management)


def _lost(heard: asyncio.Future[Finished]) -> bool:
    """Whether a session ended, or fell silent, before the command in it did."""
    return isinstance(heard.exception(), (ConnectionError, TimeoutError))


def _late(change: Change, text: str) -> int:
    """Seconds after its reload in which a change has shown its effect; 0 if it does at once."""
    if not any(_LATE.search(command) for command in change.commands):
        return 0
    said = [int(seconds) for seconds in _DELAY.findall(text)]
    return max(said or [USUAL_DELAY]) + 1


def _last_words(done: Finished) -> str:
    """What a failed command said, for a message: the end of it."""
    text = (done.stderr + b"\n" + done.stdout).decode("utf-8", "replace").strip()
    return text[-600:] or f"exit status {done.status}"
