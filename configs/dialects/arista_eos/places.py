"""Where addresses stand in EOS's commands.

Sources: Arista's EOS user manual (4.2x, 4.3x). What other languages share is in `configs.places.common`.

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.places import common
from configs.places.table import Places, table


@cache
def places() -> Places:
    """The table; compiled once."""
    return table(TABLE + common.TABLE)


TABLE = r"""
[interface]
= vrf forwarding {vrf}
= vrf {vrf}
ip address virtual {interface:virtual}/{len} [secondary]
ipv6 address virtual {interface:virtual}/{len}
ip address {interface}/{len}
ip|ipv6 virtual-router address {host:virtual}/*
ip|ipv6 virtual-router address {host:virtual}
ip helper-address {host:relay} [vrf {vrf}] [source-interface *] [source-address {host:source}]
ipv6 dhcp relay destination {host:relay} [vrf {vrf}]
vrrp * ipv4|ipv6|ip {host:virtual} [secondary]
ip nat source|destination static {host:nat-inside} [*] access-list {name} {host:nat-outside}
ip nat source static {host:nat-inside} [*] {host:nat-outside}
ip nat destination static {host:nat-outside} [*] {host:nat-inside}
ip nat source|destination dynamic access-list {name} pool {name}
ip nat source|destination dynamic access-list {name}
ip igmp static-group|host-proxy {host:group} [{host:source}]
ip ospf area {fixed:area}
ip ospf neighbor bfd {name}
isis {name}
vxlan [vlan *] flood vtep {hosts:peer}
vxlan vlan * flood vtep add {hosts:peer}
vxlan multicast-group {host:group}
vxlan vlan * multicast group {host:group}
vxlan vrf * multicast group {host:group}
vxlan controller-client {name}
vxlan mlag source-interface {name}
vxlan virtual-vtep local-interface {name}
multicast ipv4|ipv6 boundary {prefix:group}/{len}
pim ipv4|ipv6 {name}
local-proxy-arp {name}
bfd static neighbor {host:bfd}
traffic-policy input|output {name}
evpn ethernet-segment {name}
mpls {name}
[interface > evpn ethernet-segment]
[evpn ethernet-segment]
identifier {fixed:esi}
route-target import {fixed:mac}
[]
ip address virtual source-nat vrf {vrf} address {host:source}
ipv6 address virtual source-nat vrf {vrf} address {host:source}
ip virtual-router mac-address {fixed:mac}
ip|ipv6 name-server [vrf {vrf}] {hosts:dns}
ip|ipv6 host * {hosts:host}
ip domain proxy {name}
+ip|ipv6 route [vrf {vrf}] {prefix:route}/{len} egress-vrf {vrf} [*] {host:next-hop}
+ip|ipv6 route [vrf {vrf}] {prefix:route}/{len} {host:next-hop}
+ip|ipv6 route [vrf {vrf}] {prefix:route}/{len} nexthop-group {name}
+ip|ipv6 route [vrf {vrf}] {prefix:route}/{len} * {host:next-hop}
+ip|ipv6 route [vrf {vrf}] {prefix:route}/{len}
+ip|ipv6 route [vrf {vrf}] {prefix:route} {mask} {host:next-hop}
ip|ipv6 route ... name {name}
ip nat pool {name} prefix-length {fixed:number}
ip nat pool {name} {first:nat-pool} {last} [netmask {fixed:mask}]
ip nat pool {name}
ntp server [vrf {vrf}] {host:ntp}
ntp local-interface {name}
logging [vrf {vrf}] host {host:logging}
logging [vrf {vrf}] source-interface {name}
snmp-server host {host:snmp} [vrf {vrf}]
snmp-server [vrf *] local-interface {name}
tacacs-server|radius-server host {host:server} [vrf {vrf}]
email from-user {name}
ip dhcp relay {name}
ip dhcp server {name}
ip radius|tacacs [vrf *] source-interface {name}
monitor session * destination tunnel mode gre source {host:source} destination {host:destination}
monitor session * ... source {host:source} destination {host:destination}
ip access-list standard {name}
ip security {name}
mac address-table static {fixed:mac}
mac-address {fixed:mac}
mlag {name}
peer-filter {name}
route-map {name}
arp [vrf {vrf}] {host:arp}
ipv6 neighbor [vrf {vrf}] * {host:arp}
ip radius {name}
router-id {id}
router bfd {name}
vrf instance {name}
nexthop-group {name}
traffic-policy {name}
radius dynamic-authorization {name}
ip extcommunity-list {name} ... {rd}
management cvx {name}
[mlag configuration]
[mlag]
peer-address heartbeat {host:peer} [vrf {vrf}]
peer-address {host@:peer}
[policy-map type pbr > * class]
?set nexthop [recursive] {hosts:next-hop}
[policy-map type pbr]
?* match ip ({prefix:policy}/{len} | any | host {host:policy}) ({prefix:policy}/{len} | any | host {host:policy}) ... set nexthop [recursive] {hosts:next-hop}
?* match ip ({prefix:policy}/{len} | any | host {host:policy}) ({prefix:policy}/{len} | any | host {host:policy})
[router bgp]
[router bgp > vrf]
neighbor {host:peer} local-v4-addr|local-v6-addr {host:source}
[router bfd]
[bfd]
local-address {host:bfd}
[mpls ldp > pseudowires > pseudowire]
[mpls pseudowires > pseudowire]
neighbor {host:peer}
[dhcp server > subnet]
tftp server option 66 {host:server}
[]
mac address-table static * vlan * interface * vtep {hosts:peer}
[nexthop-group]
entry * tunnel-destination {host:tunnel-destination}
entry * push label-stack * nexthop {host:next-hop}
entry * nexthop {host:next-hop}
tunnel-source {host:tunnel-source}
[ip nat pool]
range {first:nat-pool} {last}
[dhcp server]
[dhcp server > subnet]
[dhcp server vrf {vrf}]
[dhcp server vrf {vrf} > subnet]
subnet {prefix:dhcp}/{len}
range {first:dhcp} {last}
default-gateway {host:gateway}
dns server [ipv4|ipv6] {hosts:dns}
tftp server * {hosts:server}
ipv4-address {host:dhcp}
[dhcp server > subnet > *]
ipv4-address {host:dhcp}
[router bgp > vrf {vrf} > address-family]
[router bgp > vlan]
[router bgp > vlan-aware-bundle]
[router bgp > vrf]
[router bgp]
router-id {id}
rd {rd}
rd auto {name}
rd evpn domain * {rd}
rd ... {rd}
route-target ... {rd}
+bgp listen range {prefix:peer}/{len}
neighbor {host:peer} peer group {name}
neighbor {host:peer}
neighbor {name}
+network {prefix:bgp-network}/{len}
+network {prefix:bgp-network} mask {mask}
+aggregate-address {prefix:aggregate}/{len}
redistribute ... route-map {name}
vlan-aware-bundle {name}
vpws {name}
ip access-group {name}
[router bgp > monitoring station]
statistics {name}
connection address {host:logging}
[router ospf]
[router ospf > address-family]
[router ospfv3 > address-family]
+network {prefix:igp-network}/{len} area {fixed:area}
+area {fixed:area} range {prefix:aggregate}/{len}
+area {fixed:area} range {prefix:aggregate} {mask}
area {fixed:area} virtual-link {id}
+area {fixed:area} filter {prefix:aggregate}/{len}
+summary-address {prefix:aggregate}/{len}
[router pim sparse-mode]
[router pim sparse-mode > ipv4]
[router pim sparse-mode > ipv6]
[router pim sparse-mode > vrf {vrf}]
[router pim sparse-mode > vrf {vrf} > ipv4]
[router pim sparse-mode > *]
[router pim bidirectional > *]
[router pim bsr > *]
rp address {host:rp} {prefix:group}/{len}
rp address {host:rp} access-list {name}
rp address {host:rp}
anycast-rp {host:rp} {host:rp}
rp candidate {name}
candidate {name}
[router msdp]
[router msdp > vrf {vrf}]
[router msdp > peer]
peer {host:peer}
originator-id {name}
group-limit * source {prefix:source}/{len}
local-interface {name}
[router multicast > ipv4]
[router multicast > vrf {vrf} > ipv4]
rpf route {prefix:source}/{len} {host:next-hop}
[mpls ldp]
router-id {host:lsr-id}
[mpls]
[]
mpls static top-label * [*] {host:next-hop}
mpls static * ... {prefix:route}/{len}
mpls static ... nexthop|lookup-label {host:next-hop}
mpls tunnel static {name} {prefix:route}/{len} {host:next-hop}
[router traffic-engineering]
[router traffic-engineering > *]
[router traffic-engineering > * > *]
router-id ipv4|ipv6 {host:lsr-id}
policy endpoint {host:destination}
[peer-filter]
* match as-range {name}
[traffic-policies]
[traffic-policies > *]
field-set ipv4|ipv6 prefix {name}
[traffic-policies > field-set]
[field-set ipv4 prefix]
[field-set ipv6 prefix]
?{prefix:object}/{len}
?... {prefix:object}/{len}
[traffic-policies > traffic-policy > match]
+source|destination prefix field-set {name}
+source|destination prefix {prefix:policy}/{len}
+source|destination prefix ... {prefix:policy}/{len}
[policy-map type pbr > class]
[policy-map type pbr]
set nexthop [recursive] {hosts:next-hop}
set nexthop-group {name}
[class-map type pbr]
match ip access-group {name}
[management api http-commands]
[management api http-commands > vrf]
[management ssh]
[management ssh > vrf]
ip access-group {name}
[management cvx]
[cvx]
server host {host:server}
source-interface {name}
[aaa group server]
= vrf {vrf}
server {host:server} [vrf {vrf}]
[ip security]
[ip security > *]
peer {host:peer}
local-id|remote-id {host:peer}
sa-policy|ike-policy|profile {name}
[router path-selection > peer]
[router path-selection]
[router path-selection > *]
[router path-selection > * > *]
[router path-selection > path-group > *]
ipv4 address {host:peer}
peer static router-ip {host:peer}
[router adaptive-virtual-topology]
[monitor connectivity]
[monitor connectivity > host]
[monitor connectivity > vrf {vrf} > host]
ip {host:probe}
[flow tracking]
[flow tracking > tracker]
[flow tracking > tracker > exporter]
[flow tracking > *]
collector {host:logging}
local interface {name}
[daemon]
exec ... *addr={host:logging}:*|*url={host:logging}:*
exec ... *addrs={host:logging}:*,{host:logging}:*
[event-handler]
trigger {name}
[email]
server [vrf {vrf}] {host:server}
[ip virtual-router]
[stun]
[stun > *]
ip address {host:server}
local-interface {name}
[control-plane]
[system control-plane]
ip access-group {name}
[tap aggregation]
[router ospf > *]
[router isis > address-family]
[router isis]
net {title}
router-id ipv4|ipv6 {host:lsr-id}
redistribute {name}
"""
