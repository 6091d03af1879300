"""How VRP's text is built (5, 8 and USG), what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.blocks import delimited, until
from configs.completeness import ending
from configs.marks import marks
from configs.masking import Secrets
from configs.tree import Block, Flat, Grammar

_HEADER = re.compile(r"header (?:login|shell) information (?=\S)")


def _opens(text: str) -> Block | None:
    """A login banner up to its first character, a public key's hexadecimal lines."""
    match = _HEADER.match(text)
    if match is not None:
        return delimited(text, match.end())
    return until("public-key-code end", required=False) if text == "public-key-code begin" else None


GRAMMAR = Grammar(
    separators=frozenset({"#"}),
    comments=("#", "!"),
    leaves=frozenset({"return", "Return", "quit", "end-list", "end-filter", "peer-public-key end"}),
    opens=_opens,
    openers=("header", "public-key-code"),
    # Prompts (VRP 8: `~` clean, `*` uncommitted; USG: `HRP_M` before it), the version above a saved file, a pager's
    # mark.
    noise=re.compile(r"(?:HRP_[MS])?(?:<[\w.-]+>|\[[~*]?[\w./-]+\])|-{2,} ?More ?-{2,}"),
    signs=(">", "]", "More"),
    flat=Flat(
        tops=re.compile(
            r"(?:interface \S|ospf(?:v3)? \d|bgp \d|aaa$|acl (?!.*\b(?:in|out)bound)|vlan (?:batch )?\d|user-interface "
            r"|ip vpn-instance |route-policy \S+ (?:permit|deny)|ip(?:v6)? route-static |sysname |snmp-agent\b"
            r"|ntp-service (?:unicast|server|enable)|info-center |stelnet |ssh |telnet server|return$|system-view$"
            r"|firewall zone |security-policy$|nat-policy$|ip ip(?:v6)?-prefix |ip address-set |ip pool |nat server "
            r"|ike (?:peer|proposal) |ipsec (?:proposal|policy) |traffic (?:classifier|behavior|policy) |dhcp enable)"
        ),
        levels=(
            re.compile(
                r"(?:interface \S|ospf(?:v3)? \d|bgp \d|isis(?: \d+)?(?: vpn-instance \S+)?$|rip(?:ng)? \d+$|aaa$|acl "
                r"|vlan \d+$|user-interface |ip vpn-instance |route-policy |firewall zone |security-policy$|nat-policy$"
                r"|ip address-set |ip pool |ike (?:peer|proposal) |ipsec (?:proposal|policy) |nat address-group "
                r"|traffic (?:classifier|behavior|policy) |mpls(?: ldp)?$|vsi |bridge-domain |radius-server template "
                r"|hwtacacs-server template |nqa test-instance |explicit-path )"
            ),
            re.compile(r"(?:area \S+$|ipv[46]-family|rule name \S|(?:authentication|accounting)-scheme |domain )"),
        ),
    ),
)

MARKS = marks(
    (14, r"!Software Version V\d+R\d+"),
    (14, r"\[V\d{3}R\d{3}\w*\]"),
    (1.5, r"#$", 2),
    # A device's name alone in the first section; Comware writes its version above it.
    (3, r"\A(?:#\n)? ?sysname \S+\n#\n"),
    (1.5, r"#\nreturn$"),
    (4, r"vlan batch |.* port trunk allow-pass "),
    (2, r" ?sysname \S"),
    (2, r"\s*undo \S"),
    (1.5, r"return$"),
    (1, r"(?:bgp|ospf|isis|rip|acl number) \d+"),
    (1, r" +ip address \d+\.\S+ (?:255\.\S+|\d+)$"),
    (2, r" +undo shutdown$"),
    (4, r"aaa$"),
    (4, r"interface (?:Eth-Trunk|Vlanif|\d+GE|Virtual-Ethernet|Global-VE|Nve|MEth)\d"),
    (3, r" +ipv[46]-family"),
    (3, r"(?:user-interface|ip ip-prefix|ip pool|route-policy \S+ (?:permit|deny)|ip vpn-instance|mpls lsr-id) "),
    (3, r" +peer \S+ (?:as-number|enable|connect-interface)"),
    (3, r"(?:ip route-static|info-center|snmp-agent|ntp-service|rsvp|traffic classifier|local-user) "),
    (5, r"(?:stelnet|telnet ipv4|sftp) server enable|(?:nat|security)-policy$|firewall zone |hrp |ip address-set "),
    (4, r" +network-entity |segment-routing|evpn|bridge-domain |vsi |mpls ldp$| mpls te$| isis enable "),
    (4, r"ike (?:peer|proposal) |ipsec proposal |(?:authentication|accounting)-scheme "),
    (6, r".*%\^%#"),
    (1.5, r" *(?:rule (?:\d+ )?(?:permit|deny) |network \d\S+ 0\.\S+)", 2),
    (-6, r"(?:\s*version [57]\.\d|line (?:vty|class|aux) |irf |acl (?:advanced|basic) |security-zone name )", 3),
    (-6, r"(?:password-control |interface (?:Bridge-Aggregation|Vlan-interface|Ten-Giga)|domain system)", 3),
    (-4, r"(?: port link-mode |(?:header legal|dhcp server ip-pool) |\s*authorization-attribute |.* class manage$)", 3),
    (-8, r"(?:hostname |config |!$)"),
)

# A saved file and an answer to `display current-configuration` end alike.
ENDINGS = (ending(r"!Software Version V|\[V\d{3}R\d{3}", r"[Rr]eturn", "return"),)

# Words that say how the following secret is written; they are never the secret.
_NO_KEYWORD = r"(?!(?:cipher|simple|plain|irreversible-cipher|hash)\b)"
_WORD = r"(?P<secret>\S++)"

SECRETS = Secrets(
    rows=tuple(
        re.compile(row)
        for row in (
            # `ssh server cipher aes256_ctr` lists algorithms.
            rf"(?<!\bserver )(?<!\bclient )(?<!md5-password )(?<!^ set )\b(?:irreversible-)?cipher {_WORD}",
            # LDP names the peer between the form and the password.
            rf"\bmd5-password (?:cipher|plain) \S+ {_WORD}",
            rf"\brsvp-te authentication plain {_WORD}",
            rf"\bauthentication-mode md5 (?:nonstandard|usual) (?:plain )?{_NO_KEYWORD}{_WORD}",
            rf"\bsa (?:authentication|encryption)-hex \S+ \S+ (?:simple )?{_NO_KEYWORD}{_WORD}",
            rf"\bmanager-password {_NO_KEYWORD}{_WORD}",
            rf"\bhrp authentication-key {_NO_KEYWORD}{_WORD}",
            rf"\bpki (?:import|export) .* password {_NO_KEYWORD}{_WORD}",
            rf"\bbind password {_NO_KEYWORD}{_WORD}",
            rf"\b(?:password|key|authentication-mode|secret|community-name) (?:level \d+ )?simple {_NO_KEYWORD}{_WORD}",
            rf"(?<!md5-)\b(?:md5|hmac-\S+|simple|key-string|password|\d+) plain {_WORD}",
            rf"\bsnmp-agent community (?:read|write) (?:simple )?{_NO_KEYWORD}{_WORD}",
            # With v3 the security name is a user's, not a community.
            rf"\bsnmp-agent target-host .*\bparams securityname {_NO_KEYWORD}{_WORD}(?! v3\b)",
            rf"\busm-user .*\bauthentication-mode (?:md5|sha\S*) (?!acl\b|privacy-mode\b){_NO_KEYWORD}{_WORD}",
            rf"\bsnmp-agent usm-user .*\bprivacy-mode (?:des\S*|3des\S*|aes\S*) (?!acl\b){_NO_KEYWORD}{_WORD}",
            rf"\b(?:pre-shared-key|shared-key(?:-cipher)?|key-string) {_NO_KEYWORD}{_WORD}",
            rf"\bpass-phrase (?!\d cipher\b){_NO_KEYWORD}{_WORD}",
            rf"\bauthentication-mode (?:md5|hmac-\S+) \d+ {_NO_KEYWORD}{_WORD}",
            rf"\bauthentication-mode md5 (?!nonstandard\b|usual\b|\d+\b|privacy-mode\b|acl\b){_NO_KEYWORD}{_WORD}",
            rf"\bntp-service authentication-keyid \d+ authentication-mode \S+ {_NO_KEYWORD}{_WORD}",
            rf"\bset authentication password {_NO_KEYWORD}{_WORD}",
            rf"\blocal-user \S+ password (?!expire\b|history\b|policy\b|min-len){_NO_KEYWORD}{_WORD}",
            rf"\bppp (?:chap|pap local-user \S+) password {_NO_KEYWORD}{_WORD}",
            rf"\bpeer \S+ password {_NO_KEYWORD}{_WORD}",
            rf"\bsa string-key \S+ \S+ {_NO_KEYWORD}{_WORD}",
            # As people type it (`pass cip`, `snmp-a comm read`).
            rf"(?<![-\w])pass\w* (?:cip|sim|irr)\S* {_NO_KEYWORD}{_WORD}",
            rf"\bsnmp-a\w* comm\w* [rw]\w* (?:cip\w* |sim\w* )?{_NO_KEYWORD}{_WORD}",
        )
    ),
    hint=re.compile(
        r"cipher|simple|plain|community|securityname|authentication-mode|privacy-mode|pass|snmp-a|key|pass-phrase|-hex "
    ),
    stored=re.compile(r"(?:%\^%#|%\$%\$|%@%[@#]|@%@%|%#%#).*|\$\d\w?\$.*|\S{22}!!|[0-9A-Fa-f]{32,}"),
)
