"""BGP as FRR's bgpd says it, with VPN routes (https://docs.frrouting.org/en/stable-8.4/bgp.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inventory.text import Message
from lab.standin.redistributing import redistributed
from lab.standin.speaking import secret

if TYPE_CHECKING:
    from configs.forwarding.model import Bgp, BgpFamily, Neighbour, Vrf
    from lab.standin.speaking import Speaker

_FAMILIES = {
    "ipv4": "ipv4 unicast",
    "ipv6": "ipv6 unicast",
    "vpnv4": "ipv4 vpn",
    "vpnv6": "ipv6 vpn",
}
_OF_VPN = frozenset({"vpnv4", "vpnv6"})


def write(speaker: Speaker) -> list[str]:
    """The blocks `router bgp`: the global table's, then one a VRF."""
    bgp = speaker.device.bgp
    if bgp is None:
        return []
    speaker.daemons.add("bgpd")
    tables = list(dict.fromkeys(["", *(family.vrf for family in bgp.families), *speaker.device.vrfs]))
    lines: list[str] = []
    for vrf in tables:
        families = [family for family in bgp.families if family.vrf == vrf]
        if speaker.has_vrf(vrf):
            lines += _table(speaker, bgp, vrf, families)
        elif families:
            speaker.leave(bgp.line, Message("this lab's kernel has no VRFs"))
    return lines


def _table(speaker: Speaker, bgp: Bgp, vrf: str, families: list[BgpFamily]) -> list[str]:
    lines = [f"router bgp {bgp.asn}{f' vrf {vrf}' if vrf else ''}"]
    router_id = bgp.router_ids.get(vrf, "") or bgp.router_id or speaker.device.router_id
    lines += [f" bgp router-id {router_id}"] if router_id else []
    # Neither asks for a policy before it speaks to an outside neighbour, nor does any vendor here (RFC 8212).
    lines += [" no bgp ebgp-requires-policy", " no bgp default ipv4-unicast"]
    lines += [f" bgp cluster-id {bgp.cluster}"] if bgp.cluster else []
    if bgp.confederation:
        lines.append(f" bgp confederation identifier {bgp.confederation}")
        if bgp.confederation_members:
            lines.append(f" bgp confederation peers {' '.join(map(str, bgp.confederation_members))}")
    heard: dict[object, Neighbour] = {}
    for family in families:
        for one in family.neighbours:
            if one.address not in heard:
                heard[one.address] = one
                lines += _neighbour(speaker, one)
    for family in families:
        lines += _family(speaker, family, speaker.device.vrfs.get(vrf))
    if vrf and "ipv4" not in {family.family for family in families} and speaker.device.vrfs.get(vrf):
        lines += [" address-family ipv4 unicast", *_targets(speaker.device.vrfs[vrf]), " exit-address-family"]
    return [*lines, "exit", "!"]


def _neighbour(speaker: Speaker, one: Neighbour) -> list[str]:
    name = f" neighbor {one.address}"
    lines = [f"{name} remote-as {one.asn}"]
    if speaker.fast:
        lines += [f"{name} timers 3 9", f"{name} timers connect 2", f"{name} advertisement-interval 0"]
    if one.source:
        lines.append(f"{name} update-source {_source(speaker, one.source)}")
    if one.ttl_hops:
        lines.append(f"{name} ttl-security hops {one.ttl_hops}")
    elif one.multihop:
        lines.append(f"{name} ebgp-multihop {one.multihop}")
    if not one.ebgp_connected:
        lines.append(f"{name} disable-connected-check")
    if one.local_as:
        lines.append(f"{name} local-as {one.local_as}")
    if one.secret:
        lines.append(f"{name} password {secret(one.secret, 16)}")
    if not one.active:
        lines.append(f"{name} shutdown")
    return lines


def _source(speaker: Speaker, text: str) -> str:
    """An address stays; a port is its own name, and a loopback's its address, for `lo` has all of them."""
    short = speaker.names.port(text)
    if not short:
        return text
    folded = text.replace(" ", "").casefold()
    for name, port in speaker.device.ports.items():
        if name.replace(" ", "").casefold() == folded and port.addresses:
            return str(port.addresses[0].ip)
    return short


def _family(speaker: Speaker, family: BgpFamily, vrf: Vrf | None) -> list[str]:
    name = _FAMILIES.get(family.family)
    if name is None:
        bgp = speaker.device.bgp
        speaker.leave(bgp.line if bgp else 0, Message("BGP's family “{family}”", family=family.family))
        return []
    lines = [f" address-family {name}"]
    lines += _networks(speaker, family)
    for whole in family.aggregates:
        policy = f" route-map {whole.policy}" if whole.policy else ""
        lines.append(f"  aggregate-address {whole.network}{' summary-only' if whole.alone else ''}{policy}")
    six = family.family in ("ipv6", "vpnv6")
    taken = redistributed(speaker, family.redistributes, "bgp", metric=family.default_metric, six=six)
    lines += [f" {line}" for line in taken]
    if family.family not in _OF_VPN:
        outside, inside, own = family.distances or (speaker.habits.ebgp, speaker.habits.ibgp, speaker.habits.ibgp)
        lines.append("  distance bgp " + " ".join(str(speaker.distance(one)) for one in (outside, inside, own)))
        if family.paths:
            lines.append(f"  maximum-paths {family.paths}")
        if family.paths_ibgp:
            lines.append(f"  maximum-paths ibgp {family.paths_ibgp}")
    for one in family.neighbours:
        if not one.families or family.family in one.families:
            lines += _told(one)
    if vrf is not None and family.family == "ipv4":
        lines += _targets(vrf)
    return [*lines, " exit-address-family"]


def _networks(speaker: Speaker, family: BgpFamily) -> list[str]:
    lines = []
    for network in family.networks:
        if (network.version == 6) is not (family.family in ("ipv6", "vpnv6")):
            line = speaker.device.bgp.line if speaker.device.bgp else 0
            speaker.leave(line, Message("a network of another address family: {network}", network=network))
            continue
        policy = family.network_policies.get(network, "")
        lines.append(f"  network {network}{f' route-map {policy}' if policy else ''}")
    return lines


def _told(one: Neighbour) -> list[str]:
    name = f"  neighbor {one.address}"
    lines = [f"{name} activate"]
    # FRR tells communities unasked; most vendors do not. As FRR shows it (the standard ones are meant), so that a
    # reload finds no difference.
    if not one.communities:
        lines.append(f"  no neighbor {one.address} send-community")
    for said, words in (
        (one.next_hop_self, "next-hop-self"),
        (one.reflector_client, "route-reflector-client"),
        (one.default, "default-originate"),
        (one.substitute_as, "as-override"),
        (one.public_as_only, "remove-private-AS"),
    ):
        if said:
            lines.append(f"{name} {words}")
    if one.allow_own:
        lines.append(f"{name} allowas-in {min(one.allow_own, 10)}")
    if one.preferred is not None:
        lines.append(f"{name} weight {one.preferred}")
    for word, policy, way in (
        ("route-map", one.policy_in, "in"),
        ("route-map", one.policy_out, "out"),
        ("prefix-list", one.prefixes_in, "in"),
        ("prefix-list", one.prefixes_out, "out"),
    ):
        if policy:
            lines.append(f"{name} {word} {policy} {way}")
    return lines


def _targets(vrf: Vrf) -> list[str]:
    """As FRR shows them, so that a reload touches only what differs: its routes are away while one changes."""
    lines = [f"  rd vpn export {vrf.rd}"] if vrf.rd else []
    exports, imports = (sorted(set(targets), key=_number) for targets in (vrf.exports, vrf.imports))
    if exports:
        lines += ["  label vpn export auto", "  export vpn"]
    if imports:
        lines += ["  import vpn"]
    if exports and exports == imports:
        lines += [f"  rt vpn both {' '.join(exports)}"]
    else:
        lines += [f"  rt vpn import {' '.join(imports)}"] if imports else []
        lines += [f"  rt vpn export {' '.join(exports)}"] if exports else []
    if vrf.import_policy:
        lines.append(f"  route-map vpn import {vrf.import_policy}")
    if vrf.export_policy:
        lines.append(f"  route-map vpn export {vrf.export_policy}")
    return lines


def _number(target: str) -> tuple[int, ...]:
    """The order in which FRR has route targets: it compares their bytes, the type first (RFC 4360, 3.1 and 3.2)."""
    head, _, number = target.rpartition(":")
    if "." in head:
        return (1, *map(int, head.split(".")), int(number))
    asn = int(head)
    return (2 if asn > 0xFFFF else 0, asn, int(number))
