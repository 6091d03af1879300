"""Route distinguishers and targets as texts (RFC 4364 section 4.2), and the templates that give them."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\{(asn|vrf_number)\}")
_MOST_DIGITS = 10  # of a number of 32 bits; Python refuses to read very long ones


def filled(template: str, asn: int, number: int) -> str:
    """The template with the AS number for `{asn}` and the VRF's number for `{vrf_number}`; all else stays as it is."""
    values = {"asn": str(asn), "vrf_number": str(number)}
    return _TOKEN.sub(lambda match: values[match[1]], template)


def is_target(text: str) -> bool:
    """Whether a text is a route distinguisher or target: AS:number or address:number (RFC 4364 section 4.2)."""
    left, colon, right = text.rpartition(":")
    number = _number(right)
    if not colon or number is None:
        return False
    if left.count(".") == 3:
        parts = [_number(part) for part in left.split(".")]
        return all(part is not None and part < 256 for part in parts) and number < 1 << 16
    asn = _number(left)
    if asn is None:
        return False
    return (asn < 1 << 16 and number < 1 << 32) or (asn < 1 << 32 and number < 1 << 16)


def _number(text: str) -> int | None:
    """The number that ASCII digits write; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
