"""How changes are written in a dialect: the tables that its folder fills in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from ipaddress import IPv4Network

    from configs.masking import Secrets

# What no line matches: the default where a dialect's table has nothing to say.
NEVER = re.compile(r"(?!)")
# What every line matches.
ALWAYS = re.compile("")


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


# Behind OSPF (10 and 150 on VRP, 110), IS-IS, RIP, EIGRP and, but for VRP's 255, BGP.
DISTANCE = 250
# RFC 4192 describes the stages for which such routes are there: whoever looks at one finds out what it is for.
TAG = 4192


class Floating(NamedTuple):
    """How a static route is written that stands behind what protocols have learnt, and one that ends packets.

    Words in braces are filled in: `network` (A.B.C.D/L), `address` and `mask`, `port` and `via` (not in the second),
    `distance` and `tag`.
    """

    onwards: str
    nowhere: str

    def route(self, network: IPv4Network, port: str, via: object) -> str:
        """A route over a next hop behind an interface."""
        return self._filled(self.onwards, network, DISTANCE, port=port, via=via)

    def sink(self, network: IPv4Network) -> str:
        """A route behind that one, and behind a connected one: packets end here."""
        return self._filled(self.nowhere, network, DISTANCE + 1)

    @staticmethod
    def _filled(form: str, network: IPv4Network, distance: int, **more: object) -> str:
        return form.format(
            network=network, address=network.network_address, mask=network.netmask, distance=distance, tag=TAG, **more
        )


@dataclass(frozen=True, slots=True)
class Paths:
    """Which lines carry the session we come in by.

    `address`: an interface's address, group `ip`; `top_address`: the same in a language without views, group `port` its
    interface. `interface`: an interface's header, at the top level or in a view whose header `inside` matches.
    `touches`: lines in such a view that take the interface down or move it; `top_touches`: the same in a language
    without views, group `port`. `route`: static routes that may carry us, at the top level or in a view
    whose header `route_view` matches. `remote`: headers of the views of remote logins; `remote_lines`: the lines in
    them that let people in or keep them out; `remote_list`: in such a view, the line that binds an access list, group
    `list`. `port_list`: the same on an interface. `list_header`: an access list's header, group `list`.
    `server`: lines of the SSH server and of the users.
    `routing`: the views of routing protocols, behind those around them and ` > `, of which nothing can be taken away
    without danger; `quiet`: a line that ends a protocol's talk on interfaces, group `port`: one, several or `every`
    word for all of them. `shuts`: lines, behind their views and ` > `, that
    may shut us out where they are new. `virtual`: headers of interfaces that are reached through others' ports;
    `members`: the lines that make a port carry them.
    """

    address: re.Pattern[str] = re.compile(r"(?P<ip>(?!))")
    top_address: re.Pattern[str] = re.compile(r"(?P<port>(?P<ip>(?!)))")
    interface: re.Pattern[str] = NEVER
    inside: re.Pattern[str] = NEVER
    touches: re.Pattern[str] = NEVER
    top_touches: re.Pattern[str] = re.compile(r"(?P<port>(?!))")
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
    every: str = "all"
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
    change (a host's name, an engine's ID): they are neither compared nor sent; where they differ, a note says so.
    `typed` gives a line of the device's own text as it has to be typed. `second` is the word behind a further IPv4
    address of an interface; empty if there is none, None if an interface takes only one. `beside` matches commands,
    behind their views and ` > `, that may stand twice with two addresses. `within` matches commands in which an address
    may stand beside another one, with a comma between them. `lists` matches lines of lists (group `list`) of which the
    device takes back only all together, whichever is negated. `remark` begins a line that means nothing.
    `leaves` gives the word that leaves a view by its header, where it is not always `leave`; `takes_back` the command
    that takes a line of the device's own text back, where that needs what is not part of the line (a number), or
    nothing. `floating` are routes behind those of protocols, if there is a form for them. `renumbers`: what was taken
    away and comes back has other numbers than before, which no normalised line has, and stands at the end.
    `binds` matches the lines of an interface that bind it to a VRF, and `unbound` those of its lines that the device
    takes away when that changes. `apart` gives the lines that a line stands for, where a device takes several values in
    one or shows them otherwise than they were typed; nothing for a line that stands for itself. `unique` matches lines,
    behind their view and ` > `, of which a view takes no two with the same group `said`: the one that is there goes
    right before the other comes.
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
    within: re.Pattern[str] = NEVER
    lists: re.Pattern[str] = re.compile(r"(?P<list>(?!))")
    remark: str = "!"
    leaves: Callable[[str], str] | None = None
    takes_back: Callable[[str], str] | None = None
    apart: Callable[[str], tuple[str, ...]] | None = None
    floating: Floating | None = None
    staged: bool = False  # the commands of a re-addressing's stages have been tried in it
    tried: re.Pattern[str] = ALWAYS  # of lines, behind their views and ` > `, these alone; others are refused
    renumbers: bool = False
    unique: re.Pattern[str] = re.compile(r"(?P<said>(?!))")
    binds: re.Pattern[str] = NEVER
    unbound: re.Pattern[str] = NEVER
    whole: bool = False  # every view and the top level are made equal, not only what `owned` matches

    def negated(self, text: str) -> str:
        """The command that takes `text` back."""
        prefix = self.negation + " "
        return text[len(prefix) :] if text.startswith(prefix) else prefix + text

    def leaving(self, views: Sequence[str]) -> list[str]:
        """The words that leave these views, the innermost first."""
        return [self.leaves(header) if self.leaves is not None else self.leave for header in reversed(views)]
