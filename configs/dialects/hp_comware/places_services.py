"""Where addresses stand in Comware's commands: services, management, portals, and what is rare.

The sources are named in `places`.
"""

TABLE = r"""
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
[]
dhcp relay security static {host:arp}
ftp source-ip {host:source}
am user-bind mac-addr {fixed:mac} ip-addr {host:arp}
am user-bind ip-addr {host:arp}
udp-helper server {host:relay}
[policy-based-route]
?apply ip-address default next-hop {host:next-hop} [{host:next-hop}]
[cluster]
ip-pool {host:pool} {fixed:mask-apart}
logging-host|snmp-host|tftp-server|ftp-server {host:server}
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
option * ascii {hosts:dhcp}
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
