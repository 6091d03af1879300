"""What the VRP family shares: user view and system view, `undo`, `quit` and `return`, ACLs that are numbered in steps.

VRP5, VRP8 and Comware are relatives; what one of them says differently is an attribute here, what only one has stands
in its own folder.
"""

from lab.emulator.undo.device import UndoDevice, addresses_of, after
from lab.emulator.undo.session import UndoSession, usable, yes

__all__ = ["UndoDevice", "UndoSession", "addresses_of", "after", "usable", "yes"]
