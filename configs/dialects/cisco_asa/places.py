"""Where addresses stand in ASA's commands, PIX 6 and ASA 7 to 9.

Sources: Cisco's ASA series command reference and CLI books 1 to 3 (9.8), the PIX 6.3 command reference for `conduit`,
`static` and `global`. Filters have netmasks here, not wildcards.

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.dialects.cisco_asa.groups import GROUPS
from configs.places import common
from configs.places.table import Places, table


@cache
def places() -> Places:
    """The table; compiled once."""
    return table(TABLE + common.TABLE, groups=GROUPS, paired=r"\bstatic\b")


TABLE = """
[interface]
ip address {interface} {mask} standby {host:interface}
ip address {interface} {mask}
ip address {host:interface} standby {host:interface}
ipv6 address {interface}/{len} standby {host:interface}
peer ip {host:peer}
dhcprelay server {host:relay}
+summary-address eigrp * {prefix:aggregate} {mask}
ospf message-digest-key * md5 {fixed:secret}
tunnel destination {host:tunnel-destination}
[nve]
peer ip {host:peer}
[media-termination]
address {host:source}
[]
ipv6 dhcprelay server {host:relay}
# PIX 6 gives an interface's address outside of it.
ip address * {interface} {mask}
?+access-list {name} [line *] [extended] permit|deny (object|object-group {name} | *) \
    (any|any4|any6 | object|object-group|object-group-network|interface|security-group {name} | host {host:acl} | {prefix:acl}/{len} | {prefix:acl} {mask}) \
    [...] (any|any4|any6 | object|object-group|interface {name} | host {host:acl} | {prefix:acl}/{len} | {prefix:acl} {mask})
?+access-list {name} [line *] [extended] permit|deny (object|object-group {name} | *) \
    (object|object-group {name} | host {host:acl} | {prefix:acl}/{len} | {prefix:acl} {mask})
?+access-list {name} [line *] [extended] permit|deny (object|object-group {name} | *) \
    (object-group-user|object-group-security|user|user-group|security-group * * | user|user-group *) \
    (object|object-group {name} | host {host:acl} | {prefix:acl}/{len} | {prefix:acl} {mask})
# With a name for one of the addresses
?access-list {name} [line *] [extended] permit|deny * * {fixed:mask} [...] (host {host:acl} | {prefix:acl}/{len} | {prefix:acl} {mask})
?access-list {name} [line *] [extended] permit|deny ... host {host:acl}
?+access-list {name} standard permit|deny host {host:acl}
?+access-list {name} standard permit|deny {prefix:acl} {mask}
?+access-list {name} webtype permit|deny tcp host {host:acl}
?+access-list {name} webtype permit|deny tcp {prefix:acl} {mask}
access-list {name} [line *] remark {text}
access-list {name}
ipv6 access-list {name} [line *] remark {text}
?+ipv6 access-list {name} [line *] permit|deny (object-group {name} | *) (any | object-group {name} | host {host:acl} | {prefix:acl}/{len}) [...] (any | object-group {name} | host {host:acl} | {prefix:acl}/{len})
?+ipv6 access-list {name} [line *] permit|deny (object-group {name} | *) (host {host:acl} | {prefix:acl}/{len})
access-group {name}
# Commands below may say the name for the address; its mask is checked against it (`configs.readdress.apart`).
name {host:named} {name} [description {text}]
name {host:named} *
+route * {prefix:route} {mask} {host:next-hop}
+route * {prefix:route} {mask} Null0
route * * {fixed:mask} {host:next-hop}
+ipv6 route * {prefix:route}/{len} {host:next-hop}
+ipv6 route * {prefix:route}/{len}
mroute {prefix:source} {mask} [*] {host:next-hop}
mroute {prefix:source} {mask}
arp * {host:arp}
ipv6 neighbor {host:arp}
# Before 8.3
static * [tcp|udp] {host:nat-outside} [*] access-list {name}
static * [tcp|udp] {host:nat-outside} [*] {host:nat-inside} [*] netmask 255.255.255.255
static * {prefix:outside-net} {prefix:inside-net} netmask {mask}
static * tcp|udp {host:nat-outside} * {host:nat-inside} *
static * tcp|udp interface * {host:nat-inside} *
static * interface {host:nat-inside}
static * tcp|udp interface * access-list {name}
# With a name for one of the addresses
static * {host:nat-outside} * netmask 255.255.255.255
static * * {host:nat-inside} netmask 255.255.255.255
static * tcp|udp {host:nat-outside} * * *
static * tcp|udp * * {host:nat-inside} *
static * ... netmask {fixed:mask}
alias * ... {fixed:mask}
static * tcp|udp {host:nat-outside} * access-list {name}
global * * {first:nat-pool}-{last} [netmask {fixed:mask-apart}]
global * * {host:nat-pool} [netmask {fixed:mask-apart}]
+nat * 0 {prefix:nat-inside} {mask}
+nat * {fixed:number} {prefix:nat-inside} {mask}
nat * * access-list {name}
alias * {host:nat-inside} {host:nat-outside} 255.255.255.255
# 8.3 and later
nat * [after-auto] [*] source static|dynamic {name} [pat-pool] {name} [interface] destination static {name} {name} [service {name} {name}]
nat * [after-auto] [*] source static|dynamic {name} [pat-pool] {name}
nat * [after-auto] [*] destination static {name} {name}
nat * ... description {text}
object network|service {name}
object-group network|service|protocol|icmp-type|user|security {name}
+conduit permit|deny * host {host:acl} [eq *] host {host:acl}
+conduit permit|deny * host {host:acl} [eq *] {prefix:acl} {mask}
+conduit permit|deny * host {host:acl}
+conduit permit|deny * {prefix:acl} {mask} [eq *] (any | host {host:acl} | {prefix:acl} {mask})
+conduit permit|deny icmp any {prefix:acl} {mask}
+outbound * permit|deny {prefix:acl} {mask}
# Who may manage the device
+ssh|telnet|http {prefix:management} {mask}
+ssh|telnet|http {prefix:management}/{len}
icmp permit|deny host {host:management}
+icmp permit|deny {prefix:management} {mask}
ipv6 icmp permit|deny host {host:management}
+ipv6 icmp permit|deny {prefix:management}/{len}
asdm|pdm location {host:management} 255.255.255.255
+asdm|pdm location {prefix:management} {mask}
+asdm|pdm location {prefix:management}/{len}
asdm|pdm group {name}
# High availability
failover interface ip * {interface} {mask} standby {host:interface}
failover interface ip * {interface} {mask}
failover interface ip * {interface}/{len} standby {host:interface}
failover ip address * {host:interface}
failover lan unit|interface {name}
monitor-interface {name}
# Services
snmp-server host-group * {name}
snmp-server host * {host:snmp}
snmp-server user-list {name}
logging host * {host:logging}
logging ftp-server {host:logging}
ntp server {host:ntp}
dns name-server {hosts:dns}
domain-name {name}
tftp-server * {host:server}
ftp-map {name}
aaa-server * * host {host:server}
aaa-server * host {host:server}
aaa-server {name}
url-server * [vendor *] host {host:server}
url-block {name}
smtp-server {hosts:server}
+sunrpc-server * {prefix:policy} {mask}
filter url|java|activex|https|ftp * {prefix:policy} {mask} {prefix:policy} {mask}
filter url except {prefix:policy} {mask} {prefix:policy} {mask}
dhcpd address {first:dhcp}-{last}
dhcpd address {host:dhcp}
dhcpd dns|wins {hosts:dns}
dhcpd option * ip {hosts:dhcp}
dhcpd reserve-address {host:dhcp}
dhcprelay server {host:relay}
ip local pool {name} {first:pool}-{last} [mask {fixed:mask-apart}]
ip local pool {name} {host:pool}
ipv6 local pool {name} {prefix:pool}/{len}
flow-export destination * {host:logging}
ip verify reverse-path interface {name}
ip audit name {name}
shun {host:policy} [{host:policy}]
threat-detection scanning-threat shun except ip-address {prefix:policy} {mask}
threat-detection scanning-threat shun except object-group {name}
threat-detection {name}
pim rp-address {host:rp} [{name}]
pim old-register-checksum {name}
multicast boundary {name}
igmp {name}
wccp * [redirect-list {name}] [group-list {name}]
vpnclient server {hosts:peer}
vpnclient mac-exempt {fixed:mac}
vpdn group * client configuration dns|wins {hosts:dns}
vpdn group * client configuration address local {name}
vpdn username {name}
vpn-sessiondb {name}
user-identity ad-agent aaa-server {name}
user-identity domain * aaa-server {name}
prefix-list {name} description {text}
dynamic-filter {name}
service-policy {name}
tunnel-group {host:peer}
tunnel-group {name}
group-policy {name}
crypto map * * set peer {hosts:peer}
crypto map * * set transform-set|ikev1|ikev2|pfs {name}
crypto map * * match address {name}
crypto map {name}
crypto dynamic-map * * set peer {hosts:peer}
crypto dynamic-map * * match address {name}
crypto isakmp|ikev1|ikev2 key * address {prefix:peer} [netmask {mask}]
isakmp key * address {prefix:peer} [netmask {mask}]
isakmp peer ip|fqdn {host:peer}
crypto isakmp identity {name}
crypto ipsec {name}
webvpn {name}
banner exec|login|motd|asdm {text}
regex * {text}
http-proxy {host:server}
no-proxy {host}
snmp-map {name}
http redirect {name}
icmp unreachable {name}
arp-inspection {name}
sysopt {name}
established {name}
url-cache {name}
zonelabs-integrity server-address {hosts:server}
priority-queue {name}
client-update {name}
object-group-search {name}
console {name}
hostname {name}
cts server-group {name}
cluster group {name}
[interface]
[object network]
[object-group network]
?host {host:object}
?subnet {prefix:object} {mask}
?subnet {prefix:object}/{len}
?range {first:object} {last}
fqdn [v4|v6] {name}
nat * static|dynamic [pat-pool] {host:nat-outside}
nat * static|dynamic [pat-pool] {name}
?network-object host {host:object}
network-object object {name}
?+network-object {prefix:object}/{len}
?+network-object {prefix:object} {mask}
group-object {name}
[router ospf]
[router eigrp]
[router rip]
[router ospf > address-family]
[router eigrp > address-family]
+network {prefix:igp-network} {mask} [area {fixed:area}]
+summary-address {prefix:aggregate} {mask}
neighbor {host:peer} interface *
area * virtual-link {id}
distance * {prefix:source} {mask}
[sla monitor]
type echo protocol ipIcmpEcho {host:probe}
[aaa-server]
key {fixed:secret}
server-port {fixed:number}
sdi-version {fixed:version}
host {host:server}
ldap-base-dn|ldap-login-dn|ldap-group-base-dn {text}
[dns server-group]
name-server {hosts:dns}
[group-policy]
[group-policy > webvpn]
dns-server value {hosts:dns}
wins-server value {hosts:server}
dhcp-network-scope {host:dhcp}
split-tunnel-network-list value {name}
vpn-filter value {name}
banner value {text}
address-pools value {name}
msie-proxy server value {host:server}:*
msie-proxy server value {host:server}
msie-proxy except-list value {name}
default-domain|split-dns value {text}
backup-servers {hosts:peer}
client-firewall {name}
intercept-dhcp {fixed:mask}
firewall-rule client-interface {name}
nac-authentication-server-group {name}
[username]
vpn-framed-ip-address {host:pool} {fixed:mask-apart}
vpn-framed-ip-address {host:pool}
vpn-filter value {name}
vpn-group-policy|group-lock {name}
[tunnel-group]
dhcp-server [subnet-selection|link-selection] {hosts:relay}
address-pool [*] {name}
default-group-policy {name}
authentication-server-group [*] {name}
nbns-server {host:server}
ikev1|ikev2 pre-shared-key {fixed:secret}
ikev2 remote-authentication|local-authentication pre-shared-key {fixed:secret}
pre-shared-key {fixed:secret}
peer-id-validate {name}
[dynamic-filter]
address {host:policy} 255.255.255.255
address {prefix:policy} {mask}
[vpn load-balancing]
nat {host:virtual}
cluster ip address {host:virtual}
[cluster]
cluster-interface * ip {interface} {mask}
[crypto ca trustpoint]
ip-address {host}
enrollment terminal {name}
crl configure {name}
[crypto ca]
policy {name}
[webvpn]
smart-tunnel network {name} host {host:server}
smart-tunnel network {name} ip {prefix:policy} {mask}
url-list|port-forward|smart-tunnel {name}
port-forward {name} * {host:server}
http-proxy|https-proxy {host:server}
nbns-server {host:server}
sso-server {name}
anyconnect image {fixed:file}
svc image {fixed:file}
csd image {fixed:file}
[url-list]
[scansafe general-options]
server primary|backup ip {host:server}
[dynamic-access-policy-record]
network-acl {name}
[policy-map]
[policy-map > class]
set connection {name}
flow-export event-type * destination {hosts:logging}
[class-map]
match access-list {name}
match tunnel-group {host:peer}
match tunnel-group {name}
[cts]
[crypto ikev2 remote-access]
[context]
allocate-interface {name}
[route-map]
match ip|ipv6 address|next-hop|route-source [prefix-list] {name}
[call-home]
[call-home > profile]
destination address email {text}
[router bgp]
[router bgp > address-family]
bgp router-id {id}
"""
