"""Values and reasons that the phrases of several views share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.forwarding.draft import token
from configs.forwarding.model import Redistribution
from configs.forwarding.phrases import Leave
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

NEGATION: Final = "undo"
NOT_TOLD: Final = Leave(Message("this form of the command is not in the model"), "routes")
SEGMENTS: Final = Message("segment routing is not in the model")
TE: Final = Message("traffic engineering is not in the model")
MULTICAST: Final = Message("multicast is not in the model")
L2VPN: Final = Message("layer-2 VPNs are not in the model")
TIMERS: Final = Message("a timer: packets go the same way")
BFD: Final = Message("it finds a failure sooner; packets go the same way")
# How `import-route` calls the protocols, and how the model does.
SOURCES: Final = {
    "direct": "connected", "static": "static", "ospf": "ospf", "ospfv3": "ospf6", "bgp": "bgp", "bgp4+": "bgp",
    "rip": "rip", "ripng": "ripng", "isis": "isis", "isisv6": "isis", "unr": "unr",
}  # fmt: skip


def imported(line: int, source: str, rest: Sequence[str], metric: Sequence[str] = ("cost", "med")) -> Redistribution:
    """`import-route P [PROCESS] [cost N] [route-policy R]`; ValueError for any other word."""
    words = list(rest)
    process, cost, policy = "", None, ""
    if words and words[0].isdecimal() and source in ("ospf", "ospfv3", "isis", "isisv6", "rip", "ripng"):
        process = words.pop(0)
    while words:
        word = words.pop(0).lower()
        if word in metric and words:
            cost = int(words.pop(0))
        elif word == "route-policy" and words:
            policy = words.pop(0)
        elif word == "type" and words and words[0] == "2":
            words.pop(0)  # what both protocols take without a word
        else:
            raise ValueError(word)
    return Redistribution(SOURCES[source], process, cost, policy, line)


def secret(words: Sequence[str]) -> str:
    """The key behind `[simple | plain | cipher] KEY`: as it is, or a token for a ciphertext."""
    if len(words) == 2:
        form, key = words
        if form in ("plain", "simple"):
            return key
        if form == "cipher":
            return token(key) if _stored(key) else key
    if len(words) == 1:
        return token(words[0]) if _stored(words[0]) else words[0]
    raise ValueError(len(words))


def _stored(key: str) -> bool:
    """Whether a key stands as the device stores it ciphered, and not as somebody typed it behind `cipher`."""
    marks = ("%^%#", "%$%$", "%@%@", "%@%#", "@%@%", "%#%#", "%+%##", "$c$3$", "$1$", "$1a$", "$1b$")
    return key.startswith(marks) or (len(key) == 24 and key.endswith("!!")) or len(key) >= 32


def authentication(words: Sequence[str]) -> str:
    """`simple|md5|hmac-md5|hmac-sha256 [nonstandard] [NUMBER] [plain|cipher] KEY` as in `OspfPort.secret`."""
    kind, rest = words[0].lower(), list(words[1:])
    if kind == "simple":
        return f"simple:{secret(rest)}"
    if kind in ("md5", "hmac-md5", "hmac-sha256"):
        while rest and rest[0] in ("nonstandard", "usual"):
            rest.pop(0)
        number = rest.pop(0) if rest and rest[0].isdecimal() and len(rest) > 1 else "0"
        return f"{kind.removeprefix('hmac-')}:{number}:{secret(rest)}"
    raise ValueError(kind)
