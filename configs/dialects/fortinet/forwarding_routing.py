"""OSPF and BGP of FortiOS. Source: FortiOS CLI reference, `config router ospf` and `config router bgp`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.addressing import address_of
from configs.forwarding.draft import BgpSketch, Draft, OspfSketch, dotted, network
from configs.forwarding.model import Redistribution
from configs.forwarding.phrases import Into, Leave, Phrases
from inventory.text import Message

if TYPE_CHECKING:
    from configs.forwarding.phrases import Outcome
    from configs.reading import Command

_NEGATION: Final = "unset"
OSPF: Final = Phrases(_NEGATION)
ENTRY: Final = Phrases(_NEGATION)
BGP: Final = Phrases(_NEGATION)
PEER: Final = Phrases(_NEGATION)
FEED: Final = Phrases(_NEGATION)
_NOT_TOLD: Final = Leave(Message("this form of the command is not in the model"), "routes")
_View = tuple[Draft, OspfSketch]
_Entry = tuple[Draft, OspfSketch, dict[str, str]]


def ospf(draft: Draft, command: Command) -> _View:
    """The one process."""
    return draft, draft.ospf.setdefault(("", 2), OspfSketch("", 2, command.line))


@OSPF("set router-id {}")
def _router_id(here: _View, _: Command, text: str) -> Outcome:
    here[1].put(router_id=dotted(text))
    return None


@OSPF("set default-information-originate {enable|always|disable}")
def _default(here: _View, _: Command, how: str) -> Outcome:
    here[1].put(default={"enable": "if-present", "always": "always"}.get(how, ""))
    return None


@OSPF("set passive-interface ...")
def _passive(here: _View, _: Command, *names: str) -> Outcome:
    here[1].put(passive=frozenset(name.strip('"') for name in names))
    return None


@OSPF("set auto-cost-ref-bandwidth {#}")
def _reference(here: _View, _: Command, value: str) -> Outcome:
    here[1].put(reference=int(value))
    return None


@OSPF("config area", "config network", "config ospf-interface", "config redistribute ...")
def _table(here: _View, command: Command, *words: str) -> Outcome:
    said = {"table": command.folded[1], "line": str(command.line)}
    if words:
        said["name"] = words[0].strip('"')
        _later(here, said)
    return Into(ENTRY, (*here, said))


@ENTRY("edit ...")
def _edit(here: _Entry, command: Command, *words: str) -> Outcome:
    said = {"table": here[2]["table"], "name": " ".join(words).strip('"'), "line": str(command.line)}
    _later(here[:2], said)
    return Into(ENTRY, (*here[:2], said))


@ENTRY("set {prefix|area|interface|network-type|cost|hello-interval|dead-interval|priority|status|type|metric} ...")
def _set(here: _Entry, _: Command, what: str, *words: str) -> Outcome:
    here[2][what] = " ".join(words).strip('"')
    return None


ENTRY.weak("end", "next", "set comments ...", "set mtu-ignore ...", "set bfd ...", "set shortcut default")
OSPF.weak("end", "config redistribute6 ...", "set log-neighbour-changes ...", "set bfd ...", "set restart-mode ...", "config ospf-interface6")


def _later(here: _View, said: dict[str, str]) -> None:
    draft, process = here
    draft.later.append(lambda: _finish(draft, process, said))


def _finish(draft: Draft, process: OspfSketch, said: dict[str, str]) -> None:
    """Put an entry of a table where it belongs."""
    line = int(said["line"])
    try:
        if said["table"] == "area":
            area = process.area(said["name"])
            if said.get("type", "regular") != "regular":
                area.put(kind=said["type"])
        elif said["table"] == "network":
            process.area(said.get("area", "0.0.0.0")).add("networks", network(*said["prefix"].split()))  # noqa: S104 - the backbone
        elif said["table"] == "redistribute" and said.get("status") == "enable":
            metric = int(said["metric"]) if "metric" in said else None
            process.add("redistributes", Redistribution(said["name"], metric=metric, line=line))
        elif said["table"] == "ospf-interface" and "interface" in said:
            port = draft.ports[said["interface"]].part("ospf")
            if "network-type" in said:
                port.put(network_type=said["network-type"].replace("non-broadcast", "nbma"))
            for word, name in (("cost", "cost"), ("hello-interval", "hello"), ("dead-interval", "dead"), ("priority", "priority")):
                if word in said:
                    port.put(**{name: int(said[word])})
    except (KeyError, ValueError):
        draft.ledger.leave(line, Message("its values could not be read"), "routes")


# ---- BGP

_Bgp = tuple[Draft, dict[str, str], int]


def bgp(draft: Draft, command: Command) -> _Bgp:
    """The speaker; its AS number stands below it."""
    return draft, {}, command.line


@BGP("set as {}")
def _asn(here: _Bgp, _: Command, asn: str) -> Outcome:
    _speaker(here).sketch.put(asn=int(asn.strip('"')))
    return None


def _speaker(here: _Bgp) -> BgpSketch:
    draft, _, line = here
    if draft.bgp is None:
        draft.bgp = BgpSketch(0, line)
        draft.bgp.defaults.update(communities=True, extended=True)
    return draft.bgp


@BGP("set router-id {}")
def _bgp_id(here: _Bgp, _: Command, text: str) -> Outcome:
    _speaker(here).sketch.put(router_id=dotted(text))
    return None


@BGP("config neighbor", "config network")
def _bgp_table(here: _Bgp, command: Command) -> Outcome:
    return Into(PEER if command.folded[1] == "neighbor" else FEED, (_speaker(here), {"peer": ""}))


_Peer = tuple[BgpSketch, dict[str, str]]


@PEER("edit {}")
def _peer(here: _Peer, command: Command, name: str) -> Outcome:
    name = name.strip('"')
    if address_of(name) is None:
        raise ValueError(name)
    here[0].said("", name).setdefault("line", command.line)
    return Into(PEER, (here[0], {"peer": name}))


@PEER("set remote-as {}")
def _remote(here: _Peer, _: Command, asn: str) -> Outcome:
    here[0].said("", here[1]["peer"])["asn"] = int(asn.strip('"'))
    return None


@PEER("set {ebgp-enforce-multihop|next-hop-self|route-reflector-client} enable")
def _flag(here: _Peer, _: Command, word: str) -> Outcome:
    name = here[1]["peer"]
    if word == "ebgp-enforce-multihop":
        here[0].said("", name)["multihop"] = 255
    else:
        here[0].family("ipv4").peer(name)["next_hop_self" if word == "next-hop-self" else "reflector_client"] = True
    return None


@PEER("set update-source {}")
def _source(here: _Peer, _: Command, name: str) -> Outcome:
    here[0].said("", here[1]["peer"])["source"] = name.strip('"')
    return None


PEER.weak("next", "end", "set description ...", "set soft-reconfiguration enable", "set advertisement-interval ...", "set bfd ...", "set holdtime-timer ...", "set keep-alive-timer ...")


@FEED("edit {#}")
def _feed(here: _Peer, _: Command, __: str) -> Outcome:
    return Into(FEED, here)


@FEED("set prefix {} {}", "set prefix {}")
def _prefix(here: _Peer, _: Command, *words: str) -> Outcome:
    here[0].family("ipv4").add("networks", network(*words))
    return None


FEED.weak("next", "end")


@BGP("config redistribute ...")
def _redistribute(here: _Bgp, command: Command, *words: str) -> Outcome:
    if any(one.folded[:3] == ("set", "status", "enable") for one in command.inside):
        source = words[0].strip('"')
        if source not in ("connected", "static", "ospf", "rip", "isis"):
            return _NOT_TOLD
        _speaker(here).family("ipv4").add("redistributes", Redistribution(source, line=command.line))
    return Into(STATUS, here)


STATUS: Final = Phrases(_NEGATION)


@STATUS("set status {enable|disable}")
def _status(_: _Bgp, __: Command, ___: str) -> Outcome:
    return None


STATUS.weak("end", "next")
BGP.weak("end", "set log-neighbour-changes ...", "set graceful-restart ...", "set keepalive-timer ...", "set holdtime-timer ...", "config redistribute6 ...")
