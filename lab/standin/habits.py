"""What makes of routers do where a configuration says nothing, as far as it decides where packets go.

Preferences: Huawei "NE40E Configuration Guide - IP Routing" (Routing Protocol Preference: OSPF 10, IS-IS 15, static 60,
RIP 100, OSPF ASE 150, BGP 255); H3C "Layer 3 - IP Routing Configuration Guide" (Route preference: OSPF 10, IS-IS 15,
static 60, RIP 100, OSPF external 150, BGP 255 and 130 for local routes); Cisco "What Is Administrative Distance?"
(static 1, external BGP 20, OSPF 110, IS-IS 115, RIP 120, internal BGP 200), which FRR and the makes with industry
standard commands share. FortiOS: static 10, OSPF 110, BGP 20 and 200 ("FortiOS Administration Guide", Routing).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """Preferences of routes (the smaller wins), and what OSPF does unasked.

    `last` says that a preference of 255 is the worst one that is still used; elsewhere such a route is not used at all.
    `metric` is the cost of a route that OSPF takes from another protocol; `compares_mtu` whether another
    MTU at the far end keeps them from becoming neighbours, where the port does not say it.
    `inside_zone`: packets from a zone to itself pass unasked (USG). `ranked`: ports have security levels, a port's
    filter asks the first packet of a session only, and without one packets pass to lower levels (Cisco "ASA Series
    General Operations CLI Configuration Guide", Security Levels).
    """

    static: int = 1
    ospf: int = 110
    ospf_external: int = 110
    isis: int = 115
    rip: int = 120
    ebgp: int = 20
    ibgp: int = 200
    last: bool = False
    metric: int = 20
    compares_mtu: bool = True
    inside_zone: bool = False
    ranked: bool = False

    def distance(self, preference: int, *, fixed: bool = False) -> int:
        """The preference in FRR's words, where 255 is never used; the order of any two stays.

        FRR's IS-IS always has 115. With `fixed`, for a device that runs IS-IS, the others are moved around it.
        """
        if fixed and self.isis != _FRR_ISIS:
            below, above = self.isis, 255 - self.isis
            if preference <= below:
                return max(1, preference * _FRR_ISIS // below)
            return _FRR_ISIS + max(1, (preference - below) * (254 - _FRR_ISIS) // above)
        return 254 if self.last and preference == 255 else preference


_FRR_ISIS = 115
INDUSTRY = Habits()
_UNDO = Habits(60, 10, 150, 15, 100, 255, 255, last=True, metric=1, compares_mtu=False, inside_zone=True)
_BY_PLATFORM = {
    "huawei": _UNDO,
    "huawei_vrpv8": _UNDO,
    "hp_comware": _UNDO,
    "fortinet": Habits(static=10),
    "cisco_asa": Habits(ranked=True),
}


def habits(platform: str) -> Habits:
    """The habits of a platform; those that most makes share, if it is not known for others."""
    return _BY_PLATFORM.get(platform, INDUSTRY)
