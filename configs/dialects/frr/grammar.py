"""How FRR's text is built, and where secrets stand in it (docs.frrouting.org, basic, ospfd, bgpd, isisd, nhrpd)."""

from __future__ import annotations

import re

from configs.completeness import ending
from configs.marks import marks
from configs.masking import Secrets
from configs.tree import Grammar

GRAMMAR = Grammar(
    separators=frozenset({"!"}),
    comments=("!", "#", "Building configuration...", "Current configuration:"),
    leaves=frozenset({"end", "exit", "exit-address-family", "exit-vrf", "exit-vnc", "exit-link-params", "exit-bmp"}),
    noise=re.compile(r"[\w.-]+[#>](?: |$)"),
    signs=("#", ">"),
)

MARKS = marks(
    (14, r"frr version "),
    (9, r"frr defaults "),
    (6, r"service integrated-vtysh-config$"),
    (3, r"(?:agentx|log syslog(?: \w+)?)$"),
    (3, r"(?:no )?ip(?:v6)? forwarding$"),
    (3, r"interface (?:eth|ens|enp|lo|br|bond|vlan|swp|wg|gre|dummy)[\w.-]*$"),
    (2, r" network \d\S+/\d+ area "),
    (1.5, r" ip (?:address|ospf area) \d"),
    (1.5, r"router (?:ospf|bgp \d+)$"),
    (1, r"(?: exit-address-family|exit|line vty)$"),
    (4, r"exit-vrf$|zebra |password zebra"),
    (2, r"ip route \d\S+/\d+ "),
    (
        -6,
        r"(?:interface (?:Ethernet|Gigabit|Management|Loopback)|feature |vrf (?:instance|context) |Current .*bytes)",
        2,
    ),
)

ENDINGS = (ending(r"Building configuration|Current configuration:", r"end", "end"),)

_WORD = r"(?P<secret>\S++)"

SECRETS = Secrets(
    rows=tuple(
        re.compile(row)
        for row in (
            rf"^\s*(?:enable )?password (?:(?P<type>8) )?{_WORD}",
            rf"\bmessage-digest-key \d+ md5 {_WORD}",
            rf"\bip ospf authentication-key {_WORD}",
            rf"\bvirtual-link \S+ .*?\bauthentication-key {_WORD}",
            rf"\bneighbor \S+ password {_WORD}",
            rf"\bkey-string {_WORD}",
            rf"\b(?:isis|area-|domain-) ?password (?:md5|clear) {_WORD}",
            rf"\bip rip authentication string {_WORD}",
            rf"\bip nhrp authentication {_WORD}",
            rf"\bipv6 ospf6 authentication key-id \d+ hash-algo \S+ key {_WORD}",
        )
    ),
    hint=re.compile(r"password|key|authentication"),
    # `service password-encryption` stores crypt(3) text behind the number 8.
    stored=re.compile(r"(?!)"),
    stored_types=frozenset("8"),
)
