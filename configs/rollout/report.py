"""A rollout as one HTML page that a manager can read: what became of each site, what failed, and when what happened.

The page needs no other file and no network. It holds no configuration and no secret.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from configs.guard import GuardKind
from inventory.text import language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from configs.rollout.bundle import Bundle, Planned
    from configs.rollout.store import Row, Standing
    from configs.rollout.waves import Wave
    from inventory.model import Inventory

TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_TEXTS: Final = {
    "heading": mark("Rollout"),
    "state": mark("State"),
    "sites": mark("Sites"),
    "devices": mark("Devices"),
    "done": mark("Done"),
    "failed": mark("Failed"),
    "back": mark("Taken back"),
    "left": mark("Not yet begun"),
    "began": mark("Begun"),
    "ended": mark("Ended"),
    "by": mark("By"),
    "approved": mark("Approved by"),
    "reason": mark("Reason"),
    "stage": mark("Stage"),
    "needs": mark("What needs a person"),
    "nothing": mark("Nothing: every device that was begun is as it should be."),
    "timeline": mark("Time line"),
    "by_wave": mark("Wave by wave"),
    "wave": mark("Wave"),
    "site": mark("Site"),
    "device": mark("Device"),
    "result": mark("Result"),
    "lines": mark("Lines"),
    "guard": mark("Guard"),
    "seconds": mark("Seconds"),
    "attempt": mark("Attempt"),
    "digest": mark("Digest of what was approved"),
}
REHEARSAL: Final = mark("a rehearsal on the virtual devices of the lab: no real device was touched")
PHASES: Final = {
    "planned": mark("planned"),
    "running": mark("running"),
    "interrupted": mark("interrupted: go on with `govnet rollout resume`"),
    "paused": mark("paused"),
    "stopped": mark("stopped: too many failures"),
    "aborted": mark("aborted"),
    "done": mark("done"),
}
STATES: Final = {
    "waiting": mark("waiting"),
    "queued": mark("queued"),
    "working": mark("working"),
    "undoing": mark("being taken back"),
    "same": mark("as intended"),
    "changed": mark("changed and saved"),
    "untouched": mark("untouched"),
    "restored": mark("back where it was"),
    "unknown": mark("unknown: look at it now"),
}
GUARDS: Final = {
    GuardKind.NONE: mark("no guard"),
    GuardKind.TRIAL: mark("trial commit"),
    GuardKind.REVERT_TIMER: mark("revert timer"),
    GuardKind.TIMED_RESTORE: mark("timed restore"),
    GuardKind.SCHEDULED_RESTORE: mark("scheduled restore"),
    GuardKind.REBOOT: mark("reboot timer"),
}
_WIDTH: Final = 1000  # units of the time line's drawing
_ROW: Final = 18


@dataclass(frozen=True, slots=True)
class Bar:
    """A device on the time line, in the drawing's units."""

    device: str
    left: float
    width: float
    kind: str
    told: str


def write(
    bundle: Bundle, standing: Standing, rows: Sequence[Row], approvals: Sequence[str], inventory: Inventory, path: Path
) -> None:
    """Write the page in the language in use."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - start-up time

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("rollout.html.j2").render(
        lang="zh-CN" if language() == "zh_CN" else "en",
        t={key: tr(text) for key, text in _TEXTS.items()},
        bundle=bundle,
        phase=tr(PHASES[standing.phase.value]),
        kind=standing.phase.value,
        rehearsal=tr(REHEARSAL) if bundle.lab else "",
        stage=stage_of(bundle),
        began=_shown(bundle.begun.timestamp()),
        ended=_shown(standing.ended),
        approvals=", ".join(approvals),
        counts=_counts(rows),
        needs=[_need(row) for row in rows if _kind(row) in {"failed", "unknown"}],
        waves=[_wave(wave, rows, inventory, bundle.devices) for wave in bundle.waves],
        **_timeline(rows),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")


def stage_of(bundle: Bundle) -> str:
    """The stage of a re-addressing that a rollout sends or takes back; empty if it sends none."""
    if not bundle.stage:
        return ""
    if bundle.undo:
        return tr("the stage {folder} is taken back", folder=bundle.stage)
    return tr("the stage {folder}", folder=bundle.stage)


def _counts(rows: Sequence[Row]) -> dict[str, int]:
    every = Counter("done" if row.ok else "back" if _back(row) else "failed" if row.over else "left" for row in rows)
    return {
        "sites": len({row.site for row in rows}),
        "devices": len(rows),
        **{key: every[key] for key in ("done", "back", "failed", "left")},
    }


def _back(row: Row) -> bool:
    """Whether a device was taken back because somebody asked for it, and nothing was wrong with that."""
    result = row.result or {}
    return bool(result.get("undone")) and result.get("error") is None


def _kind(row: Row) -> str:
    """How a device's state is coloured."""
    if not row.over:
        return "working" if row.state == "undoing" else row.state
    if _back(row):
        return "back"
    return "ok" if row.ok else "unknown" if row.state == "unknown" else "failed"


def _text(said: Any) -> str:
    """The text of an error's part in the language in use."""
    return str((said or {}).get("zh" if language() == "zh_CN" else "en", ""))


def _need(row: Row) -> dict[str, str]:
    error = (row.result or {}).get("error") or {}
    return {
        "device": row.device,
        "site": row.site,
        "state": tr(STATES.get(row.state, row.state)),
        "kind": _kind(row),
        "what": _text(error.get("message")),
        "hint": _text(error.get("hint")),
    }


def _wave(wave: Wave, rows: Sequence[Row], inventory: Inventory, planned: Mapping[str, Planned]) -> dict[str, Any]:
    members = [row for row in rows if row.wave == wave.number]
    return {
        "number": wave.number,
        "title": wave.title,
        "counts": _counts(members),
        "rows": [
            {
                "site": inventory.sites[row.site].title if row.site in inventory.sites else row.site,
                "device": row.device,
                "state": tr(STATES.get(row.state, row.state)),
                "kind": _kind(row),
                "lines": f"+{planned[row.device].added} −{planned[row.device].removed}",
                "guard": _guard(row),
                "seconds": f"{row.ended - row.begun:.0f}" if row.begun and row.ended else "",
                "ended": _shown(row.ended),
                "attempt": row.attempt,
            }
            for row in members
        ],
    }


def _guard(row: Row) -> str:
    """A guard's name; empty where nothing was changed."""
    found = (row.result or {}).get("guard", "")
    return tr(GUARDS[GuardKind(found)]) if found else ""


def _timeline(rows: Sequence[Row]) -> dict[str, Any]:
    begun = sorted((row for row in rows if row.begun is not None), key=lambda row: row.begun or 0)
    if not begun:
        return {"bars": [], "height": 0, "ticks": []}
    first = min(row.begun or 0 for row in begun)
    last = max(first + 1, *(row.ended or row.begun or 0 for row in begun))
    scale = _WIDTH / (last - first)
    bars = [
        Bar(
            row.device,
            round(((row.begun or 0) - first) * scale, 1),
            round(max(((row.ended or last) - (row.begun or 0)) * scale, 2), 1),
            _kind(row),
            f"{row.device}: {tr(STATES.get(row.state, row.state))}, {_shown(row.begun)} – {_shown(row.ended)}",
        )
        for row in begun
    ]
    ticks = [{"x": _WIDTH * part / 4, "text": _shown(first + (last - first) * part / 4)[11:]} for part in range(5)]
    return {"bars": bars, "height": len(bars) * _ROW, "ticks": ticks}


def _shown(moment: float | None) -> str:
    """A moment in local time; empty for none."""
    if moment is None:
        return ""
    return datetime.fromtimestamp(moment, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
