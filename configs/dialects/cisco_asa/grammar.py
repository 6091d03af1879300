"""How ASA's text is built, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.blocks import until
from configs.completeness import ending
from configs.marks import marks
from configs.masking import table
from configs.tree import Block, Grammar

_CERTIFICATE = re.compile(r"certificate (?:ca |self-signed |rollover )?[0-9a-fA-F]+$")


def _opens(text: str) -> Block | None:
    """A certificate up to `quit`. A banner is one line a command here."""
    return until("quit") if _CERTIFICATE.match(text) else None


GRAMMAR = Grammar(
    separators=frozenset({"!"}),
    comments=("!", ":"),
    leaves=frozenset({"exit", "quit", "end"}),
    opens=_opens,
    openers=("certificate",),
    noise=re.compile(r"(?:[\w.-]+(?:/[\w.-]+)*(?:\([\w-]+\))?[#>]|<--- More --->|Cryptochecksum:)"),
    signs=("#", ">", "More", "Cryptochecksum"),
)

MARKS = marks(
    (10, r": (?:Saved|Serial Number|Hardware)"),
    (14, r"(?:ASA|PIX) Version "),
    (6, r"\s+nameif \S"),
    (5, r"\s+security-level \d"),
    (6, r"access-list \S+ (?:extended|remark|line|standard) "),
    (5, r"object(?:-group)? network |object service "),
    (6, r"access-group \S+ (?:in|out) interface |same-security-traffic |xlate |fixup |sysopt |threat-detection "),
    (5, r"(?:nat|global|static) \(\w+|\s+nat \(\w+,\w+\)|tunnel-group |group-policy |asdm |http server enable"),
    (4, r"route \S+ \d+\.\S+ \d+\.\S+ \d+|names$|passwd |mtu \S+ \d+$|pager lines|failover|crypto ikev[12] "),
    (4, r"policy-map global_policy|service-policy global_policy|telnet timeout|ssh timeout|arp timeout|timeout xlate"),
    (8, r"Cryptochecksum:"),
    (1, r"hostname \S"),
    (1, r"!$"),
    (-8, r"(?:sysname |config |ip (?:route|cef|http)|line vty|feature |set )", 2),
)

ENDINGS = (ending(r": Saved", r"(?:: end|Cryptochecksum:\S+)", ": end"),)

_WORD = r"(?P<secret>\S++)"
_TYPED = rf"(?:(?P<type>[08]) )?{_WORD}"

SECRETS = table(
    rf"^\s*(?:enable password|passwd) (?:level \d+ )?{_WORD}",
    rf"^\s*username \S+ (?:.*\b)?(?:password|nt-encrypted) {_WORD}",
    rf"^\s*key (?!chain\b|\d+$){_TYPED}$",
    rf"\b(?:ldap-login-password|radius-common-pw|server-key|smtp-password) {_TYPED}",
    rf"^\s*password (?!encryption\b){_TYPED}",
    rf"\bppp (?:chap|pap) password {_TYPED}",
    rf"\bisis password {_TYPED}",
    rf"\bhttps?-proxy \S.* password {_TYPED}",
    rf"\bsession-key (?:in|out)bound ah \d+ {_WORD}",
    rf"\bsession-key (?:in|out)bound esp \d+ .*?\bcipher {_WORD}",
    rf"\bsession-key (?:in|out)bound esp \d+ .*?\bauthenticator {_WORD}",
    rf"\brip authentication key {_TYPED}",
    rf"\bfailover (?:key|ipsec pre-shared-key) (?:hex )?{_TYPED}",
    rf"\bpre-shared-key (?:local |remote )?(?:hex )?{_TYPED}",
    rf"\bcrypto isakmp key {_WORD} (?:address|hostname)\b",
    rf"\bisakmp key {_WORD} address\b",
    rf"\bsnmp-server community {_TYPED}",
    rf"\bsnmp-server host .*\bcommunity {_TYPED}",
    rf"\bsnmp-server user \S+ .*\bauth \S+ {_WORD}",
    rf"\bsnmp-server user \S+ .*\bpriv (?:des|3des|aes \d+) {_WORD}",
    rf"\bvpdn username \S+ password {_WORD}",
    rf"\bntp authentication-key \d+ \S+ {_TYPED}",
    rf"\b(?:ospf )?message-digest-key \d+ md5 {_TYPED}",
    rf"\bospf authentication-key {_TYPED}",
    rf"\bneighbor \S+ password {_TYPED}",
    rf"\bauthentication (?:key \S+ md5|key eigrp \d+) {_WORD}",
    rf"\b(?:tacacs|radius)-server .*\bkey {_TYPED}",
    rf"\baaa-server \S+ .*\bhost \S+ (?!timeout\b){_WORD}(?= timeout)",
    rf"\bkey-string {_TYPED}",
    rf"^\s*keypair-password {_WORD}",
    hint=r"host|common-pw",
    stored=r"\$sha512\$\S+|\*+",
    types="8",
)
