"""How IOS's text is built, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.masking import Secrets
from configs.tree import Block, Grammar

_BANNER = re.compile(r"banner (?:exec|incoming|login|motd|prompt-timeout|slip-ppp) ?(\^C|\S)")
_CERTIFICATE = re.compile(r"certificate (?:self-signed|ca|rollover)? ?\S+$")


def _opens(text: str) -> Block | None:
    """A banner up to its delimiter (`^C` is how IOS shows a control character), or a certificate up to `quit`."""
    match = _BANNER.match(text)
    if match is not None:
        mark = match[1]
        return None if mark in text[match.end() :] else Block(ends=lambda line: mark in line)
    if _CERTIFICATE.match(text):
        return Block(ends=lambda line: line.strip() == "quit")
    return None


GRAMMAR = Grammar(
    separators=frozenset({"!"}),
    comments=("!",),
    leaves=frozenset({"end", "exit", "exit-address-family", "quit"}),
    opens=_opens,
)

_WORD = r"(?P<secret>\S++)"
_TYPED = rf"(?:(?P<type>\d) )?{_WORD}"

SECRETS = Secrets(
    rows=tuple(
        re.compile(row)
        for row in (
            rf"^\s*enable (?:password|secret) (?:level \d+ )?{_TYPED}",
            rf"^\s*username \S+ .*?\b(?:password|secret) {_TYPED}",
            rf"^\s*password (?!encryption\b|logging\b){_TYPED}",
            rf"\bsnmp-server community {_WORD}",
            # v3 names a user; with v1 and v2c the word is the community.
            (
                r"\bsnmp-server host \S+ (?:vrf \S+ )?(?:traps |informs )?(?:version (?:1|2c) )?"
                rf"(?!version\b|traps\b|informs\b|vrf\b){_WORD}"
            ),
            rf"\bsnmp-server user \S+ .*\bauth (?:md5|sha\S*) {_WORD}",
            rf"\bsnmp-server user \S+ .*\bpriv (?:des|3des|aes(?: \d+)?) {_WORD}",
            rf"\bkey-string {_TYPED}",
            rf"\b(?:tacacs|radius)-server (?:host \S+ .*?)?\bkey {_TYPED}",
            rf"\bserver-private \S+ .*?\bkey {_TYPED}",
            # `key 1` numbers a key of a chain; `key chain` and `key config-key` are other commands.
            rf"^\s*key (?!chain\b|config-key\b|\d+$){_TYPED}$",
            rf"\bcrypto isakmp key {_TYPED} (?:address|hostname)\b",
            rf"\bpre-shared-key (?:address \S+ (?:\d\S+ )?key |hostname \S+ key |local |remote )?{_TYPED}",
            rf"\bmessage-digest-key \d+ (?:md5|sha\S*) {_TYPED}",
            rf"\b(?:ip ospf|virtual-link \S+) authentication-key {_TYPED}",
            rf"\bneighbor \S+ password {_TYPED}",
            rf"\bldp (?:neighbor \S+|password\b.*? for \S+|password option \d+ for \S+) (?:password )?{_TYPED}$",
            rf"\b(?:standby|vrrp) (?:\d+ )?authentication (?!md5\b)(?:text )?{_WORD}",
            rf"\b(?:glbp) (?:\d+ )?authentication (?!md5\b)(?:text )?{_WORD}",
            rf"\bisis password {_TYPED}",
            rf"^\s*(?:area|domain)-password {_TYPED}",
            rf"\bntp authentication-key \d+ (?:md5|\S*sha\S*) {_WORD}",
            rf"\bppp chap password {_TYPED}",
            rf"\bppp pap sent-username \S+ password {_TYPED}",
            rf"\bwpa-psk (?:ascii|hex) {_TYPED}",
            rf"\bip (?:ftp|http client) password {_TYPED}",
            rf"\bip nhrp authentication {_WORD}",
            rf"\bl2tp tunnel password {_TYPED}",
            rf"\bserver-key {_TYPED}",
        )
    ),
    hint=re.compile(
        r"password|secret|community|snmp-server|key|authentication|wpa-psk|ldp",
    ),
    # Types 5, 8 and 9 are hashes, 7 and 6 reversible; also the hash itself where no number stands before it.
    stored=re.compile(r"\$(?:1|5|6|8|9|14)\$\S+"),
    stored_types=frozenset("456789"),
)
