"""Where addresses stand in the commands that several vendors' languages share: rows for their tables.

These are the industry-standard commands (`ip route`, `router ospf`, `ip access-list`, `route-map`, `neighbor` …), each
written once. A dialect puts the sets it needs behind its own rows: where two rows speak of the same characters, the one
written first is right, so a dialect's own form wins. A row that a language does not have is never reached there.

`configs.places.table` has the language of the rows. A set holds whole views: sets may be joined in any order.

No reference was gone through page by page. Rows beyond the samples in the tests and the pages that are named are from
knowledge of the languages and unverified on devices.
"""

from __future__ import annotations

from typing import Final

from configs.places import common_routing, common_services

# What stands wherever a person may write: free text, places of files, identifiers that merely look like addresses.
ANYWHERE: Final = r"""
[]
# A host in a URL comes before whatever else the command may say of the word.
... *://{host:url}*|*://*@{host:url}*
... *://\[{host:url}\]*
description {text}
remark {text}
name {name}
banner * {text}
snmp-server location|contact {text}
snmp-server view * {fixed:oid}
rmon alarm * {fixed:oid}
version {fixed:version}
boot ... {fixed:file}
"""

INTERFACES: Final = """
[interface]
= vrf forwarding {vrf}
= ip vrf forwarding {vrf}
= vrf member {vrf}
ip|ipv4 address {interface}/{len}
ip|ipv4 address {interface} {mask}
ipv6 address {host} link-local
ipv6 address {interface}/{len}
ip|ipv6 helper-address global {host@:relay}
ip|ipv6 helper-address vrf {vrf} {host:relay}
ip|ipv6 helper-address {host:relay} [vrf {vrf}]
ip|ipv6 dhcp relay destination|address|server vrf {vrf} {host:relay}
ip|ipv6 dhcp relay destination|address|server {host:relay} [use-vrf|vrf {vrf}]
ip|ipv6 dhcp relay [global|vrf *] server {host:relay}
ip|ipv6 dhcp relay source-address {host:source}
ip dhcp relay information option server-id-override {host:relay}
ip|ipv6 nd prefix {prefix}/{len}
ipv6 nd ra dns server {host:dns}
?tunnel source {host:tunnel-source}
?tunnel destination {host:tunnel-destination}
standby|glbp [*] ip|ipv6 {host:virtual}
standby [*] track ip route {prefix:probe} {mask}
vrrp [*] ip|ipv4|ipv6|primary|address {host:virtual}
vrrp * ip secondary {host:virtual}
ip virtual-router address {host:virtual}
ip ospf [*] area {fixed:area}
ipv6 ospf [*] area {fixed:area}
ospfv3 * ipv4|ipv6 area {fixed:area}
ip|ipv6 router ospf|ospfv3 * area {fixed:area}
ip|ipv6 ospf neighbor {host:peer}
+ip summary-address eigrp * {prefix:aggregate} {mask}
+ip summary-address eigrp * {prefix:aggregate}/{len}
+ip summary-address rip {prefix:aggregate} {mask}
+ipv6 summary-address eigrp * {prefix:aggregate}/{len}
ip igmp join-group|static-group {host:group} [source {host:source}]
ip igmp static-oif {host:group} [source {host:source}]
ip pim dr-address {host}
ip nhrp map {host:peer} {host@:peer}
ip nhrp map multicast {host@:peer}
ip nhrp nhs {host:peer} [nbma {host@:peer}]
ip nhrp nhs dynamic nbma {host@:peer}
mpls ldp discovery transport-address {host:lsr-id}
xconnect {host@:peer}
bfd neighbor ipv4|ipv6 {host:bfd}
dialer map ip {host:peer}
frame-relay map ip {host:peer}
x25 map ip {host:peer}
map ip {host:peer}
peer default ip address {host:dhcp}
peer ip address {host:peer}
ppp ipcp dns|wins {hosts:dns}
ip accounting-list {prefix:policy} {wild}
ip route-cache flow destination {host:logging}
ip irdp address {host}
+ip multicast boundary {prefix:group}/{len}
ip access-group|traffic-filter|policy {name}
ipv6 traffic-filter {name}
ip policy route-map {name}
[interface > pvc]
protocol ip {host:peer}
"""

STATIC_ROUTES: Final = """
[]
+ip route [vrf {vrf}] {prefix:route} {mask} {host@:next-hop} [...] global
+ip route [vrf {vrf}] {prefix:route} {mask} * {host@:next-hop} [...] global
+ip route [vrf {vrf}] {prefix:route} {mask} [egress-vrf {vrf}] {host:next-hop}
+ip route [vrf {vrf}] {prefix:route} {mask} * {host:next-hop}
+ip route [vrf {vrf}] {prefix:route} {mask}
+ip|ipv6 route [vrf *] */* {host:next-hop} [...] nexthop-vrf {vrf}
+ip|ipv6 route [vrf {vrf}] {prefix:route}/{len} [egress-vrf {vrf}] {host:next-hop}
+ip|ipv6 route [vrf {vrf}] {prefix:route}/{len} * {host:next-hop}
+ip|ipv6 route [vrf {vrf}] {prefix:route}/{len}
ip|ipv6 route ... name|tag|description {name}
ip route static bfd [vrf {vrf}] * {host:next-hop}
ipv6 route static bfd [vrf {vrf}] * {host:next-hop}
ip default-gateway {host:gateway}
ip default-network {classful:route}
ip mroute [vrf {vrf}] {prefix:source} {mask} [*] {host:next-hop}
ip mroute [vrf {vrf}] {prefix:source} {mask}
ip mroute [vrf {vrf}] {prefix:source}/{len} [*] {host:next-hop}
ip mroute [vrf {vrf}] {prefix:source}/{len}
arp [vrf {vrf}] {host:arp}
ipv6 neighbor [vrf {vrf}] {host:arp}
"""

# Source and destination of a filter's entry are read in the order in which they stand: searching for pairs of quads
# would take `host A B W` for the pair A B.
FILTERS: Final = """
[ip access-list]
[ipv4 access-list]
[ipv6 access-list]
[access-list]
[ip acl]
[ipv6 acl]
?+[{seq}] permit|deny (host {host:acl} | {prefix:acl}/{len} | {prefix:acl} [{wild}])
?+[[sequence] {seq}] permit|deny (object-group {name} | *) \
    (any|any4|any6 | host {host:acl} | object-group|addrgroup|net-group|interface {name} \
    | {prefix:acl}/{len} | {prefix:acl} {wild}) \
    [...] (any|any4|any6 | host {host:acl} | object-group|addrgroup|net-group|interface {name} \
    | {prefix:acl}/{len} | {prefix:acl} {wild})
?+[[sequence] {seq}] permit|deny (object-group {name} | *) \
    (any|any4|any6 | host {host:acl} | object-group|addrgroup|net-group|interface {name} \
    | {prefix:acl}/{len} | {prefix:acl} {wild})
[{seq}] remark {text}
?[{seq}] permit|deny ... nexthop1|nexthop2|nexthop3 [ipv4|ipv6] {host:next-hop}
[]
?+access-list {name} permit|deny host {host:acl}
?+access-list {name} permit|deny {prefix:acl} {wild}
?+access-list {name} permit|deny {prefix:acl}
?+access-list {name} [dynamic * [timeout *]] permit|deny (object-group {name} | *) \
    (any | host {host:acl} | object-group {name} | {prefix:acl} {wild}) \
    [...] (any | host {host:acl} | object-group {name} | {prefix:acl} {wild})
access-list {name} remark {text}
ip|ipv4|ipv6 access-list [standard|extended] {name}
access-list {name}
"""

PREFIX_LISTS: Final = """
[]
?+ip|ipv6 prefix-list {name} [seq {seq}] permit|deny {prefix:prefix-list}/{len} [eq|ge {ge}] [le {le}]
ip|ipv6 prefix-list {name} [seq *] description {text}
ip|ipv6 prefix-list {name}
prefix-list {name} description {text}
?+prefix-list {name} [seq {seq}] permit|deny {prefix:prefix-list}/{len} [eq|ge {ge}] [le {le}]
[ip prefix-list]
[ipv6 prefix-list]
?+[seq {seq}] permit|deny {prefix:prefix-list}/{len} [eq|ge {ge}] [le {le}]
?+{seq} permit|deny {prefix:prefix-list}/{len} [eq|ge {ge}] [le {le}]
"""

ROUTE_MAPS: Final = """
[route-map]
set ip|ipv6 vrf {vrf} next-hop [verify-availability] {hosts:next-hop}
set ip|ipv6 global next-hop [verify-availability] {host@:next-hop}
?set ip|ipv6 [default] next-hop verify-availability|recursive|global|local|prefer-global [vrf *] {host:next-hop}
?set ip|ipv6 [default] next-hop recursive global {host:next-hop}
?set ip|ipv6 [default] next-hop {hosts:next-hop}
?set ip|ipv6 default global next-hop {hosts:next-hop}
?set next-hop|ipv4-next-hop|ipv6-next-hop {hosts:next-hop}
set src {host:source}
set community|large-community ... {rd}
set extcommunity ... {rd}
set extcommunity-list ... {rd}
match ip|ipv6 next-hop address {host:next-hop}
match peer {host:peer}
match ip|ipv6 route-source|address|next-hop [prefix-list] {name}
match ipv6 address {name}
[]
route-map {name}
ip local policy route-map {name}
ip extcommunity-list ... rt|soo {rd}
ip extcommunity-list [standard|expanded] {name} ... {rd}
"""

TABLE: Final = (
    ANYWHERE
    + INTERFACES
    + STATIC_ROUTES
    + FILTERS
    + PREFIX_LISTS
    + ROUTE_MAPS
    + common_routing.TABLE
    + common_services.TABLE
)
