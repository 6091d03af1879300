"""What re-addressing did, for people: old and new side by side, one HTML file that needs no other and no network.

Only lines that change or that a person must look at are shown; secrets are masked.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from configs.place_rows import KINDS
from configs.readdress_decide import Action
from configs.readdress_reasons import KEPT, REVIEW
from inventory.text import language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from configs.readdress import TokenResult
    from configs.readdress_run import Done, Run

TEMPLATE: Final = Path(__file__).parent / "templates"
_TEXTS: Final = {
    "heading": mark("Re-addressing"),
    "files": mark("Files"),
    "changed": mark("Changed"),
    "failed": mark("Not done"),
    "lines": mark("Lines"),
    "rewritten": mark("Rewritten"),
    "kept": mark("Kept"),
    "review": mark("For a person"),
    "old": mark("Old text"),
    "new": mark("New text"),
    "reason": mark("Why"),
    "count": mark("Count"),
    "why_kept": mark("Why addresses stay"),
    "to_review": mark("What a person must look at"),
    "problems": mark("What could not be done"),
    "by_file": mark("File by file"),
    "nothing": mark("Nothing changes in this file."),
    "same": mark("lines stay as they are"),
    "proof": mark("Proof"),
    "proven": mark("Proven: nothing but addresses has changed, and every address as the mapping says."),
    "unproven": mark("Not proven: there are counter-examples."),
    "not_asked": mark("No proof was asked for (--prove)."),
    "hint": mark("hint"),
}


class _Part(NamedTuple):
    """A stretch of a line: plain, or marked as old, new or review with its explanation."""

    text: str
    style: str = ""
    title: str = ""


def write(run: Run, path: Path, mask: Callable[[str, str], str]) -> None:
    """Write the report. `mask` hides the secrets of a line, given its platform."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - start-up time

    from inventory.sources import write_atomically  # noqa: PLC0415 - as above

    environment = Environment(
        loader=FileSystemLoader(TEMPLATE), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    page = environment.get_template("readdress.html.j2").render(_page(run, mask))
    write_atomically(path, page.encode())


def _page(run: Run, mask: Callable[[str, str], str]) -> dict[str, Any]:
    actions: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    files = []
    for done in run.files:
        tokens = list(done.result.tokens()) if done.result is not None else []
        actions.update(token.action.value for token in tokens)
        reasons.update(token.reason for token in tokens if token.action is Action.KEPT)
        files.append(_file(done, tokens, mask))
    return {
        "t": {key: tr(text) for key, text in _TEXTS.items()},
        "lang": "zh-CN" if language().startswith("zh") else "en",
        "files": files,
        "failed": [file for file in files if file["problems"]],
        "reviews": [file for file in files if file["review"]],
        "counts": actions,
        "lines": sum(done.lines for done in run.files),
        "changed": sum(1 for file in files if file["changed"]),
        "reasons": [(tr(KEPT.get(code) or KINDS.get(code, code)), count) for code, count in reasons.most_common()],
        "proof": _proof(run),
    }


def _proof(run: Run) -> dict[str, Any]:
    if not run.proofs:
        return {"state": "not_asked", "examples": []}
    examples = [
        {
            "text": found.message.in_language(language()),
            "old": [f"{site.path}:{site.line}: {site.text}" for site in found.old],
            "new": [f"{site.path}:{site.line}: {site.text}" for site in found.new],
        }
        for proof in run.proofs.values()
        for found in proof.counterexamples
    ]
    return {"state": "unproven" if examples else "proven", "examples": examples}


def _file(done: Done, tokens: list[TokenResult], mask: Callable[[str, str], str]) -> dict[str, Any]:
    problems = [problem.in_language(language()) for problem in done.problems]
    counts = Counter(token.action for token in tokens)
    return {
        "path": done.path,
        "platform": done.platform,
        "encoding": done.encoding,
        "lines": done.lines,
        "problems": problems,
        "changed": bool(done.result is not None and done.result.changed),
        "rewritten": counts[Action.REWRITTEN],
        "review": counts[Action.REVIEW],
        "rows": _rows(done, tokens, mask) if done.result is not None else [],
    }


def _rows(done: Done, tokens: Iterable[TokenResult], mask: Callable[[str, str], str]) -> list[dict[str, Any]]:
    """The lines to show, with how many lines are left out before each."""
    result = done.result
    if result is None:
        return []
    by_line: dict[int, list[TokenResult]] = {}
    for token in tokens:
        by_line.setdefault(token.line, []).append(token)
    numbers = sorted(
        number
        for number, found in by_line.items()
        if number in result.changed or any(token.action is Action.REVIEW for token in found)
    )
    rows = []
    for before, number in pairwise([0, *numbers]):
        found = by_line[number]
        news = result.changed.get(number)
        old = mask(done.platform, result.tree.line_text(number))
        rows.append(
            {
                "skipped": number - before - 1,
                "number": number,
                "old": _parts(old, [(token.text, _style(token), _why(token)) for token in found]),
                "new": [
                    _parts(
                        mask(done.platform, new), [(part, "new", "") for token in found for part in token.new.split()]
                    )
                    for new in news or ()
                ],
                "review": [f"{token.text}: {_why(token)}" for token in found if token.action is Action.REVIEW],
            }
        )
    return rows


def _style(token: TokenResult) -> str:
    return {Action.REWRITTEN: "old", Action.REVIEW: "review"}.get(token.action, "")


def _why(token: TokenResult) -> str:
    text = REVIEW.get(token.reason) or KEPT.get(token.reason) or ""
    kind = tr(KINDS[token.kind]) if token.kind in KINDS else token.kind
    return f"{kind}: {tr(text)}" if text else kind


def _parts(text: str, marks: Iterable[tuple[str, str, str]]) -> list[_Part]:
    """A line in pieces: each of `marks` is looked for behind the one before it."""
    parts = []
    at = 0
    for wanted, style, title in marks:
        found = text.find(wanted, at)
        if found < 0 or not style:
            continue
        parts += [_Part(text[at:found]), _Part(wanted, style, title)]
        at = found + len(wanted)
    return [part for part in (*parts, _Part(text[at:])) if part.text]
