"""Where a Junos firewall may name a set of addresses as well as one of its address book.

Juniper's "Security Policies User Guide", address books and address sets: a set is named in a policy as an address is,
and holds addresses (`address NAME`) and other sets (`address-set NAME`); names in one book differ. That the names of a
source translation's rule may be sets is seen in published configurations. Not verified on a device: other translations
and places; they are left for a person.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.places.groups import Groups, Words, names_at_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.places.groups import Command

_SIDES: Final = ("source-address", "destination-address")
_NAMES: Final = ("source-address-name", "destination-address-name")


def _serves(words: Words, name: str, commands: Sequence[Command]) -> bool:  # noqa: ARG001 - every language has them
    """`security policies … match SIDE NAMES`, `security nat source rule-set SET rule NAME match SIDE-name NAMES`."""
    at, sides = 7, _NAMES
    if words[:2] == ("security", "policies"):
        at, sides = (5 if words[2:3] == ("global",) else 8), _SIDES
    elif words[:3] != ("security", "nat", "source"):
        return False
    match, side = (*words[at : at + 2], "", "")[:2]
    return match == "match" and side in sides and name in names_at_end(words, at + 2)


GROUPS: Final = Groups(
    objects="address",
    # `range-address FIRST to LAST`, or a prefix; names of hosts and wildcards hold none.
    values=re.compile(r"range-address |[\da-fA-F]*[.:][\da-fA-F:./]*$"),
    groups="address-set",
    members="address",
    serves=_serves,
    longest=63,
    owner=re.compile(r"security (?:address-book \S+|zones security-zone \S+ address-book) (?=address)"),
    words=(("address", "address-set"),),
    copied=re.compile("description "),
)
