"""A workspace as the engine needs it: jobs whose text is the approved one, and the way back.

What a device ran before stands as a file in the rollout's folder, and in the database for the workers of other
machines; where the two differ, the database is right.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from configs import push as pushing
from configs.push import State
from configs.render import Renderer
from configs.rollout import bundle as bundles
from configs.rollout import checks, stages
from configs.tree import decode
from inventory.errors import RefusedError
from inventory.sources import write_atomically
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from configs.push import Job, PushResult
    from configs.rollout.bundle import Bundle
    from configs.rollout.checks import Look
    from configs.rollout.policy import CheckKind
    from configs.rollout.stages import Step
    from configs.rollout.store import Store
    from inventory.endpoints import Endpoints
    from inventory.model import Workspace
    from ipplan.plan import Plan

BEFORE = "before"


class WorkspaceWorld:
    """`looks` are the checks that can be made here; `told` hears of every device that is finished."""

    def __init__(
        self,
        workspace: Workspace,
        plan: Plan,
        endpoints: Endpoints,
        store: Store,
        looks: Mapping[CheckKind, Look],
        told: Callable[[Bundle, PushResult, bool], None],
        *,
        allow_reboot: bool = False,
    ) -> None:
        self._workspace = workspace
        self._endpoints = endpoints
        self._store = store
        self._looks = looks
        self._told = told
        self._renderer = Renderer(workspace, plan)
        self._bundles: dict[str, Bundle] = {}
        self._steps: dict[tuple[str, bool], dict[str, Step]] = {}
        self._allow_reboot = allow_reboot

    def bundle(self, rollout: str) -> Bundle:
        """A rollout as it was approved; its file is read once. InputError if that is not the file it was begun with."""
        if rollout not in self._bundles:
            root = self._workspace.root
            path = root / bundles.FOLDER / rollout / bundles.FILE
            content = None if path.exists() else self._store.kept(rollout, bundles.FILE)
            if content is not None:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_atomically(path, content)
            bundle = bundles.read(root, rollout)
            self._store.begin(bundle)
            self._bundles[rollout] = bundle
        return self._bundles[rollout]

    def job(self, bundle: Bundle, device: str) -> Job:
        """What the device is to become. RefusedError if the workspace now says something else than was approved."""
        known = self._workspace.inventory.devices[device]
        if bundle.stage:
            step = self._step(bundle, device)
            job, digest = step.job(self._workspace, known, self._endpoints), step.digest
        else:
            rendered = self._renderer.render(device)
            [job] = pushing.jobs(self._workspace, [known], {device: rendered}, self._endpoints)
            digest = bundles.digest_of(rendered.text)
        if digest != bundle.devices[device].digest:
            raise RefusedError(
                Message("{device}: the workspace says something else now than when the rollout began", device=device),
                Message("begin a new rollout; devices that are done are not sent anything"),
            )
        keep, seen = self._kept(bundle, device, ".cfg"), self._kept(bundle, device, ".json")
        policy = bundle.policy

        def before() -> None:
            checks.demand(policy.before, self._looks, device)
            checks.before(policy.after, self._looks, device, seen)
            self._shared(bundle, keep, seen)

        return replace(
            job,
            keep=keep,
            before=before,
            accept=lambda: checks.after(policy.after, self._looks, device, seen),
            allow_reboot=self._allow_reboot,
        )

    def undo(self, bundle: Bundle, device: str) -> Job:
        """What brings the device back to what it ran. RefusedError if nobody kept that."""
        kept = self._kept(bundle, device, ".cfg")
        if not kept.exists():
            raise RefusedError(
                Message("{device}: what it ran before the rollout was not kept", device=device),
                Message("take it from the archive: govnet config show {device}", device=device),
            )
        known = self._workspace.inventory.devices[device]
        if bundle.stage:
            job = self._step(bundle, device).job(self._workspace, known, self._endpoints, undo=True)
        else:
            [job] = pushing.jobs(self._workspace, [known], {}, self._endpoints)
            job = replace(job.backwards(), intended=decode(kept.read_bytes(), str(kept))[0], exact=True)
        keep = self._kept(bundle, device, ".undone.cfg")
        return replace(
            job,
            keep=keep,
            before=lambda: self._shared(bundle, keep),
            allow_reboot=self._allow_reboot,
        )

    def _step(self, bundle: Bundle, device: str) -> Step:
        """What the bundle's stage is on the device; its folder is read once. RefusedError if it has nothing for it."""
        key = (bundle.stage, bundle.undo)
        if key not in self._steps:
            self._steps[key] = stages.steps(self._workspace.root, bundle.stage, undo=bundle.undo)
        step = self._steps[key].get(device)
        if step is None:
            raise RefusedError(
                Message("{device}: its stage has nothing for it any more", device=device),
                Message("bring the stage's files back from where they were, or begin a new rollout"),
            )
        return step

    def done(self, bundle: Bundle, result: PushResult, *, undone: bool) -> None:
        """A device is finished. What one ran that is as it was is not needed any more: it is kept anew next time."""
        if result.state in {State.UNTOUCHED, State.RESTORED}:
            for ending in (".undone.cfg",) if undone else (".cfg", ".json"):
                path = bundle.folder / BEFORE / f"{result.device}{ending}"
                self._store.forget(bundle.name, path.name)
                path.unlink(missing_ok=True)
        self._told(bundle, result, undone)

    def _kept(self, bundle: Bundle, device: str, ending: str) -> Path:
        """A device's file; made as the database has it."""
        path = bundle.folder / BEFORE / f"{device}{ending}"
        content = self._store.kept(bundle.name, path.name)
        if content is None:
            path.unlink(missing_ok=True)
        elif not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, content)
        return path

    def _shared(self, bundle: Bundle, *paths: Path) -> None:
        for path in paths:
            if path.exists():
                self._store.keep(bundle.name, path.name, path.read_bytes())
