"""How StoneOS's text is built, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re

from configs.blocks import quoted
from configs.marks import marks
from configs.masking import VALUE, table
from configs.tree import Flat, Grammar

GRAMMAR = Grammar(
    comments=("#", "!"),
    leaves=frozenset({"exit", "end", "End"}),
    opens=quoted,
    openers=('"',),
    noise=re.compile(r"(?:Building configuration\.\.|[\w.-]+(?:\[\w+\])?(?:\([\w./-]+\))?#| ?-+ ?More ?-+)"),
    # Manuals and pages print it at the margin; `exit` still ends each view.
    flat=Flat(
        tops=re.compile(
            r"(?:ip vrouter \S|policy-global$|isakmp (?:proposal|peer) |ipsec proposal |aaa-server \S+ type |hostname "
            r"|access-address-pool |ntp server |snmp-server |logging |admin user |configure$|exec )"
        ),
        levels=(
            re.compile(
                r"(?:ip vrouter \S|policy-global$|isakmp (?:proposal|peer) |ipsec proposal |aaa-server |interface \S"
                r"|tunnel (?:ipsec|gre|scvpn|l2tp) |zone \S|address \S|service \S|servgroup |schedule |rule id \d"
                r"|access-address-pool |admin user |nat$|vsys |scvpn pool|l2tp pool |dhcp-server pool "
                r"|pki trust-domain |track )"
            ),
            re.compile(r"(?:rule(?: id \d+)?$|user \S+$|user-group \S+$|router (?:ospf|bgp|rip)|dhcp-server pool)"),
        ),
    ),
)

MARKS = marks(
    (9, r"Version \d+\.\d+R\d+"),
    (3, r"Building configuration\.\.$"),
    (6, r"(?:ip vrouter \S|policy-global$)"),
    (3, r"\s*(?:src|dst)-(?:zone|addr|ip|range) \S", 2),
    (9, r"\s*(?:snat|dnat|bnat)rule "),
    (5, r"isakmp-proposal |\s+isakmp-proposal |tunnel (?:ipsec|scvpn) \S+ ?|isakmp peer |ipsec-proposal |ike[_-]id "),
    (3, r"isakmp proposal |access-address-pool |aaa-server \S+ type |split-tunnel-route |dhcp-pool-address "),
    (5, r"interface vswitchif|vswitch |admin user |statistics-set |url-profile|ips profile|flow$|longlife-sess"),
    (2, r"interface ethernet\d+/\d"),
    (3, r"\s*manage (?:ssh|ping|https?|telnet|snmp)$"),
    (1.5, r"\s*zone \"?\w"),
    (1.5, r"rule(?: id \d+)?$|exit$"),
    (-8, r"(?:sysname |config |undo |set |feature |router bgp|line vty|ASA Version|frr |!! IOS)"),
)

_VALUE = VALUE

SECRETS = table(
    rf"^\s*password (?!complexity\b|policy\b|min\b|expiration\b|control\b)(?:encrypted )?{_VALUE}",
    rf"^\s*pre-share(?!d\b) ?{_VALUE}\"?\s*$",
    (
        r"^\s*(?:host \S+ )?(?:secret|shared-secret|login-password|key-string|auth-password|encrypt-password)"
        rf" (?:encrypted )?{_VALUE}"
    ),
    rf"\bsnmp-server (?:trap-)?host \S.*\bcommunity (?:encrypted )?{_VALUE}",
    rf"\brip authentication string {_VALUE}",
    rf"\bvrrp .*authentication simple {_VALUE}",
    rf"\b(?:auth|enc)-protocol \S+ {_VALUE}",
    rf"\bgenerate-user-key rootkey {_VALUE}",
    rf"\bntp authentication-key \d+ (?:md5 )?{_VALUE}",
    rf"(?<!ntp )\b(?:authentication-key|message-digest-key \d+ md5) {_VALUE}",
    rf"\bisis .*\bpassword {_VALUE}",
    rf"\bneighbor \S+ password {_VALUE}",
    rf"\bpassword {_VALUE}\"?$",
    rf"\btrust-domain .*\bpassphrase {_VALUE}",
)
