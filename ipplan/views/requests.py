"""Requests to other departments: a row for each firewall or NAT rule that somebody must change, and for whom.

The order is RFC 4192's: the new address in the rule beside the old one before anything moves, the old one out when
nothing uses it any more. Which dates that means, whom to call and what is done are for people to fill in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from inventory.text import mark, tr
from ipplan.views import old_new
from ipplan.views.address_book import OWN_PLAN
from ipplan.views.csv_areas import table
from ipplan.views.material import File
from ipplan.views.request_rules import requests
from ipplan.views.sheets import Book, Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipplan.views.material import Material
    from ipplan.views.request_rules import Pair, Request

_SHOWN = 6  # addresses written into a request's own row; more are on the sheet of addresses
# The ports that IANA has registered for the names that zones.yaml knows.
_PORTS = {
    "ssh": "TCP 22",
    "smtp": "TCP 25",
    "dns": "TCP/UDP 53",
    "http": "TCP 80",
    "ntp": "UDP 123",
    "snmp": "UDP 161",
    "https": "TCP 443",
    "syslog": "UDP 514",
    "icmp": "ICMP",
}
_HEADING = mark("Change requests for firewalls and NAT")
_SHEET = mark("Requests")
_UNITS = mark("Units")
_ADDRESSES = mark("Lists of addresses")
_WHAT = mark(
    "Each row of “Requests” is one rule that somebody is asked to change; the sheet “Units” says who gets which "
    "numbers, the sheet “Lists of addresses” has every old and new address of a list. First add the new addresses "
    "beside the old ones, before the first wave reaches its stage “verify”; take the old ones out after the stage "
    "“remove” of the last wave. Dates and contacts are for you to fill in."
)


def services(request: Request) -> str:
    """The services of a rule with their ports: `https (TCP 443)`; `tcp/8443` is `TCP 8443`; any is any."""
    shown = []
    for name in request.rule.services:
        protocol, slash, ports = name.partition("/")
        if slash:
            shown.append(f"{protocol.upper()} {ports}")
        elif name == "any":
            shown.append(tr(mark("any")))
        else:
            ports = _PORTS.get(name, "")
            shown.append(f"{name} ({ports})" if ports and ports.lower() != name else name)
    return ", ".join(shown)


def _direction(request: Request) -> str:
    rule = request.rule
    return f"{rule.from_zone} → {rule.to_zone}" if rule.from_zone else ""


def _who(request: Request) -> str:
    if len(request.units) <= 2:
        return ", ".join(request.units)
    return tr(mark("{count} units: see the sheet “Units”"), count=len(request.units))


def _addresses(request: Request, *, old: bool) -> str:
    if len(request.pairs) <= _SHOWN:
        return "\n".join(pair.shown(old=old) or "—" for pair in request.pairs)
    return tr(mark("list {list}: {count} addresses"), list=request.list, count=len(request.pairs))


def _waves(request: Request) -> str | None:
    if request.waves is None:
        return None
    first, last = request.waves
    return str(first) if first == last else f"{first}–{last}"


REQUESTS: tuple[Column, ...] = (
    Column(mark("No."), 5, "number", lambda request: request.number),
    Column(mark("Who acts"), 18, "long", _who),
    Column(mark("Kind"), 11, "text", lambda request: tr(request.rule.kind)),
    Column(mark("What to do"), 30, "long", lambda request: tr(request.rule.what)),
    Column(mark("Rule"), 16, "long", lambda request: request.rule.flow),
    Column(mark("From zone → to zone"), 16, "long", _direction),
    Column(mark("Services and ports"), 16, "long", services),
    Column(mark("Old addresses"), 20, "long", lambda request: _addresses(request, old=True)),
    Column(mark("New addresses"), 20, "long", lambda request: _addresses(request, old=False)),
    Column(mark("Waves"), 7, "text", _waves),
    Column(mark("New ones in by (date)"), 9, "text", lambda _: None),
    Column(mark("Old ones out by (date)"), 9, "text", lambda _: None),
)
UNITS: tuple[Column, ...] = (
    Column(mark("Who acts"), 40, "text", lambda row: row[0]),
    Column(mark("Requests (No.)"), 20, "text", lambda row: ", ".join(map(str, row[1]))),
    Column(mark("Contact"), 20, "text", lambda _: None),
    Column(mark("Sent on"), 14, "text", lambda _: None),
    Column(mark("New ones in on"), 16, "text", lambda _: None),
    Column(mark("Old ones out on"), 16, "text", lambda _: None),
)
ADDRESSES: tuple[Column, ...] = (
    Column(mark("List"), 6, "text", lambda row: row[0]),
    Column(mark("Old address"), 20, "text", lambda row: row[1].shown(old=True)),
    Column(mark("New address"), 20, "text", lambda row: row[1].shown(old=False) or None),
    Column(mark("VRF"), 16, "text", lambda row: old_new.vrf_text(row[1].entry.vrf)),
    Column(mark("Whose address"), 30, "text", lambda row: row[1].subject),
    Column(mark("Unit"), 26, "text", lambda row: row[1].unit),
    Column(mark("Wave"), 8, "number", lambda row: row[1].wave),
    Column(mark("Requests (No.)"), 16, "text", lambda row: row[2]),
)


def _listed(found: list[Request]) -> Iterator[tuple[str, Pair, str]]:
    """Each list's addresses once, with the requests that it belongs to."""
    numbers: dict[str, list[int]] = {}
    for request in found:
        numbers.setdefault(request.list, []).append(request.number)
    seen: set[str] = set()
    for request in found:
        if request.list not in seen:
            seen.add(request.list)
            named = ", ".join(map(str, numbers[request.list]))
            yield from ((request.list, pair, named) for pair in request.pairs)


def _on_one_line(column: Column) -> Column:
    """A column whose lines stand side by side: many programs that read CSV expect a row on one line."""

    def value(row: Any) -> Any:
        found = column.value(row)
        return found.replace("\n", "; ") if isinstance(found, str) else found

    return replace(column, value=value)


def files(material: Material) -> Iterator[File]:
    """`requests/requests.xlsx`, and its tables as `requests.csv`, `units.csv` and `addresses.csv`."""
    found = requests(material)
    units: dict[str, list[int]] = {}
    for request in found:
        for unit in request.units:
            units.setdefault(unit, []).append(request.number)
    addresses = list(_listed(found))
    made = Book(f"{material.title} {tr(_HEADING)}")
    contents = [
        (tr(_SHEET), tr(mark("{count} rules to change, one a row"), count=len(found))),
        (tr(_UNITS), tr(mark("{count} units, with the numbers of their requests"), count=len(units))),
        (tr(_ADDRESSES), tr(mark("every old and new address, by list"))),
    ]
    made.cover(material.title, tr(_HEADING), [tr(_WHAT), tr(OWN_PLAN)], contents, material.version)
    made.table(tr(_SHEET), REQUESTS, found)
    made.table(tr(_UNITS), UNITS, units.items())
    made.table(tr(_ADDRESSES), ADDRESSES, addresses)
    yield File("requests/requests.xlsx", made.data())
    yield File("requests/requests.csv", table([_on_one_line(column) for column in REQUESTS], found))
    yield File("requests/units.csv", table(UNITS, units.items()))
    yield File("requests/addresses.csv", table(ADDRESSES, addresses))
