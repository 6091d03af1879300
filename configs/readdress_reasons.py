"""Why a token stays, or goes to a person: stable codes and what they say."""

from __future__ import annotations

from typing import Final

from inventory.text import mark

KEPT: Final = {
    "outside-mapping": mark("it is outside the mapping"),
    "unchanged": mark("the mapping leaves it where it is"),
    "size-unchanged": mark("its prefix has the same size as before"),
    "still-covers": mark("the new places lie in it too"),
    "default-route": mark("it means every address"),
    "unspecified": mark("it means no address or any"),
    "loopback-space": mark("it is the host itself (loopback space)"),
    "multicast": mark("it is a multicast group"),
    "link-local": mark("it holds on its link only"),
    "broadcast": mark("it is the limited broadcast"),
    "reserved-space": mark("it lies in reserved space"),
    "mask": mark("it is a mask"),
    "mask-apart": mark("it is a mask, and its address on another line keeps its size"),
    "wildcard": mark("it is a wildcard mask"),
    "not-an-address": mark("it is no valid address"),
    "policy-router-id": mark("router ids stay, by policy"),
    "policy-isis-net": mark("IS-IS titles stay, by policy"),
    "policy-rd-rt": mark("RDs and RTs stay, by policy"),
    "policy-names": mark("names stay, by policy"),
    "policy-descriptions": mark("descriptions stay, by policy"),
    "comment": mark("it is a comment"),
    "secret": mark("it is part of a secret"),
    "area": mark("it is a routing area's number"),
    "domain-id": mark("it is an OSPF domain's number"),
    "version": mark("it is a version"),
    "oid": mark("it is an object identifier"),
    "as-number": mark("it is an AS number"),
    "mac": mark("it is a hardware address"),
    "esi": mark("it is an Ethernet segment's identifier"),
    "time": mark("it is a time"),
    "number": mark("it is a number"),
    "file": mark("it is a file's name"),
    "opcode": mark("it is a function inside its locator"),
}
REVIEW: Final = {
    "unknown-command": mark("it is in the mapping, but nobody has written down what it means in this command"),
    "no-place": mark("it has no place in the plan"),
    "ambiguous-vrf": mark("it goes to different places in different VRFs, and this command does not say which"),
    "scattered": mark("it goes to too many places"),
    "several-places": mark("it goes to several places, and this command cannot be repeated"),
    "no-room": mark("it becomes several rules, and there is no room between the rule numbers"),
    "partly-mapped": mark("only a part of its subnet is in the mapping"),
    "holes": mark("its mask has holes, and its new places do not fit such a mask"),
    "mask-for-wildcard": mark("the wildcard mask matches every address; was a mask meant?"),
    "reversed": mark("the range ends before it begins"),
    "leading-zeros": mark("it has leading zeros: octal or decimal?"),
    "admits-others": mark("its new form would admit others' space"),
    "lengths": mark("its new lengths do not fit the bounds of the prefix list"),
    "apart": mark("it and its companion on another line (a range's end, a mask) would no longer fit together"),
    "name-taken": mark("the new name is taken by something else"),
}
