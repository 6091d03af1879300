"""Where addresses stand in TOS's commands: NGFW4000's one line each, with `ID … vsid 0`, and NGTOS's submodes.

Sources: the line shapes that public converters, generators and notes show (facts in the package's docstring); no
manual was available, and nothing here is guessed: VPN, DHCP, routing protocols, logging, SNMP and NTP are not known.
The order of a route's options differs between releases.
"""

from __future__ import annotations

from functools import cache

from configs.places.table import Places, table


@cache
def places() -> Places:
    """The table; compiled once. A flat one: in a submode the command lacks the word that opened it."""
    return table(TABLE, flat=True, lead="[vsys enter vsys-name *] [ID *]", paired="nat policy")


# A word of NGTOS is a submode of its own (`define`), after which the rest of the same command follows.
TABLE = r"""
define host add|modify ... ipaddr {hosts:object}
define ipv6_host add|modify ... ipaddr {hosts:object}
?define subnet add|modify ... ipaddr {prefix:object} mask {size}
?define subnet add|modify ... ipaddr {prefix:object}/{len}
?define ipv6_subnet add|modify ... ipaddr {prefix:object} prefix-len|prefix|mask {len}
?define ipv6_subnet add|modify ... ipaddr {prefix:object}/{len}
?define range|ipv6_range add|modify ... ip1 {first:object} ip2 {last}
define host|ipv6_host|subnet|ipv6_subnet|range|ipv6_range|group_address ... name|oldname|newname {name}
define group_address add|modify ... name {name}
define group_address add|modify name * member ... {name}

network interface * ip|ipv6 add|delete|modify {interface} mask {size}
network interface * ip|ipv6 add|delete|modify {interface} {size}
network interface * ip|ipv6 add|delete|modify {interface}/{len}
network interface * ip|ipv6 add|delete|modify {interface} prefix-len {len}
network route add|delete|modify ... dst {prefix:route}/{size}
network route add|delete|modify ... dst {prefix:route} mask {size}
network route add|delete|modify ... dst {prefix:route} {len}
network route add|delete|modify ... gw {host:next-hop}

# Rules name objects: an address in them is the name of one.
firewall|firewall6 policy|group-policy add|modify ... {name}
nat policy add|modify ... {name}

pf service add|modify ... addressname {name}
ha|HA local|LOCAL {host:source}
ha|HA peer|PEER {host:peer}
ha|HA ... local|local-ip|LOCAL {host:source}
ha|HA ... peer|peer-ip|PEER {host:peer}

# No manual of what follows was found. Elsewhere in this language a word says what stands behind it.
define subnet|ipv6_subnet|range|ipv6_range add|modify ... except {hosts:object}
define server|vip|server_group add|modify ... ip|ipaddr {hosts:server}
network route add|delete|modify ... src {prefix:source}/{size}
network arp add|delete|modify [ip] {host:arp}
network dhcp ... subnet|add {prefix:dhcp} mask {mask}
network dhcp ... range {first:dhcp} {last}
network dhcp ... router|gateway|dns|wins {hosts:dhcp}
+network ospf|rip|bgp ... network {prefix:igp-network}/{len} [area {fixed:area}]
network ospf|rip|bgp ... router-id {id}
network dns set {hosts:dns}
vpn ... localsubnet|remotesubnet|local-subnet|remote-subnet {prefix:ipsec}/{len}
vpn ... pool {first:pool}-{last}
vpn ... remote|peer {host:tunnel-destination} ... local {host:tunnel-source}
vpn ... remote|peer {host:tunnel-destination}
vpn ... local {host:tunnel-source}
network|system|log|snmp|ntp|user|auth|vpn|dns|ids ... ip|ipaddr|ip6addr|address|addr|hostip|setip|server|host|manager|remote|peer {hosts:server}
"""
