"""Our models of Huawei VRP: VRP5 on an AR branch router, VRP8 on a NetEngine.

Made from the published AR command reference and configuration guides (V200R009/V200R010, NetEngine AR600 V300R021), the
NE8000 command reference (VRP8, V800R010), and transcripts in public teaching notes (the save and reboot dialogues, the
error texts with their caret, the brief tables, a system-view command being taken in a sub-view). Marked “unverified”
where no page was found.
"""

from lab.emulator.vrp.router import VrpDevice
from lab.emulator.vrp.v8 import Vrp8Device

__all__ = ["Vrp8Device", "VrpDevice"]
