"""What was approved: one file a rollout, `rollouts/<name>/rollout.json`, never changed after it is written.

It names every device, its wave, and the digest of what it is to become; a device whose intended text is another one
when its turn comes is refused, because nobody approved that. It holds no secret. `before/` beside it keeps what each
device ran, masked, from the moment before its change.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from configs.rollout import policy as policies
from configs.rollout.waves import Stop, Wave
from inventory.errors import InputError, Problem
from inventory.model import Level
from inventory.sources import write_atomically
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from configs.rollout.policy import Policy

FOLDER = "rollouts"
FILE = "rollout.json"


@dataclass(frozen=True, slots=True)
class Planned:
    """One device: the digest of its intended text, and what the dry run found to do there."""

    device: str
    platform: str
    digest: str
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Bundle:
    """A rollout as it was planned. `root` is the workspace.

    `stage` is the folder, below it, of the stage of a re-addressing that is sent, or (`undo`) taken back; empty: what
    templates say is sent.
    """

    name: str
    root: Path
    begun: datetime
    by: str
    reason: str
    policy: Policy
    waves: tuple[Wave, ...]
    devices: Mapping[str, Planned]
    lab: bool = False
    stage: str = ""
    undo: bool = False

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self.root / FOLDER / self.name

    @property
    def digest(self) -> str:
        """What an approval is of: everything but the name and the time of writing."""
        content = {key: value for key, value in self.as_json().items() if key not in {"name", "begun", "digest"}}
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def stop(self, site: str) -> Stop:
        """A site's part; KeyError if it has none."""
        return next(stop for wave in self.waves for stop in wave.sites if stop.site == site)

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        policy = self.policy
        return {
            "name": self.name,
            "begun": self.begun.isoformat(),
            "by": self.by,
            "reason": self.reason,
            "lab": self.lab,
            **({"stage": self.stage, "undo": self.undo} if self.stage else {}),
            "policy": {
                "sites_in_flight": policy.sites_in_flight,
                "stop_after_failures": policy.stop_after_failures,
                "by": policy.by.value if policy.by else "",
                "windows": [_window(window) for window in policy.windows],
                "approval": policy.approval,
                "before": [_check(check) for check in policy.before],
                "after": [_check(check) for check in policy.after],
                "zones": dict(policy.zones),
            },
            "waves": [
                {
                    "number": wave.number,
                    "title": wave.title,
                    "sites": [
                        {"site": stop.site, "zone": stop.zone, "devices": list(stop.devices)} for stop in wave.sites
                    ],
                }
                for wave in self.waves
            ],
            "devices": {
                name: {
                    "platform": planned.platform,
                    "digest": planned.digest,
                    "added": planned.added,
                    "removed": planned.removed,
                }
                for name, planned in self.devices.items()
            },
        }


def _window(window: policies.Window) -> dict[str, Any]:
    return {
        "days": [policies.DAYS[day].value for day in sorted(window.days)],
        "from": f"{window.begin:%H:%M}",
        "to": f"{window.end:%H:%M}",
    }


def _check(check: policies.Check) -> dict[str, str]:
    return {"check": check.kind.value, "from": check.source, "to": check.to}


def digest_of(text: str) -> str:
    """The digest of an intended text (with placeholders where its secrets go)."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_name(now: datetime) -> str:
    """A rollout's name: its second, by which names sort, and four characters that tell two of one second apart."""
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def write(bundle: Bundle) -> None:
    """Write the bundle; the folder is made."""
    bundle.folder.mkdir(parents=True, exist_ok=True)
    data = {**bundle.as_json(), "digest": bundle.digest}
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    write_atomically(bundle.folder / FILE, text.encode())


def names(root: Path) -> list[str]:
    """The rollouts of a workspace, the newest last."""
    folder = root / FOLDER
    return sorted(path.parent.name for path in folder.glob(f"*/{FILE}")) if folder.is_dir() else []


def find(root: Path, name: str = "") -> Bundle:
    """A rollout by its name or the beginning of it; the newest without one. InputError if there is none or several."""
    known = names(root)
    found = [each for each in known if each.startswith(name)] if name else known[-1:]
    if len(found) == 1:
        return read(root, found[0])
    if found:
        raise _fault("several", Message("“{name}” is the beginning of several rollouts", name=name), found)
    if name:
        raise _fault("unknown-name", Message("there is no rollout “{name}”", name=name), known[-5:])
    raise InputError(
        [Problem("no-rollout", Message("there is no rollout yet"), Message("begin one: govnet rollout start"))]
    )


def _fault(code: str, message: Message, known: Iterable[str]) -> InputError:
    return InputError([Problem(code, message, Message("there are: {names}", names=", ".join(known) or "–"))])


def read(root: Path, name: str) -> Bundle:
    """A rollout's bundle. InputError if its file is not as it was written."""
    path = root / FOLDER / name / FILE
    try:
        data = json.loads(path.read_bytes())
        bundle = Bundle(
            name,
            root,
            datetime.fromisoformat(data["begun"]),
            data["by"],
            data["reason"],
            _policy(data["policy"]),
            tuple(_wave(wave) for wave in data["waves"]),
            {
                device: Planned(device, each["platform"], each["digest"], each["added"], each["removed"])
                for device, each in data["devices"].items()
            },
            data["lab"],
            data.get("stage", ""),
            data.get("undo", False),
        )
        whole = data["digest"] == bundle.digest
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise broken(path, f"{type(error).__name__}: {error}") from None
    if not whole:
        raise broken(path, "digest")
    return bundle


def broken(path: Path, why: str) -> InputError:
    """What is said of a rollout's file that somebody has altered."""
    return InputError(
        [
            Problem(
                "bad-rollout",
                Message("the rollout's file is not as it was written ({why})", why=why),
                Message("bring it back from git, or begin a new rollout: devices that are done are not sent anything"),
                file=str(path),
            )
        ]
    )


def _policy(data: Mapping[str, Any]) -> Policy:
    return policies.Policy(
        by=Level(data["by"]) if data["by"] else None,
        sites_in_flight=int(data["sites_in_flight"]),
        stop_after_failures=int(data["stop_after_failures"]),
        windows=tuple(
            policies.Window(
                frozenset(policies.DAYS.index(policies.Day(day)) for day in each["days"]),
                policies.clock(each["from"]),
                policies.clock(each["to"]),
            )
            for each in data["windows"]
        ),
        approval=bool(data["approval"]),
        before=tuple(_checked(each) for each in data["before"]),
        after=tuple(_checked(each) for each in data["after"]),
        zones=dict(data["zones"]),
    )


def _checked(data: Mapping[str, str]) -> policies.Check:
    return policies.Check(policies.CheckKind(data["check"]), data["from"], data["to"])


def _wave(data: Mapping[str, Any]) -> Wave:
    return Wave(
        int(data["number"]),
        tuple(Stop(each["site"], tuple(each["devices"]), each["zone"]) for each in data["sites"]),
        data["title"],
    )


def now() -> datetime:
    """The moment, with its zone."""
    return datetime.now(UTC).astimezone()
