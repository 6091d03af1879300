"""Linux hosts as firewalls and VPN gateways: nftables, strongSwan, iproute2. One text, several files.

The text is a sequence of sections. A line `### PATH` begins the file at PATH; the lines up to the next such line
are its content. The templates write these sections, in this order, each only where it has content:

    ### /etc/hostname                          the host name
    ### /etc/sysctl.d/60-govnet.conf           forwarding on, redirects and source routes off
    ### /etc/network/addresses                 `ip -batch` input: `link set dev X up`, `address replace A/M dev X`
    ### /etc/network/routes                    `ip -batch` input: `route replace N via G dev X`
    ### /etc/nftables.conf                     `nft -f` input; begins with `flush ruleset`
    ### /etc/swanctl/swanctl.conf              strongSwan connections and their pre-shared keys
    ### /etc/ssh/sshd_config.d/60-govnet.conf  the SSH server: who, from where, how long
    ### /etc/snmp/snmpd.conf                   the SNMP agent (net-snmp), `createUser` lines included
    ### /etc/chrony/conf.d/60-govnet.conf      time servers
    ### /etc/rsyslog.d/60-govnet.conf          log forwarding

Addresses and routes are written so that they can be applied again over themselves. IPsec is policy-based; strongSwan's
kernel-libipsec gives it the interface `ipsec0`, by which zones name it. The bootstrap text has the
sections hostname, addresses and sshd_config.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from configs import change, tree
from configs.dialects.linux.grammar import GRAMMAR, SECRETS, sections
from configs.dialects.linux.language import LANGUAGE
from configs.model import Facts, NotUnderstood

if TYPE_CHECKING:
    from inventory.model import Interface

__all__ = ["DIALECT", "sections"]


class Linux:
    """A Linux host, as `configs.model.Dialect` asks."""

    name = "linux"
    platforms = ("linux",)
    templates = Path(__file__).parent / "templates"
    encoding = "utf-8"

    def parse(self, text: bytes) -> tree.Tree:
        """The sections as a tree: a node a file, its lines below it, braces nested."""
        return tree.parse(text, GRAMMAR)

    def recognises(self, tree_text: str) -> float:
        """A section's head."""
        return 1.0 if any(line.startswith("### /etc/") for line in tree_text.splitlines()) else 0.0

    def change(self, running: tree.Tree, intended: tree.Tree, *, management: Interface | None = None) -> change.Change:
        """The difference, file by file; its commands are the lines of the files, not something to type."""
        return change.compute(running, intended, LANGUAGE, management)

    def mask(self, text: str) -> str:
        """The text without its secrets."""
        return SECRETS.mask(text)

    def facts(self, tree: tree.Tree) -> Facts:
        """No fact is read from these files yet: every line is reported as not understood."""
        lines = tuple(NotUnderstood(node.line, node.text) for _, node in tree.walk())
        return Facts(self.name, tree.encoding, {}, lines)

    def addresses(self, tree: tree.Tree) -> None:
        """Addresses are not read from this platform yet."""

    def driver(self) -> None:
        """Linux hosts are rendered, not yet spoken to."""


DIALECT = Linux()
