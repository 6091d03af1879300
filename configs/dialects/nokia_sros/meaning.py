"""What an SR OS configuration means, in the classic form and the model-driven one.

Forms as in Nokia's 7750 SR command references (20.10 to 23.10): `interface I address A/L` or `ipv4 primary address A`
with `prefix-length L` beside it, `static-route-entry P next-hop A` or `static-routes route P … next-hop A`, `bgp …
neighbor A`, `sdp N far-end A`. Filters and prefix lists: `filters.py`. SR OS translates addresses in service cards
(`nat`), which no reader has: its lines with addresses are unread.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from configs.addressing import address_of, host_of
from configs.dialects.nokia_sros import filters, statements
from configs.meaning.statements import Meaning, Name, Partner, Route
from configs.model import AddressUse, UseKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from configs.dialects.nokia_sros.statements import Said
    from configs.tree import Tree

_Words = tuple[str, ...]
_HOPS: Final = ("next-hop", "indirect")
_INTERFACES: Final = ("interface", "subscriber-interface")


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    said = statements.read(tree)
    prefixes, unread = filters.prefix_lists(said)
    return Meaning(
        uses=tuple(sorted(_uses(said), key=lambda use: use.line)),
        filters=tuple(filters.filters(said)),
        prefix_lists=tuple(prefixes),
        routes=tuple(_routes(said)),
        partners=tuple(_partners(said)),
        definitions=tuple(_definitions(said)),
        references=tuple(_references(said)),
        translations_read=True,
        unread=tuple(dict.fromkeys((*unread, *_unread(said)))),
    )


def _unread(said: Sequence[Said]) -> Iterator[int]:
    for each in said:
        if "nat" in each.words[:2] and any(address_of(word.partition("/")[0]) is not None for word in each.words):
            yield each.line


def _uses(said: Sequence[Said]) -> Iterator[AddressUse]:
    lengths: dict[tuple[str, str, _Words], int] = {}
    for each in said:
        # `… primary prefix-length 24`, `… secondary A prefix-length 24`: the length belongs to the view.
        if each.words[:1] in (("interface",), ("subscriber-interface",)) and "prefix-length" in each.words[:-1]:
            at = each.words.index("prefix-length")
            if each.words[at + 1].isdigit():
                lengths[each.router, each.service, _without_address(each.words[:at])] = int(each.words[at + 1])
    seen: set[tuple[str, str, str, str, UseKind]] = set()
    for each in said:
        words = each.words
        if not words[:1] or words[0] not in _INTERFACES or len(words) < 3:
            continue
        rest = words[2:]
        where = each.router, each.service
        kind, text, view = _address(rest, words)
        address = address_of(text.partition("/")[0])
        if address is None:
            continue
        if kind is UseKind.VIRTUAL:
            if each.leaf:
                yield AddressUse(kind, address, address, each.line, None, each.router, words[1])
            continue
        host = host_of((text, *rest[2:3])) if "/" in text or rest[2:3] else None
        length = host[1] if host is not None else lengths.get((*where, view))
        key = (*where, words[1], text, kind)
        if length is not None and key not in seen:
            seen.add(key)
            yield AddressUse(kind, address, address, each.line, length, each.router, words[1])


def _without_address(words: _Words) -> _Words:
    """A view's words; the address itself may stand on the same line as its length."""
    return words[: words.index("address")] if "primary" in words and "address" in words else words


# Where an address stands below an interface, how many words of the command its length's view has (None: no such view).
_PLACED: Final[tuple[tuple[_Words, UseKind, int | None], ...]] = (
    (("address",), UseKind.INTERFACE, None),
    (("secondary",), UseKind.SECONDARY, None),
    (("primary",), UseKind.INTERFACE, None),
    (("ipv4", "primary", "address"), UseKind.INTERFACE, 4),
    (("ipv4", "secondary"), UseKind.SECONDARY, 5),
    (("ipv6", "address"), UseKind.INTERFACE, 5),
)


def _address(rest: _Words, words: _Words) -> tuple[UseKind, str, _Words]:
    """The kind of an address below an interface, the address, and the view that has its length."""
    for head, kind, view in _PLACED:
        size = len(head)
        if rest[:size] == head and len(rest) > size:
            behind = rest[size + 1 :]
            if view is None or not behind or behind[0] == "prefix-length":
                return kind, rest[size], words[:view] if view is not None else words
    if "vrrp" in rest and "backup" in rest[:-1]:
        return UseKind.VIRTUAL, rest[rest.index("backup") + 1], words
    return UseKind.INTERFACE, "", words


def _routes(said: Sequence[Said]) -> Iterator[Route]:
    """`static-route[-entry] P … next-hop A`, `static-routes route P route-type unicast next-hop A`."""
    found: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for each in said:
        words = each.words
        if words[:1] in (("static-route-entry",), ("static-route",)) and len(words) > 1:
            found[each.router, words[1]].append(each._replace(words=words[2:]))
        elif words[:2] == ("static-routes", "route") and len(words) > 2:
            found[each.router, words[2]].append(each._replace(words=words[3:]))
    for (router, text), rows in found.items():
        host = host_of((text,))
        if host is None:
            continue
        hops: dict[str, int] = {}
        rest = set()
        for row in rows:
            at = next((number for number, word in enumerate(row.words[:-1]) if word in _HOPS), None)
            if at is not None:
                hops.setdefault(row.words[at + 1], row.line)
            if row.leaf:
                rest.add(" ".join(word for word in row.words if address_of(word.partition("/")[0]) is None))
        said_ = " ".join(sorted(rest - {""}))
        for hop_text, line in hops.items() or [("", rows[0].line)]:
            hop = address_of(hop_text)
            yield Route(
                line, router, host[0].version, int(host[0]), host[1], None if hop is None else int(hop),
                hop_text if hop is None else "", router, said_, tuple(row.line for row in rows),
            )  # fmt: skip


def _partners(said: Sequence[Said]) -> Iterator[Partner]:
    """Each session once: where its view begins, or where it is named first."""
    seen: set[tuple[str, tuple[str, str], _Words]] = set()
    for each in said:
        far = _far(each.words)
        address = address_of(far[1].partition(":")[0] if far[1].count(":") == 1 else far[1])
        key = each.router, far, each.words[: each.words.index(far[1])] if far[1] in each.words else ()
        if address is not None and key not in seen:
            seen.add(key)
            yield Partner(far[0], each.line, address.version, int(address), each.router)


def _far(words: _Words) -> tuple[str, str]:
    """A session's kind and its far end."""
    if words[:1] == ("bgp",) and "neighbor" in words[:-1]:
        return "bgp", words[words.index("neighbor") + 1]
    if words[:2] == ("service", "sdp") and "far-end" in words[:-1]:
        return "sdp", words[-1]
    if words[:1] == ("ldp",) and "peer" in words[:-1]:
        return "ldp", words[words.index("peer") + 1]
    if words[:1] == ("mpls",) and "lsp" in words and words[-2:-1] == ("to",):
        return "lsp", words[-1]
    if words[:1] == ("msdp",) and "peer" in words[:-1]:
        return "msdp", words[words.index("peer") + 1]
    return "", ""


_DEFINED: Final = (
    (("filter", "ip-filter"), "ip-filter"),
    (("filter", "ipv6-filter"), "ipv6-filter"),
    (("filter", "match-list", "ip-prefix-list"), "match-list"),
    (("filter", "match-list", "ipv6-prefix-list"), "match-list"),
)


def _definitions(said: Sequence[Said]) -> Iterator[Name]:
    seen: set[tuple[str, str]] = set()
    for each in said:
        found = [
            (kind, each.words[len(head)])
            for head, kind in _DEFINED
            if each.words[: len(head)] == head and len(each.words) > len(head)
        ]
        if each.words[:1] == ("policy-options",):
            found += [
                (word, each.words[at + 1])
                for at, word in enumerate(each.words[:-1])
                if word in ("prefix-list", "policy-statement") and at in (1, 2) and "entry" not in each.words[:at]
            ]
        for key in found:
            if key not in seen:
                seen.add(key)
                yield Name(*key, each.line)


def _references(said: Sequence[Said]) -> Iterator[Name]:
    for each in said:
        words = each.words
        if not each.leaf:
            continue
        for at, word in enumerate(words[:-1]):
            if words[:1] == ("filter",) and word in ("ip-prefix-list", "ipv6-prefix-list") and "entry" in words[:at]:
                yield Name("match-list", words[at + 1], each.line)
            elif words[:1] == ("policy-options",) and word == "prefix-list" and "entry" in words[:at]:
                yield Name("prefix-list", words[at + 1], each.line)
