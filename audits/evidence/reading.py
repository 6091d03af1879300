"""Reading a workspace's sources for the modules that judge them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from audits.evidence import archive, journal, plan, prometheus, rollout, spare
from audits.evidence.plan import Configured
from audits.reading import recognise
from configs import drift
from configs.archive import Archive
from configs.dialects import dialect
from configs.tree import decode
from inventory.errors import GovnetError, InputError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from audits.evidence.journal import Journal
    from audits.evidence.limits import Limits
    from audits.evidence.prometheus_api import Metrics
    from audits.model import Document, Observed
    from configs.archive import Change
    from configs.model import Addresses
    from inventory.model import Workspace
    from ipplan.plan import Plan

_ROLLOUTS = 20  # the newest ones, in which devices may have been left in the middle


class Gathering:
    """What is read once for several facts: the devices of the documents, the archive's changes, the log."""

    def __init__(self, documents: tuple[Document, ...], workspace: Workspace, at: datetime, limits: Limits) -> None:
        self._documents = documents
        self._workspace = workspace
        self._at = at
        self._limits = limits
        self._archive = Archive(workspace.root / "archive")

    def archive(self) -> Iterator[Observed]:
        """The age of backups, and whether devices still run them."""
        return archive.observe(self._devices, self._changes, self._journal, self._at, self._limits)

    def plan(self) -> Iterator[Observed]:
        """Addresses, zones, exits and spare lines."""
        inventory = self._workspace.inventory
        configured = [
            Configured(document.name, inventory.devices[document.name], document.path, _addresses(document))
            for document in self._documents
            if document.name in self._devices
        ]
        yield from plan.observe(configured, inventory, self._plan)
        yield from spare.observe(self._devices, inventory)

    def rollout(self) -> Iterator[Observed]:
        """Who changed what, and how it ended."""
        return rollout.observe(
            self._devices,
            self._changes,
            self._journal,
            self._half(),
            self._at,
            self._limits,
            same=self._same,
        )

    def prometheus(self, metrics: Metrics, at: datetime) -> Iterator[Observed]:
        """Load, sight and clocks."""
        return prometheus.observe(self._devices, self._workspace.inventory, metrics, at, self._limits)

    @cached_property
    def _devices(self) -> tuple[str, ...]:
        """The inventory's devices among the documents, in their order."""
        known = self._workspace.inventory.devices
        return tuple(document.device for document in self._documents if document.device in known)

    @cached_property
    def _changes(self) -> Mapping[str, list[Change]] | Message:
        if not self._archive.path.exists():
            return Message("the workspace has no archive; where backups are kept is for a person to say")
        try:
            return self._archive.changes(self._at)
        except InputError as error:
            return error.problems[0].message
        except GovnetError as error:
            return error.message

    @cached_property
    def _journal(self) -> Journal:
        return journal.read(self._workspace.root, self._at)

    @cached_property
    def _plan(self) -> Plan | Message:
        from ipplan import plan as plans  # noqa: PLC0415 - start-up time

        if not (self._workspace.root / plans.FILE).exists():
            return Message("there is no address plan")
        try:
            return plans.read(self._workspace.root / plans.FILE, name=plans.FILE)
        except InputError as error:
            return Message("{where}: {what}", where=error.problems[0].where(), what=error.problems[0].message)

    def _same(self, device: str, change: Change) -> bool:
        """Whether what changed means nothing. A text that cannot be compared counts as changed."""
        platform = self._workspace.inventory.devices[device].platform
        try:
            before, after = (self._archive.read(device, commit) for commit in (change.before, change.commit))
            return drift.between(device, platform, before, after).state is drift.State.SAME
        except GovnetError:
            return False

    def _half(self) -> dict[str, str] | Message:
        """Devices in the middle of a change that nobody goes on with, and what proves it; or why that is not known."""
        try:
            return self._left_half()
        except GovnetError as error:
            return error.message

    def _left_half(self) -> dict[str, str]:
        from configs.rollout import bundle as bundles  # noqa: PLC0415 - start-up time
        from configs.rollout.store import FILE, Phase, Progress, Store, default_url  # noqa: PLC0415 - as above

        root, database = self._workspace.root, self._workspace.settings.database
        names = bundles.names(root)[-_ROLLOUTS:]
        if not names or not (database or (root / FILE).exists()):
            return {}
        found = {}
        store = Store(database or default_url(root))
        try:
            for name in names:
                if store.standing(name).phase is Phase.RUNNING:
                    continue
                for row in store.devices(name):
                    if row.state in {Progress.WORKING, Progress.UNDOING}:
                        found[row.device] = f"rollouts/{name}: {row.device} {row.state}"
        finally:
            store.close()
        return found


def _addresses(document: Document) -> Addresses | Message:
    """The addresses of a configuration; or why they are not known."""
    if document.problem is not None:
        return document.problem
    try:
        decoded = decode(document.content, document.path)
        platform = document.platform or recognise(decoded[0])
        if not platform:
            return Message("no dialect recognises this text; name it with --platform")
        language = dialect(platform)
        found = language.addresses(language.parse(document.content, decoded))
    except InputError as error:
        return error.problems[0].message
    except GovnetError as error:
        return error.message
    return found if found is not None else Message("the addresses of {platform} cannot be read", platform=platform)
