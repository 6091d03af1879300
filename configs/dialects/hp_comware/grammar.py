"""How Comware's text is built, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.blocks import delimited, until
from configs.completeness import ending
from configs.marks import marks
from configs.masking import table
from configs.tree import Block, Flat, Grammar

_HEADER = re.compile(r"header (?:incoming|legal|login|motd|shell) (?=\S)")


def _opens(text: str) -> Block | None:
    """A header up to its first character, a public key's hexadecimal lines."""
    match = _HEADER.match(text)
    if match is not None:
        return delimited(text, match.end())
    return until("public-key-code end", required=False) if text == "public-key-code begin" else None


GRAMMAR = Grammar(
    separators=frozenset({"#"}),
    comments=("#",),
    leaves=frozenset({"return", "quit", "peer-public-key end"}),
    opens=_opens,
    openers=("header", "public-key-code"),
    noise=re.compile(r"(?:RBM_[PS])?(?:<[\w.-]+>|\[[~*]?[\w./-]+\])|-{2,} ?More ?-{2,}"),
    signs=(">", "]", "More"),
    flat=Flat(
        tops=re.compile(
            r"(?:interface \S|ospf(?:v3)? \d|bgp \d|acl (?!.*\b(?:in|out)bound)|vlan \d|line (?:vty|class|con|aux) "
            r"|user-interface |ip vpn-instance |route-policy \S+ (?:permit|deny)|ip(?:v6)? route-static |sysname "
            r"|snmp-agent\b|ntp-service unicast|info-center |security-zone name |security-policy ip|object-group "
            r"|object-policy |zone-pair |nat address-group |ip(?:v6)? prefix-list |ike (?:profile|proposal|keychain) "
            r"|ipsec (?:policy|transform-set) |dhcp server ip-pool |local-user |domain |return$|system-view$)"
        ),
        levels=(
            re.compile(
                r"(?:interface \S|ospf(?:v3)? \d|bgp \d|acl |vlan \d+$|line |user-interface |ip vpn-instance |traffic "
                r"|route-policy |security-zone name |security-policy ip|object-group |object-policy |zone-pair |domain "
                r"|nat address-group |ike (?:profile|proposal|keychain) |ipsec (?:policy|transform-set) |local-user "
                r"|dhcp server ip-pool |isis(?: \d+)?$|rip \d+$|mpls ldp$|radius scheme |hwtacacs scheme )"
            ),
            re.compile(r"(?:area \S+$|address-family |ipv[46]-family|rule \d+ name |ip vpn-instance )"),
        ),
    ),
)

MARKS = marks(
    (14, r" ?version (?:5\.\d+|7\.1\.\d+)[\w.]*, "),
    (1, r"#$", 2),
    (1, r"\A(?:#\n)? ?sysname \S+\n#\n"),
    (1, r" ?sysname \S"),
    (1, r"\s*undo \S"),
    (1, r"return$"),
    (1, r"(?:bgp|ospf|isis|rip|acl number) \d+"),
    (1, r" +ip address \d+\.\S+ (?:255\.\S+|\d+)$"),
    (5, r" +port link-mode (?:route|bridge)"),
    (6, r"interface (?:Bridge-Aggregation|Route-Aggregation|Vlan-interface|Ten-Giga|FortyGigE|HundredGigE|M-Giga)"),
    (6, r"(?:acl (?:advanced|basic|ipv6 (?:advanced|basic)) |line class |irf |security-zone name |zone-pair )"),
    (
        5,
        r"(?:object-policy ip|object-group (?:ip|ipv6|service|mac-address) |security-policy ip|password-control |irf-)",
    ),
    (4, r"(?:dhcp server (?:ip-pool|forbidden-ip|always-broadcast) |domain (?:system|default)|header legal )"),
    (4, r"\s*(?:authorization-attribute |service-type (?:ssh|telnet|terminal|lan-access))"),
    (5, r"local-user \S+ class "),
    (3, r"line (?:vty|aux|con) \d"),
    (2, r" +address-family ipv[46]"),
    (2, r" +peer \S+ (?:as-number|enable|connect-interface)"),
    (2, r"(?:ip route-static|info-center|snmp-agent|ntp-service) "),
    (1, r"(?:user-interface|ip ip-prefix|route-policy \S+ (?:permit|deny)|ip vpn-instance) "),
    (4, r"(?:radius scheme|lldp global enable|mirroring-group|ip ttl-expires|ip unreachables|wlan ac) ?"),
    (4, r".* (?:hash|cipher) \$[hc]\$\d\$"),
    (1, r" *(?:rule (?:\d+ )?(?:permit|deny) )", 2),
    (-8, r"(?:!Software Version|\[V\d{3}R|hostname |config |!$|aaa$)"),
    (-6, r"(?:interface (?:Eth-Trunk|Vlanif|\d+GE)|stelnet server enable|firewall zone |hrp |ip address-set )", 3),
    (-4, r".*%\^%#"),
)

ENDINGS = (ending(r" ?version (?:5|7)\.\d", r"return", "return"),)

_FORM = r"(?:(?P<type>simple|cipher|hash|plain) )?"
_NO_FORM = r"(?!(?:\d+ )?(?:simple|cipher|hash|plain)\b)"
_WORD = rf"{_NO_FORM}(?P<secret>\S++)"

SECRETS = table(
    r"(?P<secret>\$[ch]\$\d\$\S+)",
    (
        r"\b(?:password|key|authentication-mode|secret|pre-shared-key|pass-phrase|key-string)\b.*?"
        rf" (?:cipher|simple|hash|plain) {_WORD}"
    ),
    rf"\bsuper password (?:role \S+ |level \d+ )?{_FORM}{_WORD}",
    rf"\bset authentication password {_FORM}{_WORD}",
    rf"^\s*password {_FORM}{_WORD}$",
    rf"\bsnmp-agent community (?:read|write) {_FORM}{_WORD}",
    rf"\bsnmp-agent target-host .*\bparams securityname {_WORD}(?! v3\b)",
    rf"\busm-user v3 .*\bauthentication-mode \S+ {_WORD}",
    rf"\busm-user v3 .*\bprivacy-mode \S+ {_WORD}",
    rf"\bpre-shared-key (?:address .* key |hostname \S+ key )?(?!local\b|remote\b){_FORM}{_WORD}",
    rf"\bpre-shared-key (?:local|remote) (?:plaintext|ciphertext) {_WORD}",
    rf"\bmd5-authentication \S+ {_FORM}{_WORD}",
    rf"\b(?:primary|secondary) \S+ .*\bkey {_FORM}{_WORD}",
    rf"\bpublic-key local import .*\bpassword {_WORD}",
    rf"\bpsk ckn \S+ cak {_FORM}{_WORD}",
    rf"\bauthentication-mode (?:md5|hmac-\S+) \d+ {_FORM}{_WORD}",
    rf"\bauthentication-mode simple (?:\d+ (?=plain |cipher ))?+{_FORM}{_WORD}",
    rf"\bpeer \S+ password {_FORM}{_WORD}",
    rf"^\s*key (?:authentication|accounting|authorization) {_FORM}{_WORD}",
    rf"\bntp-service authentication-keyid \d+ authentication-mode \S+ {_FORM}{_WORD}",
    rf"\bkey-string {_FORM}{_WORD}",
    rf"\bppp (?:chap|pap local-user \S+) password {_FORM}{_WORD}",
    rf"\btunnel password {_FORM}{_WORD}",
    rf"\bpassword-recovery {_NO_FORM}(?P<secret>(?!enable)\S++)",
    stored=r"\$[ch]\$\d\$\S+|\S{22}!!",
)
