"""Where addresses stand in Comware's commands: interfaces, translation, routes, peers, VPN instances, labels.

The sources are named in `places`.
"""

TABLE = r"""
# Anywhere
[]
description {text}
name {name}
alias {text}
header * {text}
sysname {name}
version {fixed:version}
boot-loader {fixed:file}
undo peer {host:peer}
undo peer {name}
... *://{host:url}*|*://*@{host:url}*
... *://\[{host:url}\]*

# Interfaces
[interface]
= ip binding vpn-instance {vrf}
ip address {interface} {size}
# As people type it.
ip a|ad|add|addr {interface} {size}
ip address {interface}/{len}
mad ip address {interface} {size}
port m-lag|drni virtual-ip {interface} {size}
ipv6 address {host} link-local
ipv6 address {interface}/{len}
ipv6 address {interface} {len}
ipv6 address * {interface}/{len}
vrrp [ipv6] vrid * virtual-ip {host:virtual}
vrrp [ipv6] vrid * track {name}
dhcp relay server-address {host:relay}
dhcp relay gateway|source-address {host:relay}
dhcp relay server-select {name}
dhcp server apply ip-pool {name}
dhcp select relay proxy {name}
ipv6 dhcp relay server-address|gateway-list|gateway|source-address {host:relay}
ipv6 dhcp server apply pool {name}
ipv6 nd ra prefix {prefix}/{len}
ipv6 nd ra prefix {prefix} {len}
ipv6 nd ra dns server {host:dns}
?source {host:tunnel-source}
?destination {host:tunnel-destination}
tunnel destination {host:tunnel-destination}
igmp|mld static-group|join-group {host:group} [source {host:source}]
ospf|ospfv3 * area {fixed:area}
ospfv3 peer {host:peer}
+rip summary-address {prefix:aggregate} {size}
arp filter source|binding {host:arp}
arp proxy-send|send-gratuitous-arp {name}
ip|ipv6 source binding ip-address {host:arp}
user-bind ip-address {host:arp}
portal bas-ip|bas-ipv6|nas-ip {host:source}
portal [ipv4|ipv6] auth-network|source {prefix:policy} {size}
portal [ipv4|ipv6] layer3 source {prefix:policy} {size}
portal free-all except destination {prefix:policy} {size}
portal server {name}
ppp ipcp dns {hosts:dns}
ppp ipcp dns admit-any {name}
remote address pool {name}
remote address {host:dhcp}
dialer route ip {host:peer}
fr map ip {host:peer}
map ip {host:peer}
mpls ldp transport-address {host:lsr-id}
mpls l2vc {host@:peer}
mpls te {name}
xconnect vsi {name}
isis bfd session {name}
bfd detect remote ip {host:bfd}
bfd echo * {host:bfd}
ip policy-based-route {name}
packet-filter [name] {name}
traffic-filter {name}
pim neighbor-policy {name}
vxlan {name}
evpn esi {fixed:esi}
esi {fixed:esi}
advpn|vam client {name}
ipsec apply policy {name}
ipsec policy {name}
# Translation, on the interface or the whole device
[]
nat66 prefix source {prefix:inside-net} {len} {prefix:outside-net} {len}
nat66 prefix destination {prefix:outside-net} {len} {prefix:inside-net} {len}
nat server [*] [protocol *] global {first:nat-outside} {last} [*] [*] vpn-instance {vrf} inside
nat server [*] [protocol *] global {host:nat-outside} [*] [*] vpn-instance {vrf} inside
nat server [*] [protocol *] global {first@:nat-outside} {last}
nat server [*] [protocol *] global {host@:nat-outside}
nat server ... inside {first:nat-inside} {last} [*] vpn-instance {vrf}
nat server ... inside {host:nat-inside} [*] [*] vpn-instance {vrf}
nat server ... inside {first@:nat-inside} {last}
nat server ... inside {host@:nat-inside}
nat server ... inside server-group {name}
nat server ... rule {name}
nat outbound [name] {name}
nat outbound ... address-group name {name}
nat static [outbound|inbound] net-to-net {first:inside-net} {last} [vpn-instance {vrf}] global {prefix:outside-net} {size}
nat static inbound {host@:nat-outside} vpn-instance {vrf} {host:nat-inside}
nat static inbound {host:nat-outside} [vpn-instance *] {host:nat-inside}
nat static [outbound] {host:nat-inside} vpn-instance {vrf} {host@:nat-outside}
nat static [outbound] {host:nat-inside} {host:nat-outside}
nat static outbound object-group {name} object-group {name}
nat address-group * {first:nat-pool} {last}
nat address-group * name {name}
nat dns-map domain * protocol * ip {host:nat-outside}
nat dns-map domain * protocol * interface {name}
nat server-group {name}
nat alg {name}
[nat address-group]
[nat ipv6 address-group]
exclude-ip {first:nat-pool} {last}
exclude-ip {host:nat-pool}
[nat address-group]
[nat ipv6 address-group]
address {first:nat-pool} {last}
[nat server-group]
inside ip {host:nat-inside}
[nat port-block-group]
local-ip-address {first:nat-inside} {last} [vpn-instance {vrf}]
global-ip-pool {first:nat-pool} {last}
[nat policy > rule]
[nat global-policy > rule]
[nat global-policy]
[nat policy]
source-ip|destination-ip host {host:policy}
+source-ip|destination-ip subnet {prefix:policy} {size}
source-ip|destination-ip range {first:policy} {last}
source-ip|destination-ip {name}
action snat static ip-address {host:nat-outside}
action dnat ip-address {host:nat-inside}
action snat static subnet {prefix:nat-outside} {size}
action snat static object-group {name}
action dnat object-group {name}
action snat address-group name {name}
action ... ip-address {host:nat-outside}

# Routes
[]
# A description of one word stands where a next hop may.
ip|ipv6 route-static ... description {text}
+ip|ipv6 route-static vpn-instance {vrf} {prefix:route} {size} [*] {host@:next-hop} public
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} vpn-instance {vrf} {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} [*] * {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size}
ip|ipv6 route-static [vpn-instance *] {prefix:route} {size} ... bfd-source {host:bfd}
ip|ipv6 route-static [vpn-instance *] {prefix:route} {size} ... backup-nexthop {host:next-hop}
ip route-static default-preference {name}
ip route-static-group {name}
ip rpf-route-static [vpn-instance {vrf}] {prefix:source} {size} [*] {host:next-hop}
ip rpf-route-static [vpn-instance {vrf}] {prefix:source} {size}
router id {id}
router-id {id}
ospf [*] router-id {id} [vpn-instance {vrf}]
ospfv3 [*] router-id {id}
[ip route-static-group]
+prefix {prefix:route} {size}
[ospf ... vpn-instance {vrf}]
[ospfv3 ... vpn-instance {vrf}]
router-id {id}
[ospf]
[ospfv3]
area {fixed:area}
+asbr-summary {prefix:aggregate} {size}
peer {host:peer}
domain-id {fixed:number}
filter-policy prefix-list|ip-prefix {name}
import-route ... route-policy {name}
mpls ldp sync {name}
[ospf ... vpn-instance {vrf} > area]
[ospf > area]
[ospfv3 > area]
+network {prefix:igp-network} {wild}
+abr-summary {prefix:aggregate} {size}
vlink-peer {id}
sham-link {host:peer} {host:peer}
host-advertise {host:igp-network}
filter [prefix-list|ip-prefix|route-policy] {name}
[isis ... vpn-instance {vrf}]
network-entity {title}
[isis]
[isis > address-family]
network-entity {title}
+summary {prefix:aggregate} {size}
traffic-eng-router-id|traffic-eng {host:lsr-id}
mpls te router-id {host:lsr-id}
is-name map {fixed:number} {name}
is-name {name}
prefix-priority {name}
[rip ... vpn-instance {vrf}]
[rip]
+network {prefix:igp-network} {wild}
+network {classful:rip-network}
peer {host:peer}
filter-policy {name}
[bgp > ipv4-family vpn-instance {vrf}]
[bgp > ipv6-family vpn-instance {vrf}]
[bgp > ip vpn-instance {vrf}]
[bgp > ip vpn-instance {vrf} > address-family]
router-id {id}
[bgp]
[bgp > address-family]
# A peer's line may seem to be a view where the blanks before a line are not regular.
[bgp > peer]
[bgp > ipv4-family]
[bgp > ipv6-family]
[bgp > ip vpn-instance]
[bgp > ip vpn-instance > address-family]
[bgp > l2vpn-family]
[bgp > vpls-family]
router-id {id}
reflector cluster-id {id:cluster-id}
rr-filter {name}
peer {prefix:peer} {len} as-number|group|enable|route-policy|connect-interface|description|password|bfd|ebgp-max-hop|timer|advertise-community|prefix-list|filter-policy|next-hop-local|reflect-client|route-limit
peer {host:peer} source-address {host:source}
peer {host:peer} description {text}
peer {host:peer} group|route-policy|filter-policy|as-path-acl|prefix-list|ip-prefix|ipv6-prefix|connect-interface {name}
peer {host:peer} password {fixed:secret}
peer {host:peer}
peer {name} source-address {host:source}
peer {name} description {text}
peer {name}
group {name}
+network {prefix:bgp-network} {size}
+network {classful:bgp-network}
+aggregate {prefix:aggregate} {size}
primary-nexthop {name}
route-distinguisher {rd}
vpn-target ... {rd}

# VPN instances, labels, virtual circuits
[ip vpn-instance]
[ip vpn-instance > address-family]
[ip vpn-instance > ipv4-family]
[vsi]
[vsi > evpn]
[vsi > *]
[cross-connect group]
[xconnect-group]
[xconnect-group > *]
[evpn instance]
route-distinguisher {rd}
vpn-target ... {rd}
peer {host@:peer}
vpn-id {fixed:number}
remote-vtep|vtep {host@:peer}
backup-peer {host@:peer}
[vsi > * > peer]
[xconnect-group > * > peer]
[xconnect-group > connection]
backup-peer {host@:peer}
peer {host@:peer}
[]
mpls lsr-id {host:lsr-id}
mpls ldp remote-peer {name}
mpls ldp md5-password * {host:peer}
mpls label advertise {name}
static-lsp ingress|transit|egress {name} [destination {prefix:route} {size}] [...] nexthop {host:next-hop}
static-lsp ingress|transit|egress {name} destination {prefix:route} {size}
tunnel global source-address {host:tunnel-source}
evpn m-lag|drni local {host:lsr-id} remote {host:peer}
evpn mlag local {host:lsr-id} remote {host:peer}
m-lag|drni keepalive ip|ipv6 destination {host:peer} [source {host:source}] [vpn-instance {vrf}]
explicit-path {name}
[mpls ldp]
[mpls ldp > vpn-instance {vrf}]
[mpls ldp remote-peer]
lsr-id {host:lsr-id}
targeted-peer {host:peer}
remote-ip {host:peer}
md5-authentication {host:peer}
md5-password * {host:peer}
session protection peer {host:peer}
[explicit-path]
nexthop|next [index *] [*] {host:next-hop}
nexthop {host:next-hop}
modify hop * {host:next-hop}
[segment-routing ipv6]
[segment-routing ipv6 > locator]
encapsulation source-address {host:source}
locator {name} ipv6-prefix {prefix:locator} {len}
opcode {fixed:opcode}
"""
