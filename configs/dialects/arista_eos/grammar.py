"""How EOS's text is built, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.blocks import until
from configs.completeness import ending
from configs.marks import marks
from configs.masking import table
from configs.tree import Block, Grammar

# A banner's text, a script, a routing function: each ends with a line `EOF`.
_TEXT = re.compile(r"(?:banner (?:login|motd)|action bash|comment|code|code unit \S+|python)$")


def _opens(text: str) -> Block | None:
    """A longer text up to `EOF`."""
    return until("EOF") if _TEXT.match(text) else None


GRAMMAR = Grammar(
    separators=frozenset({"!"}),
    comments=("!",),
    leaves=frozenset({"end", "exit"}),
    opens=_opens,
    noise=re.compile(r"[\w.-]+(?:\([\w-]+\))?[#>]|-+ ?More ?-+"),
    signs=("#", ">", "More"),
)

MARKS = marks(
    (14, r"! ?device: .*EOS-\d"),
    (14, r"!RANCID-CONTENT-TYPE: arista"),
    (8, r"daemon TerminAttr|service routing protocols model |transceiver qsfp|mlag configuration$"),
    (6, r"management (?:api|ssh|console|security)|vlan internal (?:allocation|order)|ip virtual-router mac-address"),
    (
        5,
        r"(?:no )?aaa root|vrf instance |switchport default mode|no spanning-tree vlan-id |event-handler |hardware tc",
    ),
    (4, r"interface (?:Vxlan|Management|Port-Channel)\d|username \S+ .*secret sha512"),
    (2, r"interface Ethernet\d+(?:/\d+)?$"),
    (2, r"   (?:ip address \d\S+/\d+|no switchport|mtu \d|mlag \d|vrf \S+)", 2),
    (2, r"ip routing(?: vrf \S+)?$|ip route (?:vrf \S+ )?\d\S+/\d+ "),
    (1, r"router bgp \d|hostname |!$"),
    (-8, r"(?:feature |vrf context |ASA Version|!! IOS XR|frr |sysname |config |set |ip cef|version 1\d)", 2),
)

ENDINGS = (ending(r"! Command: show running-config", r"end", "end"),)

_WORD = r"(?P<secret>\S++)"
_TYPED = rf"(?:(?P<type>\d+|sha512) )?{_WORD}"

SECRETS = table(
    rf"^\s*(?:enable (?:password|secret)|aaa root secret) {_TYPED}",
    rf"^\s*username \S+ .*?\b(?:password|secret) {_TYPED}",
    rf"^\s*(?:neighbor \S+ )?password (?!encryption\b|policy\b|minimum\b){_TYPED}",
    rf"\bsnmp-server community {_TYPED}",
    (
        r"\bsnmp-server host \S+ (?:vrf \S+ )?(?:traps |informs )?(?:version (?:1|2c) )?"
        rf"(?!version\b|traps\b|informs\b|vrf\b){_WORD}"
    ),
    rf"\bsnmp-server user \S+ .*\bauth (?:md5|sha\S*) {_WORD}",
    rf"\bsnmp-server user \S+ .*\bpriv \S+ {_WORD}",
    rf"\b(?:tacacs|radius)-server .*\bkey {_TYPED}",
    rf"^\s*key (?!chain\b|\d+$)(?:\d+ (?=\d+ ))?{_TYPED}(?: fallback)?$",
    rf"\bauthentication key {_TYPED} level-",
    rf"\bauth password {_TYPED}",
    rf"\bmessage-digest-key \d+ \S+ {_TYPED}",
    rf"\b(?:authentication-key|authentication key|key-string|shared-key|shared-secret profile|secret) {_TYPED}$",
    rf"\bntp authentication-key \d+ \S+ {_TYPED}",
    rf"\b(?:vrrp|standby) \d+ (?:peer )?authentication (?:text |ietf-md5 key-string )?{_TYPED}",
    rf"\bingestauth=key,{_WORD}",
    r"\bcvauth=\w+,(?P<secret>[^,\s]++)",
    r"\bkey (?P<secret>[0-9a-fA-F]{32,}) (?:lifetime|transmit)",
    stored=r"\$(?:1|5|6)\$\S+",
    types="57",
)
