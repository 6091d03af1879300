"""How IOS XR's text is built, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.blocks import delimited, until
from configs.completeness import ending
from configs.marks import marks
from configs.masking import table
from configs.tree import Block, Grammar

_BANNER = re.compile(r"banner (?:exec|incoming|login|motd|prompt-timeout|slip-ppp) ?(?=\S)")
_CERTIFICATE = re.compile(r"certificate \S+$")


def _opens(text: str) -> Block | None:
    """A banner up to its delimiter, a certificate up to `quit`."""
    match = _BANNER.match(text)
    if match is not None:
        return delimited(text, match.end())
    return until("quit") if _CERTIFICATE.match(text) else None


GRAMMAR = Grammar(
    separators=frozenset({"!"}),
    comments=("!",),
    leaves=frozenset(
        {
            "end",
            "exit",
            "root",
            "end-policy",
            "end-set",
            "end-policy-map",
            "end-class-map",
            "end-group",
            "end-template",
            "end-global",
        }
    ),
    opens=_opens,
    openers=("banner", "certificate"),
    noise=re.compile(r"(?:Building configuration|RP/\d+/\w+/CPU\d+:[\w.-]+(?:\([\w-]+\))?[#>]|-+ ?More ?-+)"),
)

MARKS = marks(
    (14, r"!! IOS XR Configuration"),
    (3, r"!! (?:Building|Last) "),
    (8, r"RP/\d+/\w+/CPU\d"),
    (5, r"interface (?:MgmtEth|Bundle-Ether|preconfigure |(?:Gig|TenGig|HundredGig|TwentyFiveGig)\w*\d/\d/\d/)"),
    (5, r"\s+ipv[46] address \S"),
    (6, r"(?:route-policy \S+$|end-(?:policy|set)$|prefix-set |as-path-set |community-set )", 2),
    (6, r"router static$|ipv4 access-list |ipv6 access-list |taskgroup |usergroup |telnet vrf |ssh server v2$"),
    (4, r"l2vpn$|router (?:hsrp|vrrp|isis \S+)$|\s+address-family ipv[46] (?:unicast|multicast)$|vrf \S+$", 2),
    (3, r"domain (?:name|name-server|list|lookup) |hw-module |fpd |mpls (?:ldp|oam|traffic-eng)$|lpts |control-plane$"),
    (1, r"hostname |\s+!$|!$"),
    (
        -6,
        r"(?: ip address |ip route |line vty \d|feature |interface (?:Fast|Vlan|Ethernet\d)|sysname |config |set )",
        2,
    ),
)

ENDINGS = (ending(r"!! IOS XR Configuration", r"end", "end"),)

_WORD = r"(?P<secret>\S++)"
_TYPED = rf"(?:(?P<type>\d+|encrypted|clear) )?{_WORD}"

SECRETS = table(
    rf"^\s*(?:secret|password) (?!keychain\b|hmac\b|accept\b){_TYPED}",
    rf"^\s*username \S+ .*?\b(?:password|secret) {_TYPED}",
    rf"^\s*key (?!chain\b|\d+$){_TYPED}$",
    rf"\b(?:tacacs|radius)(?:-server)? .*\bkey {_TYPED}",
    rf"\bkey-string (?:password6? )?{_TYPED}",
    rf"\bpre-shared-key (?:address \S+ \S+ key |password )?{_TYPED}",
    rf"\bppp (?:chap|pap sent-username \S+) password {_TYPED}",
    rf"\bsnmp-server community {_TYPED}",
    rf"\bsnmp-server host \S+ (?:traps |informs )?(?:version (?:1|2c) )?(?!version\b|traps\b|informs\b){_TYPED}",
    rf"\bsnmp-server user \S+ .*\bauth (?:md5|sha\S*) {_TYPED}",
    rf"\bsnmp-server user \S+ .*\bpriv (?:des56|3des|aes(?: \d+)?) {_TYPED}",
    rf"\bmessage-digest-key \d+ md5 {_TYPED}",
    rf"\b(?:authentication-key|shared-secret) (?!\d+ md5\b){_TYPED}",
    rf"\b(?:hello|lsp)-password (?!keychain\b)(?:text |hmac-md5 )?{_TYPED}",
    rf"\bneighbor \S+ password {_TYPED}",
    (
        r"^\s*authentication (?!send-only\b|accept\b|encrypted-password\b)"
        rf"(?:text |(?:hmac-)?md5 )?(?:encrypted |clear ){_WORD}"
    ),
    rf"\bntp .*authentication-key \d+ md5 {_TYPED}",
    rf"^\s*authentication-key \d+ md5 {_TYPED}",
    stored=r"\$(?:1|5|6|8|9|10)\$\S+",
    types="5678",
)
