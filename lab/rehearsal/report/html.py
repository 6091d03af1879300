"""A rehearsal as one HTML file: no network, no other files, no script; readable on a phone and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from inventory.text import language as language_in_use
from inventory.text import mark, tr
from ipplan.names import DEFAULT_VRF
from lab.rehearsal.model import Wanted
from lab.rehearsal.report.drawing import drawing
from lab.rehearsal.report.lines import picture
from lab.rehearsal.result import KINDS, WANTED, WAYS, grouped, too_much

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lab.rehearsal.model import Leg, Loss, Pair, Seen
    from lab.rehearsal.result import Result

TEMPLATES = Path(__file__).parent / "templates"
_NO_VRFS = mark("not asked: this back end has no VRFs")
BAR = 420  # points that the longest leg is wide in a picture of losses
MOST = 60  # rows of losses of one leg; the JSON file has all

_TEXTS = {
    "heading": mark("Rehearsal of a change"),
    "ok": mark("Nothing is wrong"),
    "not_ok": mark("{count} findings"),
    "change": mark("Change"),
    "devices": mark("Devices"),
    "hosts": mark("Hosts"),
    "seconds": mark("Seconds"),
    "findings": mark("What is wrong"),
    "network": mark("The network"),
    "stages": mark("The stages"),
    "stage": mark("stage"),
    "way": mark("direction"),
    "done": mark("devices done"),
    "probes": mark("probes"),
    "lost": mark("lost"),
    "longest": mark("longest, s"),
    "pairs": mark("pairs right"),
    "neighbours": mark("routing neighbours"),
    "matrix": mark("Who reaches whom"),
    "before": mark("Before"),
    "after": mark("After"),
    "legend": mark("● passes, ○ does not, ? not asked; red: a required pair that fails or a forbidden one that passes"),
    "lines": mark("The lines and their load"),
    "lines_note": mark(
        "The measured load, sent at 1:{factor} over lines that are as much slower; figures are those of the real "
        "lines. Grey line: {limit} %, the limit; black line: all that a line carries. Amber: over the limit; red: "
        "packets were thrown away. ≥: the line is not measured, and this is what others bring."
    ),
    "line": mark("line"),
    "mbps": mark("Mbit/s"),
    "measured": mark("measured, Mbit/s"),
    "load": mark("load"),
    "losses": mark("Loss over time"),
    "losses_note": mark("From the beginning of the stage to its end; red: no answer. One probe every {seconds} s."),
    "no_losses": mark("No probe was lost."),
    "no_probes": mark("No probe was sent: no pair has to pass before and behind a stage alike."),
    "more": mark("… and {count} more, in the JSON file"),
    "alike": mark("… and {count} more like it"),
    "all_findings": mark("All of them"),
    "counterexamples": mark("Where the packets of failed pairs ended"),
    "trace": mark("way of the packets"),
    "limits": mark("What this rests on"),
    "stand_ins": mark("Devices that something stands in for"),
    "not_run": mark("Devices that did not run"),
    "not_carried": mark(
        "Lines that stand-ins do not carry over; what the pairs behind these devices show rests on that"
    ),
    "kind": mark("kind"),
    "where": mark("where"),
    "device": mark("device"),
    "pair": mark("pair"),
    "what": mark("finding"),
}


class Bar(NamedTuple):
    """A flow's loss in the picture: its name, figures, and the red stretches as (x, width)."""

    name: str
    sent: int
    lost: int
    longest: str
    stretches: tuple[tuple[float, float], ...]


def write(result: Result, path: Path) -> None:
    """Write the page in the language in use."""
    path.write_text(render(result), encoding="utf-8")


def render(result: Result) -> str:
    """The page."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - start-up time

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("rehearsal.html.j2").render(_page(result))


def _page(result: Result) -> dict[str, Any]:
    hosts: dict[str, list[str]] = {}
    for host in result.lab.hosts:
        hosts.setdefault(host.device, []).append(host.name)
    texts = {key: str(tr(text)) for key, text in _TEXTS.items() if "{" not in text}
    texts["not_ok"] = tr(_TEXTS["not_ok"], count=len(result.findings))
    if result.capacity is not None:
        known = result.capacity
        texts["lines_note"] = tr(_TEXTS["lines_note"], factor=known.factor, limit=round(known.limit))
    texts["losses_note"] = tr(_TEXTS["losses_note"], seconds=round(result.interval, 2))
    last = next((leg.matrix for leg in reversed(result.legs) if leg.matrix), ())
    return {
        "language": "zh-CN" if language_in_use() == "zh_CN" else "en",
        "t": texts,
        "result": result,
        "seconds": round(result.seconds),
        "drawing": drawing(result.lab.topology, hosts, {finding.device for finding in result.findings}),
        "findings": [(tr(KINDS.get(one.kind, one.kind)), one) for one in result.findings],
        "groups": [
            (tr(KINDS.get(one.kind, one.kind)), one, tr(_TEXTS["alike"], count=more) if more else "")
            for one, more in grouped(result.findings)
        ],
        "legs": [_leg(leg) for leg in result.legs],
        "lines": picture(result),
        "names": [host.name for host in result.lab.everybody],
        "vrfs": {host.name: host.vrf for host in result.lab.hosts if host.vrf != DEFAULT_VRF},
        "untold": {(pair.a, pair.b): f"{_named(pair)}: {tr(_NO_VRFS)}" for pair in result.untold},
        "before": _cells(result.before),
        "after": _cells(last),
        "losses": [(_title(leg), *_bars(leg)) for leg in result.legs if any(loss.lost for loss in leg.losses)],
        "failed": list(_failed(result)),
        "probed": any(loss.sent for leg in result.legs for loss in leg.losses),
        "bar": BAR,
    }


def _title(leg: Leg) -> str:
    return f"{leg.folder} ({tr(WAYS[leg.way])}), {leg.seconds:.1f} s"


def _leg(leg: Leg) -> dict[str, Any]:
    longest = max((loss.longest(leg.seconds) for loss in leg.losses), default=0.0)
    sent, lost = sum(loss.sent for loss in leg.losses), sum(loss.lost for loss in leg.losses)
    return {
        "folder": leg.folder,
        "way": tr(WAYS[leg.way]),
        "seconds": f"{leg.seconds:.1f}",
        "done": f"{sum(one.ok for one in leg.pushed)}/{len(leg.pushed)}",
        "probes": sent,
        "lost": lost if sent else "–",
        "longest": f"{longest:.2f}" if sent else "–",
        "bad_loss": any(too_much(loss, leg) for loss in leg.losses),
        "pairs": f"{sum(seen.shown for seen in leg.matrix)}/{len(leg.matrix)}",
        "bad_pairs": any(seen.wrong for seen in leg.matrix),
        "neighbours": sum(leg.neighbours.values()) if leg.neighbours else "–",
        "faults": [str(fault) for fault in leg.faults],
    }


def _cells(matrix: Sequence[Seen]) -> dict[tuple[str, str], dict[str, str]]:
    """A cell for each pair; where there are several addresses, the one that is wrong, else today's."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for seen in sorted(matrix, key=lambda one: (not one.wrong, one.flow.home)):
        pair = seen.flow.pair
        unsure = pair.wanted is Wanted.OPEN or not seen.shown
        colour = "wrong" if seen.wrong else "open" if unsure else "right"
        title = f"{_named(pair)}: {tr(WANTED[pair.wanted])}; {pair.why}"
        if seen.control:
            title += f"; {tr('that it could is shown by {pair}', pair=seen.control)}"
        found.setdefault((pair.a, pair.b), {"sign": "●" if seen.passed else "○", "colour": colour, "title": title})
    return found


def _named(pair: Pair) -> str:
    """Both hosts, with their VRFs where one is in any."""
    a, b = pair.vrfs
    return pair.name if a == b == DEFAULT_VRF else f"{pair.a} ({a}) → {pair.b} ({b})"


def _bars(leg: Leg) -> tuple[list[Bar], str]:
    """The flows that lost something, the worst first, and the sentence about those that are left out."""
    rows = sorted((loss for loss in leg.losses if loss.lost), key=lambda loss: -loss.longest(leg.seconds))
    more = tr(_TEXTS["more"], count=len(rows) - MOST) if len(rows) > MOST else ""
    return [_bar(loss, leg) for loss in rows[:MOST]], more


def _bar(loss: Loss, leg: Leg) -> Bar:
    whole = max(leg.seconds, 0.001)
    stretches = tuple(
        (
            BAR * gap.begin / whole,
            max(1.5, BAR * ((gap.end if gap.end is not None else leg.seconds) - gap.begin) / whole),
        )
        for gap in loss.gaps
    )
    pair = loss.flow.pair
    name = f"{pair.a} ({loss.flow.a}) ↔ {pair.b} ({loss.flow.b})"
    return Bar(name, loss.sent, loss.lost, f"{loss.longest(leg.seconds):.2f}", stretches)


def _failed(result: Result) -> Iterator[tuple[str, str, str, str]]:
    """Pairs whose packets were followed: where, who, along which devices, and the last that saw them."""
    for title, matrix in ((tr("today"), result.before), *((_title(leg), leg.matrix) for leg in result.legs)):
        for seen in matrix:
            if seen.wrong and not seen.passed:
                name = f"{_named(seen.flow.pair)}: {seen.flow.a} → {seen.flow.b}"
                yield title, name, " → ".join(hop or "?" for hop in seen.hops) or "–", seen.last or "–"
