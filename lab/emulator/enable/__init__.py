"""What relatives of IOS share: `enable` and `configure terminal`, `no`, `exit` and `end`, `line vty`, access lists.

IOS and RGOS are relatives; what one of them says differently is an attribute or a method here, what only one has stands
in its own folder, with a command table of its own.
"""

from lab.emulator.enable.device import EnableDevice, addresses_of
from lab.emulator.enable.session import EnableSession, confirmed

__all__ = ["EnableDevice", "EnableSession", "addresses_of", "confirmed"]
