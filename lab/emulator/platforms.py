"""Which platforms have an emulator: the one table of them. Reading it loads none of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from lab.emulator.device import Device

# platform → module and class
PLATFORMS = {
    "cisco_ios": ("lab.emulator.ios", "IosDevice"),
    "fortinet": ("lab.emulator.fortios", "FortiDevice"),
    "frr": ("lab.emulator.frr", "FrrDevice"),
    "hillstone_stoneos": ("lab.emulator.stoneos", "StoneDevice"),
    "hp_comware": ("lab.emulator.comware", "ComwareDevice"),
    "huawei": ("lab.emulator.vrp", "VrpDevice"),
    "huawei_vrpv8": ("lab.emulator.vrp", "Vrp8Device"),
    "ruijie_os": ("lab.emulator.ruijie", "RgosDevice"),
    "topsec_tos": ("lab.emulator.topsec", "TosDevice"),
}


def emulator(platform: str) -> type[Device]:
    """The emulator of a platform. KeyError if there is none."""
    module, name = PLATFORMS[platform]
    return cast("type[Device]", getattr(import_module(module), name))


def takes_texts(platform: str) -> bool:
    """Whether a platform's emulator can begin with any text of its language and show it as it was (`taking.take`)."""
    return platform in PLATFORMS and emulator(platform).lays_out
