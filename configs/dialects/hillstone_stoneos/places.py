"""Where addresses stand in StoneOS's commands.

Sources: Hillstone's StoneOS CLI user guides (5.5R1 to 5.5R12), published configurations. In a wildcard mask a 1 bit
must match: the other way round than elsewhere. A zone binds its interfaces to a virtual router on lines of their own,
so that an interface's address may be of any.

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.places.table import Places, table


@cache
def places() -> Places:
    """The table; compiled once. A virtual router is a VRF."""
    return table(TABLE, public=("trust-vr",), paired=r"(?:snat|dnat|bnat)rule")


TABLE = r"""
[interface]
?ip address {interface} {mask}
?ip address {interface}/{len}
# Published texts lose the blank.
?ip address{interface}/{len}
?ipv6 address {interface}/{len}
?ipv6 address {host} link-local
?manage ip {host:virtual}
?ip address {host}
?dhcp-relay server {host:relay}
?dhcp-relay|dhcpv6-relay ... server|server-address|source|source-address {host:relay}
?dns-proxy|proxy-dns ... {host:dns}
?tunnel ipsec|gre|l2tp * gw {host:next-hop}
?arp|ip-mac-binding {host:arp}
?authenticated-arp|proxy-arp ... {first:arp}-{last}|{host:arp}
?ipv6 neighbor {host:arp}
?ipv6 nd prefix {prefix}/{len}
?ip igmp|igmp-proxy ... {host:group}
?ip rip|ospf ... {id}

[address]
[address > exclude]
?+ip|ipv6 {prefix:object} {mask}
?+ip|ipv6 {prefix:object}/{len}
?+ip|ipv6 {prefix:object}
?+range|ip-range|ipv6-range {first:object} {last}
?+wildcard {prefix:object} {must}
?+exclude ip|ipv6 {prefix:object} {mask}
?+exclude ip|ipv6 {prefix:object}/{len}
?+exclude ip|ipv6 {prefix:object}
?+exclude range {first:object} {last}
?+exclude wildcard {prefix:object} {must}
member|exclude-member {name}
exclude member {name}
# A name of the DNS.
[exclude] host {name}

[.]
[policy-global]
[vsys]
address [id *] {name}
rule [id {seq}] ... from {prefix:policy}/{len}|{host:policy}
rule [id {seq}] ... to {prefix:policy}/{len}|{host:policy}
rule [id {seq}] ... from|to {name}

[rule]
[policy-global > rule]
[policy-group > rule]
[pbr-policy > match]
[webauth|qos-engine|session-limit|sslproxy-policy|authentication-policy]
?+src-ip|dst-ip|source-ip|destination-ip {prefix:policy} {mask}
?+src-ip|dst-ip|source-ip|destination-ip {prefix:policy}/{len}
?+src-ip|dst-ip|source-ip|destination-ip {prefix:policy}
?+src-range|dst-range {first:policy} {last}
?+src-wildcard|dst-wildcard {prefix:policy} {must}
src-addr|dst-addr {name}
name {name}
nexthop|next-hop {host:next-hop}
nexthop|next-hop interface * {host:next-hop}

[pbr-policy]
?match ... src-ip|dst-ip {prefix:policy}/{len}|{prefix:policy}
?match ... nexthop|next-hop {host:next-hop}
match ... src-addr|dst-addr {name}

# Translation: below the virtual router, or in a view of its own
[ip vrouter {vrf}]
[nat]
snatrule [id {seq}] ... from [ip|ipv6] ({prefix:nat-inside} {mask} | {prefix:nat-inside}/{len} | {host:nat-inside})
snatrule [id {seq}] ... to [ip|ipv6] ({prefix:destination} {mask} | {prefix:destination}/{len} | {host:destination})
snatrule [id {seq}] ... trans-to [ip|ipv6] ({prefix:nat-outside} {mask} | {first:nat-outside} {last} | {prefix:nat-outside}/{len} | {host:nat-outside})
dnatrule [id {seq}] ... from [ip|ipv6] ({prefix:source} {mask} | {prefix:source}/{len} | {host:source})
dnatrule [id {seq}] ... to [ip|ipv6] ({prefix:nat-outside} {mask} | {prefix:nat-outside}/{len} | {host:nat-outside})
dnatrule [id {seq}] ... trans-to [ip|ipv6] ({prefix:nat-inside} {mask} | {first:nat-inside} {last} | {prefix:nat-inside}/{len} | {host:nat-inside})
bnatrule [id {seq}] ... virtual ip|ipv6 ({prefix:outside-net} {mask} | {prefix:outside-net}/{len} | {host:nat-outside})
bnatrule [id {seq}] ... real ip|ipv6 ({prefix:inside-net} {mask} | {prefix:inside-net}/{len} | {host:nat-inside})
snatrule|dnatrule [id {seq}] ... from|to|trans-to [address-book] {name}
bnatrule [id {seq}] ... virtual|real address-book {name}
snatrule|dnatrule|bnatrule [id {seq}] ... description {text}

[ip vrouter {vrf}]
[.]
+ip|ipv6 route source in-interface * {prefix:source}/{len} {host:next-hop}
+ip|ipv6 route source [in-interface *] {prefix:source}/{len}
+ip|ipv6 route source [in-interface *] {prefix:source} {mask}
ip|ipv6 route source ... {host:next-hop}
+ip|ipv6 route {prefix:route}/{len} [vrouter *] {host:next-hop}
+ip|ipv6 route {prefix:route}/{len} * {host:next-hop}
+ip|ipv6 route {prefix:route}/{len}
+ip|ipv6 route {prefix:route} {mask} {host:next-hop}
+ip|ipv6 route {prefix:route} {mask} * {host:next-hop}
+ip|ipv6 route {prefix:route} {mask}
ip mroute {prefix:route}/{len} ... {host:next-hop}
ip mroute {host:source} {host:group}
ipv6 neighbor {host:arp}
ip-mac [static] {host:arp}
ip route ... description {text}
ip|ipv6 multicast-route|igmp-group ... {host:group}
import|export vrouter * ... {prefix:route}/{len}

[router ospf|ospfv3]
[ip vrouter {vrf} > router ospf|ospfv3]
router-id {id}
+network {prefix:igp-network}/{len} area {fixed:area}
+network {prefix:igp-network} {mask} area {fixed:area}
+network {prefix:igp-network}/{len}
area {fixed:area} range {prefix:aggregate}/{len}
area {fixed:area} range {prefix:aggregate} {mask}
area {fixed:area} virtual-link {id}
area {fixed:area}
neighbor {host:peer}
summary-address {prefix:aggregate}/{len}
distance * {prefix:igp-network}/{len}
[router rip|ripng]
[ip vrouter {vrf} > router rip|ripng]
network {prefix:rip-network}/{len}
network {prefix:rip-network} {mask}
neighbor {host:peer}
distance * {prefix:rip-network}/{len}
[router bgp]
[ip vrouter {vrf} > router bgp]
router-id {id}
neighbor {host:peer}
+network {prefix:bgp-network}/{len}
+network {prefix:bgp-network} {mask}
aggregate-address {prefix:aggregate}/{len}
aggregate-address {prefix:aggregate} {mask}
cluster-id {id}
[router bgp > address-family ... vrf|vrouter {vrf}]
neighbor {host:peer}
network {prefix:bgp-network}/{len}
[router isis]
[ip vrouter {vrf} > router isis]
net {title}
summary-address {prefix:aggregate}/{len}
[route-map]
[ip vrouter {vrf} > route-map]
set ip|ipv6 next-hop {host:next-hop}
set next-hop|nexthop {host:next-hop}
[]
?+access-list route * permit|deny {prefix:acl}/{len}
?+access-list route * permit|deny {prefix:acl} {wild}
?+ip|ipv6 prefix-list * [seq {seq}] permit|deny {prefix:prefix-list}/{len} ge {ge} le {le}
?+ip|ipv6 prefix-list * [seq {seq}] permit|deny {prefix:prefix-list}/{len} ge {ge}
?+ip|ipv6 prefix-list * [seq {seq}] permit|deny {prefix:prefix-list}/{len} le {le}
?+ip|ipv6 prefix-list * [seq {seq}] permit|deny {prefix:prefix-list}/{len}

# In a text without indentation the `interface` of a peer or a tunnel looks like a view: `[interface]` once more.
[isakmp peer]
[ikev2 peer]
[interface]
?peer {host:tunnel-destination}
pre-share {fixed:secret}
?local-id|peer-id ip|ipv4|ipv6|key-id {host:peer}
local-id|peer-id fqdn|u-fqdn|asn1dn {text}
?peer ... {host:tunnel-destination}
[tunnel ipsec]
[interface]
?id local {prefix:ipsec}/{len} remote {prefix:ipsec}/{len}
?id local {prefix:ipsec} {mask} remote {prefix:ipsec} {mask}
?id ... local|remote {prefix:ipsec}/{len}|{prefix:ipsec}
?traffic-selector|proxy-id ... src-subnet|dst-subnet|local|remote|src-addr|dst-addr {prefix:ipsec}/{len}
?vpn-track {host:probe}
?vpn-track ... src-ip|dst-ip {host:probe}
?+split-tunnel-route {prefix:route}/{len}
?peer {host:tunnel-destination}
?destination {host:tunnel-destination}
?source {host:tunnel-source}
[tunnel gre]
?source [interface *] {host:tunnel-source}
?destination {host:tunnel-destination}
[tunnel scvpn|l2tp|sslvpn]
[interface]
?+split-tunnel-route ... {prefix:route}/{len}
?+split-tunnel-route {prefix:route} {mask}
?exclude-route {prefix:route}/{len}
?local-ip|lns-ip|next-hop {host:server}
redirect-url *://{host:url}*
[scvpn|l2tp|xauth pool]
[access-address-pool]
[xauth-pool|l2tp-pool|address-pool|ztna-pool]
?address {first:pool} {last} netmask {fixed:mask-apart}
?address {first:pool} {last}
# Published texts lose the blank.
?address{first:pool} {last} netmask {fixed:mask-apart}
?exclude [address] {first:pool} {last}
?ip-binding ... ip {host:pool}
?ip-binding ... ip-range {first:pool} {last}

[aaa-server]
[aaa-server > user]
[user]
?host|backup1|backup2|agent|source-ip|nas-ip|source-address {host:server}
?dhcp-pool-address {first:pool} {last}
dhcp-pool-netmask {fixed:mask-apart}
?dhcp-pool-gateway {host:gateway}
?+split-tunnel-route {prefix:route} {mask}
?+split-tunnel-route {prefix:route}/{len}
?dns|wins {hosts:server}
?ike-id|ike_id ip|ipv4 {host:peer}
ike-id|ike_id fqdn|u-fqdn|asn1dn {text}
[]
?user-binding|ip-user-binding ... ip {host}

[dhcp-server pool]
[dhcpv6-server pool]
[interface > dhcp-server pool]
?address {first:dhcp} {last}
?exclude [address] {first:dhcp} {last}
?network {prefix:dhcp}/{len}
?network {prefix:dhcp} {mask}
?address prefix {prefix:dhcp}/{len}
netmask {fixed:mask-apart}
?gateway|default-router {host:gateway}
?news|smtp|pop3|option|relay-agent|next-server|ac ... {host:dhcp}
?ipmac-bind|ip-mac-bind|host ... {host:dhcp}
[]
?+split-tunnel-route {prefix:route}/{len}
?+split-tunnel-route {prefix:route} {mask}
?dns {hosts:dns}
?wins {hosts:server}

[ip vrouter {vrf}]
[.]
ip|ipv6 name-server {hosts:dns}
ip|ipv6 host * {hosts:dns}
ip dns|dns-proxy ... {host:dns}
dns ... {host:dns}

[track]
?ip|arp|dns|http|tcp|icmp|ping|ipv6 {host:probe}
?ip|arp|dns|http|tcp|icmp ... src-ip|source|gateway|host|dest-ip {host:probe}
[slb-server-pool]
[llb]
?server ip {prefix:nat-inside}/{len}|{host:nat-inside}
?server ip-range|range {first:nat-inside} {last}
?ip|monitor ... {host:server}
[dns-proxy|dns-proxy-rule|dns-proxy-policy]
?name-server {hosts:dns}
?src-ip|dst-ip {prefix:policy}/{len}

[.]
[vsys]
+admin host {prefix:management} {mask}
+admin host {prefix:management}/{len}
+admin host range {first:management} {last}
+admin host {prefix:management}
ntp server {host:ntp}
ntp ... source|peer {host:ntp}
+snmp-server host|trap-host {prefix:snmp}/{len}
+snmp-server host|trap-host {prefix:snmp} {mask}
snmp-server host|trap-host {host:snmp}
snmp-server user ... remote {prefix:snmp}/{len}|{host:snmp}
snmp-server ... trap-source|source {host:source}
snmp-server location|contact {text}
logging syslog|syslog-server {host:logging}
logging syslog|syslog-server * {host:logging}
logging ... source-ip|server|host {host:logging}
ha link ip {interface}/{len}
ha link ip {interface} {mask}
ha peer|peer-ip ... {host:peer}
ha cluster|group ... {host:peer}
arp {host:arp}
arp|ip-mac ... ip {host:arp}
network-manager|hsm|cloud-management ... {host:server}
ip-blacklist|ip-whitelist|host-blacklist ... {first:policy}-{last}|{prefix:policy}/{len}|{host:policy}
smtp|sms|ftp|tftp|import|export|save ... server {host:server}
smtp|sms|ftp|tftp|import|export|save ... from|to {host:server}
ip address {host}
[statistics-set]
[filter]
?filter ip {prefix:policy}/{len}
?ip|src-ip|dst-ip {prefix:policy}/{len}
[ha group]
?monitor|gateway ... {host:probe}

[]
description {text}
hostname {name}
"""
