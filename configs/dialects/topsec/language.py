"""How TOS is changed: `add`, `modify` with the whole list, `delete`; ids and `vsid 0` are the device's own."""

from __future__ import annotations

import re

from configs.change import Kind, Language, Paths, slot
from configs.dialects.topsec.grammar import SECRETS

_ID = re.compile(r"^ID \d+ ")
_VSID = re.compile(r" vsid \d+$")
_LIST = re.compile(r"'([^']*?) *'")
# What the dump adds to a route, in an order that differs between releases: the gateway tells the interface.
_ROUTE_OWN = re.compile(r"^(network route add dst \S+ gw \S+.*?)(?: metric 1| dev \S+| id \d+)+$")
_RULE = re.compile(r"^ID (?P<id>\d+) (?P<noun>firewall|nat) policy add ")


def normalise(path: tuple[str, ...], text: str) -> str:
    """A line as it is typed: without what the dump adds (ids, `vsid 0`, a route's interface); a blank ends a list."""
    del path
    text = _ROUTE_OWN.sub(r"\1", _VSID.sub("", _ID.sub("", " ".join(text.split()))))
    return _LIST.sub(lambda match: f"'{' '.join(match[1].split())} '", text)


def takes_back(text: str) -> str:
    """Rules go by the number that the device gave them."""
    rule = _RULE.match(text)
    return f"{rule['noun']} policy delete id {rule['id']}" if rule else ""


LANGUAGE = Language(
    staged=True,
    renumbers=True,
    # `delete` needs a command of its own for each noun; nothing is ever taken back by this dialect (merge only adds).
    negation="delete",
    leave="",
    secrets=SECRETS,
    slots=(
        slot(
            r"$",
            r"define (?P<noun>\S+) add name (?P<name>\S+) (.*)",
            Kind.SINGLE,
            r"define \g<noun> delete name \g<name>",
            r"define \g<noun> modify name \g<name> \3",
        ),
        slot(
            r"$",
            r"network route add dst (?P<network>\S+) gw (\S+).*",
            Kind.SET,
            r"network route delete dst \g<network> gw \2",
        ),
        # Published lines only add addresses; the form that takes one away is unverified.
        slot(
            r"$",
            r"network interface (?P<port>\S+) ip add (\S+) mask (\S+)",
            Kind.SET,
            r"network interface \g<port> ip delete \2 mask \3",
        ),
        slot(r"$", r"pf service add name (?P<all>\S+ .*)", Kind.SINGLE, r"pf service delete name \g<all>"),
    ),
    takes_back=takes_back,
    paths=Paths(
        top_address=re.compile(r"network interface (?P<port>\S+) ip add (?P<ip>\S+) "),
        # The published lines are those of switching (`switchport`); the others are unverified.
        top_touches=re.compile(r"network interface (?P<port>\S+) (?:switchport|shutdown|vsys|bond)(?: |$)"),
        route=re.compile(r"network route add (?:family ipv6 )?dst "),
        # `pf service` is the device's own access list; telnet is how it is reached where SSH is not.
        server=re.compile(r"pf service add name (?:ssh|telnet) |system (?:sshd|telnetd) "),
        shuts=re.compile(r"system (?:sshd|telnetd) stop|network route add .* null |ha |network ospf "),
    ),
    normalise=normalise,
)
