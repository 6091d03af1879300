"""Where addresses stand in NX-OS's commands.

Sources: Cisco's Nexus 7000 and 9000 command references and configuration guides (6.x to 10.x): interfaces, unicast and
multicast routing, security, system management. What other languages share is in `configs.places.common`.

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
[]
install {fixed:file}
boot nxos|kickstart|system {fixed:file}
... bootflash:{fixed:file}
snmp-server host {host:snmp} use-vrf|filter-vrf {vrf}
snmp-server host {host:snmp} source-interface {name}
snmp-server user ... engineID {fixed:number}
tacacs-server|radius-server test {name}
ip access-list|prefix-list {name}
ip tacacs|radius source-interface {name}
ip arp inspection filter {name}
ip arp synchronize {name}
ip nat inside source static [tcp|udp] {host:nat-inside} [*] {host:nat-outside}
ip nat outside source static [tcp|udp] {host:nat-outside} [*] {host:nat-inside}
ip nat pool {name} {first:nat-pool} {last} [netmask {fixed:mask}]
ip nat pool {name}
ip domain-name {name}
monitor erspan origin ip-address|ipv6-address {host:source}
fabric forwarding anycast-gateway-mac {fixed:mac}
ip source binding {host:arp}
ip igmp snooping querier {host}
hardware access-list {name}
rmon alarm * {fixed:oid}
callhome {name}
object-group ip|ipv6 address|port {name}
vpc domain {name}
scheduler {name}
sflow collector-ip {host:logging} vrf {vrf} source {host:source}
sflow collector-ip {host:logging} [vrf {vrf}]
ptp source {host:source}
ip igmp ssm-translate {prefix:group}/{len} {host:source}
sflow agent-ip {host:source}
analytics {name}
[interface]
vrf member {name}
ip|ipv6 address {interface}/{len} secondary|tag|eui64|use-bia
ip address {interface}/{len} route-preference {name}
ip arp {host:arp}
ipv6 neighbor {host:arp}
ip dhcp relay address {host:relay} use-vrf {vrf}
ip dhcp relay address {host:relay}
ip dhcp relay subnet-broadcast {name}
ip router eigrp|isis|rip {name}
ip router ospf {name} area {fixed:area}
ipv6 router ospfv3 {name} area {fixed:area}
+ip summary-address eigrp {name} {prefix:aggregate}/{len}
+ip summary-address rip {prefix:aggregate}/{len}
ip eigrp {name}
ip port access-group {name}
ip access-group {name}
ip igmp static-oif|join-group {host:group} [source {host:source}]
ip pim jp-policy|neighbor-policy {name}
ip pim sparse-mode {name}
ip forward {name}
ip verify unicast {name}
peer-ip {host:peer}
[interface > hsrp]
[interface > vrrp]
[interface > vrrpv3]
[interface > glbp]
?ip|ipv6 {host:virtual}
?address {host:virtual} [primary|secondary]
?vip {host:virtual}
[interface nve*]
[interface nve* > member]
[interface nve* > member > *]
peer-ip {hosts:peer}
mcast-group {host:group} [{host:group}]
multisite ingress-replication {name}
member vni * mcast-group {host:group}
global mcast-group {host:group}
[vrf context {vrf}]
# The VRF behind a route is its next hop's.
+ip|ipv6 route */* * {host:next-hop} [...] vrf {vrf}
+ip|ipv6 route */* {host:next-hop} [...] vrf {vrf}
+ip|ipv6 route {prefix:route}/{len} {host:next-hop}
+ip|ipv6 route {prefix:route}/{len} * {host:next-hop}
+ip|ipv6 route {prefix:route}/{len}
ip route ... name {name}
ip name-server {hosts:dns}
ip host * {hosts:host}
ip mroute {prefix:source}/{len} [*] {host:next-hop}
ip igmp ssm-translate {prefix:group}/{len} {host:source}
router-id {id}
[vrf context {vrf} > address-family]
route-target ... {rd}
[]
+ip|ipv6 route */* * {host:next-hop} [...] vrf {vrf}
+ip|ipv6 route */* {host:next-hop} [...] vrf {vrf}
[vpc domain]
peer-keepalive destination {host:peer} [source {host:source}] [...] vrf {vrf}
peer-keepalive destination {host:peer} source {host:source}
peer-keepalive destination {host:peer}
[object-group]
?+[{seq}] host {host:object}
?+[{seq}] {prefix:object}/{len}
?+[{seq}] {prefix:object} {wild}
[aaa group server]
= use-vrf {vrf}
server {host:server}
[aaa group server > server]
port {fixed:number}
[monitor session]
destination ip {host:destination}
source ip {host:source}
erspan-id {fixed:number}
[flow exporter]
destination {host:logging} [use-vrf {vrf}]
[ip sla]
[ip sla > *]
[router bgp > neighbor > address-family]
inherit peer-policy {name}
[router bgp]
[router bgp > vrf]
neighbor {host:peer} remote-as
[router bgp > vrf {vrf} > neighbor]
[router bgp > neighbor]
inherit peer|peer-session {name}
update-source {host:source}
low-memory {name}
[router ospf > vrf]
[router ospf]
+area {fixed:area} range {prefix:aggregate}/{len}
area {fixed:area} virtual-link {id}
table-map {name}
[router eigrp]
[router eigrp > vrf]
[router eigrp > address-family]
router-id {id}
[router rip]
[callhome]
[callhome > destination-profile]
transport email smtp-server {host:server}
transport email mail-server {host:server}
[evpn multisite border-gateway]
[evpn esi]
[segment-routing mpls > connected-prefix-sid-map > address-family]
{prefix:route}/{len} index|absolute
[interface]
otv use-adjacency-server {hosts:peer} unicast-only
[route-map]
?match ip multicast [...] group {prefix:group}/{len} [rp {prefix:rp}/{len}]
[evpn ethernet-segment]
[telemetry]
[telemetry > *]
ip address {host:logging} port
destination {host:logging}
[role name]
rule * permit|deny {name}
[track]
vrf member {name}
[nat]
[ip dhcp]
[fabric-path]
[ip nat pool]
address {first:nat-pool} {last}
[itd]
[service]
virtual ip {prefix:virtual} {mask}
node ip {host:server}
[feature itd]
[device-group]
[itd device-group]
node ip {host:server}
[sla monitor]
[line]
access-class {name}
[]
[vrf context {vrf}]
no ip|ipv6 route {prefix:route}/{len} [*] {host:next-hop}
no ip|ipv6 route {prefix:route}/{len}
"""
