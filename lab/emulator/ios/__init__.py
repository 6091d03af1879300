"""Our model of classic Cisco IOS on a Catalyst 3560 (12.2) and on an ISR router (15).

Made from Cisco's published configuration guides and command references: modes and prompts, `%` texts with the caret,
hidden defaults, type 5 and 7 secrets, the questions of copy, write and reload, and the configuration rollback
confirmed change of “Configuration Replace and Configuration Rollback”. Marked “unverified” where no page was found.
"""

from lab.emulator.ios.router import IosDevice

__all__ = ["IosDevice"]
