"""Facts that rule sets tell: rules that do nothing, rules that do too much."""

from __future__ import annotations

from audits.vocabulary.meaning import FactMeaning
from inventory.text import mark

MEANINGS = (
    FactMeaning(
        "acl_redundant",
        mark("A rule changes nothing because later rules decide the same"),
        mark("Every rule changes something"),
    ),
    FactMeaning(
        "acl_mergeable",
        mark("Neighbouring rules could be one"),
        mark("No neighbouring rules could be one"),
    ),
    FactMeaning("acl_expired", mark("A rule whose time is over is kept"), mark("No rule's time is over")),
    FactMeaning("acl_unbound", mark("A filter is bound nowhere"), mark("Every filter is used somewhere")),
    FactMeaning(
        "acl_undefined_object",
        mark("A rule names something that is not defined"),
        mark("Everything that rules name is defined"),
    ),
    FactMeaning(
        "zone_no_default_deny",
        mark("What no rule takes is let through between zones"),
        mark("What no rule takes is denied between zones"),
    ),
    FactMeaning(
        "acl_never_used",
        mark("A rule has never matched, by the device's own counters"),
        mark("Every rule has matched, by the device's own counters"),
    ),
)
