"""Names in the address tables: VRFs, and owners that may be names or free text."""

from __future__ import annotations

import re
from typing import Final

from inventory.cells import Fault, refuse_full_width, title
from inventory.text import Message

DEFAULT_VRF: Final = "default"  # the network itself, not one that it carries
_VRF: Final = re.compile(r"[^\W_](?:[\w./-]{0,62})").fullmatch


def vrf_name(text: str) -> str:
    """A VRF's name: letters (Chinese ones too), digits, `_`, `.`, `/` and `-`, at most 63."""
    if _VRF(text):
        if not text.isascii():
            refuse_full_width(text, "-")
        return text
    refuse_full_width(text, "-")
    raise Fault(
        "bad-name",
        Message("“{text}” is not the name of a VRF", text=text),
        Message("write letters, digits, - _ . and /, at most 63, without spaces"),
    )


def name_or_text(text: str) -> str:
    """The name of something in the inventory or the plan, or what people call it: text on one line."""
    return title(text)
