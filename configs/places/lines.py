"""The lines of a configuration that may have tokens, and what the table of its dialect says of them.

Configurations repeat themselves: what was found in a line holds for the same line in the same view, and for every line
of its form (`configs.places.shapes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from configs.places import shapes, tokens
from configs.places.roles import Shape
from configs.places.rows import Place
from configs.places.table import MOST_KNOWN, Known, View, classify
from configs.tree_parts import BODY, COMMENT
from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.places.table import Places, Read
    from configs.places.tokens import Token
    from configs.tree import Tree


class Line(NamedTuple):
    """A line of a configuration that has tokens, and what they mean. Columns are those of the whole line, from 0.

    `places` are what the table says. `loose` are the tokens that no place speaks of. `path` are the views' commands.
    """

    number: int  # from 1
    text: str  # without its end
    places: tuple[Place, ...]
    loose: tuple[Token, ...]
    path: tuple[str, ...]
    view: View

    @property
    def vrf(self) -> str:
        """The VRF that the views give."""
        return self.view.vrf


class Hit(NamedTuple):
    """A line that may have tokens, and where it stands; what the table says of it is not looked up yet.

    `text` is the command without blanks around it. `path` are the views' commands; in a flat table they are also
    written in `before`. A line of free text has one of the views of `FREE`.
    """

    number: int  # from 1
    raw: str  # without its end
    text: str
    path: tuple[str, ...]
    view: View
    before: str


# The views of free text, by the kind of place that a whole line of it is.
FREE = {kind: View((), {}, DEFAULT_VRF, frozenset()) for kind in ("comment", "description")}


def hits(tree: Tree, places: Places) -> list[Hit]:
    """Every line that may have tokens, in the file's order."""
    found: list[Hit] = []
    make = tuple.__new__  # the shortest way
    lines = tree.lines
    parents, texts, bodies = tree.outline
    views: dict[int, _Placed] = {}
    binding = _binding(tree, places)
    last = None
    path: tuple[str, ...] = ()
    view, before = FREE["comment"], ""
    for number in tokens.may_have(lines, tree.text):
        parent = parents[number - 1]
        if parent == BODY:
            opened = max(line for line in bodies if line < number)
            outer = tree.outline.path(parents[opened - 1])
            raw = lines[number - 1].rstrip("\r\n")
            found.append(Hit(number, raw, texts[number - 1], outer, FREE["description"], ""))
            continue
        if parent != last:
            last = parent
            known = views.get(parent)
            if known is None:
                known = _place(tree, places, parent, views, binding)
            path, view, before = known
        raw = lines[number - 1].rstrip("\r\n")
        found.append(make(Hit, (number, raw, texts[number - 1], path, view, before)))
    return found


# The commands of a view and those around it, what the table says in it, and what a flat table writes before its lines.
_Placed: TypeAlias = tuple[tuple[str, ...], View, str]


# The commands that may say the VRF of the view they stand in, by the line that opens it.
_Binding: TypeAlias = Mapping[int, Sequence[str]]


def _binding(tree: Tree, places: Places) -> _Binding:
    search = places.binding.search
    found: dict[int, list[str]] = {}
    if places.flat or search(tree.text) is None:
        return found
    for parent, text in zip(tree.outline.parents, tree.outline.texts, strict=True):
        if parent >= 0 and search(text) is not None:
            found.setdefault(parent, []).append(text)
    return found


def _place(tree: Tree, places: Places, parent: int, views: dict[int, _Placed], binding: _Binding) -> _Placed:
    """The view that line `parent` opens; kept in `views`."""
    outline = tree.outline
    if parent == COMMENT:
        found: _Placed = ((), FREE["comment"], "")
    elif places.flat:
        path = outline.path(parent)
        found = path, places.view(()), "".join(f"{places.bare(command)} " for command in path)
    else:
        outer = outline.parents[parent - 1] if parent else 0
        known = views.get(outer) if outer else None
        if outer and known is None:
            known = _place(tree, places, outer, views, binding)
        vrf = known[1].vrf if known is not None else DEFAULT_VRF
        path = outline.path(parent)
        found = path, places.view(path, binding.get(parent, ()), vrf), ""
    views[parent] = found
    return found


def survey(tree: Tree, places: Places) -> Iterator[Line]:
    """Every line of a configuration that has tokens, in the file's order."""
    for hit in hits(tree, places):
        found, loose, view = meaning(places, hit)
        if found or loose:
            yield Line(hit.number, hit.raw, found, loose, hit.path, view)


def meaning(places: Places, hit: Hit) -> Read:
    """What a line means: its places, its loose tokens, and the view whose VRF holds. The same objects each time."""
    view, key = hit.view, hit.before + hit.raw
    known = view.lines.get(key)
    if known is None:
        if len(view.lines) > MOST_KNOWN:
            view.lines.clear()
        known = view.lines[key] = _free(hit) if view in _ALL_FREE else _alike(places, hit)
    return known


_ALL_FREE = frozenset(FREE.values())


def _free(hit: Hit) -> Read:
    """A line of free text, as one place."""
    if not tokens.scan(hit.raw):
        return (), (), hit.view
    kind = next(kind for kind, view in FREE.items() if view is hit.view)
    return (Place(kind, Shape.TEXT, 0, len(hit.raw)),), (), hit.view


def _alike(places: Places, hit: Hit) -> Read:
    """As `_read`, by way of a line that differs in nothing but its addresses and numbers, where that may be."""
    parts = shapes.parts(hit.raw)
    found = form(places, hit, parts)
    if found is None or found.form is None:
        return _read(places, hit.view, hit.raw, hit.text, hit.before)
    return *found.form.fit(parts), found.view


def form(places: Places, hit: Hit, parts: list[str]) -> Known | None:
    """What is known of the lines of a line's form, the same object each time; None where a line has none.

    `parts` are those of the line.
    """
    if len(parts) == 1 or hit.raw.strip() != hit.text:
        return None
    view = hit.view
    general = places.general.of(parts)
    line = "".join(general)
    key = hit.before + line
    known = view.forms.get(key)
    if known is None:
        if len(view.forms) > MOST_KNOWN:
            view.forms.clear()
        found, loose, inner = _read(places, view, line, line.strip(), hit.before)
        known = view.forms[key] = Known(shapes.form(general, found, loose, inner.vrf), inner)
    return known


def _read(places: Places, view: View, raw: str, text: str, before: str) -> Read:
    """What a line means, with columns of the raw line; its loose tokens; the view whose VRF holds.

    In a flat table, `before` (the views' commands) is written before the command.
    """
    seen = tokens.scan(raw)
    if not seen:
        return (), (), view
    start = max(raw.find(text), 0)
    command = text
    if places.flat:
        view, command = places.led(before + places.bare(text))
    shift = start + len(text) - len(command)
    meant = [place if place.start + shift >= start else _end(place, start - shift) for place in classify(view, command)]
    found = tuple(place.moved(shift) for place in meant if place is not None)
    spans = [span for place in found for span in place.spans()]
    loose = tuple(token for token in seen if not any(low <= token.start and token.end <= high for low, high in spans))
    return found, loose, view


def _end(place: Place, start: int) -> Place | None:
    """A range's last address where the first one stands in a view's command before column `start`."""
    if place.last is None or place.last[0] < start:
        return None
    return Place("range-last", Shape.HOST, *place.last, vrf=place.vrf)
