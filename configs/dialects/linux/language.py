"""How sections differ: files are owned whole, so each is made equal to the intended one."""

from __future__ import annotations

import re

from configs.change import Language, Paths
from configs.dialects.linux.grammar import SECRETS


def normalise(path: tuple[str, ...], text: str) -> str:
    """Blanks do not count."""
    del path
    return " ".join(text.split())


LANGUAGE = Language(
    staged=True,
    # Files know no negation: the line is shown with this mark in the list of commands, for people.
    negation="-",
    leave="}",
    secrets=SECRETS,
    slots=(),
    paths=Paths(address=re.compile(r"address replace (?P<ip>[^/\s]+)/")),
    views=re.compile(r"### /"),
    owned=re.compile(r""),
    # The first rule that fits decides (nft(8)), and a batch is done line by line.
    ordered=re.compile(r""),
    # An interface has any number of addresses, and each line names one (ip-address(8)).
    second="",
    beside=re.compile(r"### /etc/network/routes > route replace "),
    # Traffic selectors and a set's elements are lists in one line (swanctl.conf(5), nft(8)).
    within=re.compile(
        r"### /etc/swanctl/swanctl\.conf > .*> (?:local|remote)_ts ="
        r"|### /etc/nftables\.conf > table .*> set \S+ > (?:elements = \{|[\d.])"
    ),
    normalise=normalise,
)
