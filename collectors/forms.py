"""The form of a page that a client asks for: Prometheus' text, or OpenMetrics for those who take nothing else.

OpenMetrics demands that a counter's samples end in `_total`; SNMP's counters (ifHCInOctets) do not, and their names
must stay what snmp_exporter calls them. In OpenMetrics they are therefore of unknown type, as Prometheus' own Go
library writes them, and whoever takes both forms gets the text form, which keeps the type.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collectors.http import Request

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
_HEAD = re.compile(rb"^# (HELP|TYPE) (\S+) (.*)$", re.MULTILINE)
_COUNTER = re.compile(rb"^# TYPE (\S+_total) counter$", re.MULTILINE)


def wants_openmetrics(request: Request) -> bool:
    """Whether the request's Accept header takes OpenMetrics and no text (RFC 9110 section 12.5.1)."""
    taken = set()
    for part in request.headers.get("accept", "").split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if not any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters):
            taken.add(kind)
    return "application/openmetrics-text" in taken and not taken & {"text/plain", "text/*", "*/*"}


def openmetrics(page: bytes) -> bytes:
    """A page of Prometheus' text as OpenMetrics 1.0."""
    named = set(_COUNTER.findall(page))

    def head(found: re.Match[bytes]) -> bytes:
        word, name, rest = found.groups()
        if word == b"HELP":
            rest = rest.replace(b'"', b'\\"')
        elif rest == b"counter" and name not in named:
            rest = b"unknown"
        return b"# %b %b %b" % (word, name.removesuffix(b"_total") if name in named else name, rest)

    return _HEAD.sub(head, page) + b"# EOF\n"
