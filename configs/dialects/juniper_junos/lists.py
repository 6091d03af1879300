"""Which prefix lists of a Junos configuration mean addresses, and not routes.

A filter's `prefix-list`, `source-prefix-list` and `destination-prefix-list` match any address in any of a list's
prefixes ("Routing Policies, Firewall Filters, and Traffic Policers User Guide": firewall filter match conditions based
on address fields); so does who asks by SNMP (`client-list-name`). In a policy `prefix-list-filter NAME orlonger` means
every route in them; any other mention means routes of just those lengths (same guide: prefix list match types).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs import flat

if TYPE_CHECKING:
    from configs.tree import Tree

# What may stand before a command; who is inactive today may be active tomorrow.
_SKIP: Final = frozenset(("set", "inactive:", "protect:", "replace:", "active:", "delete:"))
_LISTS: Final = ("prefix-list", "source-prefix-list", "destination-prefix-list", "client-list-name")


def of_addresses(tree: Tree) -> frozenset[int]:
    """The lines of prefix lists that mean addresses to all who name them.

    A list that nobody names is one of them, if there are policies or filters that could.
    """
    routes: set[str] = set()
    lines: dict[str, list[int]] = {}
    could = False
    for each in flat.statements(tree, _SKIP):
        words = each.words
        if "policy-options" in words and (at := words.index("policy-options")) < len(words) - 2:
            if words[at + 1] == "prefix-list":
                lines.setdefault(words[at + 2], []).append(each.line)
                continue
            could = could or words[at + 1] == "policy-statement"
        could = could or "filter" in words
        if each.leaf:
            routes.update(_named_as_routes(words))
    return frozenset(line for name, found in lines.items() if name not in routes for line in found) if could else _NONE


_NONE: Final = frozenset[int]()


def _named_as_routes(words: tuple[str, ...]) -> set[str]:
    """The names of lists that a statement may mean the very prefixes of: behind any word but those that are known."""
    found = set()
    for at, word in enumerate(words[:-1]):
        if not word.endswith(("prefix-list", "prefix-list-filter", "prefixes", "list-name")):
            continue
        inside = "firewall" in words[:at] or word == "client-list-name"
        if not (inside and word in _LISTS) and not (
            word == "prefix-list-filter" and words[at + 2 : at + 3] == ("orlonger",)
        ):
            found.add(words[at + 1])
    return found
