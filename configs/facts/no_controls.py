"""Controls of the languages with `no`: AAA, ports of switches, borders, VPN, redundancy (`configs.facts.controls`).

Words: Cisco "Security Command Reference" (aaa, dot1x, switchport port-security, ip inspect, zone-pair, crypto),
"IP Addressing Services Command Reference" (ip dhcp snooping, ip arp inspection), "Network Management Command
Reference" (logging trap, ntp authenticate, snmp-server group), "First Hop Redundancy Protocols" (standby, vrrp, glbp).
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from configs.facts import controls
from configs.facts.no_secrets import vpn_algorithms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.meaning.no_lists import AccessList, Binding
    from configs.reading import Command, Reading, Sheet

_EVERYWHERE = ("0.0.0.0", "0.0.0.0")  # noqa: S104 - a default route
_CLASSES = frozenset({"numeric", "upper-case", "lower-case", "special-case", "special-char"})
_MANAGEMENT = re.compile(r"(?:mgmt|management|oob|mgt|manage)[\w-]*", re.IGNORECASE)


def read(
    sheet: Sheet,
    reading: Reading,
    lines: tuple[Command, ...],
    lists: dict[str, AccessList],
    bound: Iterable[Binding],
    *,
    strong: bool,
) -> None:
    """Every control of the vocabulary that a text of the family can tell.

    `strong` says that passwords need a mixture of characters unless a line says otherwise.
    """
    _people(sheet, reading, lines, strong=strong)
    _ports(sheet, reading)
    _borders(sheet, reading, lists, bound)
    _tunnels(sheet, reading)
    _records(sheet, reading)
    _network(sheet, reading)


def _people(sheet: Sheet, reading: Reading, lines: tuple[Command, ...], *, strong: bool) -> None:
    methods = [one for one in reading.on("aaa", "authentication", "login") if one.has("group")]
    users = [one for one in reading.on("username") if len(one.words) > 2]
    shown = bool(lines or users)
    controls.put(sheet, "one_factor_login", lacking=shown and not methods, views=users[:1])
    local = [one for one in methods if _local_before_server(one)]
    controls.put(sheet, "aaa_local_first", weak=local, sound=methods)
    commands = [
        one
        for word in ("commands", "config-commands")
        for one in reading.on("aaa", "authorization", word)
        if "none" not in one.folded[-1:]
    ]
    views = [one for one in reading.on("parser", "view") if one.inside]
    controls.put(sheet, "no_command_authorization", sound=[*commands, *views], lacking=shown)
    policies = [*reading.on("aaa", "common-criteria", "policy"), *reading.on("aaa", "password-policy")]
    days = [(one, _days(one)) for view in policies for one in view.find("lifetime")]
    days += [(one, int(one.words[-1])) for one in reading.on("password", "policy", "life-cycle")
             if one.words[-1].isdigit()]  # fmt: skip
    controls.aging(sheet, days, lacking=bool(users))
    check = reading.switch("password", "strength-check")
    mixed = [
        one for view in policies for one in view.inside
        if one.folded[0].removesuffix("-count") in _CLASSES
    ]  # fmt: skip
    mixed += reading.on("password", "policy", "strong")
    mixed += [check] if check is not None and not check.negated else []
    off = [check] if check is not None and check.negated else []
    controls.put(sheet, "pwd_no_complexity", weak=off, sound=mixed, lacking=bool(users) and not strong)


def _local_before_server(method: Command) -> bool:
    words = method.folded
    first = min((words.index(word) for word in ("local", "local-case") if word in words), default=len(words))
    return first < words.index("group")


def _days(lifetime: Command) -> int:
    """`lifetime year 1 month 2 day 3`, in days."""
    units = {"year": 365, "years": 365, "month": 30, "months": 30, "day": 1, "days": 1}
    words = lifetime.folded
    return sum(units[unit] * int(number) for unit, number in pairwise(words) if unit in units and number.isdigit())


# What makes a port ask who connects: 802.1X, MAC authentication, port security, in the words of several makers.
_ADMISSION = (
    ("dot1x", "pae"), ("dot1x", "port-control"), ("authentication", "port-control"), ("access-session", "port-control"),
    ("mab",), ("switchport", "port-security"), ("web-auth", "enable"),
)  # fmt: skip
_ACCESS = (("mode", "access"), ("access", "vlan"))


def _ports(sheet: Sheet, reading: Reading) -> None:
    ports = controls.access_ports(
        reading, "switchport", _ACCESS, lambda words: words[1:2] == ("mode",) and "trunk" in words
    )
    controls.admission(sheet, reading, ports, _ADMISSION)
    snooping = reading.on("ip", "dhcp", "snooping") if ports else ()
    controls.put(sheet, "no_dhcp_snooping", sound=snooping, lacking=bool(ports), views=ports)
    arp = [*reading.on("ip", "arp", "inspection"), *reading.on("anti-arp-spoofing")] if ports else []
    controls.put(sheet, "no_arp_inspection", sound=arp, lacking=bool(ports), views=ports)


def _borders(sheet: Sheet, reading: Reading, lists: dict[str, AccessList], bindings: Iterable[Binding]) -> None:
    inspecting = [one for one in reading.on("ip", "inspect") if one.folded[-1:] in (("in",), ("out",))]
    inspecting += reading.on("service-policy", "type", "inspect")
    outside = [one for one in reading.on("ip", "nat", "outside") if len(one.words) == 3]
    controls.put(sheet, "no_stateful_inspection", sound=inspecting, lacking=bool(outside), views=outside)
    bound = [one for one in bindings if one.kind == "interface" and one.name in lists]
    in_force = {line for one in bound for line in lists[one.name].lines}
    logging = [
        one for one in (reading.holding("log") if in_force else ())
        if one.line in in_force and not {"log", "log-input"}.isdisjoint(one.folded)
    ]  # fmt: skip
    places = [one.command for one in bound]
    controls.put(sheet, "no_policy_log", sound=logging, lacking=bool(bound), views=places)


def _tunnels(sheet: Sheet, reading: Reading) -> None:
    judged = list(vpn_algorithms(reading))
    controls.put(
        sheet, "weak_vpn_crypto",
        weak=[line for line, weak in judged if weak], sound=[line for line, weak in judged if not weak],
    )  # fmt: skip
    views = [one for one in reading.on("crypto", "map") if "ipsec-isakmp" in one.folded and "dynamic" not in one.folded]
    views += reading.on("crypto", "ipsec", "profile")
    kept = [view for view in views if view.inside]
    pfs = [[one for one in view.find("set", "pfs") if not one.negated] for view in kept]
    bare = [view for view, found in zip(kept, pfs, strict=True) if not found]
    controls.put(sheet, "vpn_no_pfs", weak=bare, sound=[one for found in pfs for one in found])
    groups = [one for one in reading.on("snmp-server", "group") if one.has("v3")]
    users = [one for one in reading.on("snmp-server", "user") if one.has("v3") or one.has("auth") or one.has("priv")]
    rows = groups or users
    controls.put(
        sheet, "snmpv3_no_privacy",
        weak=[one for one in rows if not one.has("priv")], sound=[one for one in rows if one.has("priv")],
    )  # fmt: skip
    tls = reading.on("ip", "http", "tls-version")
    old = [one for one in tls if one.folded[-1] in ("tlsv1.0", "tlsv1.1")]
    old += [
        one for one in reading.on("ip", "http", "secure-ciphersuite") if re.search(r"rc4|3des|-des-", one.folded[-1])
    ]
    controls.put(sheet, "web_old_tls", weak=old, sound=tls)


def _records(sheet: Sheet, reading: Reading) -> None:
    hosts = [*reading.on("logging", "host"), *reading.on("logging", "server")]
    hosts += [one for one in reading.on("logging") if one.words[1:] and re.fullmatch(r"[\d.]+", one.words[1])]
    said = [(one, one.folded[2] in controls.GRAVE) for one in reading.on("logging", "trap") if len(one.words) > 2]
    # `logging server ADDRESS LEVEL` of one language.
    said += [(one, one.words[3] in controls.GRAVE) for one in reading.on("logging", "server")
             if len(one.words) > 3 and one.words[3].isdigit()]  # fmt: skip
    controls.severity(sheet, said, hosts)
    servers = [*reading.on("ntp", "server"), *reading.on("ntp", "peer")]
    keyed = [one for one in servers if one.has("key")]
    enabled = [one for one in reading.on("ntp", "authenticate") if len(one.words) == 2]
    bare = servers if not enabled else [one for one in servers if not one.has("key")]
    controls.put(sheet, "ntp_no_authentication", weak=bare, sound=[*enabled, *keyed])


_GROUPS = (("standby",), ("vrrp",), ("glbp",), ("hsrp",), ("vpc", "domain"), ("switch", "virtual", "domain"),
           ("stackwise-virtual",), ("mlag",), ("peer-keepalive",))  # fmt: skip


def _network(sheet: Sheet, reading: Reading) -> None:
    controls.exits(
        sheet, _defaults(reading), [one for one in reading.on("ip", "nat", "outside") if len(one.words) == 3]
    )
    pairs = [one for words in _GROUPS for one in reading.on(*words)]
    members = [one for one in reading.on("switch") if one.has("provision")]
    pairs += members if len(members) > 1 else []
    interfaces = reading.find("interface")
    controls.put(sheet, "no_redundancy", sound=pairs, lacking=bool(interfaces))
    inside = reading.inside("interface")
    addressed = {
        view.line for family in ("ip", "ipv4", "ipv6") for view, one in inside.on(family) if one.has("address")
    }
    apart = [one for one in interfaces if one.line in addressed]
    controls.put(sheet, "mgmt_not_separated", sound=[one for each in apart for one in _of_management(each)])
    controls.put(sheet, "wireless_weak", weak=_weak_wireless(reading), sound=_good_wireless(reading))


def _defaults(reading: Reading) -> list[Command]:
    """Default routes outside all VRFs."""
    found = [one for one in reading.on("ip", "route", *_EVERYWHERE) if len(one.words) > 4]
    found += [one for one in reading.top if one.folded[:3] == ("ip", "route", "0.0.0.0/0") and not one.negated]
    for router in reading.on("router", "static"):
        found += [one for family in router.find("address-family") for one in family.find("0.0.0.0/0")]
    return [one for one in found if one.folded[-1] != "null0" and "null0" not in one.folded]


def _of_management(interface: Command) -> Iterable[Command]:
    if interface.folded[1:2] and interface.folded[1].startswith(("mgmt", "mgmteth")):
        yield interface
    for words in (("vrf", "forwarding"), ("ip", "vrf", "forwarding"), ("vrf", "member"), ("vrf",)):
        for one in interface.find(*words):
            if len(one.words) > len(words) and _MANAGEMENT.fullmatch(one.words[-1]) and not one.negated:
                yield one
                return


def _weak_wireless(reading: Reading) -> list[Command]:
    found = [one for one in reading.on("encryption") if {"wep", "tkip", "wep40", "wep128"} & set(one.folded)]
    for network in reading.on("dot11", "ssid"):
        keyed = any(one.folded[:2] == ("authentication", "key-management") for one in network.inside)
        if any(one.starts("authentication", "open") for one in network.inside) and not keyed:
            found.append(network)
    found += [one for view in reading.find("wlan") for one in view.inside
              if one.negated and one.folded[:2] == ("security", "wpa") and len(one.folded) == 2]  # fmt: skip
    return found


def _good_wireless(reading: Reading) -> list[Command]:
    keyed = [one for one in reading.on("authentication", "key-management") if one.has("wpa")]
    return keyed + [one for view in reading.find("wlan") for one in view.inside
                    if not one.negated and one.folded[:2] == ("security", "wpa")]  # fmt: skip
