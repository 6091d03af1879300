"""Marks of quality of service across the backbone: DSCP to EXP where a packet gets its labels, EXP from hop to hop.

Linux writes EXP 0 into every label that it pushes or swaps, so tc(8) does what a router's `trust` does: the class is
noted on the packet where it comes in, and written into the outermost label where it goes out. EXP is the upper three
bits of the DSCP (the class selectors of RFC 2474, 4.2.2.2; RFC 3270 leaves the mapping to the operator): EF, 46,
becomes 5. The IP header is not touched: what leaves has the mark that it came with (RFC 3270's pipe model).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.vpn.network import Router

CLASSES = range(1, 8)


def exp_of(dscp: int) -> int:
    """The EXP bits for a DSCP."""
    return dscp >> 3


def batch(router: Router) -> str:
    """Lines for `tc -batch`."""
    lines = []
    for port in router.ports:
        lines.append(f"qdisc add dev {port.name} clsact")
        for exp in CLASSES:
            seen = (
                f"protocol mpls_uc pref {exp} flower mpls_tc {exp}"
                if port.core
                else f"protocol ip pref {exp} flower ip_tos {exp << 5:#04x}/0xe0"
            )
            lines.append(f"filter add dev {port.name} ingress {seen} action skbedit mark {exp}")
            if port.core:
                lines.append(
                    f"filter add dev {port.name} egress protocol mpls_uc pref {exp} handle {exp} fw "
                    f"action mpls modify tc {exp}"
                )
    return "\n".join(lines) + "\n"
