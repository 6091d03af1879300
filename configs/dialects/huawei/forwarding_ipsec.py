"""IPsec of USG and AR: IKE proposals and peers, IPsec proposals and policies that name an access list.

Huawei "USG6000 Command Reference", IPSec: `ike proposal N`, `ike peer NAME`, `ipsec proposal NAME`, `ipsec policy NAME SEQ
isakmp`. Defaults of a proposal that says nothing: AES-256, SHA2-256, group 14 (USG6000 V500; unverified for others).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Any, Final

from configs.forwarding import proposals
from configs.forwarding.draft import address
from configs.forwarding.model import Ipsec
from configs.forwarding.phrases import Into, Leave, Phrases
from configs.forwarding.undo_family.common import NEGATION, TIMERS, secret
from configs.intervals import BITS
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.draft import Draft
    from configs.forwarding.phrases import Outcome
    from configs.intervals import AddressSet
    from configs.reading import Command

SYSTEM: Final = Phrases(NEGATION)
IKE: Final = Phrases(NEGATION)
PEER: Final = Phrases(NEGATION)
ESP: Final = Phrases(NEGATION)
POLICY: Final = Phrases(NEGATION)
_NOT_TOLD: Final = Leave(Message("this form of the command is not in the model"), "tunnels")


@dataclass
class Part:
    """A view's values by name."""

    line: int
    said: dict[str, Any] = field(default_factory=dict)


def _part(draft: Draft, kind: str, name: str, line: int) -> Part:
    held = draft.store.setdefault(f"ipsec {kind}", {})
    found = held.setdefault(name, Part(line))
    if not isinstance(found, Part):
        raise TypeError(name)
    return found


@SYSTEM("ike proposal {}", "ike proposal default")
def _ike(draft: Draft, command: Command, name: str = "default") -> Outcome:
    return Into(IKE, _part(draft, "ike", name, command.line))


@IKE("encryption-algorithm {} ...")
def _cipher(part: Part, _: Command, *names: str) -> Outcome:
    if len(names) == 2 and names[1].isdecimal():  # `aes-cbc 256`
        names = (f"{names[0]}-{names[1]}",)
    part.said["ciphers"] = [proposals.cipher(name) for name in names]
    return None


@IKE("dh {} ...")
def _group(part: Part, _: Command, *names: str) -> Outcome:
    part.said["groups"] = [proposals.group(name) for name in names]
    return None


@IKE("authentication-algorithm {} ...", "integrity-algorithm {} ...")
def _hash(part: Part, _: Command, *names: str) -> Outcome:
    part.said["hashes"] = [proposals.digest(name) for name in names]
    return None


@IKE("authentication-method pre-share")
def _shared(_: Part, __: Command) -> Outcome:
    return None


IKE.weak("prf ...", "sa duration ...", "description ...", why=TIMERS)


@SYSTEM("ike peer {}", "ike peer {} {v1|v2}")
def _peer(draft: Draft, command: Command, name: str, version: str = "") -> Outcome:
    part = _part(draft, "peer", name, command.line)
    if version:
        part.said["version"] = int(version[1])
    return Into(PEER, part)


@PEER("pre-shared-key {}", "pre-shared-key {simple|cipher} {}")
def _key(part: Part, _: Command, *words: str) -> Outcome:
    part.said["secret"] = secret(words)
    return None


@PEER("ike-proposal {}")
def _chosen(part: Part, _: Command, name: str) -> Outcome:
    part.said["ike"] = name
    return None


@PEER("remote-address {}")
def _remote(part: Part, _: Command, text: str) -> Outcome:
    part.said["remote"] = address(text)
    return None


@PEER("version {1|2}")
def _version(part: Part, _: Command, version: str) -> Outcome:
    part.said["version"] = int(version)
    return None


@PEER("undo version {1|2}")
def _without(part: Part, _: Command, version: str) -> Outcome:
    part.said["version"] = 2 if version == "1" else 1
    return None


PEER.weak("description ...", "dpd ...", "undo dpd ...", "nat traversal", "exchange-mode main", "local-id-type ip", "remote-id-type ip", why=TIMERS)


@SYSTEM("ipsec proposal {}")
def _esp(draft: Draft, command: Command, name: str) -> Outcome:
    return Into(ESP, _part(draft, "esp", name, command.line))


@ESP("esp encryption-algorithm {} ...")
def _esp_cipher(part: Part, _: Command, *names: str) -> Outcome:
    if len(names) == 2 and names[1].isdecimal():
        names = (f"{names[0]}-{names[1]}",)
    part.said["ciphers"] = [proposals.cipher(name) for name in names]
    return None


@ESP("esp authentication-algorithm {} ...")
def _esp_hash(part: Part, _: Command, *names: str) -> Outcome:
    part.said["hashes"] = [proposals.digest(name) for name in names]
    return None


@ESP("transform esp", "encapsulation-mode tunnel")
def _usual(_: Part, __: Command) -> Outcome:
    return None


@SYSTEM("ipsec policy {} {#} isakmp", "ipsec policy {} {#} isakmp ...")
def _policy(draft: Draft, command: Command, name: str, number: str, *rest: str) -> Outcome:
    if rest:
        return _NOT_TOLD
    part = _part(draft, "policy", f"{name} {number}", command.line)
    part.said["name"] = name
    return Into(POLICY, part)


@POLICY("security acl {}", "ike-peer {}", "proposal {}", "tunnel local {}")
def _names(part: Part, command: Command, name: str) -> Outcome:
    if command.folded[0] == "tunnel":
        part.said["local"] = address(name)
    else:
        part.said[command.folded[0]] = name
    return None


@POLICY("pfs {}", "pfs dh-{}")
def _pfs(part: Part, _: Command, name: str) -> Outcome:
    part.said["pfs"] = proposals.group(name.lower().removeprefix("dh-"))
    return None


POLICY.weak("description ...", "sa duration ...", "sa trigger-mode ...", "route inject ...", "respond-only enable", "alias ...", why=TIMERS)
SYSTEM.weak("ike dpd ...", "ike keepalive-timer ...", "ipsec sa global-duration ...", "ike nat-keepalive-timer ...", why=TIMERS)


def settle(draft: Draft) -> None:
    """Put the tunnels of ports together; a policy that lacks a part is left."""
    ports = {port.get("ipsec"): port.name for port in draft.ports.values() if port.get("ipsec")}
    for part in draft.store.get("ipsec policy", {}).values():
        if not isinstance(part, Part):
            continue
        peer = draft.store.get("ipsec peer", {}).get(part.said.get("ike-peer", ""))
        esp = draft.store.get("ipsec esp", {}).get(part.said.get("proposal", ""))
        selectors = _selectors(draft, part.said.get("security", ""))
        if not isinstance(peer, Part) or not isinstance(esp, Part) or "remote" not in peer.said or not selectors:
            draft.ledger.leave(part.line, Message("the tunnel lacks a part that the model needs"), "tunnels")
            continue
        ike = draft.store.get("ipsec ike", {}).get(peer.said.get("ike", ""), Part(0))
        if not isinstance(ike, Part):
            continue
        draft.ipsec.append(
            Ipsec(
                name=part.said["name"], remote=peer.said["remote"], local=part.said.get("local"),
                port=ports.get(part.said["name"], ""), secret=peer.said.get("secret", ""),
                ike=_joined(ike, ike.said.get("groups", ["modp2048"])),
                esp=_joined(esp, [part.said["pfs"]] if "pfs" in part.said else [""]),
                version=peer.said.get("version", 0), selectors=selectors, line=part.line,
            )
        )  # fmt: skip
    for port in draft.ports.values():
        if port.get("ipsec") and all(one.name != port.get("ipsec") for one in draft.ipsec):
            draft.ledger.leave(port.lines["ipsec"], Message("the tunnel lacks a part that the model needs"), "tunnels")


def _joined(part: Part, groups: list[str]) -> str:
    """All combinations, separated by commas."""
    return ",".join(
        proposals.proposal(cipher, digest, group)
        for cipher in part.said.get("ciphers", ["aes256"])
        for digest in part.said.get("hashes", ["sha256"])
        for group in groups
    )


def _selectors(draft: Draft, name: str) -> tuple[Any, ...]:
    """The pairs of networks that a list permits; () if a rule asks for more than addresses."""
    found: list[Any] = []
    for one in draft.rules.sets if draft.rules is not None else ():
        if one.name != name:
            continue
        for rule in one.rules:
            if rule.action != "permit" or rule.conditions:
                return ()
            for version in (4, 6):
                ours, theirs = (_networks(side, version) for side in (rule.source, rule.destination))
                found += [(one, other) for one in ours for other in theirs]
    return tuple(found)


def _networks(side: AddressSet, version: int) -> list[Any]:
    """A set as networks; `any` stands for IPv4 alone, as the list is one of IPv4."""
    if version == 6 and side.v4:
        return []
    kind = IPv4Network if version == 4 else IPv6Network
    return [kind(block) for block in side.family(version).blocks(BITS[version])]
