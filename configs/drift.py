"""Drift: does a device still run what is intended, or what it ran on an earlier day?

Both questions are asked of trees, not of lines: what has no meaning (time stamps, the order of independent commands,
how a secret is stored) is no difference. Texts may be masked: what an archive keeps can be compared.

Against what is intended the answer is that of a push: what a push would do is drift, and what no template speaks of is
not, unless all of it is asked for (`exact`). A device that could not be read or compared is unknown, never the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from configs import change
from configs.dialects import dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from configs.change import Language
    from configs.tree import Node
    from inventory.errors import GovnetError
    from inventory.model import Interface
    from inventory.text import Message

# Commands that a device writes itself, with another value each time.
_VOLATILE = re.compile(r"ntp clock-period \d|(?:NVRAM config |Last configuration )")
# Entries of lists: the first one that matches decides, so their order means something.
_ENTRY = re.compile(r"(?:^|\s)(?:permit|deny|accept|drop|reject|discard|pass|action)(?:\s|;|$)")


class State(StrEnum):
    """What was found. Stable and English, for programs."""

    SAME = "same"
    DRIFTED = "drifted"
    UNKNOWN = "unknown"  # not read, not rendered, or nothing to compare with; the error says why


@dataclass(frozen=True, slots=True)
class Drift:
    """One device. `diff` is masked, as a push shows it: `+` is missing on the device, `-` is there and should not be.

    Between two days it is the other way round, as one reads a history: `+` came, `-` went.
    """

    device: str
    platform: str
    state: State
    diff: str = ""
    added: int = 0
    removed: int = 0
    notes: tuple[Message, ...] = ()
    error: GovnetError | None = None

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        return {
            "name": self.device,
            "platform": self.platform,
            "state": self.state.value,
            "added": self.added,
            "removed": self.removed,
            "diff": self.diff,
            "notes": [{"en": note.in_language("en"), "zh": note.in_language("zh_CN")} for note in self.notes],
            "error": self.error.as_json() if self.error else None,
        }


def unknown(device: str, platform: str, error: GovnetError) -> Drift:
    """A device about which nothing can be said."""
    return Drift(device, platform, State.UNKNOWN, error=error)


def against(
    device: str,
    platform: str,
    running: bytes,
    intended: bytes,
    *,
    management: Interface | None = None,
    exact: bool = False,
) -> Drift:
    """What a push would have to do. With `exact` also what no template says counts.

    InputError if a text cannot be decoded, GovnetError for a platform whose changes are not computed.
    """
    spoken = dialect(platform)
    ours, theirs = spoken.parse(running), spoken.parse(intended)
    if exact and spoken.language is not None:
        whole = replace(spoken.language, owned=re.compile(""), whole=True)
        found = change.compute(ours, theirs, whole, management)
    else:
        found = spoken.change(ours, theirs, management=management)
    state = State.SAME if found.empty else State.DRIFTED
    return Drift(device, platform, state, found.diff, found.added, found.removed, found.notes)


def between(device: str, platform: str, before: bytes, after: bytes) -> Drift:
    """What came and what went from one text to a later one. InputError if a text cannot be decoded."""
    spoken = dialect(platform)
    older, newer = (spoken.parse(spoken.mask(spoken.parse(text).text).encode()) for text in (before, after))
    steps = list(_Walk(spoken.language).view((), older.children, newer.children))
    diff = "".join(_shown(steps))
    added = sum(line.startswith("+") for line in diff.splitlines())
    removed = sum(line.startswith("-") for line in diff.splitlines())
    return Drift(device, platform, State.DRIFTED if steps else State.SAME, diff, added, removed)


# The views around it, its sign, its lines.
_Step = tuple[tuple[str, ...], str, tuple[str, ...]]


class _Walk:
    """Walks two trees side by side; views that are there twice count as one."""

    def __init__(self, language: Language | None) -> None:
        self._language = language

    def view(self, path: tuple[str, ...], older: Sequence[Node], newer: Sequence[Node]) -> Iterator[_Step]:
        """The steps of one view: what went, then what came, then what is within."""
        before, after = self._by_text(path, older), self._by_text(path, newer)
        moved = self._moved(path, before, after)
        for key, nodes in before.items():
            if key not in after or key in moved:
                yield from ((path, "-", _lines(node)) for node in nodes)
        for key, nodes in after.items():
            if key not in before or key in moved:
                yield from ((path, "+", _lines(node)) for node in nodes)
                continue
            inner = [[child for node in side for child in node.children] for side in (before[key], nodes)]
            yield from self.view((*path, nodes[0].text), *inner)

    def _by_text(self, path: tuple[str, ...], nodes: Iterable[Node]) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in nodes:
            if not _VOLATILE.match(node.text):
                found.setdefault(self._normal(path, change.content(node)), []).append(node)
        return found

    def _normal(self, path: tuple[str, ...], text: str) -> str:
        plain: Callable[[tuple[str, ...], str], str] | None = self._language.normalise if self._language else None
        return plain(path, text) if plain is not None else " ".join(text.split())

    def _moved(self, path: tuple[str, ...], before: dict[str, list[Node]], after: dict[str, list[Node]]) -> set[str]:
        """The entries of a list that stand elsewhere among those that stayed."""
        from difflib import SequenceMatcher  # noqa: PLC0415 - only lists whose order changed need it

        header = self._normal(path[:-1], path[-1]) if path else ""
        ordered = self._language is not None and self._language.ordered.match(header) is not None
        kept = [[key for key in side if key in before and key in after] for side in (before, after)]
        old, new = ([key for key in side if ordered or _ENTRY.search(key) or _decides(before[key][0])] for side in kept)
        if old == new:
            return set()
        same = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        stayed = {key for block in same for key in old[block.a : block.a + block.size]}
        return set(old) - stayed


def _decides(node: Node) -> bool:
    """Whether a view is an entry of a list: a rule or a term, with what it does inside."""
    return node.text.startswith(("rule ", "term ", "edit ")) and any(
        _ENTRY.search(child.text) for child in node.children
    )


def _lines(node: Node) -> tuple[str, ...]:
    return tuple(" " * len(path) + line for path, item in node.walk() for line in change.content(item).split("\n"))


def _shown(steps: Iterable[_Step]) -> Iterator[str]:
    """The steps as people read them: each view's header once, above what differs in it."""
    views: tuple[str, ...] = ()
    for path, sign, lines in steps:
        common = 0
        while common < min(len(views), len(path)) and views[common] == path[common]:
            common += 1
        yield from (f"  {' ' * depth}{path[depth]}\n" for depth in range(common, len(path)))
        views = path
        yield from (f"{sign} {' ' * len(path)}{line}\n" for line in lines)


def metrics(found: Iterable[Drift], now: float) -> str:
    """The result as Prometheus text, for node_exporter's textfile collector. A device that is unknown has no drift."""
    drifts = sorted(found, key=lambda item: item.device)
    known = [item for item in drifts if item.state is not State.UNKNOWN]
    rows = [
        "# HELP govnet_config_drift Whether a device differs from its intended configuration; none if not known.",
        "# TYPE govnet_config_drift gauge",
        *(f"govnet_config_drift{{{_label(item)}}} {int(item.state is State.DRIFTED)}" for item in known),
        "# HELP govnet_config_drift_lines Lines of the difference.",
        "# TYPE govnet_config_drift_lines gauge",
        *(f"govnet_config_drift_lines{{{_label(item)}}} {item.added + item.removed}" for item in known),
        "# HELP govnet_config_drift_unknown_devices Devices that could not be compared.",
        "# TYPE govnet_config_drift_unknown_devices gauge",
        f"govnet_config_drift_unknown_devices {len(drifts) - len(known)}",
        "# HELP govnet_config_drift_run_timestamp_seconds When the devices were compared.",
        "# TYPE govnet_config_drift_run_timestamp_seconds gauge",
        f"govnet_config_drift_run_timestamp_seconds {now:.0f}",
    ]
    return "\n".join(rows) + "\n"


def _label(item: Drift) -> str:
    name = item.device.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
    return f'device="{name}"'
