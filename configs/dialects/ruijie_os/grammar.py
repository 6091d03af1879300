"""How RGOS's text is built, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.blocks import delimited, until
from configs.completeness import ending
from configs.marks import marks
from configs.masking import table
from configs.tree import Block, Grammar

_BANNER = re.compile(r"banner (?:exec|incoming|login|motd|prompt-timeout) ?(?=\S)")
_CERTIFICATE = re.compile(r"certificate (?:self-signed|ca)? ?\S+$")


def _opens(text: str) -> Block | None:
    """A banner up to its delimiter, a certificate up to `quit`."""
    match = _BANNER.match(text)
    if match is not None:
        return delimited(text, match.end())
    return until("quit") if _CERTIFICATE.match(text) else None


GRAMMAR = Grammar(
    separators=frozenset({"!"}),
    comments=("!",),
    leaves=frozenset({"end", "exit", "exit-address-family", "quit"}),
    opens=_opens,
    openers=("banner", "certificate"),
    noise=re.compile(r"(?:Building configuration|Current configuration ?:|[\w.-]+(?:\([\w-]+\))?[#>]| ?-+ ?More ?-+)"),
    signs=("#", ">", "Building", "Current", "More"),
)

MARKS = marks(
    (14, r"!? ?version .*\bRGOS"),
    (8, r"sysmac [0-9a-f.]+"),
    (7, r"interface (?:AggregatePort|HundredGigabitEthernet \d|FortyGigabitEthernet \d)"),
    (6, r"enable service |nfpp$|install \d+ \S|zam$|cwmp$|ip ref$|web-auth |rldp |service sequence-numbers"),
    (5, r"hostname Ruijie"),
    (2, r"interface (?:Gigabit|TenGigabit|Fast)Ethernet \d+/"),
    (3, r"line console \d"),
    (2, r"line vty \d"),
    (3, r"Current configuration ?: \d+ bytes"),
    (2, r"Building configuration\.\.\.$"),
    (1.5, r" ip address \d+\.\S+ 255\.\S+"),
    (3, r"ip access-list (?:extended|standard) \S"),
    (2, r"access-list \d+ (?:permit|deny) "),
    (1, r"router (?:ospf|bgp|rip|isis)\b"),
    (1, r"ip route \d+\.\S+ \d+\.\S+ "),
    (2, r"username \S+ (?:privilege \d+ )?(?:secret|password) \d|enable (?:secret|password) "),
    (1, r"(?: switchport |hostname |snmp-server |logging |vlan \d)"),
    (1, r"!$"),
    (1, r"end$"),
    (-6, r"(?:version 1[2-9]\.\d+$|boot-start-marker|service timestamps .* msec|ip cef$|multilink bundle-name)", 2),
    (-8, r"(?:ASA Version|!! IOS XR|feature |sysname |config |frr |set |ip vrouter|management api)"),
)

ENDINGS = (ending(r"Current configuration ?: \d+|Building configuration", r"end", "end"),)

_WORD = r"(?P<secret>\S++)"
_TYPED = rf"(?:(?P<type>\d) )?{_WORD}"

SECRETS = table(
    rf"^\s*enable (?:password|secret) (?:level \d+ )?{_TYPED}",
    rf"^\s*enable service password {_TYPED}",
    rf"^\s*(?:webmaster level \d+ )?username \S+ .*?\b(?:password|secret) {_TYPED}",
    rf"^\s*password (?!policy\b|encryption\b){_TYPED}",
    rf"\bsnmp-server community {_TYPED}",
    (
        r"\bsnmp-server host \S+ (?:vrf \S+ )?(?:traps |informs )?(?:version (?:1|2c) )?"
        rf"(?!version\b|traps\b|informs\b){_WORD}"
    ),
    rf"\bsnmp-server user \S+ .*\bauth (?:md5|sha\S*) {_WORD}",
    rf"\bsnmp-server user \S+ .*\bpriv \S+ {_WORD}",
    rf"\b(?:tacacs-server|radius-server|server-private|portal server|web-auth portal) (?:\S+ .*?)?\bkey {_TYPED}",
    rf"\bpre-shared-key (?:address \S+ (?:\d\S+ )?key |hostname \S+ key |local |remote )?{_TYPED}",
    rf"\bsession-key (?:in|out)bound ah \d+ {_TYPED}",
    rf"\bsession-key (?:in|out)bound esp \d+ .*?\bcipher {_TYPED}",
    rf"\bsession-key (?:in|out)bound esp \d+ .*?\bauthenticator {_TYPED}",
    rf"\brip authentication text-password {_TYPED}",
    rf"\bisis password {_TYPED}",
    rf"^\s*(?:area|domain)-password {_TYPED}",
    rf"\bl2tp tunnel password {_TYPED}",
    rf"\bset-key (?:ascii|hex) {_TYPED}",
    rf"^\s*shared-secret {_TYPED}",
    rf"^\s*dot1x .*\bpassword {_TYPED}",
    rf"\bap-password {_TYPED}",
    rf"^\s*key (?!chain\b|\d+$){_TYPED}$",
    rf"\bkey-string {_TYPED}",
    rf"\bcrypto isakmp key {_TYPED} (?:address|hostname)\b",
    rf"\bmessage-digest-key \d+ (?:md5|sha\S*) {_TYPED}",
    rf"(?<!ntp )\bauthentication-key {_TYPED}",
    # How it is stored stands behind it.
    rf"\bs?ntp authentication-key \d+ \S+ {_WORD}",
    rf"\bneighbor \S+ password {_TYPED}",
    rf"\b(?:vrrp|standby) \d+ authentication (?:text )?{_WORD}",
    rf"\bppp (?:chap|pap sent-username \S+) password {_TYPED}",
    rf"\bwpa-psk (?:ascii|hex) {_TYPED}",
    stored=r"\$(?:1|5|6|8|9|14)\$\S+",
    types="45678",
)
