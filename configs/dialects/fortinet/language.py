"""How FortiOS is changed: tables (`config`), entries (`edit`), values (`set`), which take effect when a table is left.

Source: Fortinet's CLI reference: `next` and `end` leave, `unset` goes back to the default, `delete` takes an entry
away. What may cut us off: “router ospf” (distances, 110 unless told otherwise), “router static” (distance 10), “router
policy”, “firewall local-in-policy”, “system admin” (trusted hosts), “system zone”, “system sdwan”.
A table is never taken away as a whole: its entries and values are.
"""

from __future__ import annotations

import re
from functools import cache

from configs.change import Kind, Language, Paths, slot
from configs.dialects.fortinet.grammar import SECRETS

_ANY = r"(?:config|edit) "

_SLOTS = (
    slot(_ANY, r"set (?P<key>\S+)(?: |$)", Kind.SINGLE, r"unset \g<key>"),
    slot(r"config ", r"edit (?P<name>.+)", Kind.SINGLE, r"delete \g<name>"),
)

_PATHS = Paths(
    address=re.compile(r"set ip (?P<ip>[1-9][\d.]*)[ /]"),
    interface=re.compile(r"edit "),
    inside=re.compile(r"config system interface$"),
    touches=re.compile(r"(?:un)?set (?:ip|mode|allowaccess|status|vdom|type|vlanid|interface)(?: |$)"),
    route=re.compile(r"(?:set (?:gateway|dst|device|status|distance|priority|blackhole) |edit )"),
    route_view=re.compile(r"config router static$"),
    remote=re.compile(r"config (?:system (?:admin|global|accprofile)|firewall local-in-policy)$"),
    remote_lines=re.compile(r"set (?:admin-ssh-port|admin-maintainer|admin-restrict-local|admin-telnet-port) |delete "),
    server=re.compile(r"set (?:password|accprofile|trusthost\d+|ssh-public-key\d|vdom|srcaddr|action|service|intf) "),
    routing=re.compile(r"config router (?:ospf6?|bgp|isis|ripng|rip) > "),
    quiet=re.compile(r"set passive-interface (?P<port>.+)"),
    shuts=re.compile(
        r"config router (?:ospf6?|bgp|isis|rip) > (?:.* > )?set (?:distance|distribute-list-in|filter-list)"
        r"|config router static > edit \S+ > set (?:distance|priority|blackhole|status) "
        r"|config router policy > |config firewall (?:local-in|interface)-policy > "
        r"|config system admin > edit \S+ > set (?:(?:ip6-)?trusthost|remote-auth )"
        r"|config system zone > edit \S+ > set interface |config system (?:sdwan|virtual-wan-link|switch-interface) > "
        r"|config system settings > set (?:opmode|vdom-type) |config system ha > set mode "
    ),
)

_QUOTED = re.compile(r'"([^"\s]+)"')
_STORED = re.compile(r"^(set \S+) ENC ")


@cache
def _normalise(text: str) -> str:
    return _STORED.sub(r"\1 ", _QUOTED.sub(r"\1", " ".join(text.split())))


def normalise(path: tuple[str, ...], text: str) -> str:
    """One spelling: single words without quotes; whether a secret is stored is seen by its form."""
    del path
    return _normalise(text)


def leaves(header: str) -> str:
    """An entry is left by `next`, a table by `end`."""
    return "next" if header.startswith("edit ") else "end"


LANGUAGE = Language(
    negation="unset",
    leave="end",
    leaves=leaves,
    secrets=SECRETS,
    slots=_SLOTS,
    paths=_PATHS,
    views=re.compile(r"(?:config|edit) "),
    normalise=normalise,
    # `show` leaves out what is the release's default (CLI reference, “show full-configuration”).
    unstored=re.compile(r"set (?:status up|auth-proto sha|priv-proto aes|minimum-length 8|admin-lockout-threshold 3)$"),
    second=None,
    remark="#",
)
