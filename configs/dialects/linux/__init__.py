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

from configs.dialects.linux.grammar import GRAMMAR, MARKS, SECRETS, sections
from configs.dialects.linux.language import LANGUAGE
from configs.speaker import Speaker

__all__ = ["DIALECT", "sections"]

DIALECT = Speaker(
    __name__, "linux", grammar=GRAMMAR, secrets=SECRETS, own=MARKS, language=LANGUAGE, driver="LinuxDriver"
)
