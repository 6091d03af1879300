"""What re-addressing did, for people: old and new side by side, one HTML file that needs no other and no network.

Only lines that change or that a person must look at are shown; secrets are masked.
"""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from configs.equivalence import hiding
from configs.places.roles import KINDS
from configs.readdress.outcomes import Action
from configs.readdress.reasons import KEPT, REVIEW
from inventory.text import language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.readdress.engine import TokenResult
    from configs.readdress.run import Done, Run

TEMPLATE: Final = Path(__file__).parent.parent / "templates"
_TEXTS: Final = {
    "heading": mark("Re-addressing"),
    "files": mark("Files"),
    "changed": mark("Changed"),
    "failed": mark("Not done"),
    "lines": mark("Lines"),
    "rewritten": mark("Rewritten"),
    "kept": mark("Kept"),
    "review": mark("For a person"),
    "why_kept": mark("Why addresses stay"),
    "to_review": mark("What a person must look at"),
    "problems": mark("What could not be done"),
    "by_file": mark("File by file"),
    "examples": mark("Counter-examples"),
    "search": mark("Search files and lines"),
    "all": mark("All files"),
    "no_script": mark("The lines are laid out by a script in this page; allow it to run."),
    "proof": mark("Proof"),
    "proven": mark("Proven: nothing but addresses has changed, and every address as the mapping says."),
    "unproven": mark("Not proven: there are counter-examples."),
    "not_asked": mark("No proof was asked for (--prove)."),
}
_SCRIPT_TEXTS: Final = {
    "old": mark("Old text"),
    "new": mark("New text"),
    "nothing": mark("Nothing changes in this file."),
    "same": mark("lines stay as they are"),
    "more": mark("Show more lines"),
    "found": mark("files shown"),
}


_SHOWN_AT_ONCE: Final = 20  # files with something for a person that are open from the start
# A stretch of a line that is marked: from, to, style, and the number of its explanation (-1: none).
_Span: TypeAlias = tuple[int, int, str, int]


def write(run: Run, path: Path) -> None:
    """Write the report. The lines of a file are in the page as data; they are laid out when somebody opens the file."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - start-up time

    from configs.readdress.out import replace_file  # noqa: PLC0415 - as above

    environment = Environment(
        loader=FileSystemLoader(TEMPLATE), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    page = environment.get_template("readdress.html.j2").render(_page(run))
    replace_file(path, page.encode())


def _page(run: Run) -> dict[str, Any]:
    actions: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    titles: dict[str, int] = {}
    networks: dict[str, list[dict[str, Any]]] = {}
    for number, done in enumerate(run.files):
        tokens = list(done.result.tokens()) if done.result is not None else []
        actions.update(token.action.value for token in tokens)
        reasons.update(token.reason for token in tokens if token.action is Action.KEPT)
        networks.setdefault(done.network, []).append(_file(done, number, tokens, titles))
    files = [file for members in networks.values() for file in members]
    few = len(files) <= _SHOWN_AT_ONCE
    for file in files:
        file["open"] = len(files) == 1 or (few and bool(file["review"]))
    return {
        "t": {key: tr(text) for key, text in _TEXTS.items()},
        "lang": "zh-CN" if language().startswith("zh") else "en",
        "networks": [_network(name, members, len(networks)) for name, members in networks.items()],
        "files": len(files),
        "failed": [problem for file in files for problem in file["problems"]],
        "failed_files": sum(1 for file in files if file["problems"]),
        "reviews": [file for file in files if file["review"]],
        "counts": actions,
        "lines": sum(done.lines for done in run.files),
        "changed": sum(1 for file in files if file["changed"]),
        "reasons": [(tr(KEPT.get(code) or KINDS.get(code, code)), count) for code, count in reasons.most_common()],
        "proof": _proof(run),
        "titles": _data(list(titles)),
        "texts": _data({key: tr(text) for key, text in _SCRIPT_TEXTS.items()}),
    }


def _network(name: str, members: list[dict[str, Any]], count: int) -> dict[str, Any]:
    """A folder's files, and their sums."""
    return {
        "name": name or tr("files"),
        "files": members,
        "rewritten": sum(file["rewritten"] for file in members),
        "review": sum(file["review"] for file in members),
        "failed": sum(1 for file in members if file["problems"]),
        "open": count == 1,
    }


def _data(value: Any) -> str:
    """A value as JSON that may stand in a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _proof(run: Run) -> dict[str, Any]:
    if not run.proofs:
        return {"state": "not_asked", "examples": [], "outside": ""}
    shown = [hiding.proof(proof, run.platforms) for proof in run.proofs.values()]
    examples = [
        {
            "text": found.message.in_language(language()),
            "old": [f"{site.path}:{site.line}: {site.text}" for site in found.old],
            "new": [f"{site.path}:{site.line}: {site.text}" for site in found.new],
        }
        for proof in shown
        for found in proof.counterexamples
    ]
    outside = sum(len(proof.outside) for proof in shown)
    said = tr("{count} lines are outside the proof; the JSON report lists them.", count=outside) if outside else ""
    return {"state": "unproven" if examples else "proven", "examples": examples, "outside": said}


def _file(done: Done, number: int, tokens: list[TokenResult], titles: dict[str, int]) -> dict[str, Any]:
    problems = [problem.in_language(language()) for problem in done.problems]
    counts = Counter(token.action for token in tokens)
    rows = _rows(done, tokens, titles)
    states = ("review", counts[Action.REVIEW]), ("rewritten", counts[Action.REWRITTEN]), ("failed", problems)
    return {
        "number": number,
        "path": done.path,
        "platform": done.platform,
        "encoding": done.encoding,
        "problems": problems,
        "changed": bool(done.result is not None and done.result.changed),
        "rewritten": counts[Action.REWRITTEN],
        "review": counts[Action.REVIEW],
        "states": " ".join(name for name, count in states if count),
        "rows": _data(rows) if rows else "",
    }


def _rows(done: Done, tokens: Iterable[TokenResult], titles: dict[str, int]) -> list[list[Any]]:
    """The lines to show: how many are left out before it, number, old text and marks, new texts and marks, reviews."""
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
    rows: list[list[Any]] = []
    for before, number in pairwise([0, *numbers]):
        found = by_line[number]
        old = hiding.mask(done.platform, result.tree.line_text(number))
        marks = [(token.text, _style(token), titles.setdefault(_why(token), len(titles))) for token in found]
        new = []
        for text in result.changed.get(number, ()):
            masked = hiding.mask(done.platform, text)
            parts = ((part, "new", -1) for token in found for part in token.new.split())
            new.append([masked, _spans(masked, parts)])
        reviews = [f"{token.text}: {_why(token)}" for token in found if token.action is Action.REVIEW]
        rows.append([number - before - 1, number, old, _spans(old, marks), new, reviews])
    return rows


def _style(token: TokenResult) -> str:
    return {Action.REWRITTEN: "old", Action.REVIEW: "review"}.get(token.action, "")


def _why(token: TokenResult) -> str:
    text = REVIEW.get(token.reason) or KEPT.get(token.reason) or ""
    kind = tr(KINDS[token.kind]) if token.kind in KINDS else token.kind
    return f"{kind}: {tr(text)}" if text else kind


def _spans(text: str, marks: Iterable[tuple[str, str, int]]) -> list[_Span]:
    """Where the marks of a line stand: each is looked for behind the one before it."""
    spans = []
    at = 0
    for wanted, style, title in marks:
        found = text.find(wanted, at)
        if found < 0 or not style:
            continue
        at = found + len(wanted)
        spans.append((found, at, style, title))
    return spans
