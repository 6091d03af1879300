"""Where addresses stand in Comware's commands, versions 5 and 7: switches, routers, firewalls.

Sources: H3C's Comware 7 command references (S6800, MSR, SecPath F1000/F5000: fundamentals, layer 3 IP services and
routing, ACL and QoS, security, NAT, VPN, network management) and the Comware 5 forms of the same commands.

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.places.table import Places, table


@cache
def places() -> Places:
    """The table; compiled once."""
    return table(TABLE, public=("public-instance", "public"), paired="action (?:snat static|dnat)")


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
+ip|ipv6 route-static vpn-instance {vrf} {prefix:route} {size} [*] {host@:next-hop} public
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} vpn-instance {vrf} {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} [*] * {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size}
ip|ipv6 route-static [vpn-instance *] {prefix:route} {size} ... bfd-source {host:bfd}
ip|ipv6 route-static [vpn-instance *] {prefix:route} {size} ... backup-nexthop {host:next-hop}
ip|ipv6 route-static ... description {text}
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

# Filters
[acl]
?+rule [{seq}] permit|deny ... source host {host:acl}
?+rule [{seq}] permit|deny ... destination host {host:acl}
?+rule [{seq}] permit|deny ... source {prefix:acl}/{len}
?+rule [{seq}] permit|deny ... destination {prefix:acl}/{len}
?+rule [{seq}] permit|deny ... source {prefix:acl} {wild}
?+rule [{seq}] permit|deny ... destination {prefix:acl} {wild}
?+rule [{seq}] permit|deny ... source {prefix:acl} {len}
?+rule [{seq}] permit|deny ... destination {prefix:acl} {len}
rule [*] permit|deny ... object-group {name}
rule [*] comment {text}
rule [*] remark {text}
[]
acl [ipv6] [number * | basic * | advanced *] name {name}
acl [ipv6] [basic|advanced|mac|user-defined] name {name}
?+ip|ipv6 prefix-list {name} [index {seq}] permit|deny {prefix:prefix-list} {len} [greater-equal {ge}] [less-equal {le}]
?+ip ip-prefix|ipv6-prefix {name} [index {seq}] permit|deny {prefix:prefix-list} {len} [greater-equal {ge}] [less-equal {le}]
ip|ipv6 prefix-list {name} description {text}
ip|ipv6 prefix-list|ip-prefix|ipv6-prefix|extcommunity-list|community-list|as-path {name}
ip extcommunity-list * permit|deny ... {rd}
route-policy {name}
policy-based-route {name}
object-group ip|ipv6 address {name}
object-group service {name}
object-policy ip|ipv6 {name}
[route-policy]
if-match ip|ipv6 address|next-hop|route-source [acl|prefix-list|ip-prefix|name] {name}
if-match ip-prefix|prefix-list {name}
?apply ip-address next-hop [vpn-instance *] {hosts:next-hop}
?apply ip|ipv6 next-hop [vpn-instance *] {hosts:next-hop}
?apply next-hop {hosts:next-hop}
?apply fast-reroute backup-interface * backup-nexthop {host:next-hop}
apply extcommunity ... {rd}
[policy-based-route]
[ipv6 policy-based-route]
if-match acl [name] {name}
apply next-hop|default-next-hop vpn-instance {vrf} {host:next-hop}
?apply next-hop|default-next-hop [ipv6] {hosts:next-hop}
?apply next-hop|default-next-hop ... direct|inbound-vpn|weight|track {host:next-hop}
?apply next-hop|default-next-hop {host:next-hop} ... {host:next-hop}
?apply ip-address next-hop|default-next-hop [vpn-instance *] {hosts:next-hop}
?apply ip-address next-hop|default-next-hop {host:next-hop} ... {host:next-hop}
apply access-vpn vpn-instance {name}
[traffic behavior]
?redirect next-hop vpn-instance {vrf} {hosts:next-hop}
?redirect next-hop [ipv6] [vpn-instance *] {hosts:next-hop}
?redirect next-hop {host:next-hop} ... {host:next-hop}
?nexthop {host:next-hop}
[traffic classifier]
if-match acl [ipv6] [name] {name}
if-match source|destination-ip {host:policy}
[object-group]
?+[{seq}] network host address {host:object}
?+[{seq}] network subnet {prefix:object} wildcard {wild}
?+[{seq}] network subnet {prefix:object} {size}
?+[{seq}] network subnet {prefix:object}/{len}
?+[{seq}] network range {first:object} {last}
?[{seq}] network exclude {host:object}
[{seq}] network group-object {name}
[*] network host name {name}
[security-policy]
[security-policy > rule]
[object-policy]
[object-policy > rule]
[traffic-policy > rule]
source-ip-host|destination-ip-host {host:policy}
+source-ip-subnet|destination-ip-subnet {prefix:policy} {size}
+source-ip-subnet|destination-ip-subnet {prefix:policy}/{len}
source-ip-range|destination-ip-range {first:policy} {last}
source-ip|destination-ip {name}
source-address|destination-address {name}
rule [*] name {name}
rule * pass|drop|inspect source-ip {name} [destination-ip {name}]
rule * pass|drop|inspect destination-ip {name}

# IPsec, other tunnels, remote access
[ipsec]
[ike]
[ikev2]
[ike keychain]
[ikev2 keychain > peer]
[ike > *]
= vpn-instance {vrf}
?remote-address [primary|ipv6] {first:peer} {last}
?remote-address [primary|ipv6] {host:peer}
?local-address [ipv6] {host:source}
?tunnel local {host:source}
?tunnel remote {host:peer}
?pre-shared-key address [ipv6] {prefix:peer} {size}
?pre-shared-key address [ipv6] {host:peer}
?match remote identity address [ipv6] {prefix:peer} {size}
?match remote identity address range {first:peer} {last}
?match remote identity address [ipv6] {host:peer}
?match local address [ipv6] {host:source}
?local-identity|identity address {host:source}
?identity local address {host:source}
?identity address [ipv6] {host:peer}
?address [ipv6] {prefix:peer} {size}
?address [ipv6] {host:peer}
?reverse-route next-hop {host:next-hop}
?flow|security acl [name] {name}
?peer {name}
[]
?ike identity address {host:source}
ike keychain|profile|peer {name}
ipsec policy|policy-template|profile {name}
ip pool {name} {first:pool} {last}
ip pool {name} {host:pool}
sslvpn ip address-pool {name} {first:pool} {last}
sslvpn webpage-customize {name}
[sslvpn gateway]
ip|ipv6 address {host} [port *]
[sslvpn context]
[sslvpn context > *]
ip-tunnel dns-server primary|secondary {host:dns}
ip-tunnel wins-server primary|secondary {host:server}
ip-tunnel address-pool {name} mask {fixed:mask}
+include|exclude {prefix:route} {size}
local-port * local-name * remote-server {host:server}
ip-tunnel access-route {prefix:route} {size}
rule [*] permit|deny ... {prefix:policy} {size}
emo-server address {host:server}
message-server address {host:server}
[l2tp-group]
lns-ip {hosts:peer}
start l2tp ip {host:peer}
source-ip {host:source}
[vam]
[vam > *]
server primary|secondary ip-address {host:server}
hub private-address {host:peer} [public-address {host@:peer}]
[remote-backup group]
remote-ip {host:peer}
local-ip {host:source}

# Services
[]
dhcp server forbidden-ip {first:dhcp} {last} [vpn-instance {vrf}]
dhcp server forbidden-ip {hosts:dhcp}
dhcp server ip-pool {name}
dhcp relay server-group * ip {host:relay}
ipv6 dhcp server forbidden-address {first:dhcp} {last}
ipv6 dhcp server forbidden-address {host:dhcp}
ipv6 dhcp prefix-pool * prefix {prefix:pool}/{len}
ipv6 dhcp pool {name}
dns server [ipv6] {hosts:dns} [vpn-instance {vrf}]
dns spoofing {host:dns}
dns source-interface {name}
ipv6 dns server {hosts:dns}
ip|ipv6 host * {host} [vpn-instance {vrf}]
arp static|short|long {host:arp} [* * *] [vpn-instance {vrf}]
arp static {host:arp}
arp multiport {host:arp}
arp scan {first:arp} to {last}
arp detection rule * permit|deny ip {prefix:arp} {mask}
ipv6 neighbor {host:arp}
ip|ipv6 source binding ip-address|ipv6-address {host:arp}
ip-mac binding ipv4|ipv6 {host:arp}
ntp-service|sntp [ipv6] unicast-server|unicast-peer vpn-instance {vrf} {host:ntp}
ntp-service|sntp [ipv6] unicast-server|unicast-peer {host:ntp} [vpn-instance {vrf}]
ntp-service multicast-server|multicast-client {host:group}
ntp-service|sntp ... source {name}
info-center loghost [vpn-instance {vrf}] [ipv6] {host:logging}
info-center loghost source {name}
snmp-agent target-host [trap|inform] address udp-domain [ipv6] {host:snmp} [udp-port *] [vpn-instance {vrf}]
snmp-agent sys-info location|contact {text}
snmp-agent mib-view included|excluded {name} {fixed:oid}
snmp-agent remote {host:snmp} [vpn-instance {vrf}]
snmp-agent usm-user v3 {name} ... remote {host:snmp}
snmp-agent trap source {name}
snmp-agent group|community * * {name}
rmon alarm * {fixed:oid}
rmon prialarm * {text}
radius|hwtacacs nas-ip [ipv6] {host:source} [vpn-instance {vrf}]
radius session-control client ip|ipv6 {host:server} [vpn-instance {vrf}]
radius scheme {name}
hwtacacs scheme {name}
userlog flow|nat export [slot *] [vpn-instance {vrf}] host [ipv6] {host:logging}
userlog flow|nat export source-ip {host:source}
userlog host {host:logging}
customlog host [vpn-instance {vrf}] {host:logging}
customlog host source {host:source}
ip netstream export vpn-instance {vrf} host {host:logging}
ip netstream export host {host:logging} [*] [vpn-instance {vrf}]
ipv6 netstream export host {host:logging}
sflow agent|source ip|ipv6 {host:source}
sflow collector * [vpn-instance {vrf}] ip|ipv6 {host:logging}
ftp|tftp|ssh|telnet|sftp|scp client source ip|ipv6 {host:source}
ftp|tftp|ssh2|telnet client ipv6 source ipv6 {host:source}
ssh client authentication server {host:server} assign publickey {name}
ssh client authentication server {host:server}
ssh client {host:server} assign publickey {name}
public-key peer {name}
bfd echo-source-ip|echo-source-ipv6 {host:bfd}
cloud-management server domain {host:server}
lldp [agent *] [tlv-enable basic-tlv] management-address-tlv [ipv6] {host:source}
aft prefix-nat64|prefix-ivi|prefix-general {prefix:nat-pool} {len}
aft v6server [protocol *] {host:nat-outside} [*] {host:nat-inside} [*]
aft v4server [protocol *] {host:nat-outside} [*] {host:nat-inside} [*]
aft v4tov6|v6tov4 source {host:nat-inside} [vpn-instance *] {host:nat-outside}
bfd static {name} peer-ip|peer-ipv6 {host:bfd} [...] source-ip|source-ipv6 {host:bfd}
bfd static {name} peer-ip|peer-ipv6 {host:bfd}
track * bfd echo interface * [*] remote ip|ipv6 {host:bfd} local ip|ipv6 {host:bfd}
track * bfd ctrl interface * [*] remote ip|ipv6 {host:bfd} local ip|ipv6 {host:bfd}
track * bfd ... remote ip|ipv6 {host:bfd}
track * bfd ... local ip|ipv6 {host:bfd}
track * ip route [vpn-instance {vrf}] {prefix:probe} {size}
nqa server tcp-connect|udp-echo {host:probe} * [vpn-instance {vrf}]
nqa entry {name} {name}
+portal free-rule * ... source [ip|ipv6] {prefix:policy} [mask] {size}
+portal free-rule * ... destination [ip|ipv6] {prefix:policy} [mask] {size}
+portal free-rule * ... source|destination [ip|ipv6] {prefix:policy}/{len}
portal server {name} ip|ipv6 {host:server}
portal server|web-server {name}
portal nas-ip|bas-ip {host:source}
portal local-server ip {host:server}
blacklist ip|ipv6 {host:policy}
blacklist source-ip|destination-ip {host:policy}
whitelist ip|address {host:policy}
attack-defense policy {name}
ddns policy {name}
domain {name}
igmp-snooping ... source-ip {host:source}
openflow controller {name}
cwmp acs {name}
wlan option client {name}
ip icmp source [vpn-instance {vrf}] {host:source}
ipv6 icmpv6 source {host:source}
ip community-list {name}
multicast-vlan {name}
vxlan tunnel flooding {name}
public-key local {name}
loopback-detection {name}
server-farm|real-server|virtual-server {name}
[vlan]
[igmp-snooping]
igmp-snooping general-query|special-query|leave|report source-ip {host:source}
igmp-snooping static-group {host:group} [source-ip {host:source}]
arp detection ... {host:arp}
protocol-vlan [*] ipv4 {name}
ip-subnet-vlan [*] ip {prefix:policy} {mask}
ip-subnet-vlan [*] ip {prefix:policy}
[dhcp server ip-pool]
[ipv6 dhcp pool]
= vpn-instance {vrf}
network ip range {first:dhcp} {last}
network mask {fixed:mask}
network {prefix:dhcp}/{len}
network {prefix:dhcp} [mask] {size}
network {classful:dhcp}
address range {first:dhcp} {last}
class {name} range {first:dhcp} {last}
class {name} ip-pool {name}
gateway-list {hosts:gateway}
dns-list {hosts:dns}
dns-server {hosts:dns}
nbns-list {hosts:server}
tftp-server ip-address {host:server}
next-server {host:server}
sip-server address {hosts:server}
bims-server ip {host:server}
voice-config ncp-ip|as-ip {host:server}
static-bind ip-address|address {interface:dhcp}/{len}
static-bind ip-address {interface:dhcp} [mask] {size}
static-bind ip-address {host:dhcp}
static-bind mac-address {fixed:mac}
static-bind prefix {prefix:dhcp}/{len}
forbidden-ip {hosts:dhcp}
option * ip-address {hosts:dhcp}
option * hex {fixed:number}
remote-server {hosts:relay}
temporary address range {first:dhcp} {last}
valid class {name}
[dhcp server ip-pool > secondary]
[dhcp server ip-pool > network]
gateway-list {hosts:gateway}
[dhcp class]
if-match rule * ... gateway-address {host:gateway}
if-match relay-agent {host:gateway}
[radius scheme]
[hwtacacs scheme]
[ldap server]
[tacacs scheme]
= vpn-instance {vrf}
primary|secondary authentication|accounting|authorization|update [ipv6] {host:server} [...] vpn-instance {vrf}
primary|secondary authentication|accounting|authorization|update [ipv6] {host:server}
security-policy-server {host:server} [vpn-instance {vrf}]
nas-ip [ipv6] {host:source}
accounting-on {name}
user-name-format {name}
ip|ipv6 {host:server} [port *] [vpn-instance {vrf}]
[radius dynamic-author server]
client ip|ipv6 {host:server} [...] vpn-instance {vrf}
client ip|ipv6 {host:server}
[portal server]
[portal web-server]
[portal]
ip|ipv6 {host:server} [vpn-instance {vrf}]
[local-user]
bind-attribute ip {host}
authorization-attribute ip|ipv6 {host:dhcp}
authorization-attribute ip-pool|acl|user-profile {name}
[domain]
ip pool {name} {first:pool} {last}
ip pool {name} {host:pool}
authorization-attribute ip-pool|acl|user-profile {name}
authorization-attribute primary-dns|secondary-dns ip|ipv6 {host:dns}
[nqa entry]
[nqa entry > type]
[nqa template]
[nqa server]
= vpn-instance {vrf}
?destination ip|ipv6 {host:probe}
?source ip|ipv6 {host:source}
?next-hop [ip|ipv6] {host:next-hop}
?resolve-server ip|ipv6 {host:dns}
?no-fragment {name}
[pim vpn-instance {vrf}]
[multicast routing vpn-instance {vrf}]
[msdp vpn-instance {vrf}]
static-rp {host:rp}
[pim]
[pim ipv6]
[msdp]
[multicast routing]
[igmp]
[mld]
static-rp|c-bsr|c-rp {host:rp}
anycast-rp {host:rp} {host:rp}
originating-rp {name}
peer {host:peer}
static-rpf-peer {host:peer}
static-group {host:group} [source {host:source}]
[telemetry]
[telemetry > *]
ipv4-address|ipv6-address {host:logging} [port *] [vpn-instance {vrf}]
source-address [ipv4|ipv6] {host:source}
[attack-defense policy]
*-flood detect ip|ipv4|ipv6 {host:policy} [vpn-instance {vrf}]
http-flood|dns-flood detect ip|ipv6 {host:policy}
exempt acl [name] {name}
[server-farm]
real-server {name}
[real-server]
ip|ipv6 address {host:server}
server-farm {name}
[virtual-server]
virtual ip|ipv6 address {prefix:virtual} {mask}
virtual ip|ipv6 address {host:virtual}
[snat-pool]
ip|ipv6 range start {first:nat-pool} end {last}
[loadbalance]
[loadbalance > *]
router ip|ipv6 {host:gateway}
match [*] source|destination ip|ipv6 address {prefix:policy} {size}
match [*] source|destination ip|ipv6 address {host:policy}
ip address {prefix:policy} mask {mask}
ip address {prefix:policy} {size}
[public-key peer]
public-key-code {name}
[user-interface]
[line]
acl [ipv6] [name] {name}
[wlan ap]
[wlan]
[wlan > *]
ac ip|ipv6 {host:server}
if-match ip {prefix:policy} {size}
[ip vpn-instance]
[public-instance]
route-replicate {name}
[openflow]
[openflow instance]
controller * address ip|ipv6 {host:server}
[isp]
[context]
[traffic-group]
[rtm cli-policy]
action * syslog ... msg {text}

# Rarer commands, from the command references of the S, MSR, SR and SecPath series
[interface]
ospf|ospfv3|rip peer {host:peer}
ppp accept remote-ip-address {host:dhcp}
mad ip address {interface} {size}
[interface > service-instance]
peer {host@:peer}
[]
mad ip address {interface} {size}
ip|ipv6 route-static group * {host:route}
undo ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} [* [*]] {host:next-hop}
undo ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size}
undo info-center|ntp-service|snmp-agent|dns ... {host:server}
ssh|telnet|ftp|sftp|scp|tftp client [ipv6] source ip|ipv6 {host:source}
netstream export host {host:logging} [*] [vpn-instance {vrf}]
netstream export source {host:source}
radius|hwtacacs nas-ip vpn-instance {vrf} {host:source}
static-sr-mpls prefix|adjacency * [destination {prefix:destination} {len}] [in-label *] nexthop {host:next-hop}
static-sr-mpls ... destination {prefix:destination} {len}
static-sr-mpls ... nexthop {host:next-hop}
static-cr-lsp ... nexthop {host:next-hop}
wlan ac {host:server}
mirroring-group ... destination-ip {host:logging}
mirroring-group ... source-ip {host:source}
[traffic behavior]
mirror-to ... destination-ip {host:logging}
mirror-to ... source-ip {host:source}
[route-policy]
?apply fast-reroute ... backup-nexthop {host:next-hop}
[policy-based-route]
?apply srv6-policy {host:peer}
[radius scheme]
[hwtacacs scheme]
source-ip|nas-ip {host:source}
[domain]
web-server ip {host:server}
[local-user]
authorization-attribute primary-dns|secondary-dns ip|ipv6 {host:dns}
[mpls ldp]
accept-label|advertise-label ... peer {host:peer}
[segment-routing ipv6 > locator]
opcode ... nexthop {host:next-hop}
[traffic-engineering > segment-list]
[segment-routing ipv6 > traffic-engineering > segment-list]
index * ipv6 {host:sid}
[traffic-engineering > policy]
[segment-routing ipv6 > traffic-engineering > policy]
color * end-point ipv4|ipv6 {host:peer}
binding-sid ipv6 {host:sid}
"""
