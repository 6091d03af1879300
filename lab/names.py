"""Interface names that Linux accepts, made from whatever a vendor calls them.

Linux allows 15 characters, no slash and no space (dev_valid_name() in net/core/dev.c), and `ip` reads a bare word that
is the beginning of one of its own keywords as that keyword (`l`, `a`, `up`).
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 15  # IFNAMSIZ less the final zero

# What a name's leading word becomes. Longer words first: `tengigabitethernet` also ends in `ethernet`.
_SHORT = (
    ("hundredgigabitethernet", "ce"),
    ("fortygigabitethernet", "fge"),
    ("tengigabitethernet", "xe"),
    ("ten-gigabitethernet", "xe"),
    ("xgigabitethernet", "xe"),
    ("gigabitethernet", "ge"),
    ("fastethernet", "fe"),
    ("bridge-aggregation", "agg"),
    ("route-aggregation", "agg"),
    ("port-channel", "agg"),
    ("eth-trunk", "agg"),
    ("vlan-interface", "vlan"),
    ("vlanif", "vlan"),
    ("ethernet", "eth"),
    ("loopback", "lb"),
    ("tunnel", "tun"),
)
# Words of ip-link(8), ip-address(8), ip-route(8) and of nft(8) that a name must not begin, and names the kernel owns.
_KEYWORDS = (
    *(
        "address",
        "all",
        "alias",
        "broadcast",
        "brd",
        "change",
        "default",
        "dev",
        "down",
        "group",
        "index",
        "link",
        "lo",
    ),
    *("local", "master", "metric", "mtu", "name", "netns", "nexthop", "onlink", "peer", "permanent", "proto", "qlen"),
    *("scope", "src", "state", "table", "txqueuelen", "type", "up", "via", "vf", "vlan", "vrf", "xdp"),
)
_VALID = re.compile(r"[a-z][a-z0-9._-]*")


def linux_names(names: Iterable[str]) -> dict[str, str]:
    """A valid Linux interface name for each of one device's interface names; no two are the same.

    A name that is valid stays as it is; the result does not depend on the order of `names`.
    """
    wanted = sorted(set(names))
    kept = {name for name in wanted if _is_valid(name)}
    result = {name: name for name in kept}
    taken = set(kept)
    for name in wanted:
        if name in kept:
            continue
        short = _shorten(name)
        if not _is_valid(short) or short in taken:
            short = _with_digest(short, name)
        result[name] = short
        taken.add(short)
    return result


def _is_valid(name: str) -> bool:
    return (
        len(name) <= LONGEST
        and _VALID.fullmatch(name) is not None
        and not any(word.startswith(name) for word in _KEYWORDS)
    )


def _shorten(name: str) -> str:
    text = name.strip().lower()
    for long, short in _SHORT:
        if text.startswith(long):
            text = short + text[len(long) :]
            break
    return re.sub(r"[^a-z0-9._-]+", "-", text).strip("-")


def _with_digest(short: str, name: str) -> str:
    """A name that carries six hexadecimal digits of the original's SHA-256, so that it stays apart and stable."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    head = re.sub(r"^[^a-z]+", "", short)[: LONGEST - 7].rstrip("-.") or "if"
    return f"{head}-{digest}"
