"""What a Linux gateway's files make the host do with packets: addresses, static routes, IPsec connections.

Sources: ip-address(8), ip-route(8), ip-link(8) for the batch files; swanctl.conf(5) of strongSwan 5.9. What the packet
filter says is not in the model: those lines are left (`filters`). A lab runs the host's own files, so nothing of it
depends on this reading but who is cabled to whom and which addresses a port has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_interface, ip_network
from typing import TYPE_CHECKING, Final

from configs.forwarding.model import Forwarding, Ipsec, Left, Port, PortKind, Static
from configs.forwarding.phrases import NO_EFFECT, UNKNOWN, UNREADABLE
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.forwarding.model import Network
    from configs.tree import Node, Tree
    from inventory.model import Interface

ADDRESSES: Final = "### /etc/network/addresses"
ROUTES: Final = "### /etc/network/routes"
FILTER: Final = "### /etc/nftables.conf"
TUNNELS: Final = "### /etc/swanctl/swanctl.conf"
# Files that say nothing of packets that pass through.
_WEAK: Final = (
    "### /etc/hostname", "### /etc/hosts", "### /etc/sysctl.d/", "### /etc/issue", "### /etc/ssh/", "### /etc/snmp/",
    "### /etc/chrony/", "### /etc/rsyslog",
)  # fmt: skip
_FILTERED: Final = Message("what the packet filter says is not in the model")
_TIMERS: Final = frozenset({
    "dpd_delay", "dpd_timeout", "mobike", "keyingtries", "rekey_time", "reauth_time", "unique", "encap", "over_time",
    "auth", "id", "start_action", "close_action", "dpd_action", "life_time", "mode", "if_id_in", "if_id_out",
})  # fmt: skip


@dataclass
class _Draft:
    """What has been read so far; each command's line is put down in exactly one of the two."""

    addresses: dict[str, list[Interface]] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    up: set[str] = field(default_factory=set)
    statics: list[Static] = field(default_factory=list)
    ipsec: list[Ipsec] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    lines: set[int] = field(default_factory=set)
    left: list[Left] = field(default_factory=list)

    def leave(self, node: Node, why: Message = UNKNOWN, touches: str = "other", *, weak: bool = False) -> None:
        self.left.append(Left(node.line, why, touches, weak=weak))

    def leave_all(self, node: Node, why: Message, touches: str, *, weak: bool = False) -> None:
        for _, one in node.walk():
            self.leave(one, why, touches, weak=weak)


def read(tree: Tree, platform: str = "linux", name: str = "") -> Forwarding:
    """The host that the files describe."""
    draft = _Draft()
    hostname = ""
    for node in tree.children:
        if node.text in (ADDRESSES, ROUTES):
            draft.lines.add(node.line)
            for child in node.children:
                (_address if node.text == ADDRESSES else _route)(draft, child)
        elif node.text == TUNNELS:
            draft.lines.add(node.line)
            _tunnels(draft, node)
        elif node.text == FILTER:
            draft.leave_all(node, _FILTERED, "filters")
        elif node.text.startswith(_WEAK):
            if node.text == "### /etc/hostname" and node.children:
                hostname = node.children[0].text
            draft.leave_all(node, NO_EFFECT.reason, "other", weak=True)
        else:
            draft.leave_all(node, UNKNOWN, "other")
    ports = {
        one: Port(
            one,
            PortKind.LOOPBACK if one == "lo" else PortKind.PHYSICAL,
            line,
            tuple(draft.addresses.get(one, ())),
            up=one in draft.up or one == "lo",
        )
        for one, line in draft.ports.items()
    }
    return Forwarding(
        name=name or hostname,
        platform=platform,
        ports=ports,
        statics=tuple(draft.statics),
        ipsec=tuple(draft.ipsec),
        left=tuple(draft.left),
        lines=frozenset(draft.lines),
    )


def _address(draft: _Draft, node: Node) -> None:
    """`address replace A/M dev X` and `link set dev X up`."""
    words = node.text.split()
    try:
        if words[:2] == ["address", "replace"] and words[3] == "dev" and len(words) == 5 and not node.children:
            draft.addresses.setdefault(words[4], []).append(ip_interface(words[2]))
            draft.ports.setdefault(words[4], node.line)
        elif words[:3] == ["link", "set", "dev"] and words[4:] == ["up"] and not node.children:
            draft.up.add(words[3])
            draft.ports.setdefault(words[3], node.line)
        else:
            draft.leave_all(node, UNKNOWN, "routes")
            return
    except (ValueError, LookupError):
        draft.leave_all(node, UNREADABLE, "routes")
        return
    draft.lines.add(node.line)


def _route(draft: _Draft, node: Node) -> None:
    """`route replace N via G [dev X]`, `route replace N dev X`."""
    words = node.text.split()
    said = dict(zip(words[3::2], words[4::2], strict=False))
    try:
        if words[:2] != ["route", "replace"] or set(said) - {"via", "dev"} or len(words) % 2 == 0 or node.children:
            draft.leave_all(node, UNKNOWN, "routes")
            return
        network = ip_network("0.0.0.0/0" if words[2] == "default" else words[2])
        via = ip_address(said["via"]) if "via" in said else None
        if via is None and "dev" not in said:
            draft.leave(node, UNKNOWN, "routes")
            return
    except (ValueError, LookupError):
        draft.leave_all(node, UNREADABLE, "routes")
        return
    draft.statics.append(Static(network, via, said.get("dev", ""), line=node.line))
    draft.lines.add(node.line)


# ---- strongSwan


def _tunnels(draft: _Draft, top: Node) -> None:
    """The secrets first: connections name their partners."""
    for node in top.children:
        if node.text == "secrets":
            draft.lines.add(node.line)
            for one in node.children:
                _secret(draft, one)
    for node in top.children:
        if node.text == "connections":
            draft.lines.add(node.line)
            for one in node.children:
                _connection(draft, one)
        elif node.text != "secrets":
            draft.leave_all(node, UNKNOWN, "tunnels")


def _settings(draft: _Draft, node: Node, known: tuple[str, ...]) -> dict[str, str]:
    """The values of a block's own lines; what is not known is left."""
    found: dict[str, str] = {}
    for child in node.children:
        key, is_setting, value = (part.strip() for part in child.text.partition("="))
        if child.children or not is_setting:
            continue
        if key in known or key in _TIMERS or key.startswith("id"):
            found[key] = value.strip('"')
            draft.lines.add(child.line)
        else:
            draft.leave(child, UNKNOWN, "tunnels")
    return found


def _secret(draft: _Draft, node: Node) -> None:
    if not node.text.startswith("ike"):
        draft.leave_all(node, UNKNOWN, "tunnels")
        return
    draft.lines.add(node.line)
    said = _settings(draft, node, ("secret",))
    _others(draft, node)
    for key, value in said.items():
        if key.startswith("id"):
            draft.secrets[value] = said.get("secret", "")


def _others(draft: _Draft, node: Node, *known: str) -> Iterator[Node] | None:
    """Leave the blocks, and what is no setting, that nobody asks for."""
    for child in node.children:
        if (child.children or "=" not in child.text) and child.text not in known:
            draft.leave_all(child, UNKNOWN, "tunnels")
    return None


def _connection(draft: _Draft, node: Node) -> None:
    draft.lines.add(node.line)
    said = _settings(draft, node, ("version", "local_addrs", "remote_addrs", "proposals"))
    _others(draft, node, "local", "remote", "children")
    ids = {"remote": said.get("remote_addrs", "")}
    for child in node.children:
        if child.text in ("local", "remote") and child.line not in draft.lines:
            draft.lines.add(child.line)
            ids[child.text] = _settings(draft, child, ()).get("id", ids.get(child.text, ""))
            _others(draft, child)
        elif child.text == "children" and child.line not in draft.lines:
            draft.lines.add(child.line)
            for one in child.children:
                _child(draft, node, one, said, ids["remote"])


def _child(draft: _Draft, connection: Node, node: Node, said: dict[str, str], partner: str) -> None:
    inner = _settings(draft, node, ("local_ts", "remote_ts", "esp_proposals"))
    _others(draft, node)
    try:
        selectors = tuple(
            (ours, theirs)
            for ours in _networks(inner.get("local_ts", ""))
            for theirs in _networks(inner.get("remote_ts", ""))
        )
        local, remote = (ip_address(said[key]) if key in said else None for key in ("local_addrs", "remote_addrs"))
        version = int(said.get("version", "0"))
    except ValueError:
        draft.leave(node, UNREADABLE, "tunnels")
        return
    draft.lines.add(node.line)
    draft.ipsec.append(
        Ipsec(
            connection.text, remote, local, secret=draft.secrets.get(partner, ""), ike=said.get("proposals", ""),
            esp=inner.get("esp_proposals", ""), version=version, selectors=selectors, line=node.line,
        )
    )  # fmt: skip


def _networks(text: str) -> Iterator[Network]:
    for one in text.split(","):
        if one.strip():
            yield ip_network(one.strip())
