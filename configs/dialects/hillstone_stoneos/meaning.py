"""What a StoneOS configuration means: policies, selectors and translations as sets, routes, partners, names.

Forms as in Hillstone's "StoneOS CLI User Guide", release 5.5R10: `ip address A/L`, `ip vrouter V` with `ip route A/L
{HOP | INTERFACE [HOP] | vrouter V}`, `isakmp peer P` with `peer A`, `tunnel ipsec T` with `id local A/L remote A/L`,
`router {ospf | bgp}` below a virtual router. A zone belongs to a virtual router, an interface to a zone.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from configs.addressing import address_of, host_of
from configs.dialects.hillstone_stoneos.objects import Objects
from configs.dialects.hillstone_stoneos.policies import Policies, vrf_of
from configs.intervals import BITS, prefix
from configs.meaning.filter_sets import UnclearError
from configs.meaning.objects import Policy, sized, words_of
from configs.meaning.statements import (
    Cover,
    FilterKind,
    FilterList,
    Meaning,
    Name,
    Partner,
    PrefixEntry,
    PrefixList,
    Route,
)
from configs.model import AddressUse, UseKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.tree import Node, Tree

_Words = tuple[str, ...]
_Lines = tuple[tuple[_Words, "Node", _Words], ...]
_ROUTES: Final = (("ip", "route"), ("ipv6", "route"))
_LOST: Final = re.compile(r"^((?:ip |ipv6 )?address)(?=\d)")


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    lines: _Lines = tuple((path, node, words_of(_LOST.sub(r"\1 ", node.text))) for path, node in tree.walk())
    objects = Objects(tree)
    policies = Policies(tree, objects)
    return Meaning(
        uses=tuple(sorted(_uses(lines), key=lambda use: use.line)),
        filters=(*policies.filters(), *_selectors(lines), *_by_source(lines)),
        prefix_lists=tuple(_prefix_lists(lines)),
        routes=tuple(_routes(lines)),
        partners=(*_partners(lines), *(far for _, far in _source_routes(lines) if far is not None)),
        covers=tuple(_covers(lines)),
        definitions=tuple(objects.names()),
        references=tuple(Name(*found) for found in policies.references()),
        translations=tuple(policies.translations()),
        translations_read=True,
    )


# ---- interfaces and routes


def _zones(lines: _Lines) -> dict[str, str]:
    """The virtual router of each zone that says one."""
    found = {}
    for path, _, words in lines:
        if words[0] == "vrouter" and len(words) > 1 and path and path[-1].startswith("zone "):
            found[words_of(path[-1])[1]] = "" if words[1] == "trust-vr" else words[1]
    return found


def _uses(lines: _Lines) -> Iterator[AddressUse]:
    zones = _zones(lines)
    vrfs = {
        path[-1]: zones[words[1]]
        for path, _, words in lines
        if words[0] == "zone" and path and len(words) > 1 and words[1] in zones
    }
    for path, node, words in lines:
        if not path or not path[-1].startswith("interface ") or len(words) < 3:
            continue
        name, vrf = " ".join(words_of(path[-1])[1:]), vrfs.get(path[-1], "")
        if words[:2] in (("ip", "address"), ("ipv6", "address")):
            host = host_of(words[2:])
            if host is not None:
                kind = UseKind.SECONDARY if words[-1] == "secondary" else UseKind.INTERFACE
                yield AddressUse(kind, host[0], host[0], node.line, host[1], vrf, name)
        elif words[:2] == ("manage", "ip") and (address := address_of(words[2])) is not None:
            yield AddressUse(UseKind.VIRTUAL, address, address, node.line, None, vrf, name)


def _routes(lines: _Lines) -> Iterator[Route]:
    for path, node, words in lines:
        host = host_of(words[2:]) if words[:2] in _ROUTES else None
        if host is None:
            continue
        vrf = vrf_of(path)
        rest = words[3 if "/" in words[2] else 4 :]
        hop = next((address for word in rest if (address := address_of(word)) is not None), None)
        others = [word for word in rest if address_of(word) is None]
        hop_vrf = others[others.index("vrouter") + 1] if "vrouter" in others[:-1] else vrf
        yield Route(
            node.line, vrf, host[0].version, int(host[0]), host[1], None if hop is None else int(hop), "",
            "" if hop_vrf == "trust-vr" else hop_vrf, " ".join(others),
        )  # fmt: skip


def _source_routes(lines: _Lines) -> Iterator[tuple[Policy, Partner | None]]:
    """`ip route source [in-interface IF] A/L HOP`: whose packets, and the hop they go to."""
    for path, node, words in lines:
        if words[:2] not in _ROUTES or words[2:3] != ("source",):
            continue
        rest = words[5:] if words[3:4] == ("in-interface",) else words[3:]
        policy = Policy(node.line, "forward")
        size = rest[1] if len(rest) > 1 and "/" not in rest[0] else ""
        policy.source(sized(rest[0], size) if rest else None)
        rest = rest[2 if size else 1 :]
        hop = next((address for word in rest if (address := address_of(word)) is not None), None)
        partner = None if hop is None else Partner("next hop", node.line, hop.version, int(hop), vrf_of(path))
        yield policy, partner


def _by_source(lines: _Lines) -> Iterator[FilterList]:
    """Whose packets go by their source, all such routes together: one may have become several."""
    lists = [_list("route by source", policy) for policy, _ in _source_routes(lines)]
    if lists:
        rules = tuple(rule for each in lists for rule in each.rules)
        unclear = tuple(line for each in lists for line in each.unclear)
        yield replace(lists[0], rules=rules, unclear=unclear)


def _list(name: str, policy: Policy) -> FilterList:
    try:
        return FilterList(FilterKind.ACCESS_LIST, name, policy.line, policy.rules(), "none")
    except UnclearError:
        return FilterList(FilterKind.ACCESS_LIST, name, policy.line, (), "none", (policy.line,))


# ---- partners


def _partners(lines: _Lines) -> Iterator[Partner]:
    own = {
        path: address
        for path, _, words in lines
        if words[0] == "source" and path and (address := address_of(words[-1])) is not None
    }
    for path, node, words in lines:
        view = path[-1] if path else ""
        far = address_of(words[1]) if len(words) > 1 else None
        if far is None:
            continue
        if words[0] == "peer":
            yield Partner("ipsec", node.line, far.version, int(far), "")
        elif words[0] == "neighbor" and any("bgp" in text for text in path):
            yield Partner("bgp", node.line, far.version, int(far), vrf_of(path))
        elif words[0] == "destination" and view.startswith("tunnel "):
            near = own.get(path)
            here = int(near) if near is not None and near.version == far.version else None
            yield Partner("tunnel", node.line, far.version, int(far), "", here)


def _selectors(lines: _Lines) -> Iterator[FilterList]:
    """`id local A/L remote A/L service S` of a tunnel."""
    for path, node, words in lines:
        if words[:2] != ("id", "local") or "remote" not in words or not path:
            continue
        at, stop = words.index("remote"), words.index("service") if "service" in words else len(words)
        policy = Policy(node.line, "protect")
        policy.source(sized(*words[2:at][:2]))
        policy.destination(sized(*words[at + 1 : stop][:2]) if at + 1 < stop else None)
        policy.conditions |= {f"service {after}" for before, after in pairwise(words) if before == "service"}
        yield _list("selectors of a tunnel", policy)


def _covers(lines: _Lines) -> Iterator[Cover]:
    """`network A/L area N` of OSPF."""
    for path, node, words in lines:
        if words[0] == "network" and path and path[-1].startswith(("router ospf", "router rip")):
            host = host_of(words[1:])
            if host is not None:
                spans = prefix(int(host[0]), host[1], BITS[host[0].version])
                yield Cover(node.line, host[0].version, spans, vrf_of(path))


def _prefix_lists(lines: _Lines) -> Iterator[PrefixList]:
    found: dict[tuple[str, int], list[tuple[int, PrefixEntry]]] = {}
    for _, node, words in lines:
        if words[:2] not in (("ip", "prefix-list"), ("ipv6", "prefix-list")) or len(words) < 5:
            continue
        version = 4 if words[0] == "ip" else 6
        rows, rest = found.setdefault((words[2], version), []), words[3:]
        number = (rows[-1][0] if rows else 0) + 5
        if rest[0] == "seq" and rest[1].isdecimal():
            number, rest = int(rest[1]), rest[2:]
        host = host_of(rest[1:2])
        if host is None or rest[0] not in ("permit", "deny"):
            continue
        bounds = {word: int(after) for word, after in pairwise(rest) if word in ("ge", "le") and after.isdecimal()}
        least = bounds.get("ge", host[1])
        most = bounds.get("le", BITS[version] if "ge" in bounds else host[1])
        rows.append((number, PrefixEntry(node.line, rest[0] == "permit", int(host[0]), host[1], least, most)))
    for (name, version), rows in found.items():
        if rows:
            entries = tuple(entry for _, entry in sorted(rows, key=lambda row: row[0]))
            yield PrefixList(name, version, min(entry.line for entry in entries), entries)
