"""IPsec tunnels as strongSwan says them (swanctl.conf(5)): one connection a tunnel, one child a pair of networks.

ESP is done in userspace, so packets that come out of a tunnel come in by `ipsec0`; for the filters that is the zone of
the port that the device's policy is bound to. Both ends call, again and again; the first to be heard wins.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from configs.forwarding.model import Left
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.model import Forwarding, Ipsec, Port
    from lab.standin.target import Target

INTERFACE = "ipsec0"
"""Where userspace ESP comes out (https://docs.strongswan.org/docs/5.9/plugins/kernel-libipsec.html)."""


def write(forwarding: Forwarding, target: Target, left: list[Left]) -> str:
    """The configuration; empty without tunnels that can be built."""
    built: list[str] = []
    secrets: list[str] = []
    for number, tunnel in enumerate(forwarding.ipsec):
        local = tunnel.local or _address(forwarding, tunnel)
        if not target.has_nft:
            left.append(Left(tunnel.line, Message("IPsec is built on namespaces only"), "tunnels"))
        elif local is None or not tunnel.selectors or not tunnel.secret:
            left.append(Left(tunnel.line, Message("an IPsec tunnel without address, networks or key"), "tunnels"))
        else:
            built += _connection(f"t{number}", tunnel, str(local))
            secrets += _secret(f"t{number}", tunnel)
    if not built:
        return ""
    return "\n".join(["connections {", *built, "}", "secrets {", *secrets, "}", ""])


def ports(forwarding: Forwarding) -> dict[str, str]:
    """By zone the interface that its tunnels end at."""
    return {
        port.zone.casefold(): INTERFACE for port in forwarding.ports.values() if port.zone and _bound(forwarding, port)
    }


def _bound(forwarding: Forwarding, port: Port) -> bool:
    return bool(port.ipsec) or any(tunnel.port == port.name for tunnel in forwarding.ipsec)


def _address(forwarding: Forwarding, tunnel: Ipsec) -> object:
    """The address of the port that the tunnel is bound to."""
    for port in forwarding.ports.values():
        if (port.name == tunnel.port or (port.ipsec and port.ipsec == tunnel.name)) and port.addresses:
            return port.addresses[0].ip
    return None


def _connection(name: str, tunnel: Ipsec, local: str) -> list[str]:
    remote = str(tunnel.remote) if tunnel.remote is not None else "%any"
    calls = tunnel.remote is not None
    lines = [
        f"  {name} {{",
        f"    version = {tunnel.version}",
        f"    local_addrs = {local}",
        f"    remote_addrs = {remote}",
        *([f"    proposals = {tunnel.ike}"] if tunnel.ike else []),
        "    keyingtries = 0",
        "    unique = replace",
        "    local {", "      auth = psk", f"      id = {local}", "    }",
        "    remote {", "      auth = psk", f"      id = {remote}", "    }",
        "    children {",
    ]  # fmt: skip
    for number, (ours, theirs) in enumerate(tunnel.selectors):
        lines += [
            f"      {name}-{number} {{",
            f"        local_ts = {ours}",
            f"        remote_ts = {theirs}",
            *([f"        esp_proposals = {tunnel.esp}"] if tunnel.esp else []),
            f"        start_action = {'start' if calls else 'none'}",
            f"        close_action = {'start' if calls else 'none'}",
            f"        dpd_action = {'restart' if calls else 'clear'}",
            "      }",
        ]
    return [*lines, "    }", "  }"]


def _secret(name: str, tunnel: Ipsec) -> list[str]:
    """A digest of the key: the same at both ends if theirs is, and the device's own is in no file."""
    key = hashlib.sha256(tunnel.secret.encode()).hexdigest()
    remote = f"    id = {tunnel.remote}" if tunnel.remote is not None else "    id = %any"
    return [f"  ike-{name} {{", remote, f'    secret = "{key}"', "  }"]
