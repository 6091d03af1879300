"""The structural difference between a running and an intended configuration, and the commands that close it.

The intended text is merged: lines it has and the running one lacks are added; a running line with the same purpose and
another value is replaced; views that the intended text owns whole (access lists) are made equal; everything else in
running stays. What has the same purpose, and how a line is taken back, is a dialect's table (`Language`).

Order: what is new comes first, in the intended order; what goes comes after it; what holds the session we came in
by comes last. A command that changes the address we arrived at ends the part before `reconnect`; what would cut the
path before that address is there (an old default route) follows it and is sent after a new login. A port that is bound
to another VRF loses its addresses: they are entered again right behind the binding (`binding`).
"""

from configs.change.compare import content, edits
from configs.change.computation import compute
from configs.change.language import NEVER, Floating, Kind, Language, Paths, Slot, slot
from configs.change.model import Change, Edit
from configs.change.unique import statement

__all__ = [
    "NEVER",
    "Change",
    "Edit",
    "Floating",
    "Kind",
    "Language",
    "Paths",
    "Slot",
    "compute",
    "content",
    "edits",
    "slot",
    "statement",
]
