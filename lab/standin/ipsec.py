"""IPsec tunnels as strongSwan says them (swanctl.conf(5)): one connection a tunnel, one child a pair of networks.

Where the kernel has ESP, packets pass the device's port before they are encrypted and after they are decrypted, and
that port's zone is theirs; what a tunnel is to carry waits for it and never leaves in clear. Elsewhere ESP is done in
userspace, so packets that come out of a tunnel come in by `ipsec0`; for the filters that is the zone of the port that
the device's policy is bound to. Both ends call, again and again; the first to be heard wins.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from configs.forwarding.model import Left
from configs.intervals import prefix
from inventory.text import Message
from lab.standin.steps import Chain, Packets, Place, Step, Verdict

if TYPE_CHECKING:
    from configs.forwarding.model import Forwarding, Ipsec, Network, Port
    from configs.intervals import Intervals
    from lab.standin.naming import Names
    from lab.standin.target import Target

INTERFACE = "ipsec0"
"""Where userspace ESP comes out (https://docs.strongswan.org/docs/5.9/plugins/kernel-libipsec.html)."""


def write(forwarding: Forwarding, target: Target, left: list[Left]) -> str:
    """The configuration; empty without tunnels that can be built."""
    # Between two addresses there is one IKE association: strongSwan would let a second connection replace the first.
    connections: dict[tuple[object, ...], tuple[str, Ipsec, str, list[list[str]]]] = {}
    for number, tunnel in enumerate(forwarding.ipsec):
        local = tunnel.local or _address(forwarding, tunnel)
        if local is None or not tunnel.selectors or not tunnel.secret:
            left.append(Left(tunnel.line, Message("an IPsec tunnel without address, networks or key"), "tunnels"))
        elif any(port.vrf and _ends(tunnel, port) for port in forwarding.ports.values()):
            left.append(Left(tunnel.line, Message("an IPsec tunnel at a port in a VRF is not built here"), "tunnels"))
        else:
            key = (local, tunnel.remote, tunnel.ike, tunnel.secret, tunnel.version)
            name, _, _, children = connections.setdefault(key, (f"t{number}", tunnel, str(local), []))
            for pair in tunnel.selectors:
                start = "trap|start" if target.has_esp else "start"
                children.append(_child(f"{name}-{len(children)}", tunnel, pair, start))
    if not connections:
        return ""
    built = [line for found in connections.values() for line in _connection(*found)]
    secrets = [line for name, tunnel, *_ in connections.values() for line in _secret(name, tunnel)]
    return "\n".join(["connections {", *built, "}", "secrets {", *secrets, "}", ""])


def ports(forwarding: Forwarding) -> dict[str, str]:
    """By zone the interface that its tunnels end at."""
    return {
        port.zone.casefold(): INTERFACE for port in forwarding.ports.values() if port.zone and bound(forwarding, port)
    }


def bound(forwarding: Forwarding, port: Port) -> bool:
    """Whether a port is one that tunnels end at."""
    return bool(port.ipsec) or any(tunnel.port == port.name for tunnel in forwarding.ipsec)


def kept(forwarding: Forwarding, names: Names) -> list[Chain]:
    """What keeps packets of tunnels whose far end must call from leaving in clear before it has.

    Cisco "Security for VPNs with IPsec Configuration Guide" (dynamic crypto maps: outbound packets that match a permit
    entry without an association are dropped). Not verified for other makes.
    """
    steps = [
        Step(
            Packets(
                out=names.ports[port.name], family=ours.version, clear=True,
                source=_span(ours), destination=_span(theirs),
            ),
            Verdict.DROP,
            tunnel.line,
        )
        for tunnel in forwarding.ipsec
        for port in forwarding.ports.values()
        for ours, theirs in tunnel.selectors
        if tunnel.remote is None and _ends(tunnel, port) and port.name in names.ports
    ]  # fmt: skip
    return [Chain(Place.LEAVING, steps)] if steps else []


def _span(network: Network) -> Intervals:
    return prefix(int(network.network_address), network.prefixlen, network.max_prefixlen)


def _ends(tunnel: Ipsec, port: Port) -> bool:
    """Whether a tunnel ends at a port."""
    return port.name == tunnel.port or bool(port.ipsec and port.ipsec == tunnel.name)


def _address(forwarding: Forwarding, tunnel: Ipsec) -> object:
    """The address of the port that the tunnel is bound to."""
    for port in forwarding.ports.values():
        if _ends(tunnel, port) and port.addresses:
            return port.addresses[0].ip
    return None


def _connection(name: str, tunnel: Ipsec, local: str, children: list[list[str]]) -> list[str]:
    remote = str(tunnel.remote) if tunnel.remote is not None else "%any"
    return [
        f"  {name} {{",
        f"    version = {tunnel.version}",
        f"    local_addrs = {local}",
        f"    remote_addrs = {remote}",
        *([f"    proposals = {tunnel.ike}"] if tunnel.ike else []),
        "    keyingtries = 0",
        "    unique = replace",
        "    local {", "      auth = psk", f"      id = {local}", "    }",
        "    remote {", "      auth = psk", f"      id = {remote}", "    }",
        "    children {", *(line for child in children for line in child), "    }",
        "  }",
    ]  # fmt: skip


def _child(name: str, tunnel: Ipsec, pair: tuple[Network, Network], start: str) -> list[str]:
    calls = tunnel.remote is not None
    return [
        f"      {name} {{",
        f"        local_ts = {pair[0]}",
        f"        remote_ts = {pair[1]}",
        *([f"        esp_proposals = {tunnel.esp}"] if tunnel.esp else []),
        f"        start_action = {start if calls else 'none'}",
        f"        close_action = {'start' if calls else 'none'}",
        f"        dpd_action = {'restart' if calls else 'clear'}",
        "      }",
    ]


def _secret(name: str, tunnel: Ipsec) -> list[str]:
    """A digest of the key: the same at both ends if theirs is, and the device's own is in no file."""
    key = hashlib.sha256(tunnel.secret.encode()).hexdigest()
    remote = f"    id = {tunnel.remote}" if tunnel.remote is not None else "    id = %any"
    return [f"  ike-{name} {{", remote, f'    secret = "{key}"', "  }"]
