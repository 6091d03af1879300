"""What a Junos configuration means, in braces or as `set` commands.

Forms as in Juniper's CLI references (Junos OS 12 to 23): `interfaces I unit U family inet address A/L`,
`routing-options static route P next-hop A`, `protocols bgp group G neighbor A`, routing instances with interfaces.
Filters and prefix lists: `filters.py`; security policies and NAT of SRX: `security.py`; groups and what is inactive:
`statements.py`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from configs.addressing import address_of, host_of
from configs.dialects.juniper_junos import filters, security, statements
from configs.dialects.juniper_junos.statements import below
from configs.meaning.statements import Meaning, Name, Partner, Route
from configs.model import AddressUse, UseKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.dialects.juniper_junos.statements import Said
    from configs.tree import Tree

_Words = tuple[str, ...]
_FAMILIES: Final = ("inet", "inet6")
_VIRTUAL: Final = ("virtual-address", "virtual-inet6-address", "virtual-gateway-address")
_HOPS: Final = ("next-hop", "qualified-next-hop", "bgp-next-hop", "lsp-next-hop", "static-lsp-next-hop")


def read(tree: Tree) -> Meaning:
    """Everything that this reader knows."""
    found = statements.read(tree)
    said = found.said
    bound = _bound(said)
    books = security.Books(said)
    policies = tuple(security.policies(said, books))
    nat = security.nat(said, books)
    prefixes, unread = filters.prefix_lists(said)
    return Meaning(
        uses=tuple(_uses(said, bound)),
        filters=(*filters.filters(said), *policies),
        prefix_lists=tuple(prefixes),
        routes=tuple(_routes(said)),
        partners=tuple(_partners(said)),
        definitions=(*_definitions(said), *books.addresses.names(), *books.services.names(), *nat.definitions),
        references=(*_references(said), *books.references, *nat.references),
        translations=tuple(nat.lists),
        pools=tuple(nat.pools.values()),
        translations_read=True,
        unread=tuple(dict.fromkeys((*found.unread, *unread, *nat.unread))),
    )


def _bound(said: tuple[Said, ...]) -> dict[str, str]:
    """The routing instances of interfaces; `default` for those of none."""
    return {each.words[1]: each.instance for each in said if each.instance and each.words[:1] == ("interface",)
            and len(each.words) > 1}  # fmt: skip


def _uses(said: tuple[Said, ...], bound: dict[str, str]) -> Iterator[AddressUse]:
    """Addresses of units, each once: the form of one line says it for each of its attributes again."""
    seen: set[tuple[str, str, str]] = set()
    for each in said:
        words = each.words
        if words[:1] != ("interfaces",) or len(words) < 2:
            continue
        rest, unit = words[2:], "0"
        if rest[:1] == ("unit",) and len(rest) > 1:
            unit, rest = rest[1], rest[2:]
        if rest[:1] != ("family",) or rest[1:2] not in (("inet",), ("inet6",)) or rest[2:3] != ("address",):
            continue
        if len(rest) < 4:
            continue
        name = f"{words[1]}.{unit}"
        instance = bound.get(name, bound.get(words[1], each.space))
        host = host_of((rest[3] if "/" in rest[3] else f"{rest[3]}/{128 if ':' in rest[3] else 32}",))
        if host is not None and (each.space, name, rest[3]) not in seen:
            seen.add((each.space, name, rest[3]))
            yield AddressUse(UseKind.INTERFACE, host[0], host[0], each.line, host[1], instance, name)
        for before, after in pairwise(rest[4:]):
            address = address_of(after) if before in _VIRTUAL and each.leaf else None
            if address is not None:
                yield AddressUse(UseKind.VIRTUAL, address, address, each.line, None, instance, name)


def _routes(said: tuple[Said, ...]) -> Iterator[Route]:
    """A route for each of a prefix's next hops; one without a hop for a prefix that has none."""
    found: dict[tuple[str, str, str], list[Said]] = defaultdict(list)
    lines: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for each in said:
        words = each.words
        if words[:1] != ("routing-options",):
            continue
        rib = words[2] if words[1:2] == ("rib",) and len(words) > 2 else ""
        rest = words[3:] if rib else words[1:]
        if rest[:2] == ("static", "route") and len(rest) > 2:
            lines[each.instance, rib, rest[2]].append(each.line)
            if each.leaf:
                found[each.instance, rib, rest[2]].append(each._replace(words=rest[3:]))
    for (instance, rib, text), rows in found.items():
        host = host_of((text if "/" in text else f"{text}/{128 if ':' in text else 32}",))
        if host is not None:
            where = tuple(lines[instance, rib, text])
            yield from (replace(route, lines=where) for route in _of_prefix(instance, rib, host, rows))


def _of_prefix(instance: str, rib: str, host: tuple[object, int], rows: list[Said]) -> Iterator[Route]:
    address = address_of(str(host[0]))
    if address is None:
        return
    hops: list[tuple[int, str]] = []
    rest = [f"rib {rib}"] if rib not in ("", "inet.0", "inet6.0") else []
    for row in rows:
        words = row.words
        if words[:1] and words[0] in _HOPS and len(words) > 1:
            hops.append((row.line, words[1]))
            words = words[2:]
        rest.append(" ".join(word for word in words if address_of(word.partition("/")[0]) is None))
    said = " ".join(sorted(set(rest) - {""}))
    for line, text in dict.fromkeys(hops) or [(rows[0].line, "")]:
        hop = address_of(text)
        yield Route(
            line, instance, address.version, int(address), host[1], None if hop is None else int(hop),
            text if hop is None else "", instance, said,
        )  # fmt: skip


def _partners(said: tuple[Said, ...]) -> Iterator[Partner]:
    """BGP, LDP, MSDP and other sessions, each once; tunnels with their near end; gateways of IPsec."""
    near: dict[_Words, int] = {}
    for each in said:
        if each.words[:1] == ("interfaces",) and each.words[-3:-1] == ("tunnel", "source"):
            address = address_of(each.words[-1])
            if address is not None:
                near[each.words[:-2]] = int(address)
    seen: set[tuple[str, str, _Words]] = set()
    for each in said:
        words = each.words
        for kind, far in _far(words):
            address = address_of(far)
            key = each.instance, kind, words[: words.index(far) + 1]
            if address is not None and key not in seen:
                seen.add(key)
                own = near.get(words[:-2]) if kind == "tunnel" else None
                yield Partner(kind, each.line, address.version, int(address), each.instance, own)


def _far(words: _Words) -> Iterator[tuple[str, str]]:
    if words[:2] == ("protocols", "bgp") and "neighbor" in words[:-1]:
        yield "bgp", words[words.index("neighbor") + 1]
    elif words[:1] == ("protocols",) and words[1:2] in (("ldp",), ("l2circuit",), ("msdp",), ("iccp",)):
        for word in ("targeted-neighbor", "session", "neighbor", "peer"):
            if word in words[2:-1]:
                yield words[1], words[words.index(word, 2) + 1]
                break
    elif words[:1] == ("interfaces",) and words[-3:-1] == ("tunnel", "destination"):
        yield "tunnel", words[-1]
    elif words[:3] == ("security", "ike", "gateway") and words[4:5] == ("address",) and len(words) > 5:
        yield "ipsec", words[5]
    elif words[:3] == ("protocols", "mpls", "label-switched-path") and words[4:5] == ("to",) and len(words) > 5:
        yield "lsp", words[5]


_DEFINED: Final = (
    (("policy-options", "prefix-list"), "prefix-list"),
    (("policy-options", "policy-statement"), "policy-statement"),
    (("policy-options", "community"), "community"),
    (("security", "ike", "gateway"), "ike gateway"),
)


def _definitions(said: tuple[Said, ...]) -> Iterator[Name]:
    seen: set[tuple[str, str]] = set()
    for each in said:
        for head, kind in _DEFINED:
            if each.words[: len(head)] == head and len(each.words) > len(head):
                key = kind, each.words[len(head)]
                if key not in seen:
                    seen.add(key)
                    yield Name(*key, each.line)
        if each.words[:1] == ("firewall",) and "filter" in each.words[:-1]:
            key = "filter", each.words[each.words.index("filter") + 1]
            if key not in seen:
                seen.add(key)
                yield Name(*key, each.line)


_USED: Final = {
    "prefix-list": "prefix-list", "source-prefix-list": "prefix-list", "destination-prefix-list": "prefix-list",
    "prefix-list-filter": "prefix-list", "import": "policy-statement", "export": "policy-statement",
}  # fmt: skip


def _references(said: tuple[Said, ...]) -> Iterator[Name]:
    for each, words in (*below(said, "firewall"), *below(said, "policy-options", "policy-statement"),
                        *below(said, "protocols")):  # fmt: skip
        for before, after in pairwise(words):
            if before in _USED:
                yield Name(_USED[before], after, each.line)
    for each, words in below(said, "interfaces"):
        for index, word in enumerate(words[:-2]):
            if word == "filter" and words[index + 1] in ("input", "output"):
                yield Name("filter", words[index + 2], each.line)
    for each, words in below(said, "security", "ipsec", "vpn", None, "ike", "gateway"):
        yield Name("ike gateway", words[0], each.line)
