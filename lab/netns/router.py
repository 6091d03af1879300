"""FRR in a node: private configuration, the daemons, AgentX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.netns.accounts import FRR, FRR_VTY
from lab.netns.parts import Part
from lab.netns.spec import File, Folder

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = "/usr/lib/frr"
# A daemon's socket joins its protocol's group on every port; Linux lets it join 20 (igmp_max_memberships), so that a
# router with more ports would hear nobody on the rest.
MANY_PORTS = {"ipv4/igmp_max_memberships": "4096"}
# Routing daemons that a router runs unless more are asked for. staticd has no SNMP module.
DAEMONS: tuple[str, ...] = ("zebra", "staticd", "ospfd")
_WITH_SNMP = frozenset({"zebra", "ospfd", "ospf6d", "bgpd", "ripd"})


def router(config: str, daemons: Sequence[str] = DAEMONS, *, agentx: bool = True) -> Part:
    """The daemons, started with `config` as their integrated configuration (`frr.conf`)."""
    return Part(
        files={
            "/etc/frr/frr.conf": File(config, 0o660, FRR, FRR),
            "/etc/frr/vtysh.conf": File("service integrated-vtysh-config\n", 0o664, FRR, FRR_VTY),
            "/etc/frr/daemons": File("".join(f"{name}=yes\n" for name in daemons), 0o640, FRR, FRR),
        },
        folders={
            "/etc/frr": Folder(0o775, FRR, FRR),
            "/run/frr": Folder(0o775, FRR, FRR),
            "/var/log/frr": Folder(0o775, FRR, FRR),
        },
        lines=(
            *(
                f"{FOLDER}/{name} -d -A 127.0.0.1{' -M snmp' if agentx and name in _WITH_SNMP else ''}"
                for name in daemons
            ),
            "vtysh -b",
        ),
    )
