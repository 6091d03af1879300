"""How IOS's text is built, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.blocks import delimited, until
from configs.completeness import ending
from configs.marks import marks
from configs.masking import REST, Secrets
from configs.tree import Block, Flat, Grammar

_BANNER = re.compile(r"banner (?:exec|incoming|login|motd|prompt-timeout|slip-ppp|config-save) ?(?=\S)")
_CERTIFICATE = re.compile(r"certificate (?:self-signed|ca|rollover)? ?\S+$")
_MACRO = re.compile(r"macro (?:name \S|auto execute \S+ \{)")


def _opens(text: str) -> Block | None:
    """A banner up to its delimiter, a certificate up to `quit`, a macro's lines up to `@`."""
    match = _BANNER.match(text)
    if match is not None:
        return delimited(text, match.end())
    if _CERTIFICATE.match(text):
        return until("quit")
    if _MACRO.match(text):
        return until("}" if text.endswith("{") else "@")
    return None


GRAMMAR = Grammar(
    separators=frozenset({"!"}),
    comments=("!",),
    leaves=frozenset({"end", "exit", "exit-address-family", "exit-af-interface", "exit-af-topology", "quit"}),
    opens=_opens,
    openers=("banner", "certificate", "macro"),
    noise=re.compile(
        r"(?:Building configuration|Current configuration ?:|Using \d+ out of|[\w.-]+(?:\([\w-]+\))?[#>]|-+ ?More ?-+)"
    ),
    signs=("#", ">", "Building", "Current", "Using", "More"),
    flat=Flat(
        tops=re.compile(
            r"(?:int[a-z]* \S|router \S|ip route |ip access-list |(?:ipv6 )?access-list |line (?:con|vty|aux) "
            r"|hostname |snmp-server |ntp server|logging (?:host|buffered|\d)|username |enable |vlan \d+$|banner "
            r"|ip prefix-list |crypto (?:isakmp|ipsec|pki|map \S+ \d)|aaa |ip nat (?:inside|outside) source "
            r"|ip nat pool |ip dhcp pool |route-map \S+ (?:permit|deny)|vrf definition |ip vrf \S+$|class-map "
            r"|policy-map |end$|version \d)"
        ),
        levels=(
            re.compile(
                r"(?:int[a-z]* \S|router \S|ip access-list |line (?:con|vty|aux) |vlan \d+$|ip dhcp pool |route-map "
                r"|crypto (?:isakmp (?:policy|profile)|ipsec (?:transform-set|profile)|map \S+ \d)|vrf definition "
                r"|ip vrf \S+$|class-map |policy-map |key chain |object-group )"
            ),
            re.compile(r"(?:address-family |class \S+$|key \d+$)"),
        ),
    ),
)

MARKS = marks(
    (4, r"Current configuration ?: \d+ bytes"),
    (2, r"Building configuration\.\.\.$"),
    (7, r"version 1[0-9]\.\d+(?:\(\S+)?$"),
    (4, r"service (?:timestamps|password-encryption|tcp-keepalives|pad)"),
    (6, r"boot-start-marker$"),
    (5, r"(?:no )?aaa new-model$"),
    (4, r"ip cef$|ipv6 unicast-routing$|multilink bundle-name |voice-card |cts logging"),
    (3, r"line (?:con|vty|aux) \d", 2),
    (1.5, r"interface (?:Fast|Gigabit|TenGigabit)?(?:Ethernet|E)\d+/|interface (?:Serial|Dialer|Tunnel|Vlan|Loopback)"),
    (2, r" ip address \d+\.\S+ 255\.\S+"),
    (2.5, r" no ip address$"),
    (1.5, r"router (?:ospf|bgp|eigrp|rip|isis)\b"),
    (5, r"ip access-list (?:extended|standard) \S"),
    (3, r"access-list \d+ (?:permit|deny) "),
    (2, r"ip route \d+\.\S+ \d+\.\S+ "),
    (3, r"enable (?:secret|password) "),
    (2, r"username \S+ (?:privilege \d+ )?(?:secret|password) \d"),
    (3, r"(?:no )?ip (?:domain[- ]name|http server|forward-protocol|classless|subnet-zero|ssh version|source-route)\b"),
    (3, r"crypto (?:isakmp|pki|ipsec|map) "),
    (3, r"vtp | ip vrf forwarding |ip vrf \S+$|spanning-tree mode (?:rapid-)?pvst"),
    (1, r"(?: switchport |hostname |snmp-server |logging )"),
    (1, r"!$"),
    (1, r" (?:\d+ )?(?:permit|deny)\s+(?:ip|tcp|udp|icmp) ", 3),
    (1, r"end$"),
    (-9, r"(?:frr (?:version|defaults) |: Saved|ASA Version|!! IOS XR| nameif | security-level |: Serial Number)", 2),
    (-6, r"(?:feature |vdc |vpc domain |vrf context |  vrf member |copp profile )", 2),
    (
        -9,
        r"(?:!RANCID-CONTENT-TYPE: arista|! device: |daemon |management (?:api|ssh)|vrf instance |transceiver qsfp)",
        2,
    ),
    (-5, r"(?:route-policy |prefix-set | ipv4 address |router static)"),
    (-8, r".*\bRGOS|sysmac |interface AggregatePort|enable service |nfpp$"),
    (-6, r"(?:sysname |config |undo |#$|ip vrouter|set \w+ |zone |policy-global)"),
)

# The head is what the device says before it shows its configuration.
ENDINGS = (ending(r"Current configuration ?: \d+|Building configuration", r"end", "end"),)

_WORD = r"(?P<secret>\S++)"
_TYPED = rf"(?:(?P<type>\d) )?{_WORD}"
_LINE = rf"(?:(?P<type>\d) )?{REST}"

SECRETS = Secrets(
    rows=tuple(
        re.compile(row)
        for row in (
            # A password that was typed, or is shown, as it is goes on to the line's end, blanks included.
            rf"^\s*enable (?:algorithm-type \S+ )?(?:password|secret) (?:level \d+ )?{_LINE}",
            rf"^\s*username \S+ .*?\b(?:password|secret) {_LINE}",
            rf"^\s*password (?!encryption\b|logging\b){_LINE}",
            # As people type it (`ena sec`, `user x priv 15 pass`, `snmp-s comm`).
            rf"^\s*ena\w* (?:pass|sec)\w* (?:level \d+ )?{_LINE}",
            rf"^\s*user\w* \S+ .*?\b(?:pass|sec)\w* {_LINE}",
            rf"^\s*pass\w* (?!encryption\b|logging\b){_LINE}",
            rf"\bsnmp-s\w* comm?\w* {_TYPED}",
            rf"\bsnmp-server community {_TYPED}",
            r"\bsnmp(?:-server)? mib community-map (?P<secret>[^\s:]++)",
            # v3 names a user; with v1 and v2c the word is the community.
            (
                r"\bsnmp-server host \S+ (?:vrf \S+ )?(?:traps |informs )?(?:version (?:1|2c) )?"
                rf"(?!version\b|traps\b|informs\b|vrf\b){_WORD}"
            ),
            rf"\bsnmp-server user \S+ .*\bauth (?:md5|sha\S*) {_WORD}",
            rf"\bsnmp-server user \S+ .*\bpriv (?:(?:des|3des|aes(?: (?:128|192|256))?) )?{_WORD}",
            rf"^\s*key-string {_LINE}",
            rf"\bkey-string {_TYPED}",
            rf"^\s*pac key {_TYPED}",
            rf"\bpre-share key {_TYPED}",
            # Keys of IPsec by hand, also for OSPFv3 (RFC 4552).
            rf"\bsession-key (?:in|out)bound ah \d+ {_TYPED}",
            rf"\bsession-key (?:in|out)bound esp \d+ .*?\bcipher {_TYPED}",
            rf"\bsession-key (?:in|out)bound esp \d+ .*?\bauthenticator {_TYPED}",
            rf"\bauthentication ipsec spi \d+ (?:md5|sha1) {_TYPED}",
            rf"\bencryption ipsec spi \d+ esp (?!null\b)\S+ (?:(?:128|192|256) )?{_TYPED}",
            rf"\bencryption ipsec spi \d+ esp .*\b(?:md5|sha1) {_TYPED}",
            rf"\bisis authentication key {_TYPED}",
            rf"\bip rip authentication string {_WORD}",
            rf"\bppp eap password {_TYPED}",
            rf"\bdigest secret {_TYPED}",
            rf"\bset-key (?:ascii|hex) {_TYPED}",
            rf"\bmode wep key \d size \S+ {_TYPED}",
            rf"^\s*wlccp .*\bpassword {_TYPED}",
            rf"\bbind authenticate root-dn .*\bpassword {_LINE}",
            rf"\bbind-password {_TYPED}",
            rf"^\s*key config-key (?:password-encrypt|newpass) {_WORD}",
            rf"^\s*authentication-key {_TYPED}",
            rf"^\s*(?:dot1x credentials?|voice|crypto pki (?:import|export) .*) password {_TYPED}",
            rf"\bcable shared-secret {_TYPED}",
            rf"\b(?:tacacs|radius)-server (?:host \S+ .*?)?\bkey {_TYPED}",
            rf"\bserver-private \S+ .*?\bkey {_TYPED}",
            # `key 1` numbers a key of a chain; `key chain` and `key config-key` are other commands.
            rf"^\s*key (?!chain\b|config-key\b|\d+$){_TYPED}$",
            rf"\bcrypto isakmp key {_TYPED} (?:address|hostname)\b",
            (
                r"\bpre-shared-key (?:address \S+ (?:\d\S+ )?key |hostname \S+ key |local |remote )?"
                rf"(?:hex(?:adecimal)? )?{_TYPED}"
            ),
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
        r"pass|sec|community|snmp-s|key|authentication|wpa-psk|ldp|spi ",
    ),
    # Types 5, 8 and 9 are hashes, 7 and 6 reversible; also the hash itself where no number stands before it.
    stored=re.compile(r"\$(?:1|5|6|8|9|14)\$\S+"),
    stored_types=frozenset("456789"),
)
