"""How NX-OS's text is built, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.blocks import delimited
from configs.marks import marks
from configs.masking import VALUE, table
from configs.tree import Block, Grammar

_BANNER = re.compile(r"banner (?:exec|motd) ?(?=\S)")


def _opens(text: str) -> Block | None:
    """A banner up to its delimiter."""
    match = _BANNER.match(text)
    return None if match is None else delimited(text, match.end())


GRAMMAR = Grammar(
    separators=frozenset({"!"}),
    comments=("!",),
    leaves=frozenset({"end", "exit"}),
    opens=_opens,
    openers=("banner",),
    noise=re.compile(r"[\w.-]+(?:\([\w-]+\))?[#>]|-+ ?More ?-+"),
    signs=("#", ">", "More"),
)

MARKS = marks(
    (6, r"!Command: show (?:running|startup)-config"),
    (7, r"version \d+\.\d+\(\d+[^)]*\)"),
    (5, r"(?:no )?(?:feature |install feature-set |feature-set )\S", 3),
    (6, r"vdc \S+ id \d|vrf context |vpc domain |copp profile |no password strength-check|boot nxos |system default "),
    (5, r"\s+vrf member |\s+ip router (?:ospf|eigrp) \S+|interface mgmt0$|role name |rmon event|.* localizedkey"),
    (
        5,
        r"hardware (?:access-list|profile) |(?:class|policy)-map type |cfs |system (?:qos|vlan|admin)",
    ),
    (2, r"interface (?:Ethernet\d+/|port-channel\d|loopback\d)|fex \d"),
    (2, r"  ip address \d\S+/\d+|ip route \d\S+/\d+ |  hsrp \d+"),
    (1, r"!Time: |hostname |  switchport |vlan \d"),
    (
        -8,
        r"(?:ASA Version|!! IOS XR|frr |sysname |config |set |management api|daemon |version 1\d\.\d+$|line vty \d)",
        2,
    ),
)

_WORD = VALUE
_TYPED = rf"(?:(?P<type>\d+) )?{_WORD}"

SECRETS = table(
    rf"^\s*(?:enable secret|username \S+ password) {_TYPED}",
    rf"^\s*(?:inherit peer\S* |neighbor \S+ )?password (?!strength-check\b|secure-mode\b){_TYPED}",
    rf"\b(?:eigrp|isis) authentication key {_TYPED}",
    rf"\bldp neighbor \S+ password {_TYPED}",
    rf"\bhello-authentication ah-md5 {_TYPED}",
    rf"^\s*(?:cts|fcsp|fabricpath) .*\bpassword {_TYPED}",
    rf"\bsnmp-server community {_WORD}",
    (
        r"\bsnmp-server host \S+ (?:traps |informs )?(?:version (?:1|2c) )?"
        rf"(?!version\b|traps\b|informs\b|use-vrf\b|source-interface\b|filter-vrf\b){_WORD}"
    ),
    rf"\bsnmp-server user \S+ .*\bauth (?:md5|sha\S*) {_WORD}",
    rf"\bsnmp-server user \S+ .*\bpriv (?:aes-128 )?{_WORD}",
    rf"\b(?:tacacs|radius)-server .*\bkey {_TYPED}",
    rf"^\s*key (?!chain\b|\d+$){_TYPED}\"?$",
    rf"\bkey-(?:octet-)?string {_TYPED}",
    rf"\bmessage-digest-key \d+ md5 {_TYPED}",
    rf"\bip ospf authentication-key {_TYPED}",
    rf"\bntp authentication-key \d+ md5 {_TYPED}",
    rf"\bauthentication (?:text|md5 key-string) {_TYPED}",
    rf"\bpeer-secret {_TYPED}",
    stored=r"\$(?:1|5|6|8)\$\S+|0x[0-9a-fA-F]{16,}",
    types="57",
)
