"""What the roles in a row's pattern mean: the forms that stand in braces, their kinds, and what text they match."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from inventory.text import mark


class Shape(StrEnum):
    """What a place is made of, and so how it follows a mapping."""

    HOST = "host"
    INTERFACE = "interface"
    PREFIX = "prefix"
    RANGE = "range"
    ID = "id"
    TITLE = "title"
    RD = "rd"
    FIXED = "fixed"
    NAME = "name"
    TEXT = "text"


class Size(StrEnum):
    """How a prefix's size is written."""

    NONE = "none"  # not at all: one address
    MASK = "mask"  # 255.255.255.0
    LENGTH = "length"  # 24
    WILDCARD = "wildcard"  # 0.0.0.255, or 0: a 0 bit must match
    CLASSFUL = "classful"  # by the address's class (A /8, B /16, C /24)
    MUST = "must"  # 255.255.255.0 as a pattern: a 1 bit must match, any order


# kind → what it is, for people. `{host}` alone has the kind "host".
KINDS: Final = {
    "host": mark("an address"),
    "interface": mark("an interface's address"),
    "prefix": mark("a prefix"),
    "range": mark("a range of addresses"),
    "acl": mark("what a filter matches"),
    "aggregate": mark("a summary route"),
    "anycast": mark("an anycast address"),
    "arp": mark("a static neighbour"),
    "bgp-network": mark("a network that BGP announces"),
    "bfd": mark("an end of a BFD session"),
    "destination": mark("a destination"),
    "dhcp": mark("what DHCP gives out"),
    "dns": mark("a name server"),
    "gateway": mark("a gateway"),
    "group": mark("a multicast group"),
    "igp-network": mark("where a routing protocol runs"),
    "ipsec": mark("an IPsec selector"),
    "locator": mark("an SRv6 locator"),
    "logging": mark("a log server"),
    "lsr-id": mark("an LSR's address"),
    "management": mark("who may manage the device"),
    "nat-inside": mark("inside of a translation"),
    "nat-outside": mark("outside of a translation"),
    "nat-pool": mark("a pool of translated addresses"),
    "next-hop": mark("a next hop"),
    "ntp": mark("a time server"),
    "object": mark("an address object"),
    "peer": mark("a peer"),
    # an address and its companion on lines of their own
    "interface-apart": mark("an interface's address whose size stands on another line"),
    "prefix-apart": mark("a prefix whose size stands on another line"),
    "range-first": mark("the first address of a range over two lines"),
    "range-last": mark("the last address of a range over two lines"),
    "policy": mark("what a policy matches"),
    "pool": mark("an address pool"),
    "prefix-list": mark("what a prefix list matches"),
    "probe": mark("what a probe asks"),
    "relay": mark("a DHCP relay's server"),
    "rip-network": mark("where RIP runs"),
    "route": mark("a static route's destination"),
    "rp": mark("a rendezvous point"),
    "server": mark("a server"),
    "sid": mark("an SRv6 segment"),
    "snmp": mark("an SNMP manager"),
    "source": mark("a source"),
    "tunnel-source": mark("a tunnel's near end"),
    "tunnel-destination": mark("a tunnel's far end"),
    "url": mark("a host in a URL"),
    "virtual": mark("a virtual address"),
    # by policy
    "router-id": mark("a router id"),
    "cluster-id": mark("a route reflector cluster's id"),
    "isis-net": mark("an IS-IS network entity title"),
    "rd": mark("a route distinguisher or target"),
    "name": mark("a name"),
    "description": mark("a description"),
    "comment": mark("a comment"),
    # never an address
    "area": mark("a routing area's number"),
    "domain-id": mark("an OSPF domain's number"),
    "version": mark("a version"),
    "oid": mark("an object identifier"),
    "mask": mark("a mask"),
    "mask-apart": mark("a mask whose address stands on another line"),
    "wildcard": mark("a wildcard mask"),
    "as-number": mark("an AS number"),
    "mac": mark("a hardware address"),
    "esi": mark("an Ethernet segment's identifier"),
    "time": mark("a time"),
    "number": mark("a number"),
    "length": mark("a prefix's length"),
    "length-apart": mark("the length of a range's subnet"),
    "bound": mark("a bound of a prefix's length"),
    "rule-number": mark("a rule's number"),
    "encoded": mark("an address that is written as something else"),
    "named": mark("an address that has a name"),
    "inside-net": mark("the inside network of a translation between two of one size"),
    "outside-net": mark("the outside network of a translation between two of one size"),
    "secret": mark("a secret"),
    "file": mark("a file's name"),
    "opcode": mark("an SRv6 function"),
}

# form → shape, the kind where none is named, what it matches, and how it writes a size
SHAPES: Final = {
    "host": Shape.HOST,
    "hosts": Shape.HOST,
    "interface": Shape.INTERFACE,
    "prefix": Shape.PREFIX,
    "classful": Shape.PREFIX,
    "first": Shape.RANGE,
    "id": Shape.ID,
    "title": Shape.TITLE,
    "rd": Shape.RD,
    "fixed": Shape.FIXED,
    "name": Shape.NAME,
    "text": Shape.TEXT,
}
DEFAULT_KINDS: Final = {
    "classful": "rip-network",
    "hosts": "host",
    "first": "range",
    "id": "router-id",
    "title": "isis-net",
    "fixed": "number",
    "text": "description",
}
_MASK = r"(?:0|128|192|224|24[08]|25[245])\.(?:\d{1,3}\.){2}\d{1,3}"
_QUAD = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
_V6 = r"(?:[0-9A-Fa-f]{1,4})?:[0-9A-Fa-f:]*+(?:\d*\.\d+\.\d+\.\d+)?(?:%[A-Za-z][\w/.-]*)?"
_ADDRESS = rf"(?:{_QUAD}|{_V6})"
EXPRESSIONS: Final = {
    "host": _ADDRESS,
    "hosts": rf"{_ADDRESS}(?:[ ,\t]+{_ADDRESS})*+",
    "interface": _ADDRESS,
    "prefix": _ADDRESS,
    "classful": _QUAD,
    "first": _ADDRESS,
    "last": _ADDRESS,
    "mask": _MASK,
    # Where a host may stand too, which 192.0.0.1 is.
    "netmask": r"(?:0|255)\.(?:\d{1,3}\.){2}\d{1,3}",
    "len": r"\d{1,3}",
    "size": rf"(?:{_MASK}|\d{{1,3}})",
    "wild": rf"(?:{_QUAD}|0)",
    "either": _QUAD,
    "must": _QUAD,
    "ge": r"\d{1,3}",
    "le": r"\d{1,3}",
    "id": _ADDRESS,
    "title": r"[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)+",
    "rd": rf"{_QUAD}:(?:\d+|\*)",
    "fixed": r"\S*[^\s;]",
    "name": r"(?:\"(?:[^\"]*[^\"\s])?\"|'(?:[^']*[^'\s])?'|\S+)",
    "text": r"\S.*",
    "vrf": r"(?:\"[^\"]*\"|\S+)",
    "seq": r"\d+",
}
SIZES: Final = {
    "mask": Size.MASK,
    "netmask": Size.MASK,
    "len": Size.LENGTH,
    "size": Size.MASK,
    "wild": Size.WILDCARD,
    "either": Size.WILDCARD,
    "must": Size.MUST,
}
