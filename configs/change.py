"""The structural difference between a running and an intended configuration, and the commands that close it.

The intended text is merged: lines it has and the running one lacks are added; a running line with the same purpose and
another value is replaced; views that the intended text owns whole (access lists) are made equal; everything else in
running stays. What has the same purpose, and how a line is taken back, is a dialect's table (`Language`).

Order: what is new comes first, in the intended order; what goes comes after it; what holds the session we came in
by comes last. A command that changes the address we arrived at ends the part before `reconnect`; what would cut the
path before that address is there (an old default route) follows it and is sent after a new login.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum
from functools import partial
from ipaddress import IPv4Network, ip_address
from typing import TYPE_CHECKING

from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from configs.masking import Secrets
    from configs.tree import Node, Tree
    from inventory.model import Interface

# What no line matches: the default where a dialect's table has nothing to say.
# A destination as routes have it: with a mask or a length.
_NETWORK = re.compile(r"(\d+\.\d+\.\d+\.\d+)[ /](\d+\.\d+\.\d+\.\d+|\d{1,2})(?= |$)")
NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Change:
    """What to send, and what it means.

    `commands` are sent in configuration mode, in order; views are entered and left; one that holds line feeds (a
    banner of several lines) has a prompt only after its last line. `diff` is for people, masked.
    `added` and `removed` count its lines. `cuts` are those commands that touch the path, the address or the interface
    we arrive on. `reconnect` is an index into `commands`: what stands before it ends our session, the rest is
    sent after a login at the new address; None if the session survives. `notes` say what differs and is not ours to
    change; they are there also where there is nothing to do.
    """

    commands: tuple[str, ...] = field(default=(), repr=False)  # may hold secrets
    diff: str = ""
    added: int = 0
    removed: int = 0
    cuts: tuple[str, ...] = ()
    reconnect: int | None = None
    notes: tuple[Message, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.commands


class Kind(Enum):
    """How lines of the same purpose behave."""

    SINGLE = "single"  # a later one overwrites the earlier one
    CLEAR = "clear"  # one value only, but the old line must be taken back before the new one is accepted
    SET = "set"  # all lines of the purpose together are one value: new ones are added, then others removed


@dataclass(frozen=True, slots=True)
class Slot:
    """Lines with one purpose: those that `line` matches in views whose header `view` matches (the top level is empty).

    The named groups of `line` tell purposes apart (an area's number); without any, all such lines have one purpose.
    In a set, groups without a name tell its entries apart: one with another content is taken back first.
    `remove` is the command that takes such a line back, expanded from the match; empty: the line, negated.
    `overwrite` is the command that gives the purpose a new value, expanded from the new line's match; empty: the line.
    """

    view: re.Pattern[str]
    line: re.Pattern[str]
    kind: Kind
    remove: str = ""
    overwrite: str = ""


def slot(view: str, line: str, kind: Kind = Kind.SINGLE, remove: str = "", overwrite: str = "") -> Slot:
    """A row of a dialect's table, from its expressions; the view `$` is the top level."""
    return Slot(re.compile(view), re.compile(line), kind, remove, overwrite)


@dataclass(frozen=True, slots=True)
class Paths:
    """Which lines carry the session we come in by.

    `address`: an interface's address, group `ip`; `top_address`: the same in a language without views. `interface`: an
    interface's header, at the top level or in a view whose header `inside` matches. `touches`: lines in such a view
    that take the interface down or move it. `route`: static routes that may carry us, at the top level or in a view
    whose header `route_view` matches. `remote`: headers of the views of remote logins; `remote_lines`: the lines in
    them that let people in or keep them out; `remote_list`: in such a view, the line that binds an access list, group
    `list`. `port_list`: the same on an interface. `list_header`: an access list's header, group `list`.
    `server`: lines of the SSH server and of the users.
    `routing`: headers of the views of routing protocols, of which nothing can be taken away without danger; `quiet`: a
    line that ends a protocol's talk on an interface, group `port`. `shuts`: lines, behind their views and ` > `, that
    may shut us out where they are new. `virtual`: headers of interfaces that are reached through others' ports;
    `members`: the lines that make a port carry them.
    """

    address: re.Pattern[str] = re.compile(r"(?P<ip>(?!))")
    top_address: re.Pattern[str] = re.compile(r"(?P<ip>(?!))")
    interface: re.Pattern[str] = NEVER
    inside: re.Pattern[str] = NEVER
    touches: re.Pattern[str] = NEVER
    route: re.Pattern[str] = NEVER
    route_view: re.Pattern[str] = NEVER
    remote: re.Pattern[str] = NEVER
    remote_lines: re.Pattern[str] = NEVER
    remote_list: re.Pattern[str] = re.compile(r"(?P<list>(?!))")
    port_list: re.Pattern[str] = re.compile(r"(?P<list>(?!))")
    list_header: re.Pattern[str] = re.compile(r"(?P<list>(?!))")
    server: re.Pattern[str] = NEVER
    routing: re.Pattern[str] = NEVER
    quiet: re.Pattern[str] = re.compile(r"(?P<port>(?!))")
    shuts: re.Pattern[str] = NEVER
    virtual: re.Pattern[str] = NEVER
    members: re.Pattern[str] = NEVER


@dataclass(frozen=True, slots=True)
class Language:
    """How changes are written in a dialect. All expressions see normalised lines.

    `normalise` maps spellings that mean the same to one (mask lengths, blanks in interface names). `views` matches
    lines that open a view even when nothing stands in it; of those, `plain` are lines of a view, behind its headers and
    ` > `, that only look so (an interface's `zone`). `owned` matches headers of views that are made equal; of
    those, `ordered` are lists whose order is the file's (no numbers): they are rewritten when the order would change.
    `explicit` matches negated lines that the device stores as such (`no switchport`); any other negated line means that
    the positive one must not be there. `hidden` matches lines that the device does not show while they hold: they are
    sent only where the running text negates them. A block (a banner) is seen as its lines joined by line feeds.
    `unstored` matches lines that some releases take and do not store, because they are their default: where running
    has no word on them, they are sent along with other lines, and are no difference on their own (otherwise such a
    release could never be found as intended). `foreign` matches lines at the top level that are not configuration's to
    change (a host's name): they are neither compared nor sent; where they differ, a note says so. `typed` gives a line
    of the device's own text as it has to be typed. `second` is the word behind a further IPv4 address of an interface;
    empty if there is none, None if an interface takes only one. `beside` matches commands, behind their views and
    ` > `, that may stand twice with two addresses. `lists` matches lines of lists (group `list`) of which the device
    takes back only all together, whichever is negated. `remark` begins a line that means nothing.
    `leaves` gives the word that leaves a view by its header, where it is not always `leave`; `takes_back` the command
    that takes a line of the device's own text back, where that needs what is not part of the line (a number), or
    nothing.
    """

    negation: str
    leave: str
    secrets: Secrets
    slots: tuple[Slot, ...]
    paths: Paths
    normalise: Callable[[tuple[str, ...], str], str]
    views: re.Pattern[str] = NEVER
    plain: re.Pattern[str] = NEVER
    owned: re.Pattern[str] = NEVER
    ordered: re.Pattern[str] = NEVER
    explicit: re.Pattern[str] = NEVER
    hidden: re.Pattern[str] = NEVER
    unstored: re.Pattern[str] = NEVER
    foreign: re.Pattern[str] = NEVER
    typed: Callable[[str], str] = str
    second: str | None = None
    beside: re.Pattern[str] = NEVER
    lists: re.Pattern[str] = re.compile(r"(?P<list>(?!))")
    remark: str = "!"
    leaves: Callable[[str], str] | None = None
    takes_back: Callable[[str], str] | None = None
    staged: bool = False  # the commands of a re-addressing's stages have been tried in it
    whole: bool = False  # every view and the top level are made equal, not only what `owned` matches

    def negated(self, text: str) -> str:
        """The command that takes `text` back."""
        prefix = self.negation + " "
        return text[len(prefix) :] if text.startswith(prefix) else prefix + text

    def leaving(self, views: Sequence[str]) -> list[str]:
        """The words that leave these views, the innermost first."""
        return [self.leaves(header) if self.leaves is not None else self.leave for header in reversed(views)]


class _Phase(IntEnum):
    """When an edit is sent."""

    ADD = 0
    REMOVE = 1
    REMOTE = 2  # the door we came in by: after everything else
    ADDRESS = 3  # the floor we stand on: the last line of the session
    AFTER = 4  # only safe over the new path


@dataclass(frozen=True, slots=True)
class Edit:
    """One step: lines that go (`old`), a line that comes (`new`), the commands for it in the view `path`."""

    path: tuple[str, ...]
    old: tuple[str, ...]
    new: str
    commands: tuple[str, ...]
    opens: bool = False
    phase: _Phase = _Phase.ADD
    cut: bool = False


def compute(running: Tree, intended: Tree, language: Language, management: Interface | None = None) -> Change:
    """The change from `running` to `intended`. `management` is the address we arrive at, as far as it is known."""
    steps = edits(running, intended, language)
    notes = tuple(_foreign(running, intended, language))
    if all(_may_be_default(step, language) for step in steps):
        return Change(notes=notes)
    steps = _timed(steps, _Guarded(language, running, intended, management))
    diff, added, removed = _diff(steps, language.secrets)
    ordered = sorted(steps, key=lambda edit: edit.phase)
    commands, reconnect = _commands(ordered, language)
    if management is None:
        reconnect = None  # nobody said which address is ours
    cuts = tuple(language.secrets.mask(command) for edit in ordered if edit.cut for command in edit.commands)
    return Change(commands, diff, added, removed, cuts, reconnect, notes)


def edits(running: Tree, intended: Tree, language: Language) -> list[Edit]:
    """The steps from `running` to `intended`, in the intended order: what to do, before anybody says when."""
    ours, theirs = (
        [node for node in tree.children if not language.foreign.match(node.text)] for tree in (running, intended)
    )
    return list(_Comparison(language).views((), ours, theirs))


def _may_be_default(step: Edit, language: Language) -> bool:
    """Whether a step only says what may be this release's default already."""
    return not step.old and language.unstored.match(language.normalise(step.path, step.new)) is not None


def _foreign(running: Tree, intended: Tree, language: Language) -> Iterator[Message]:
    """What differs and is not ours to change: lines of the intended text with another value, or none, in running."""
    shown = [node.text for node in running.children]
    for node in intended.children:
        match = language.foreign.match(node.text)
        if match is None or node.text in shown:
            continue
        yield Message(
            "“{wanted}” is intended and {found} is shown; it follows the host and cannot be set here",
            wanted=language.secrets.mask(node.text),
            found=" · ".join(f"“{text}”" for text in shown if text.startswith(match[0])) or "–",
        )


class _Comparison:
    """Walks two trees side by side and yields the edits, in the intended order."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def views(self, path: tuple[str, ...], running: Sequence[Node], intended: Sequence[Node]) -> Iterator[Edit]:
        """The edits that make one view what is intended."""
        language = self._language
        header = language.normalise(path[:-1], path[-1]) if path else ""
        owned = language.whole or (bool(path) and language.owned.match(header) is not None)
        if owned and language.ordered.match(header) and self._must_rewrite(path, running, intended):
            yield from self._rewrite(path, running, intended)
            return
        index = _Index(language, path, running)
        sets: set[tuple[object, ...]] = set()
        for node in intended:
            if node.text.startswith(language.negation + " "):
                yield from self._negative(path, node, index)
                continue
            slot, key = index.identify(content(node))
            if slot is not None and slot.kind is Kind.SET:
                sets.add(key)
            yield from self._positive(path, node, index, slot, key)
        # What was said later may rest on what was said before it.
        for node in reversed(running) if language.whole else running:
            if index.is_kept(node):
                continue
            slot, key = index.identify(content(node))
            if owned or key in sets:
                yield Edit(path, _all_lines(node), "", (index.removal(node, slot),), phase=_Phase.REMOVE)

    def _positive(
        self, path: tuple[str, ...], node: Node, index: _Index, slot: Slot | None, key: tuple[object, ...]
    ) -> Iterator[Edit]:
        candidates = index.having(key)
        text = content(node)
        same = next((other for other in candidates if index.equal(content(other), text)), None)
        if node.children or self._opens(path, index.normal(node.text)):
            yield from self._view(path, node, index, same, candidates)
        elif same is not None:
            index.keep(same)
        else:
            yield from self._line(path, node, index, slot, candidates)

    def _opens(self, path: tuple[str, ...], text: str) -> bool:
        """Whether a line opens a view though nothing stands in it."""
        language = self._language
        return language.views.match(text) is not None and not language.plain.match(" > ".join((*path, text)))

    def _view(
        self, path: tuple[str, ...], node: Node, index: _Index, same: Node | None, candidates: Sequence[Node]
    ) -> Iterator[Edit]:
        found = same or (candidates[0] if candidates else None)
        below: Sequence[Node] = ()
        if found is not None:
            index.keep(found)
            below = found.children
        if same is None:
            yield Edit(path, (found.text,) if found is not None else (), node.text, (node.text,), opens=True)
        yield from self.views((*path, (same or node).text), below, node.children)

    def _line(
        self, path: tuple[str, ...], node: Node, index: _Index, slot: Slot | None, candidates: Sequence[Node]
    ) -> Iterator[Edit]:
        text = self._language.typed(content(node))
        negated = index.exactly(self._language.negated(node.text))
        if not negated and not candidates and self._language.hidden.match(index.normal(text)):
            return
        commands = [text]
        old: list[str] = []
        if slot is not None and slot.kind is not Kind.SET:
            if candidates and slot.overwrite:
                commands = [index.expand(slot, slot.overwrite, node.text)]
            for other in candidates:
                index.keep(other)
                old += _all_lines(other)
                if slot.kind is Kind.CLEAR:
                    commands.insert(0, index.removal(other, slot))
        elif slot is not None:
            for other in candidates:
                if index.same_entry(slot, other.text, node.text):
                    index.keep(other)
                    old += _all_lines(other)
                    commands.insert(0, index.removal(other, slot))
        for other in negated:
            index.keep(other)
            old.append(other.text)
        yield Edit(path, tuple(old), text, tuple(commands))

    def _negative(self, path: tuple[str, ...], node: Node, index: _Index) -> Iterator[Edit]:
        language = self._language
        same = index.exactly(node.text)
        for other in same:
            index.keep(other)
        positive = language.negated(node.text)
        victims = index.starting(positive)
        for other in victims:
            index.keep(other)
        old = tuple(line for other in victims for line in _all_lines(other))
        if language.explicit.match(index.normal(node.text)):
            if not same:
                yield Edit(path, old, node.text, (node.text,))
        elif victims:
            yield Edit(path, old, "", (node.text,), phase=_Phase.REMOVE)

    def _must_rewrite(self, path: tuple[str, ...], running: Sequence[Node], intended: Sequence[Node]) -> bool:
        """Whether an unnumbered list can only become the intended one by writing it anew: kept entries must stand
        in the intended order, and new ones after them all.
        """  # noqa: D205 - one sentence
        index = _Index(self._language, path, running)
        have = [index.normal(node.text) for node in running]
        want = [index.normal(node.text) for node in intended]
        kept = [text for text in have if text in want]
        return bool(have) and want[: len(kept)] != kept

    def _rewrite(self, path: tuple[str, ...], running: Sequence[Node], intended: Sequence[Node]) -> Iterator[Edit]:
        """Take the whole list away and write it again. A list that is bound and not defined lets everything pass,
        so the session lives on between the two.
        """  # noqa: D205 - one sentence
        header = path[-1]
        old = (header, *(" " + node.text for node in running))
        yield Edit(path[:-1], old, header, (self._language.negated(header), header), opens=True)
        for node in intended:
            yield Edit(path, (), node.text, (node.text,))


class _Index:
    """The lines of one running view by purpose, and which of them the intended text accounts for."""

    def __init__(self, language: Language, path: tuple[str, ...], running: Sequence[Node]) -> None:
        self._language = language
        self._path = path
        header = language.normalise(path[:-1], path[-1]) if path else ""
        self._slots = [(number, slot) for number, slot in enumerate(language.slots) if slot.view.match(header)]
        self._running = running
        self._kept: set[int] = set()
        self._by_key: dict[tuple[object, ...], list[Node]] = {}
        for node in running:
            self._by_key.setdefault(self.identify(content(node))[1], []).append(node)

    def normal(self, text: str) -> str:
        """The line in its normal spelling."""
        return self._language.normalise(self._path, text)

    def identify(self, text: str) -> tuple[Slot | None, tuple[object, ...]]:
        """The line's purpose: its slot, if a table names one, and a key."""
        normal = self._language.secrets.shape(self.normal(text))
        for number, slot in self._slots:
            match = slot.line.match(normal)
            if match is not None:
                return slot, (number, *match.groupdict().values())
        return None, ("", normal)

    def removal(self, node: Node, slot: Slot | None) -> str:
        """The command that takes the node back."""
        if self._language.takes_back is not None and (command := self._language.takes_back(node.text)):
            return command
        if slot is not None and slot.remove:
            return self.expand(slot, slot.remove, node.text)
        return self._language.negated(node.text)

    def expand(self, slot: Slot, template: str, text: str) -> str:
        """A slot's command for a line."""
        match = slot.line.match(self.normal(text))
        return match.expand(template) if match is not None else text

    def same_entry(self, slot: Slot, running: str, intended: str) -> bool:
        """Whether two lines of a set are one entry of it (the same number) with two contents."""
        ours, theirs = slot.line.match(self.normal(running)), slot.line.match(self.normal(intended))
        if ours is None or theirs is None or slot.line.groups == len(slot.line.groupindex):
            return False
        return ours.groups() == theirs.groups()

    def equal(self, running: str, intended: str) -> bool:
        """Whether two lines say the same; a secret that the device stores in its own form counts as the same."""
        ours, theirs = self.normal(running), self.normal(intended)
        if ours == theirs:
            return True
        secrets = self._language.secrets
        return secrets.is_stored(ours) and secrets.shape(ours) == secrets.shape(theirs)

    def having(self, key: tuple[object, ...]) -> list[Node]:
        """The running lines of a purpose that nothing accounts for yet."""
        return [node for node in self._by_key.get(key, ()) if id(node) not in self._kept]

    def exactly(self, text: str) -> list[Node]:
        """The running lines that say exactly this."""
        wanted = self.normal(text)
        return [node for node in self._running if self.normal(node.text) == wanted]

    def starting(self, text: str) -> list[Node]:
        """The running lines that `text` negated would take away."""
        wanted = self.normal(text)
        found = []
        for node in self._running:
            normal = self.normal(node.text)
            if normal == wanted or normal.startswith(wanted + " "):
                found.append(node)
        return found

    def keep(self, node: Node) -> None:
        """Account for a running line."""
        self._kept.add(id(node))

    def is_kept(self, node: Node) -> bool:
        """Whether the running line is accounted for."""
        return id(node) in self._kept


class _Guarded:
    """What must not be cut: the interface we arrive on, the routes that lead back, the door and its lists."""

    def __init__(self, language: Language, running: Tree, intended: Tree, management: Interface | None) -> None:
        self._language = language
        self._paths = language.paths
        self._management = management
        self._interfaces = set(self._arrival_interfaces(running, management))
        self._virtual = any(map(self._paths.virtual.match, self._interfaces))
        self._routed = set(self._static_routes(running))
        self._lists = {name for tree in (running, intended) for name in self._bound_lists(tree)}

    def _static_routes(self, running: Tree) -> Iterator[IPv4Network]:
        """Where static routes lead, but for the default one."""
        for node in running.children:
            line = self._language.normalise((), node.text)
            network = _destination(line) if self._paths.route.match(line) else None
            if network is not None and network.prefixlen:
                yield network

    def _bound_lists(self, tree: Tree) -> Iterator[str]:
        """The lists at the door we came in by, and those on the interface we arrive on."""
        for node in tree.children:
            header = self._language.normalise((), node.text)
            for binds in (
                self._paths.remote_list if self._paths.remote.match(header) else None,
                self._paths.port_list if header in self._interfaces else None,
            ):
                for child in node.children if binds is not None else ():
                    match = binds.match(child.text) if binds is not None else None
                    if match is not None:
                        yield match["list"]

    def _arrival_interfaces(self, running: Tree, management: Interface | None) -> Iterator[str]:
        """The interfaces that hold the address we came to; if none does (it is translated on the way, say) or nobody
        said which it is, every interface that has an address.
        """  # noqa: D205 - one sentence
        found = list(self._addressed(running))
        ours = [header for header, text in found if management is not None and _is(text, management)]
        yield from ours or (header for header, _ in found)

    def _addressed(self, running: Tree) -> Iterator[tuple[str, str]]:
        """Each interface's header with each of its addresses."""
        for path, node in self._interfaces_of(running):
            for child in node.children:
                match = self._paths.address.match(self._language.normalise((*path, node.text), child.text))
                if match is not None:
                    yield self._language.normalise(path, node.text), match["ip"]

    def _interfaces_of(self, tree: Tree) -> Iterator[tuple[tuple[str, ...], Node]]:
        """The views of interfaces, with the headers above them."""
        for node in tree.children:
            header = self._language.normalise((), node.text)
            if self._paths.inside.match(header):
                yield from (
                    ((node.text,), child)
                    for child in node.children
                    if self._paths.interface.match(self._language.normalise((node.text,), child.text))
                )
            elif self._paths.interface.match(header):
                yield (), node

    def _view_of(self, path: tuple[str, ...]) -> str:
        """The header that may be an interface's, of the views a line stands in."""
        normal = self._language.normalise
        if len(path) > 1 and self._paths.inside.match(normal((), path[0])):
            return normal(path[:1], path[1])
        return normal((), path[0])

    def touches_address(self, edit: Edit) -> bool:
        """Whether the edit changes the address, or the state, of an interface we may have arrived on."""
        normal = self._language.normalise
        if not edit.path:
            headers = {normal((), line) for line in edit.old}
            return (not edit.new and bool(headers & self._interfaces)) or any(map(self._arrives, headers))
        if self._view_of(edit.path) not in self._interfaces:
            return False
        if edit.new and self._paths.touches.match(normal(edit.path, edit.new)):
            return True
        return any(
            self._paths.touches.match(normal(edit.path, line)) or self._paths.address.match(normal(edit.path, line))
            for line in edit.old
        )

    def _arrives(self, line: str) -> bool:
        """Whether a line at the top level is the address we arrived at, or may be it: nobody said which it is."""
        match = self._paths.top_address.match(line)
        return match is not None and (self._management is None or _is(match["ip"], self._management))

    def touches_route(self, edit: Edit) -> bool:
        """Whether the edit takes a route away over which we may have arrived."""
        normal = self._language.normalise
        if edit.path and not self._paths.route_view.match(normal((), edit.path[0])):
            return False
        return any(self._paths.route.match(normal(edit.path, line)) for line in edit.old)

    def leads_away(self, edit: Edit) -> bool:
        """Whether the edit takes away a part of a routing protocol or of a port that carries us, or puts in what may
        shut us out: a known line, or a static route beside one that may be ours.
        """  # noqa: D205 - one sentence
        normal = self._language.normalise
        path = [normal(edit.path[:depth], header) for depth, header in enumerate(edit.path)]
        old = [normal(edit.path, line) for line in edit.old]
        routing = path[:1] if old else []
        if not path and not edit.new:
            routing = old
        if any(map(self._paths.routing.match, routing)):
            return True
        if self._virtual and any(map(self._paths.members.match, old)):
            return True
        if not edit.new:
            return False
        new = normal(edit.path, edit.new)
        quiet = self._paths.quiet.match(new)
        if quiet is not None and normal((), f"interface {quiet['port']}") in self._interfaces:
            return True
        network = _destination(new) if self._paths.route.match(new) else None
        if network is not None and network.prefixlen and any(map(network.overlaps, self._routed)):
            return True
        return bool(self._paths.shuts.match(" > ".join((*path, new))))

    def touches_door(self, edit: Edit) -> bool:
        """Whether the edit changes who may log in from afar, or the access list at that door."""
        normal = self._language.normalise
        lines = [line for line in (*edit.old, edit.new) if line]
        top = partial(normal, ())
        if not edit.path:
            if any(self._paths.server.match(line) or self._paths.remote.match(line) for line in map(top, edit.old)):
                return True
            return bool(edit.old) and any(self._bound(normal((), line)) for line in lines)
        header = normal(edit.path[:-1], edit.path[-1])
        if self._paths.remote.match(header):
            return any(self._paths.remote_lines.match(normal(edit.path, line)) for line in lines)
        if self._bound(header):
            return bool(edit.old) or "deny" in edit.new.split()
        return bool(edit.old) and bool(self._paths.server.match(normal((), edit.old[0])))

    def _bound(self, header: str) -> bool:
        match = self._paths.list_header.match(header)
        return match is not None and match["list"] in self._lists


def _destination(line: str) -> IPv4Network | None:
    """The destination of a static route; None if none is seen."""
    match = _NETWORK.search(line)
    if match is None:
        return None
    try:
        return IPv4Network(f"{match[1]}/{match[2]}", strict=False)
    except ValueError:
        return None


def _timed(edits: Iterable[Edit], guarded: _Guarded) -> list[Edit]:
    """The edits with the time at which each is sent, and whether it may cut us off."""
    timed = []
    moved = False
    for edit in edits:
        if guarded.touches_address(edit):
            moved = moved or not edit.opens
            timed.append(replace(edit, phase=_Phase.ADDRESS, cut=True))
        elif guarded.touches_route(edit):
            timed.append(replace(edit, cut=True))
        elif guarded.touches_door(edit):
            phase = edit.phase if edit.opens else _Phase.REMOTE
            timed.append(replace(edit, phase=phase, cut=True))
        elif guarded.leads_away(edit):
            timed.append(replace(edit, cut=True))
        else:
            timed.append(edit)
    if moved:
        timed = [
            replace(edit, phase=_Phase.AFTER) if edit.phase is _Phase.REMOVE and guarded.touches_route(edit) else edit
            for edit in timed
        ]
    return timed


def _commands(edits: Sequence[Edit], language: Language) -> tuple[tuple[str, ...], int | None]:
    """The edits as a session would type them, and where the session has to be opened anew."""
    sent: list[str] = []
    views: tuple[str, ...] = ()
    reconnect: int | None = None
    has_address = any(edit.phase is _Phase.ADDRESS for edit in edits)
    for edit in edits:
        if has_address and reconnect is None and edit.phase is _Phase.AFTER:
            sent += language.leaving(views)
            views = ()
            reconnect = len(sent)
        common = _common(views, edit.path)
        sent += language.leaving(views[common:])
        sent += edit.path[common:]
        views = edit.path
        sent += edit.commands
        if edit.opens:
            views = (*edit.path, edit.new)
    sent += language.leaving(views)
    if has_address and reconnect is None:
        reconnect = len(sent)
    return tuple(sent), reconnect


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _diff(edits: Sequence[Edit], secrets: Secrets) -> tuple[str, int, int]:
    """The edits as people read them: each view's header once, `-` lines that go, `+` lines that come."""
    lines: list[str] = []
    views: tuple[str, ...] = ()
    added = removed = 0
    for edit in edits:
        common = _common(views, edit.path)
        lines += [f"  {' ' * depth}{secrets.mask(edit.path[depth])}" for depth in range(common, len(edit.path))]
        views = edit.path
        indent = " " * len(edit.path)
        old = [line for text in edit.old for line in secrets.mask(text).split("\n")]
        new = secrets.mask(edit.new).split("\n") if edit.new else []
        lines += [f"- {indent}{line}" for line in old] + [f"+ {indent}{line}" for line in new]
        removed += len(old)
        added += len(new)
        if edit.opens:
            views = (*edit.path, edit.new)
    return "".join(line + "\n" for line in lines), added, removed


def _is(text: str, management: Interface) -> bool:
    """Whether a text is the address that we arrive at, however it is written."""
    try:
        return ip_address(text) == management.ip
    except ValueError:  # `auto`, `dhcp`
        return False


def content(node: Node) -> str:
    """A command as it is typed: its line, and the lines of the block it opens."""
    return "\n".join((node.text, *node.body))


def _all_lines(node: Node) -> tuple[str, ...]:
    """A node and all below it as lines, each level indented by one blank."""
    return tuple(" " * len(path) + content(line) for path, line in node.walk())
