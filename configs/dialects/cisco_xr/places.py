"""Where addresses stand in IOS XR's commands.

Sources: Cisco's IOS XR command references for the ASR 9000 (6.x and 7.x): interfaces, routing, BGP, MPLS, L2VPN,
multicast, IP addresses and services, system security, system management. What other languages share is in
`configs.places.common`.

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
= vrf {vrf}
ipv4|ipv6 address {interface}/{len}
ipv4 address {interface} {mask} [secondary]
ipv6 address {host} link-local
ipv4|ipv6 helper-address vrf {vrf} {host:relay}
ipv4|ipv6 helper-address {host:relay}
?tunnel source {host:tunnel-source}
?tunnel destination {host:tunnel-destination}
?destination {host:tunnel-destination}
?source {host:tunnel-source}
ipv4|ipv6 access-group {name}
ipv4|ipv6 unnumbered {name}
path-option * explicit name {name}
arp {host:arp}
ipv6 neighbor {host:arp}
flow ipv4|ipv6 monitor {name}
service-policy input|output {name}
[interface > autoroute]
[interface > autoroute destination]
destination {host:tunnel-destination}
[]
prefix-set {name}
as-path-set|community-set|extcommunity-set|rd-set|policy-set {name}
route-policy {name}
ipv4|ipv6 prefix-list {name}
ipv4|ipv6 access-list {name}
object-group network ipv4|ipv6 {name}
class-map|policy-map {name}
domain name-server {hosts:dns}
domain ipv4|ipv6 host * {hosts:host}
domain vrf {vrf} name-server {hosts:dns}
domain vrf {vrf} ipv4|ipv6 host * {hosts:host}
logging {host:logging} [vrf {vrf}]
logging source-interface {name}
snmp-server host {host:snmp} [...] vrf {vrf}
snmp-server host {host:snmp}
snmp-server vrf {name}
tacacs-server|radius-server host {host:server}
tftp [vrf {vrf}] ipv4|ipv6 server homedir {fixed:file}
ntp {name}
arp vrf {vrf} {host:arp}
arp {host:arp}
ipv6 neighbor {host:arp}
cef adjacency {name}
hw-module {name}
telnet [vrf *] ipv4|ipv6 server {name}
ssh server {name}
rcp client source-interface {name}
xml agent {name}
nsr {name}
call-home {name}
explicit-path name {name}
mpls static {name}
ipv4 netmask-format {name}
ipv4|ipv6 virtual address [vrf {vrf}] {interface}/{len}
ipv4|ipv6 virtual address [vrf {vrf}] {interface} {mask}
ipv4 assembler {name}
# Sets and policies: one element a line, `,` between them
[snmp-server vrf {vrf}]
host {host:snmp}
[prefix-set]
\#* {text:comment}
?{prefix:prefix-list}/{len} [eq|ge {ge}] [le {le}]
?{prefix:prefix-list}
[rd-set]
{rd}
{fixed:rd}/*
[extcommunity-set]
{rd}
[route-policy]
[route-policy > *]
[route-policy > if]
?set next-hop [ipv6] {host:next-hop}
?set label-index {fixed:number}
set extcommunity ... {rd}
set rib-metric {fixed:number}
[route-policy]
[route-policy > *]
?set next-hop [ipv6] {host:next-hop}
?... rd in {rd}
?if|elseif|or|and|not ... {prefix:prefix-list}/{len} [eq|ge {ge}] [le {le}]
?if|elseif|or|and|not ... in {prefix:prefix-list}
?... destination|source|next-hop|orf in {name}
apply {name}
[ipv4 prefix-list]
[ipv6 prefix-list]
?+{seq} permit|deny {prefix:prefix-list}/{len} [eq|ge {ge}] [le {le}]
?+{seq} permit|deny {prefix:prefix-list} {mask} [eq|ge {ge}] [le {le}]
{seq} remark {text}
[ipv4 access-list]
[ipv6 access-list]
?+[{seq}] permit|deny {host:acl}
[object-group network]
?+{prefix:object}/{len}
?+{prefix:object} {mask}
?host {host:object}
?+range {first:object} {last}
object-group {name}
# Static routes: the route is the command
[router static > vrf {vrf}]
[router static > vrf {vrf} > address-family]
vrf {name}
[router static]
[router static > address-family]
[router static > vrf]
[router static > vrf > address-family]
+*/* vrf {vrf} [*] {host:next-hop}
+{prefix:route}/{len} {host:next-hop}
+{prefix:route}/{len} * {host:next-hop}
+{prefix:route}/{len} ... description {text}
+{prefix:route}/{len}
+* * vrf {vrf} [*] {host:next-hop}
+{prefix:route} {mask} {host:next-hop}
+{prefix:route} {mask} * {host:next-hop}
+{prefix:route} {mask}
# Protocols
[router ospf > vrf {vrf}]
[router ospf > vrf {vrf} > area]
[router ospfv3 > vrf {vrf} > area]
[router ospf > vrf {vrf} > area > interface]
router-id {id}
[router ospf]
[router ospfv3]
[router ospf > vrf]
[router ospfv3 > vrf]
[router ospf > area]
[router ospfv3 > area]
[router ospf > vrf > area]
[router ospfv3 > vrf > area]
area {fixed:area}
router-id {id}
+range {prefix:aggregate}/{len}
+range {prefix:aggregate} {mask}
virtual-link {id}
sham-link {host:peer} {host:peer}
+summary-prefix {prefix:aggregate}/{len}
+summary-prefix {prefix:aggregate} {mask}
route-policy {name}
[router ospf > area > interface]
[router ospf > vrf > area > interface]
[router ospfv3 > area > interface]
neighbor {host:peer}
prefix-sid {name}
[router isis]
[router isis > address-family]
[router isis > interface > address-family]
net {title}
+summary-prefix {prefix:aggregate}/{len}
mpls traffic-eng router-id {host:lsr-id}
[router isis > address-family > segment-routing]
[router isis > address-family > *]
prefix-sid-map {name}
[router rip]
[router rip > vrf {vrf}]
[router rip > interface]
[router eigrp > vrf {vrf}]
[router eigrp > vrf {vrf} > address-family]
[router eigrp > vrf {vrf} > address-family > interface]
[router eigrp > address-family > interface]
neighbor {host:peer}
+summary-address {prefix:aggregate}/{len}
[router bgp]
[router bgp > vrf]
bgp router-id {id}
bgp cluster-id {id:cluster-id}
+neighbor {prefix:peer}/{len}
neighbor {host:peer}
rpki server {host:server}
rd {rd}
[router bgp > rpki server]
bind-source {name}
[router bgp > vrf {vrf} > address-family]
[router bgp > address-family]
[router bgp > vrf > address-family]
+network {prefix:bgp-network}/{len} [route-policy {name}]
+network {prefix:bgp-network} {mask}
+aggregate-address {prefix:aggregate}/{len}
+aggregate-address {prefix:aggregate} {mask}
redistribute ... route-policy {name}
[router bgp > vrf > neighbor]
[router bgp > neighbor]
[router bgp > neighbor-group]
update-source {name}
use neighbor-group {name}
dmz-link-bandwidth {name}
cluster-id {id:cluster-id}
[router bgp > neighbor > address-family]
[router bgp > vrf > neighbor > address-family]
[router bgp > neighbor-group > address-family]
site-of-origin {rd}
route-policy {name}
[router hsrp > interface > address-family > hsrp]
[router hsrp > interface > hsrp]
[router hsrp > interface]
[router vrrp > interface > address-family > vrrp]
[router vrrp > interface]
?address {host:virtual} [secondary]
?address global {host:virtual}
?address secondary {host:virtual}
?hsrp * ipv4 {host:virtual}
?vrrp * ipv4 {host:virtual}
?slave follow {name}
[router hsrp > interface > address-family > hsrp > *]
?remote {host:bfd}
[router hsrp > interface > address-family]
[router igmp > interface]
[router igmp > vrf {vrf} > interface]
[router mld > interface]
static-group|join-group {host:group} [{host:source}]
[router pim > address-family]
[router pim > vrf > address-family]
rp-address {host:rp} [{name}]
bsr candidate-bsr|candidate-rp {host:rp}
rp-static-deny {name}
auto-rp candidate-rp {name}
[router msdp]
[router msdp > peer]
peer {host:peer}
connect-source {name}
originator-id {name}
[multicast-routing > address-family]
[multicast-routing > vrf {vrf} > address-family]
static-rpf {prefix:source}/{len} * {host:next-hop}
static-rpf {prefix:source} {len} * {host:next-hop}
mdt default ipv4 {host:group}
mdt default {host:group}
mdt data {prefix:group}/{len}
# Labels, virtual circuits
[mpls ldp]
[mpls ldp > address-family]
[mpls ldp > vrf {vrf}]
router-id {host:lsr-id}
neighbor {host:peer}:*
neighbor ipv4 {host:peer}
neighbor {host:peer}
discovery transport-address {host:lsr-id}
neighbor password {fixed:secret}
session protection for {name}
[mpls ldp > neighbor]
{host:peer}:*
{host:peer} password
[mpls ldp > interface > address-family]
discovery transport-address {host:lsr-id}
[mpls traffic-eng]
[rsvp]
neighbor {host:peer}
[dhcp ipv4 > profile]
option * ip {hosts:server}
[ipv4 access-list]
[ipv6 access-list]
?... nexthop1|nexthop2|nexthop3 vrf {vrf} ipv4|ipv6 {host:next-hop}
[pce]
[pce > *]
address ipv4|ipv6 {host:source}
peer ipv4|ipv6 {host:peer}
[interface nve* > member]
peer-ip {host:peer}
[segment-routing > srv6 > encapsulation]
[segment-routing > srv6]
source-address {host:source}
[segment-routing > traffic-eng > segment-list > srv6]
[segment-routing > traffic-eng > segment-lists > srv6 > segment-list]
index * sid {host:sid}
[router vrrp > interface > address-family > vrrp]
bfd fast-detect peer ipv4|ipv6 {host:bfd}
[service]
[cgn > *]
[cgn > * > *]
[cgn > * > * > *]
[cgn > * > * > * > *]
?map [outside-vrf *] [outsideServiceApp *] address-pool {prefix:nat-pool}/{len}
?address {host:logging} port
?address {host:logging}
[rsvp]
[mpls traffic-eng > *]
peer ipv4 {host:peer}
[explicit-path]
index * next-address [loose|strict] ipv4 unicast {host:next-hop}
index * exclude-address ipv4 unicast {host}
[l2vpn]
[l2vpn > *]
[l2vpn > pw-class]
[l2vpn > pw-class > *]
[l2vpn > bridge group > bridge-domain]
[l2vpn > bridge group > bridge-domain > vfi]
[l2vpn > bridge group > bridge-domain > *]
[l2vpn > bridge group > bridge-domain > vfi > *]
[l2vpn > bridge group > bridge-domain > vfi > * > *]
[l2vpn > xconnect group > p2p]
[l2vpn > xconnect group > mp2mp]
[l2vpn > xconnect group > p2p > neighbor]
[l2vpn > xconnect group > mp2mp > *]
neighbor [ipv4|ipv6] {host@:peer}
backup neighbor {host@:peer}
ipv4 source {host@:source}
source {host@:source}
rd {rd}
route-target ... {rd}
route-target {rd}
vpn-id {fixed:number}
static-address {fixed:mac}
router-id {host:lsr-id}
[evpn]
[evpn > *]
[evpn > * > *]
rd {rd}
route-target ... {rd}
route-target {rd}
identifier type * {fixed:esi}
bgp route-target {fixed:mac}
source interface {name}
[vrf > address-family > import route-target]
[vrf > address-family > export route-target]
[vrf > address-family > import]
[vrf > address-family > *]
[vrf > address-family]
[vrf]
{rd}
rd {rd}
import|export route-target {rd}
maximum prefix {name}
[segment-routing]
[segment-routing > *]
[segment-routing > traffic-eng > *]
[segment-routing > traffic-eng > * > *]
[segment-routing > traffic-eng > * > * > *]
index * mpls adjacency {host:next-hop}
index * address ipv4|ipv6 {host:next-hop}
color * end-point ipv4|ipv6 {host:destination}
color * end-point {host:destination}
address ipv4 {host:peer}
pce address ipv4|ipv6 {host:server}
source-address ipv4|ipv6 {host:source}
[segment-routing > srv6 > locators > locator]
[segment-routing > * > * > locator]
prefix {prefix:locator}/{len}
# Services
[ntp]
[ntp > *]
server|peer [vrf {vrf}] [ipv4|ipv6] {host:ntp}
source vrf {name}
access-group {name}
[ntp > interface]
multicast client {host:group}
[radius-server host]
[tacacs-server host]
key {fixed:secret}
[aaa group server]
= vrf {vrf}
server-private {host:server}
server {host:server}
[aaa server radius dynamic-author]
client {host:server} [vrf {vrf}]
[flow exporter-map]
destination ipv6 {host:logging} [vrf {vrf}]
destination {host:logging} [vrf {vrf}]
source-address {host:source}
source {host:source}
[telemetry model-driven]
[telemetry model-driven > destination-group]
[telemetry model-driven > destination-group > vrf]
[telemetry model-driven > *]
address-family ipv4|ipv6 {host:logging} port
destination {host:logging} port
[control-plane]
[control-plane > management-plane > * > interface > *]
[control-plane > management-plane > * > interface]
[control-plane > management-plane > * > interface > * > *]
[control-plane > management-plane > * > * > *]
[control-plane > *]
?address ipv4|ipv6 {prefix:management}/{len}
?address ipv4|ipv6 {host:management}
[ipsla > operation > type]
[ipsla > operation > type > *]
[ipsla > responder > type]
[ipsla > *]
?destination|target address {host:probe}
?destination|target address ipv4 {host:probe}
?source address {host:source}
?type udp ipv4 address {host:probe}
?lsr-path {hosts:next-hop}
[track]
[track > type route]
[track > *]
route ipv4 {prefix:probe}/{len}
route ipv4 {prefix:probe} {mask}
[dhcp ipv4]
[dhcp ipv4 > profile]
[dhcp ipv6 > profile]
[dhcp ipv4 > profile > *]
[dhcp ipv4 > *]
helper-address [vrf {vrf}] {host:relay} [giaddr {host:source}]
helper-address vrf {vrf} {host:relay}
default-router {hosts:gateway}
dns-server {hosts:dns}
netbios-name-server {hosts:server}
pool {name}
[pool vrf {vrf} ipv4|ipv6]
[pool ipv4]
[pool ipv6]
[pool vrf]
+network {prefix:pool}/{len}
+network {prefix:pool} {mask}
address-range {first:pool} {last}
exclude {first:pool} {last}
exclude {host:pool}
default-router {hosts:gateway}
prefix-range {first:pool} {last}
[monitor-session]
destination {name}
[policy-map type pbr > class type traffic]
[policy-map > class]
redirect ipv4|ipv6 nexthop [vrf {vrf}] {host:next-hop}
redirect nexthop route-target {rd}
[class-map type traffic]
match destination-address|source-address ipv4|ipv6 {prefix:policy}/{len}
match destination-address|source-address ipv4 {prefix:policy} {mask}
[lisp]
[router lisp]
[router lisp > *]
[router lisp > * > *]
map-resolver|map-server {host:server}
locator {host:lsr-id}
[service-ipv4]
[nv > satellite]
[nv > *]
ipv4 address {host}
[router bfd]
[bfd]
[bfd > *]
echo ipv4 source {host:bfd}
destination ipv4|ipv6 {host:bfd}
source ipv4|ipv6 {host:bfd}
multihop {name}
[interface > bfd]
[interface]
bfd address-family ipv4|ipv6 destination {host:bfd}
bfd destination {host:bfd}
bfd mode {name}
mac-address {fixed:mac}
[interface > ipv6 nd]
[interface > ipv6]
[bmp server]
host {host:logging} port
[linux]
[tpa]
[line]
access-class {name}
[multicast-routing > address-family]
[multicast-routing > vrf {vrf} > address-family]
static-rpf {prefix:route}/{len} {host:next-hop}
static-rpf {prefix:route} {len} {host:next-hop}
"""
