"""What our drivers share: NAPALM's `NetworkDriver` over our sessions, and a commit that never loses a device.

Candidate and comparison are the dialect's; nothing of a candidate is on the device before the commit. A commit with
`revert_in` backs up, arms the device's guard and applies; `confirm_commit`, from this or a new session, cancels the
guard and only then saves. A commit without it does both, with a new login in between. Nothing is saved before it is
confirmed, and a failed apply takes back what it had applied.

NAPALM's own errors are not used: every method raises the errors of `inventory.errors`, which name the device.
"""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from napalm.base.base import NetworkDriver

from configs.channel import Login, Target, wait
from configs.guard import NO_GUARD, REBOOT_NOT_ALLOWED, GuardKind, check, how_left, tell, timer
from configs.masking import hide_secrets
from configs.tree import decode
from inventory.endpoints import Endpoint
from inventory.errors import DeviceError, GovnetError, NotBegunError, RefusedError
from inventory.secrets import Secret
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from napalm.base import models

    from configs.change import Change
    from configs.guard import Guard
    from configs.model import Dialect
    from configs.tree import Tree
    from inventory.model import Interface

log = logging.getLogger(__name__)
DEFAULT_PORT = 22
# The first words of commands that only show something, over all languages.
LOOKS = re.compile(r"\s*(?:display|show|get|dir|more|ping|tracert|traceroute|diagnose sniffer|vtysh -c \"show)\b")
# Where host keys are recorded when a program that knows no workspace uses the driver.
OWN_KNOWN_HOSTS = Path.home() / ".config" / "govnet" / "known_hosts"


class Driver(NetworkDriver):
    """A device. Subclasses say how to connect, read, apply, undo, save and guard; the order of things is here.

    `optional_args`: `port`, `secret` (enable), `key_file`, `known_hosts`, `device` (the name under which its host key
    is recorded), `management` (the `ipaddress` interface we arrive at), `out_of_band`, `allow_reboot` (the device's
    reboot timer may guard a change that could cut us off).
    """

    platform: ClassVar[str]
    allow_reboot = False

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: dict[str, Any] | None = None,
    ) -> None:
        options = optional_args or {}
        self.hostname = hostname
        self.username = username
        self.timeout = timeout
        enable = options.get("secret")
        key_file = options.get("key_file")
        self._prepare(
            Target(
                device=options.get("device", hostname),
                platform=self.platform,
                endpoint=Endpoint(hostname, int(options.get("port", DEFAULT_PORT))),
                login=Login(
                    username,
                    Secret(password) if password else None,
                    Secret(enable) if enable else None,
                    Path(key_file) if key_file else None,
                ),
                known_hosts=Path(options.get("known_hosts", OWN_KNOWN_HOSTS)),
                command_timeout=timeout,
            ),
            management=options.get("management"),
            out_of_band=bool(options.get("out_of_band")),
        )
        self.allow_reboot = bool(options.get("allow_reboot"))

    @classmethod
    def for_target(
        cls,
        target: Target,
        *,
        management: Interface | None = None,
        out_of_band: bool = False,
        after: Endpoint | None = None,
        secrets: tuple[Secret, ...] = (),
        allow_reboot: bool = False,
    ) -> Self:
        """A driver for a target, its password never shown. `after` is where the device answers after the change;
        `secrets` are those that stand in what will be loaded: no message shows them. `allow_reboot` lets the device's
        reboot timer be the guard, where there is no better one.
        """  # noqa: D205 - one sentence
        self = cls.__new__(cls)
        self.hostname = target.endpoint.host
        self.username = target.login.username
        self.timeout = int(target.command_timeout)
        self._prepare(target, management=management, out_of_band=out_of_band, after=after, secrets=secrets)
        self.allow_reboot = allow_reboot
        return self

    def _prepare(
        self,
        target: Target,
        *,
        management: Interface | None,
        out_of_band: bool,
        after: Endpoint | None = None,
        secrets: tuple[Secret, ...] = (),
    ) -> None:
        login = (target.login.password, target.login.enable)
        self._secrets = (*secrets, *(secret for secret in login if secret is not None))
        self.target = target
        self.management = management
        self.out_of_band = out_of_band
        self.after = after or target.endpoint
        self.sent: list[str] = []  # what commits have sent, masked
        self._candidate: Tree | None = None
        self._going_back = False
        self._before: bytes | None = None

    def __del__(self) -> None:
        """Nothing: NAPALM would talk to the device here, perhaps while the process ends."""

    @property
    def dialect(self) -> Dialect:
        """The platform's language."""
        raise NotImplementedError

    def mask(self, text: str) -> str:
        """`text` without what the dialect's table knows for secrets, and without those that were filled in."""
        return hide_secrets(self.dialect.mask(text), self._secrets)

    # What a platform says

    async def _open(self) -> None:
        raise NotImplementedError

    async def _close(self) -> None:
        raise NotImplementedError

    async def _running(self) -> bytes:
        """The running configuration as the device prints it, without what it says around it; lines end with LF."""
        raise NotImplementedError

    async def _guard(self, running: Tree) -> Guard:
        """What could undo a change on this device, by what it runs and what it says it can do."""
        del running
        return NO_GUARD

    async def _pending(self) -> bool:
        """Whether a guard is armed."""
        return False

    async def _apply(self, change: Change, running: Tree, candidate: Tree, revert_in: int) -> None:
        """Arm the guard if `revert_in` is not 0, and send the change."""
        raise NotImplementedError

    async def _confirm(self) -> None:
        """Cancel the armed guard."""
        raise NotImplementedError

    async def _undo(self, before: bytes) -> None:
        """Bring the device back to `before`, now, and cancel the guard."""
        raise NotImplementedError

    async def _save(self) -> None:
        """Make the running configuration the one after a reboot."""
        raise NotImplementedError

    # The part of NAPALM that connects

    def open(self) -> None:
        """Connect and log in."""
        wait(self._open())

    def close(self) -> None:
        """End the session."""
        wait(self._close())

    # The part of NAPALM that reads

    def running(self) -> bytes:
        """The running configuration, byte for byte as the device prints it."""
        return wait(self._running())

    def cli(self, commands: list[str], encoding: str = "text") -> dict[str, str | dict[str, Any]]:
        """What commands print, by command, as text; nothing is masked. CommandError for one that is refused.

        RefusedError for a command that is not only a look: what changes a device goes through a candidate.
        """
        del encoding  # there is no other
        for command in commands:
            if not LOOKS.match(command):
                raise RefusedError(
                    Message(
                        "{device}: “{command}” is not a command that only shows something",
                        device=self.target.device,
                        command=self.mask(command),
                    ),
                    Message("load the lines as a candidate and commit it"),
                )
        return {command: decode(wait(self._look(command)))[0] for command in commands}

    async def _look(self, command: str) -> bytes:
        """What one command prints."""
        raise NotImplementedError

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,
        sanitized: bool = False,
        format: str = "text",  # noqa: A002 - NAPALM's name
    ) -> models.ConfigDict:
        """The running configuration as text. `startup` stays empty, as NAPALM has it for what is not offered."""
        del full, format
        found: models.ConfigDict = {"running": "", "startup": "", "candidate": ""}
        if retrieve in {"all", "running"}:
            text = decode(self.running())[0]
            found["running"] = self.dialect.mask(text) if sanitized else text
        if retrieve in {"all", "candidate"} and self._candidate is not None:
            text = self._candidate.text
            found["candidate"] = self.dialect.mask(text) if sanitized else text
        return found

    # The part of NAPALM that changes

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Take a text whose lines are to be in the running configuration."""
        text = Path(filename).read_bytes() if filename else (config or "").encode()
        self._candidate = self.dialect.parse(text)
        self._going_back = False

    def load_replace_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """RefusedError: replacing the whole configuration is not safe on this platform."""
        del filename, config
        raise RefusedError(
            Message("{device}: a whole configuration is not replaced on this platform", device=self.target.device),
            Message("load it as a merge candidate: what it says is made so, everything else stays"),
        )

    def load_way_back(self, text: bytes, middle: bytes = b"") -> None:
        """Take a text that this device ran before, to which it is to go back: whatever differs from it goes.

        `middle` is what it runs where commands that were made before end the session.
        """
        del middle  # of use where lines are typed
        self.load_replace_candidate(config=decode(text)[0])

    def change(self) -> Change:
        """What a commit would send now. The running configuration is read."""
        return self.change_from(self.running())

    def change_from(self, running: bytes) -> Change:
        """What a commit would send to a device that runs `running`."""
        return self._change(self.dialect.parse(running))

    def _change(self, running: Tree) -> Change:
        if self._candidate is None:
            raise GovnetError(Message("{device}: no candidate is loaded", device=self.target.device))
        dialects: Any = self.dialect  # `management` is known to every dialect that can be pushed
        return dialects.change(running, self._candidate, management=self.management)  # type: ignore[no-any-return]  # as above

    def compare_config(self) -> str:
        """The difference between the running configuration and the candidate, masked; empty if there is none."""
        return self.change().diff

    def guard(self, running: bytes | None = None, change: Change | None = None) -> Guard:
        """What could undo a change on this device. `running` saves reading the configuration again.

        A reboot is offered only if it is allowed and, where `change` is known, only for one that could cut us off.
        """
        found = wait(self._guard(self.dialect.parse(self.running() if running is None else running)))
        if found.kind is not GuardKind.REBOOT:
            return found
        if not self.allow_reboot:
            return REBOOT_NOT_ALLOWED
        return found if change is None or change.cuts else NO_GUARD

    def commit_config(self, message: str = "", revert_in: int | None = None) -> None:
        """Apply the candidate; with `revert_in` seconds it stays to be confirmed, without it is confirmed and saved.

        RefusedError if an earlier commit is still to be confirmed, if `revert_in` is asked of a device that has no
        guard, or if the change could cut us off and nothing would undo it.
        """
        del message  # these platforms keep none
        if self.has_pending_commit():
            raise RefusedError(
                Message("{device}: an earlier change waits to be confirmed", device=self.target.device),
                Message("confirm it or wait until the device undoes it, then run the command again"),
            )
        before = self.running()
        change = self._change(self.dialect.parse(before))
        if change.empty:
            return
        guard = self.guard(before, change)
        if revert_in is not None and not guard:
            raise RefusedError(
                Message("{device}: nothing on the device could undo the change by itself", device=self.target.device)
            )
        check(self.target.device, change, guard, out_of_band=self.out_of_band)
        self.apply(before, change, guard.seconds(revert_in or timer(change)) if guard else 0)
        if revert_in is None:
            self._finish(before, guarded=bool(guard))

    def _finish(self, before: bytes, *, guarded: bool) -> None:
        """Log in anew where the device is now, check, confirm and save; or take the change back."""
        self.close()
        home = self.target.endpoint
        self.target = replace(self.target, endpoint=self.after)
        self.open()
        try:
            self.verify()
        except GovnetError:
            self.after = home
            self.restore(before)
            raise
        if guarded:
            self.confirm_commit()
        else:
            self.save()

    def verify(self) -> None:
        """DeviceError if the device does not run what the candidate says."""
        left = self.change()
        if not left.empty:
            raise DeviceError(
                self.target.device,
                Message("after the change the device still differs in {count} lines", count=left.added + left.removed),
                Message("these lines did not take: {lines}", lines=self.mask(left.diff.strip().replace("\n", " · "))),
            )

    def apply(self, before: bytes, change: Change, revert_in: int) -> None:
        """Arm the guard for `revert_in` seconds (0: none) and apply the change; nothing is saved.

        If that fails, what was applied is taken back and the guard cancelled before the error is raised; the error's
        hint says whether that worked. NotBegunError if nothing was changed.
        """
        try:
            self.begin(before, change, revert_in)
        except NotBegunError:
            raise
        except DeviceError as error:
            self._take_back(error, before, revert_in)
            raise

    def begin(self, before: bytes, change: Change, revert_in: int) -> None:
        """As `apply`, but the caller looks after a device on which it failed, except by a NotBegunError."""
        self._before = before
        running = self.dialect.parse(before)
        assert self._candidate is not None  # noqa: S101 - `change` came from it
        try:
            wait(self._apply(change, running, self._candidate, revert_in))
        except NotBegunError:
            raise
        except BaseException:
            self.sent += map(self.mask, change.commands)
            raise
        self.sent += map(self.mask, change.commands)

    def _take_back(self, error: DeviceError, before: bytes, revert_in: int) -> None:
        """Undo what was applied; the error's hint then says how the device was left."""
        back = True
        after, self.after = self.after, self.target.endpoint
        try:
            wait(self._close())
            wait(self._open())
            wait(self._undo(before))
        except GovnetError as failure:
            log.warning("%s: could not be taken back: %s", self.target.device, self.mask(str(failure)))
            back = False
        finally:
            self.after = after
        tell(error, how_left(error, self.sent, back=back, guarded=bool(revert_in)))

    def has_pending_commit(self) -> bool:
        """Whether a change waits to be confirmed."""
        return wait(self._pending())

    def confirm_commit(self) -> None:
        """Cancel the guard, then save. RefusedError if nothing waits to be confirmed."""
        self.settle()
        self.save()

    def settle(self) -> None:
        """Cancel the guard. RefusedError if nothing waits to be confirmed."""
        if not self.has_pending_commit():
            raise RefusedError(Message("{device}: nothing waits to be confirmed", device=self.target.device))
        wait(self._confirm())

    def save(self) -> None:
        """Make the running configuration the one after a reboot."""
        wait(self._save())

    def discard_config(self) -> None:
        """Forget the candidate. The device never had it."""
        self._candidate = None

    def restore(self, before: bytes) -> None:
        """Bring the device back to `before` now, and cancel its guard. Nothing is saved."""
        wait(self._undo(before))

    def rollback(self) -> None:
        """Undo the last commit of this driver. One that was saved is saved again as it was before."""
        if self._before is None:
            raise RefusedError(Message("{device}: there is no commit to undo", device=self.target.device))
        pending = self.has_pending_commit()
        self.restore(self._before)
        if not pending:
            self.save()
        self._before = None

    # NAPALM: getters that the text answers

    def get_interfaces_ip(self) -> dict[str, models.InterfacesIPDict]:
        """The configured addresses, by interface and family."""
        found: dict[str, Any] = {}
        tree = self.dialect.parse(self.running())
        for name, address in self._addresses(tree):
            family = found.setdefault(name, {}).setdefault(f"ipv{address.version}", {})
            family[str(address.ip)] = {"prefix_length": address.network.prefixlen}
        return found

    def _addresses(self, tree: Tree) -> list[tuple[str, Interface]]:
        """The interfaces' addresses in a configuration."""
        raise NotImplementedError

    def _facts(self, vendor: str, tree: Tree, name: str, found: Mapping[str, str]) -> models.FactsDict:
        """NAPALM's facts; `found` holds model, os_version, serial_number and uptime (text), empty if unknown."""
        return {
            "uptime": uptime(found.get("uptime", "")),
            "vendor": vendor,
            "os_version": found.get("os_version", ""),
            "serial_number": found.get("serial_number", ""),
            "model": found.get("model", ""),
            "hostname": name,
            "fqdn": name,
            "interface_list": [node.text.split(maxsplit=1)[1] for node in tree.starting("interface")],
        }


_UNITS = {"year": 31_536_000, "week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


def uptime(text: str) -> float:
    """Seconds from `1 year, 2 weeks, 3 days, 4 hours, 5 minutes`; -1.0 (NAPALM: unknown) if there is none."""
    words = text.replace(",", " ").replace("(s)", "").split()
    total = [
        int(number) * _UNITS[unit.rstrip("s").lower()]
        for number, unit in pairwise(words)
        if number.isdigit() and unit.rstrip("s").lower() in _UNITS
    ]
    return float(sum(total)) if total else -1.0


def ended(error: DeviceError) -> bool:
    """Whether an error only says that the session is gone, as it must when the address we arrived at changes."""
    return isinstance(error, (ConnectionError, TimeoutError))
