"""One device's model as files and commands of a Linux node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.netns.router import MANY_PORTS
from lab.standin import filtering, frr, ipsec, iptables, nft
from lab.standin.habits import habits
from lab.standin.iptables import Tables
from lab.standin.naming import Names, names
from lab.standin.ports import links
from lab.standin.speaking import Speaker

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from configs.forwarding.model import Forwarding, Left
    from lab.standin.links import Link
    from lab.standin.target import Target

# What every stand-in says below /proc/sys/net. A router answers for the addresses of the port that is asked only, and
# keeps a subnet's second address when the first one goes. What a kernel does not have needs no setting.
SETTINGS: Mapping[str, str] = {
    **MANY_PORTS,
    "ipv4/ip_forward": "1",
    "ipv6/conf/all/forwarding": "1",
    "ipv4/conf/*/rp_filter": "0",
    "ipv4/conf/*/promote_secondaries": "1",
    "ipv4/conf/*/arp_ignore": "1",
    "ipv4/conf/*/arp_announce": "2",
    "ipv4/conf/*/ignore_routes_with_linkdown": "1",
    "ipv6/conf/*/accept_dad": "0",
    "ipv6/conf/*/keep_addr_on_down": "1",
    "ipv4/fib_multipath_hash_policy": "1",
    "ipv4/tcp_l3mdev_accept": "1",
    "mpls/platform_labels": "100000",
}


@dataclass(frozen=True)
class Built:
    """What a stand-in runs. `links` in the order in which they are made; `daemons` beside zebra and staticd.

    What is filtered and translated is in `nftables` or in `iptables`, as the target has it. `left` is the model's own
    list and what this target cannot carry.
    """

    name: str
    names: Names
    links: Mapping[str, Link]
    frr: str
    daemons: frozenset[str]
    nftables: str
    iptables: Tables
    swanctl: str
    left: tuple[Left, ...]

    @property
    def carried(self) -> bool:
        """Whether packets go here exactly as on the device, as far as the model and the target can tell."""
        return all(one.weak for one in self.left)


def compile_device(
    forwarding: Forwarding,
    target: Target,
    lanes: Collection[tuple[str, int]] = (),
    *,
    fast: bool = True,
    spanning: bool = False,
) -> Built:
    """The stand-in of a device. `lanes` are its switched ports' cables, each as (port, VLAN).

    `fast` shortens the protocols' default timers; both ends of a cable must be compiled alike. `spanning`: bridges
    run the spanning tree protocol, for there is a ring.
    """
    known = names(forwarding, sorted(lanes), dummies=target.has_vrf)
    made = links(forwarding, known, target, spanning=spanning)
    speaker = Speaker(forwarding, known, target, habits(forwarding.platform), fast)
    text = frr.write(speaker)
    left = [*forwarding.left, *made.left, *speaker.left]
    steps = filtering.chains(forwarding, known, target, left)
    vrfs = sorted({port.vrf for port in forwarding.ports.values() if port.vrf} | set(forwarding.vrfs))
    return Built(
        forwarding.name,
        known,
        made.links,
        text,
        frozenset(speaker.daemons),
        nft.write(steps) if target.has_nft else "",
        Tables() if target.has_nft else iptables.write(steps, known.every, vrfs, left),
        ipsec.write(forwarding, target, left),
        tuple(dict.fromkeys(left)),
    )
