"""Facts that only packets tell: what is really reached from where, and who answers."""

from __future__ import annotations

from audits.vocabulary.meaning import FactMeaning
from inventory.text import mark

MEANINGS: tuple[FactMeaning, ...] = (
    FactMeaning(
        "zone_reached",
        mark("A zone that must be kept apart is reached"),
        mark("The zones that must be kept apart are not reached"),
    ),
    FactMeaning(
        "egress_reached",
        mark("The outside is reached from where it must not be"),
        mark("The outside is not reached from where it must not be"),
    ),
    FactMeaning(
        "dual_homed",
        mark("A machine stands in two networks at once"),
        mark("No machine was found that stands in two networks"),
    ),
    FactMeaning(
        "exit_leaked",
        mark("Traffic leaves through another exit than the planned one"),
        mark("Traffic leaves through the planned exit only"),
    ),
    FactMeaning(
        "rogue_router",
        mark("A router announces itself that is not on the list"),
        mark("Only listed routers announce themselves"),
    ),
    FactMeaning(
        "rogue_dhcp",
        mark("A DHCP server answers that is not on the list"),
        mark("Only listed DHCP servers answer"),
    ),
    FactMeaning(
        "address_duplicate",
        mark("An address is used by more than one machine"),
        mark("No address is used by more than one machine"),
    ),
    FactMeaning(
        "arp_spoofed",
        mark("Another machine claims a gateway's address"),
        mark("Only the gateways themselves claim their addresses"),
    ),
    FactMeaning(
        "mgmt_reached",
        mark("Management services answer to a zone of users"),
        mark("No management service answers to a zone of users"),
    ),
    FactMeaning(
        "ssh_weak",
        mark("The SSH server offers algorithms that are broken"),
        mark("The SSH server offers no algorithm that is broken"),
    ),
    FactMeaning(
        "tls_weak",
        mark("The TLS server accepts what is broken: an old version, a weak cipher, a bad certificate"),
        mark("The TLS server accepts no old version and no weak cipher, and its certificate holds"),
    ),
)
