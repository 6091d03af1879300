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

OSPF: Final = """
[router ... vrf {vrf}]
[router > vrf {vrf}]
router-id {id}
[router ospf]
[router ospfv3]
[router ospf6]
[router ospf > vrf]
[router ospfv3 > vrf]
[router ospfv3 > address-family]
[router ospf > address-family]
router-id {id}
ospf router-id {id}
ospf6 router-id {id}
+network {prefix:igp-network}/{len} area {fixed:area}
+network {prefix:igp-network} {either} area {fixed:area}
+area {fixed:area} range {prefix:aggregate}/{len} [substitute {prefix:aggregate}/{len}]
+area {fixed:area} range {prefix:aggregate} {mask}
area {fixed:area} virtual-link {id}
area {fixed:area} sham-link {host:peer} {host:peer}
+area {fixed:area} filter {prefix:aggregate} {mask}
+area {fixed:area} filter {prefix:aggregate}/{len}
area {fixed:area}
+summary-address {prefix:aggregate} {mask}
+summary-address {prefix:aggregate}/{len}
+summary-prefix {prefix:aggregate}/{len}
neighbor {host:peer}
distance * {prefix:source} {wild}
distance * {prefix:source}/{len}
mpls traffic-eng area {fixed:area}
mpls traffic-eng router-id {host:lsr-id}
mpls-te router-address {host:lsr-id}
router-info area {fixed:area}
mpls ldp autoconfig area {fixed:area}
max-metric ... {fixed:area}
redistribute ... route-map {name}
interface * area {fixed:area}
timers throttle ... {fixed:area}
distribute-list [prefix|route-map] {name}
"""

ISIS: Final = """
[router isis]
[router isis > address-family]
[router isis > vrf]
net {title}
+summary-address {prefix:aggregate} {mask}
+summary-address {prefix:aggregate}/{len}
+summary-prefix {prefix:aggregate}/{len}
+summary-prefix {prefix:aggregate} {mask}
mpls traffic-eng router-id {host:lsr-id}
router-id ipv4|ipv6 {host:lsr-id}
router-id {host:lsr-id}
is-hostname {name}
distance * {prefix:source} {wild}
"""

VECTORS: Final = """
[router rip]
[router ripng]
[router eigrp]
[router rip > address-family ... vrf {vrf}]
[router eigrp > address-family ... vrf {vrf}]
[router rip > address-family]
[router eigrp > address-family]
[router rip > vrf]
[router eigrp > vrf]
router-id|eigrp {id}
eigrp router-id {id}
+network {prefix:igp-network}/{len}
+network {prefix:igp-network} {either}
+network {classful:rip-network}
neighbor {host:peer}
distance * {prefix:source} {wild}
distance * {prefix:source}/{len}
+route {prefix:route}/{len}
+summary-address {prefix:aggregate} {mask}
+summary-address {prefix:aggregate}/{len}
[router eigrp > address-family > af-interface]
+summary-address {prefix:aggregate} {mask}
+summary-address {prefix:aggregate}/{len}
"""

BGP: Final = """
[router bgp > address-family ... vrf {vrf}]
[router bgp > vrf {vrf}]
[router bgp > vrf {vrf} > address-family]
[router bgp > vrf {vrf} > neighbor]
[router bgp ... vrf {vrf}]
[router bgp ... vrf {vrf} > address-family]
bgp router-id {id}
[router bgp]
[router bgp > address-family]
[router bgp > vrf]
[router bgp > vrf > address-family]
bgp router-id {id}
bgp cluster-id {id:cluster-id}
router-id {id}
cluster-id {id:cluster-id}
bgp router-id vrf ... {id}
+bgp listen range {prefix:peer}/{len}
+neighbor {prefix:peer}/{len}
neighbor {host:peer} update-source {host:source}
neighbor {host:peer} route-map|prefix-list|filter-list|distribute-list|inherit {name}
neighbor {host:peer} description {text}
neighbor {host:peer} password {fixed:secret}
neighbor {host:peer} peer group {name}
neighbor {host:peer} peer-group {name}
neighbor {host:peer}
neighbor * description {text}
neighbor {name} update-source {host:source}
neighbor {name}
no neighbor {host:peer}
no neighbor {name}
dynamic peer-group listen range {prefix:peer}/{len}
+network {prefix:bgp-network}/{len}
+network {prefix:bgp-network} mask {mask}
+network {classful:bgp-network}
+aggregate-address {prefix:aggregate}/{len}
+aggregate-address {prefix:aggregate} {mask}
distance * {prefix:source} {wild}
distance * {prefix:source}/{len}
rd {rd}
rd vpn export {rd}
rt vpn ... {rd}
route-target ... {rd}
table-map {name}
[router bgp > template]
[router bgp > neighbor]
[router bgp > vrf > neighbor]
[router bgp > neighbor-group]
[router bgp > session-group]
update-source {host:source}
inherit peer|peer-session|peer-policy {name}
use neighbor-group|session-group|af-group {name}
[router bgp > neighbor > address-family]
[router bgp > vrf > neighbor > address-family]
[router bgp > template > address-family]
[router bgp > neighbor-group > address-family]
route-policy|route-map|prefix-list {name}
"""

VRFS: Final = """
[ip vrf]
[vrf]
[vrf > address-family]
[vrf definition]
[l2vpn evpn]
[evpn]
[evpn > vni]
[l2 vfi]
[vlan-aware-bundle]
rd {rd}
route-target ... {rd}
neighbor {host:peer}
vpn id {fixed:number}
router-id {id}
[vrf context {vrf}]
rd {rd}
"""

LABELS: Final = """
[]
mpls ldp router-id {host:lsr-id}
mpls ldp neighbor [vrf {vrf}] {host:peer}
mpls ldp password [vrf {vrf}] option * for {name}
mpls ldp discovery transport-address {host:lsr-id}
mpls static binding ipv4 [vrf {vrf}] {prefix:route} {mask}
mpls traffic-eng router-id {host:lsr-id}
ip explicit-path name {name}
[ip explicit-path]
[explicit-path]
next-address [loose|strict] [ipv4 unicast] {host:next-hop}
index * next-address [loose|strict] [ipv4 unicast] {host:next-hop}
index * exclude-address {host}
exclude-address {host}
[mpls ldp]
[mpls ldp > address-family]
router-id {host:lsr-id}
neighbor {host:peer}:*
neighbor {host:peer}
discovery transport-address {host:lsr-id}
transport-address {host:lsr-id}
"""

MULTICAST: Final = """
[]
[vrf context {vrf}]
[router pim]
[router pim > address-family]
[router pim > vrf {vrf}]
[router pim > vrf {vrf} > address-family]
ip|ipv6 pim [vrf {vrf}] rp-address {host:rp} group-list {prefix:group}/{len}
ip|ipv6 pim [vrf {vrf}] rp-address {host:rp}
ip|ipv6 pim [vrf {vrf}] rp address {host:rp} [{prefix:group}/{len}]
ip|ipv6 pim [vrf {vrf}] rp {host:rp} [{prefix:group}/{len}]
ip|ipv6 pim [vrf {vrf}] anycast-rp {host:rp} {host:rp}
ip|ipv6 pim [vrf {vrf}] rp-candidate|bsr-candidate|register-source {host:rp}
ip|ipv6 pim [vrf {vrf}] ssm|ssm-range range {prefix:group}/{len}
ip pim ... group-list {prefix:group}/{len}
ip msdp [vrf {vrf}] peer|default-peer|originator-id|password|description {host:peer}
ip msdp [vrf {vrf}] keepalive|mesh-group|sa-limit|sa-policy|reconnect-interval [*] {host:peer}
ip msdp [vrf {vrf}] sa-filter in|out {host:peer}
ip msdp peer {host:peer} ... {host:source}
ip msdp mesh-group * member|source {host:peer}
ip igmp snooping querier [address] {host}
ip igmp snooping vlan * querier [address] {host}
ip igmp snooping vlan * static|static-group {host:group}
ip igmp snooping querier address {host}
rp-address {host:rp}
rp address {host:rp} [{prefix:group}/{len}]
rp {host:rp} [{prefix:group}/{len}]
[router msdp]
peer {host:peer}
default-peer {host:peer}
"""

DHCP: Final = """
[]
ip dhcp excluded-address [vrf {vrf}] {first:dhcp} {last}
ip dhcp excluded-address [vrf {vrf}] {host:dhcp}
ip dhcp-server {host:relay}
ip dhcp pool {name}
ip|ipv6 source binding ... {host:arp}
ipv6 dhcp pool {name}
ip address-pool {name}
ip local pool {name} {first:pool} {last}
ip local pool {name} {host:pool}
ipv6 local pool {name} {prefix:pool}/{len}
[ip dhcp pool]
[ipv6 dhcp pool]
= vrf {vrf}
network {prefix:dhcp} {mask} {first:dhcp} {last}
network {prefix:dhcp}/{len}
network {prefix:dhcp} {mask}
network {prefix:dhcp} /{len}
network {classful:dhcp}
host {interface:dhcp} {mask}
host {interface:dhcp}/{len}
host {interface:dhcp} /{len}
default-router|gateway {hosts:gateway}
dns-server {hosts:dns}
netbios-name-server {hosts:server}
next-server {hosts:server}
tftp-server {hosts:server}
option * ip {hosts:dhcp}
address range {first:dhcp} {last}
address prefix {prefix:dhcp}/{len}
prefix-delegation {prefix:dhcp}/{len}
link-address {prefix:dhcp}/{len}
address {host:dhcp}
relay destination [vrf {vrf}] {host:relay}
relay source {prefix:relay} {mask}
range {first:dhcp} {last}
lease-range|lease {first:dhcp} {last}
class {name}
[ip dhcp pool > class]
address range {first:dhcp} {last}
[ip dhcp pool > network]
override default-router {hosts:gateway}
"""

SERVERS: Final = """
[]
ip name-server vrf {vrf} {hosts:dns}
ip name-server {hosts:dns} [use-vrf {vrf}]
ip name-server ... use-vrf * {host:dns}
ip domain name-server|server [vrf {vrf}] {hosts:dns}
ip host vrf {vrf} * {hosts:host}
ip host * [*] {hosts:host}
ip host * {hosts:host}
ipv6 host * {hosts:host}
ipv6 name-server {hosts:dns}
ntp server|peer vrf {vrf} [ip|ipv6] {host:ntp}
ntp server|peer [ip|ipv6] {host:ntp} [...] use-vrf|vrf {vrf}
ntp server|peer [ip|ipv6] {host:ntp}
ntp source {host:source}
ntp broadcast destination {host:ntp}
ntp multicast [client] {host:group}
ntp server|peer ... source {host:source}
sntp server {host:ntp}
logging host|server [ipv6] {host:logging} [...] vrf|use-vrf {vrf}
logging host|server [ipv6] {host:logging}
logging [vrf {vrf}] host {host:logging}
logging {host:logging} [vrf|use-vrf {vrf}]
logging [vrf {vrf}] {host:logging}
logging source-ip {host:source}
snmp-server host {host:snmp} [...] vrf|use-vrf {vrf}
snmp-server host {host:snmp}
snmp-server engineID remote {host:snmp} [vrf {vrf}]
snmp-server user * * remote {host:snmp} [vrf {vrf}]
snmp-server trap-source {host:source}
tacacs-server|radius-server host vrf {vrf} {host:server}
tacacs-server|radius-server host {host:server} [vrf {vrf}]
radius-server attribute nas-ip-address|4 {host:source}
radius-server dynamic-author|proxy client {host:server}
ip tacacs|radius source-ip {host:source}
ip radius nas-ip-address {host:source}
ip ftp|tftp|ssh source-ip {host:source}
ldap-server host {host:server}
kerberos server * {host:server}
ip flow-export destination {host:logging} [*] [vrf {vrf}]
ip flow-export source {host:source}
sflow [vrf {vrf}] destination {host:logging}
sflow [vrf {vrf}] source|agent [address] {host:source}
sflow collector-ip|agent-ip|source-ip|collector|agent {host:logging}
sflow collector * destination|source {host:logging}
sflow agent address {host:source}
ip rcmd remote-host * {host:management}
ip http access-class [ipv4] {name}
ip urlfilter server vendor * {host:server}
ip urlfilter exclusive-domain permit|deny {host:destination}
ip wccp ... group-address {host:group}
ip alias {host}
monitor session * ... destination|origin [ip] [address] {host:destination}
ip sla responder * ipaddress {host:probe}
ip sla responder *-echo|*-connect ipaddress {host:probe}
ip dns forwarding|server [source] {host:dns}
netconf server {host:server}
ip arp inspection filter {name}
[aaa group server]
= ip vrf forwarding {vrf}
= use-vrf {vrf}
= vrf {vrf}
server [name] {host:server} [vrf {vrf}]
server-private {host:server}
[aaa server radius dynamic-author]
client {host:server} [vrf {vrf}]
server {host:server}
[tacacs server]
[radius server]
[ldap server]
address ipv4|ipv6 {host:server}
ipv4 {host:server}
ipv6 {host:server}
server host {host:server}
[flow exporter]
[flow-export]
[exporter]
destination {host:logging} [vrf|use-vrf {vrf}]
source {host:source}
collector {host:logging}
[ip dns view]
dns forwarder [vrf {vrf}] {hosts:dns}
domain name-server {hosts:dns}
"""

PROBES: Final = """
[]
track * ip route {prefix:probe} {mask}
track * ip route {prefix:probe}/{len}
track * ipv6 route {prefix:probe}/{len}
[track]
ip vrf {vrf}
[ip sla]
[rtr]
[sla monitor]
[ip rns]
[ip sla > *]
?icmp-echo|path-echo|path-jitter|icmp-jitter|udp-jitter|udp-echo|tcp-connect|voip|dhcp|ftp|dns|http|mpls {host:probe} \
    [...] (source-ip|source-ipaddr|out-interface {host:source} | source-interface *)
?icmp-echo|path-echo|path-jitter|icmp-jitter|udp-jitter|udp-echo|tcp-connect|voip|dhcp {host:probe}
?icmp-echo|path-echo|udp-jitter|udp-echo|tcp-connect|dns ... next-hop {host:next-hop}
?icmp-echo ... source-ip|source-ipaddr {host:source}
?dns ... name-server {host:dns}
?http ... name-server {host:dns}
?http|ftp ... source-ip {host:source}
?type ... ipIcmpEcho {host:probe}
?type ... dest-ipaddr|dest-addr {host:probe}
?type ... source-ipaddr|source-addr|source-ip {host:source}
?type ... name-server {host:dns}
?lsr-path {hosts:next-hop}
"""

OBJECTS: Final = """
[object-group]
[object-group > *]
?host {host:object}
?[{seq}] host-info {host:object}
?+range {first:object} {last}
?+subnet {prefix:object} {mask}
group-object|object-group {name}
"""

CRYPTO: Final = """
[]
?crypto isakmp key [0|6|7] * address {prefix:peer} [{mask}]
?crypto isakmp key [0|6|7] * address ipv6 {prefix:peer}/{len}
?crypto isakmp peer address {host:peer}
?crypto isakmp peer ip-address {host:peer}
?crypto map * local-address {host:source}
crypto map {name}
crypto keyring {name}
?crypto map * * set peer {host:peer}
[crypto]
[crypto > *]
[webvpn]
?set peer {host:peer}
?set local-address|peer-address {host:peer}
?match address {name}
?pre-shared-key address ipv6 {prefix:peer}/{len}
?pre-shared-key address {prefix:peer} [{mask}]
?pre-shared-key address {prefix:peer}/{len}
?local-address {host:source}
?match identity address {prefix:peer} {mask} [*]
?match identity address {host:peer}
?match identity remote address {prefix:peer} {mask}
?match identity remote address {prefix:peer}/{len}
?match identity remote address {host:peer}
?match address local {host:source}
?match certificate {name}
?self-identity address {host:source}
?identity local address {host:source}
?identity address ipv4 {host:peer}
?identity address {host:peer}
?address ipv4|ipv6 {host:peer}
?address {prefix:peer} {mask}
?address {prefix:peer}/{len}
?address {host:peer}
?server address ipv4 {host:server}
?peer {host:peer}
?dns|wins {hosts:dns}
?reverse-route remote-peer {host:next-hop}
?ip-address {host}
?subject-name|fqdn|subject-alt-name {text}
?backup-server|server {host:server}
?nat * {host}
?ip address {host} port
"""

TABLE: Final = (
    ANYWHERE
    + INTERFACES
    + STATIC_ROUTES
    + FILTERS
    + PREFIX_LISTS
    + ROUTE_MAPS
    + OSPF
    + ISIS
    + VECTORS
    + BGP
    + VRFS
    + LABELS
    + MULTICAST
    + DHCP
    + SERVERS
    + PROBES
    + OBJECTS
    + CRYPTO
)
