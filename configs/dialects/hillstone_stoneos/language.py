"""How StoneOS is changed: which commands replace each other, how each is taken back, what carries our session.

Source: the command line manual of StoneOS V5.5R12F2 (interfaces, virtual routers, policy, system management). There,
secondary addresses go before the first one is removed, and a name may be written with or without quotes. Routes by
source or by interface of entry are looked up before those by destination (chapter 6, p. 500), directly connected ones
can lose their precedence (p. 507), and OSPF's routes have the distance 110, static ones 1 (p. 508, 551, 553).
"""

from __future__ import annotations

import re
from functools import cache
from ipaddress import IPv4Network

from configs.change import Kind, Language, Paths, slot
from configs.dialects.hillstone_stoneos.grammar import SECRETS

_TOP = r"$"
_INTERFACE = r"interface "
_ROUTER = r"ip vrouter "

_SLOTS = (
    slot(_TOP, r"hostname "),
    slot(_TOP, r"clock zone "),
    slot(_TOP, r"(?P<what>ssh|telnet|console|web) timeout "),
    slot(_TOP, r"ssh (?P<what>port|max-session|connection-interval) "),
    slot(_TOP, r"admin (?P<what>max-login-failure|lockout-duration|login-banner) "),
    slot(_TOP, r"password min-length "),
    slot(r"password-policy$", r"admin (?P<what>min-length|complexity) "),
    slot(_TOP, r"snmp-server (?P<what>location|contact|port) "),
    slot(_TOP, r"logging syslog-server (?P<number>\d) "),
    slot(_TOP, r"ntp server (?P<host>\S+)"),
    slot(_INTERFACE, r"zone "),
    slot(_INTERFACE, r"description ", Kind.SINGLE, "no description"),
    slot(_INTERFACE, r"ip address \S+ \S+$"),
    slot(_INTERFACE, r"(?P<what>mtu|speed|duplex) "),
    slot(_ROUTER, r"ip route (?P<network>\S+) (\S+).*", Kind.SET, r"no ip route \g<network> \2"),
    slot(r"admin user ", r"(?P<what>role|password|description) "),
    slot(r"rule id ", r"(?P<what>name|description|action) "),
)

_PATHS = Paths(
    address=re.compile(r"ip address (?P<ip>\d[^/\s]+)[/ ]"),
    interface=re.compile(_INTERFACE),
    touches=re.compile(r"shutdown$|(?:no )?ip address |zone |no zone|no manage ssh|aggregate |redundant "),
    route=re.compile(r"ip route "),
    route_view=re.compile(_ROUTER),
    server=re.compile(r"ssh |admin (?:user|host) |access ssh|password |role |manage ssh"),
    routing=re.compile(r"ip vrouter \S+ > router "),
    quiet=re.compile(r"passive-interface (?P<port>\S+)"),
    shuts=re.compile(
        r"ssh port |admin auth-server |route disable "
        r"|ip vrouter \S+ > (?:ip route (?:source|in-interface) |fib-lookup connect-first-disable)"
        r"|ip vrouter \S+ > router .* > (?:distance|distribute-list) |zone \S+ > (?:vrouter|bind) "
    ),
    virtual=re.compile(r"(?i)interface (?:vswitchif|loopback|aggregate|redundant)"),
    members=re.compile(r"zone |aggregate |redundant "),
)

_QUOTED = re.compile(r'"([^"\s]+)"')
_LENGTH = re.compile(r"^(ip address \d[\d.]+)/(\d{1,2})(?= |$)")
_NETWORK = re.compile(r"^(ip route \d[\d.]+) (\d+\.\d+\.\d+\.\d+)(?= )")


@cache
def _normalise(text: str) -> str:
    text = _QUOTED.sub(r"\1", " ".join(text.split()))
    text = _LENGTH.sub(lambda match: f"{match[1]} {IPv4Network((0, int(match[2]))).netmask}", text)
    return _NETWORK.sub(lambda match: f"{match[1]}/{IPv4Network(f'0.0.0.0/{match[2]}').prefixlen}", text)


def normalise(path: tuple[str, ...], text: str) -> str:
    """One spelling: names without quotes, interfaces' masks dotted, routes' masks as lengths."""
    del path
    return _normalise(text)


LANGUAGE = Language(
    negation="no",
    leave="exit",
    secrets=SECRETS,
    slots=_SLOTS,
    paths=_PATHS,
    views=re.compile(
        r"(?:interface \S|ip vrouter \S|admin user \S|zone \S|address \S|service \S|servgroup \S|schedule \S"
        r"|rule id \d+|policy-global$|password-policy$|aaa-server \S|isakmp (?:proposal|peer) \S|ipsec proposal \S"
        r"|tunnel ipsec \S)"
    ),
    plain=re.compile(r".* > (?:zone|address|service|schedule|tunnel) "),
    # Defaults, which the device does not show (manual, “console timeout”, “ssh timeout”, “admin max-login-failure”).
    hidden=re.compile(r"(?:(?:console|ssh|telnet|web) timeout 10|admin max-login-failure 3|ssh port 22)$"),
    normalise=normalise,
    second="secondary",
    beside=re.compile(r"ntp server |snmp-server (?:host|trap-host) |ip name-server "),
    remark="#",
)
