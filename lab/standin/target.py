"""What a stand-in runs on, and which kinds of link that kernel has."""

from __future__ import annotations

from enum import StrEnum


class Target(StrEnum):
    """A place for stand-ins: this machine's namespaces, or those inside one User-mode Linux machine.

    Tags of IEEE 802.1Q are nowhere on the wire: what one VLAN carries over one cable is a cable of its own. VRFs,
    labels and GRE need the kernel of User-mode Linux. It has no nftables for IP: there iptables filters and translates,
    in VRFs too. It has ESP: there what goes through a tunnel passes the device's port, not an interface of its own.
    """

    NETNS = "netns"
    UML = "uml"

    @property
    def has_vrf(self) -> bool:
        """Whether there are VRF devices, dummy devices, GRE tunnels and MPLS."""
        return self is Target.UML

    @property
    def has_nft(self) -> bool:
        """Whether nftables filters IP; elsewhere iptables does."""
        return self is Target.NETNS

    @property
    def has_esp(self) -> bool:
        """Whether the kernel encrypts, at the port; elsewhere strongSwan does, behind an interface of its own."""
        return self is Target.UML
