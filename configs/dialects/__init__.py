"""The registry of dialects: one line a vendor. Adding one is described in CONTRIBUTING.md.

The folders are imported when they are asked for, not before.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from inventory.errors import GovnetError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from configs.forwarding.model import Forwarding
    from configs.model import Dialect
    from configs.rulesets.model import RuleSets
    from configs.tree import Tree

# platform (netmiko's device_type where netmiko has one) → folder below configs/dialects
REGISTRY = {
    "arista_eos": "arista_eos",
    "cisco_asa": "cisco_asa",
    "cisco_ios": "cisco_ios",
    "cisco_nxos": "cisco_nxos",
    "cisco_xr": "cisco_xr",
    "fortinet": "fortinet",
    "frr": "frr",
    "hillstone_stoneos": "hillstone_stoneos",
    "hp_comware": "hp_comware",
    "huawei": "huawei",
    "huawei_vrpv8": "huawei",
    "juniper_junos": "juniper_junos",
    "linux": "linux",
    "nokia_sros": "nokia_sros",
    "paloalto_panos": "paloalto_panos",
    "ruijie_os": "ruijie_os",
    "topsec_tos": "topsec",
}


def platforms() -> frozenset[str]:
    """The platforms that have a dialect."""
    return frozenset(REGISTRY)


def languages() -> tuple[str, ...]:
    """One platform of each folder, the first: those of one folder write alike and are spoken to differently."""
    return tuple({folder: platform for platform, folder in reversed(REGISTRY.items())}.values())


@cache
def dialect(platform: str) -> Dialect:
    """The dialect of a platform; GovnetError if there is none."""
    try:
        folder = REGISTRY[platform]
    except KeyError:
        raise GovnetError(
            Message("there is no dialect for the platform “{platform}”", platform=platform),
            Message("write one of: {names}", names=", ".join(sorted(REGISTRY))),
        ) from None
    module = import_module(f"configs.dialects.{folder}")
    variants = cast("Mapping[str, Dialect]", getattr(module, "VARIANTS", {}))
    return variants.get(platform) or cast("Dialect", module.DIALECT)


def rule_sets(platform: str, tree: Tree) -> RuleSets | None:
    """A device's filters and policies, by its folder's `rule_sets.py`; None if it has none."""
    name = f"configs.dialects.{REGISTRY[platform]}.rule_sets"
    return cast("RuleSets", import_module(name).read(tree)) if find_spec(name) is not None else None


def forwarding(platform: str, tree: Tree, name: str = "") -> Forwarding | None:
    """What a device does with packets, by its folder's `forwarding.py`; None if it has none."""
    full = f"configs.dialects.{REGISTRY[platform]}.forwarding"
    if find_spec(full) is None:
        return None
    return cast("Forwarding", import_module(full).read(tree, platform=platform, name=name))
