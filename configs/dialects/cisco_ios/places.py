"""Where addresses stand in IOS's and IOS-XE's commands.

Sources: Cisco's command references of IOS 12.4, 15M and IOS-XE 16 (IP addressing, routing, NAT, security, IP SLAs).
What other languages share is in `configs.places.common`.

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
    return table(TABLE + common.TABLE, public=("global", "default"))


TABLE = """
[]
# Where an extended list says which routes pass, its source is the network and its destination the mask.
?+access-list {name} permit|deny ip host {prefix:acl} host {netmask}
ip nat pool {name} {first:nat-pool} {last} [netmask {fixed:mask-apart} | prefix-length {fixed:length-apart}]
ip nat inside source static network {prefix:inside-net} {prefix@:outside-net} /{len} [...] vrf {vrf}
ip nat inside source static network {prefix:inside-net} {prefix:outside-net} /{len}
ip nat inside source static network {prefix:inside-net} {prefix:outside-net} {mask}
ip nat outside source static network {prefix:outside-net} {prefix:inside-net} /{len}
ip nat outside source static network {prefix:outside-net} {prefix:inside-net} {mask}
ip nat inside source static [tcp|udp|esp] {host:nat-inside} [*] interface [...] vrf {vrf}
ip nat inside source static [tcp|udp|esp] {host:nat-inside} [*] interface
ip nat inside source static [tcp|udp] {host:nat-inside} [*] {host@:nat-outside} [...] vrf {vrf}
ip nat inside source static [tcp|udp] {host:nat-inside} [*] {host:nat-outside}
ip nat outside source static [tcp|udp] {host@:nat-outside} [*] {host:nat-inside} [...] vrf {vrf}
ip nat outside source static [tcp|udp] {host:nat-outside} [*] {host:nat-inside}
ip nat inside destination|source list|route-map {name} pool {name}
ip nat inside destination|source list|route-map {name}
ip nat outside source list|route-map {name} pool {name}
ip nat source static [tcp|udp] {host:nat-inside} [*] {host:nat-outside}
ip nat source list {name}
ip nat portmap {name}
nat64 v4v6 static {host:nat-inside} {host:nat-outside}
nat64 v6v4 static {host:nat-inside} {host:nat-outside}
nat64 v4 pool {name} {first:nat-pool} {last}
nat64 prefix stateful|stateless {prefix:nat-pool}/{len}
+nat64 route {prefix:route}/{len}
nat66 prefix inside {prefix:inside-net}/{len} outside {prefix:outside-net}/{len}
boot system|host|network|config tftp|ftp|rcp|mop * {host:server}
# As people type it.
ip add|addr {interface} {mask}
ip casa {host:source}
ip igmp ssm-map [vrf *] static {name} {host:source}
ip route [vrf {vrf}] static bfd {host:bfd} {host:bfd}
ip http secure-trustpoint|client {name}
cts sxp connection peer {host:peer} [source {host:source}]
+cts role-based sgt-map [vrf {vrf}] {prefix:policy}/{len}|{host:policy}
device-tracking binding vlan * {host:arp}
privilege {text}
ip dhcp-client network-discovery {name}
ip forward-protocol nd {host}
ip slb natpool {name} {first:nat-pool} {last} netmask {fixed:mask-apart}
ip slb probe {name}
ip mobile home-agent|host|foreign-agent {host}
ip source-route track {host}
ip telnet|rlogin source {host:source}
event manager applet {name}
ip rsvp neighbor {name}
ip dvmrp accept-filter {name}
ip trigger-authentication {name}
alarm-contact {fixed:number}
clns net {title}
redundancy rii {fixed:number}
lisp source-locator {name}
ipv6 unicast-routing {name}
snmp mib community-map * engineid {fixed:number}
snmp mib bulkstat {name}
mac-address-table static {fixed:mac}
mac address-table static {fixed:mac}
rmon event * ... {fixed:oid}
bfd map ipv4|ipv6 {prefix:bfd}/{len} {prefix:bfd}/{len}
ethernet cfm {name}
ip admission {name}
ip inspect name {name}
vpdn source-ip {host:source}
ip auth-proxy {name}
gatekeeper {name}
dspfarm {name}
ccm-manager config server {hosts:server}
ccm-manager redundant-host {hosts:server}
sccp ccm {host:server}
voip trunk group {name}
h323-gateway voip bind srcaddr {host:source}
ip cef traffic-statistics {name}
mpls ldp session protection vrf {vrf}
l2tp-class {name}
ip http client proxy-server {host:server}
ip http proxy-server {host:server}
access-class|class-map|policy-map|service-policy {name}
class-map match-all|match-any {name}
match access-group name {name}
class {name}
snmp-server community * [view *] RO|RW|ro|rw {name}
ip access-group|access-class {name}
distribute-list [prefix|gateway|route-map] {name}
[ip dhcp pool]
option * ascii {hosts:dhcp}
option * ascii *{host:dhcp}*
[]
http-proxy {host:server}
[ip access-list extended]
?+[{seq}] permit|deny ip host {prefix:acl} host {netmask}
?+[{seq}] dynamic {name} [timeout *] permit|deny * (any | host {host:acl} | {prefix:acl} {wild}) [...] (any | host {host:acl} | {prefix:acl} {wild})
[arp access-list]
?permit|deny ip host {host:arp} mac
?+permit|deny ip {prefix:acl} {wild} mac
[ip access-list extended]
[interface]
ip unnumbered {name}
ip nat {name}
h323-gateway voip interface {name}
h323-gateway voip id * ipaddr {host:server}
h323-gateway voip bind srcaddr {host:source}
ip rip send|receive version {fixed:version}
ip rtp header-compression {name}
ip rsvp neighbor {host:peer}
ip mobile {host}
pim neighbor-filter {name}
standby|glbp [*] ipv6 {interface:virtual}/{len}
tunnel 6rd br {host:tunnel-destination}
otv use-adjacency-server {hosts:peer} unicast-only
atm pvc * ip {host:peer}
service-policy [type *] [input|output] {name}
standby [*] ip|ipv6 {host:virtual} secondary
cdp enable {name}
ip dhcp client {name}
pseudowire {host@:peer}
mpls l2transport route {host@:peer}
ipv6 address * {interface}/{len}
ip address {host} secondary
neighbor {host@:peer}
[interface > vrrp]
address {host:virtual} [primary|secondary]
[interface > xconnect]
[interface > service instance]
[l2 vfi]
[l2vpn vfi context]
[l2vpn xconnect context]
[interface > service instance > xconnect]
[pseudowire-class]
neighbor {host@:peer}
xconnect {host@:peer}
member {host@:peer}
backup peer {host@:peer}
[event manager applet]
action * syslog [...] msg {text}
action * mail server ["]{host:server} ...
event syslog [...] pattern {text}
[ip nat pool]
address {first:nat-pool} {last}
[object-group]
?+{prefix:object} {mask}
?+{prefix:object}/{len}
[ip slb serverfarm]
real {host:server}
nat client {name}
[ip slb vserver]
virtual {host:virtual}
client {prefix:source} {mask}
[voice service voip]
[voice service voip > ip address trusted list]
ipv4 {prefix:peer} {mask}
ipv4 {host:peer}
[dial-peer voice]
session target ipv4:{host:peer}*
voice-class sip bind {name}
[sip-ua]
sip-server ipv4:{host:server}*
registrar ipv4:{host:server}*
[telephony-service]
ip source-address {host:source}
[call-manager-fallback]
ip source-address {host:source}
[voice register global]
source-address {host:source}
[gateway]
[gatekeeper]
zone local|remote * * {host:peer}
gw-type-prefix ... gw ipaddr {host:peer}
[vpdn-group]
initiate-to ip {host:peer}
source-ip {host:source}
[l2tp-class]
[router bgp]
bgp rpki server tcp {host:server}
[router lisp]
[router lisp > eid-table]
[router lisp > *]
[router lisp > service]
database-mapping {prefix:igp-network}/{len} {host@:lsr-id}
+database-mapping {prefix:igp-network}/{len}
+eid-prefix {prefix:igp-network}/{len}
map-cache {prefix:igp-network}/{len} {host@:lsr-id}
+map-cache {prefix:igp-network}/{len} map-request
ipv4|ipv6 use-petr {host@:lsr-id}
use-petr {host@:lsr-id}
ipv4|ipv6 itr|etr map-resolver|map-server {host@:server}
itr|etr map-resolver|map-server {host@:server}
etr|ipv4 map-server {host@:server}
{host@:lsr-id} priority
[crypto gdoi group]
[crypto gkm group]
[crypto gkm group > server local]
[crypto gdoi group > server local]
[crypto gdoi group > server local > *]
?server address ipv4 {host:server}
?identity address ipv4 {host}
?address ipv4 {host:source}
?peer address ipv4 {host:peer}
[monitor session]
[monitor session > destination]
[monitor session > source]
ip address {host:destination}
origin ip address {host:source}
[ip flow-top-talkers]
+match source|destination|nexthop address {prefix:policy} {mask}
+match source|destination|nexthop address {prefix:policy}/{len}
[interface nve*]
[interface nve* > member]
ingress-replication {hosts:peer}
mcast-group {host:group}
member vni * mcast-group {host:group}
[parameter-map]
server name {host:server}
server ip {host:server}
virtual-ip ipv4|ipv6 {host:virtual}
pattern {text}
[webvpn context > policy group]
+svc|functions split include|exclude {prefix:ipsec} {mask}
svc dns-server|wins-server primary|secondary {host:dns}
[redundancy]
[call-home > profile]
[snmp mib bulkstat object-list]
[snmp mib bulkstat schema]
add {fixed:oid}
[key-server]
address {host:server}
[mediatrace]
[performance monitor]
[cns config]
[banner]
server {host:server}
[control-plane]
management-interface {name}
[class-map]
match source-address|destination-address [mac|ip|ipv4] {host:policy}
match access-group name {name}
match ip [rtp|precedence] {name}
[service-template]
access-group {name}
# Commands taken back, and rarer ones
[]
no ip|ipv6 route [vrf {vrf}] {prefix:route} {mask} [*] {host:next-hop}
no ip|ipv6 route [vrf {vrf}] {prefix:route} {mask}
no ipv6 route [vrf {vrf}] {prefix:route}/{len} [*] {host:next-hop}
no ntp|logging|snmp-server|ip|tacacs-server|radius-server server|host|peer|name-server|helper-address {host:server}
alias {text}
bfd map ipv4|ipv6 vrf {vrf} {prefix:bfd}/{len} {prefix:bfd}/{len}
cns config|image|exec|event ... {host:server}
[router bgp > address-family ... vrf {vrf}]
[router bgp > address-family]
[router bgp]
neighbor {host:peer} soo {rd}
[router ospf]
domain-id [type *] {fixed:domain-id}
[policy-map > class]
?set ip|ipv6 next-hop {hosts:next-hop}
[object-group network]
?+{prefix:object} /{len}
[parameter-map]
server {host:server}
[telemetry ietf subscription]
receiver ip address {host:logging}
receiver-ip {host:logging}
source-address {host:source}
"""
