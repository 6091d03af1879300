"""What carries the session we came in by, and so when each step is sent and which may cut us off."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from ipaddress import IPv4Network, ip_address
from typing import TYPE_CHECKING

from configs.change.model import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.change.language import Language
    from configs.change.model import Edit
    from configs.tree import Node, Tree
    from inventory.model import Interface

# A destination as routes have it: with a mask or a length.
_NETWORK = re.compile(r"(\d+\.\d+\.\d+\.\d+)[ /](\d+\.\d+\.\d+\.\d+|\d{1,2})(?= |$)")


def timed(edits: Iterable[Edit], guarded: Guarded) -> list[Edit]:
    """The edits with the time at which each is sent, and whether it may cut us off."""
    timed = []
    moved = False
    for edit in edits:
        if guarded.touches_address(edit):
            moved = moved or not edit.opens
            timed.append(replace(edit, phase=Phase.ADDRESS, cut=True))
        elif guarded.touches_route(edit):
            timed.append(replace(edit, cut=True))
        elif guarded.touches_door(edit):
            phase = edit.phase if edit.opens else Phase.REMOTE
            timed.append(replace(edit, phase=phase, cut=True))
        elif guarded.leads_away(edit):
            timed.append(replace(edit, cut=True))
        else:
            timed.append(edit)
    if moved:
        timed = [
            replace(edit, phase=Phase.AFTER) if edit.phase is Phase.REMOVE and guarded.touches_route(edit) else edit
            for edit in timed
        ]
    return timed


class Guarded:
    """What must not be cut: the interface we arrive on, the routes that lead back, the door and its lists."""

    def __init__(self, language: Language, running: Tree, intended: Tree, management: Interface | None) -> None:
        self._language = language
        self._paths = language.paths
        self._management = management
        self._interfaces = set(self._arrival_interfaces(running, management))
        self._ports = set(self._arrival_ports(running))
        self._virtual = any(map(self._paths.virtual.match, self._interfaces))
        self._routed = set(self._static_routes(running))
        self._afar = self._reached_from_afar(running)
        self._own = {network for tree in (running, intended) for network in self._own_networks(tree)}
        self._lists = {name for tree in (running, intended) for name in self._bound_lists(tree)}

    def _static_routes(self, running: Tree) -> Iterator[IPv4Network]:
        """Where static routes lead, but for the default one."""
        for node in running.children:
            line = self._language.normalise((), node.text)
            network = _destination(line) if self._paths.route.match(line) else None
            if network is not None and network.prefixlen:
                yield network

    def _own_networks(self, tree: Tree) -> Iterator[IPv4Network]:
        """The networks of our interfaces, of whichever VRF."""
        for path, node in self._interfaces_of(tree):
            lines = [self._language.normalise((*path, node.text), child.text) for child in node.children]
            for line in lines if "shutdown" not in lines else ():
                network = _destination(line) if self._paths.address.match(line) else None
                if network is not None:
                    yield network

    def _is_sink(self, line: str, network: IPv4Network) -> bool:
        """Whether a route behind all others ends packets to a network of our own: it does nothing while that network
        is there, and while it is not nobody comes from there.
        """  # noqa: D205 - one sentence
        floating = self._language.floating
        return (
            network in self._own
            and floating is not None
            and line == self._language.normalise((), floating.sink(network))
        )

    def _reached_from_afar(self, running: Tree) -> bool:
        """Whether whoever speaks to us may be behind a default route or one that a protocol learnt.

        Nobody says where the station is, so that any more specific static route may lead its answers away.
        """
        for node in running.children:
            header = self._language.normalise((), node.text)
            below = [f"{header} > {self._language.normalise((node.text,), child.text)} > " for child in node.children]
            if any(map(self._paths.routing.match, (f"{header} > ", *below))):
                return True
            network = _destination(header) if self._paths.route.match(header) else None
            if network is not None and not network.prefixlen:
                return True
        return False

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

    def _arrival_ports(self, running: Tree) -> Iterator[str]:
        """The same in a language without views: the names of the interfaces."""
        for node in running.children:
            line = self._language.normalise((), node.text)
            match = self._paths.top_address.match(line)
            if match is not None and self._arrives(line):
                yield match["port"]

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
            if (not edit.new and headers & self._interfaces) or any(map(self._arrives, headers)):
                return True
            touched = map(self._paths.top_touches.match, (*headers, normal((), edit.new)))
            return any(match is not None and match["port"] in self._ports for match in touched)
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
        shut us out: a known line, or a static route more specific than one that may carry us.
        """  # noqa: D205 - one sentence
        normal = self._language.normalise
        path = [normal(edit.path[:depth], header) for depth, header in enumerate(edit.path)]
        old = [normal(edit.path, line) for line in edit.old]
        gone = [" > ".join((*path, line)) for line in old]
        if any(map(self._paths.routing.match, gone if path or not edit.new else [])):
            return True
        if self._virtual and any(map(self._paths.members.match, old)):
            return True
        if not edit.new:
            return False
        new = normal(edit.path, edit.new)
        quiet = self._paths.quiet.match(new)
        if quiet is not None and self._hushes(quiet["port"]):
            return True
        network = _destination(new) if self._paths.route.match(new) else None
        if network is not None and network.prefixlen and (self._afar or any(map(network.overlaps, self._routed))):
            return not self._is_sink(new, network)
        return bool(self._paths.shuts.match(" > ".join((*path, new))))

    def _hushes(self, ports: str) -> bool:
        """Whether an interface that we arrive on is among these."""
        named = (self._language.normalise((), f"interface {port}") for port in (ports, *ports.split()))
        names = {header.partition(" ")[2] for header in (*named, f"interface {ports}")}
        return self._paths.every in names or not names.isdisjoint(
            header.partition(" ")[2] for header in self._interfaces
        )

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


def _is(text: str, management: Interface) -> bool:
    """Whether a text is the address that we arrive at, however it is written."""
    try:
        return ip_address(text) == management.ip
    except ValueError:  # `auto`, `dhcp`
        return False
