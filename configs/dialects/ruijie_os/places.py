"""Where addresses stand in RGOS's commands.

Sources: Ruijie's RGOS command references and configuration guides (S5750, S6200, RSR, NBR; 10.4, 11.x, 12.x). Nearly
all is the industry's standard, in `configs.places.common`.

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
ip address {interface} {mask} gateway {host:gateway}
ip address {interface} {mask} [secondary]
ip helper-address [vrf {vrf}] {host:relay}
ip dhcp relay suppression {name}
vrrp * ip {host:virtual} [secondary]
vrrp ipv6 * {host:virtual}
vrrp * track ip {host:probe}
vrrp * track {host:probe}
vrrp * track {name}
vrrp * bfd * {host:bfd}
ip rip summary-address {prefix:aggregate} {mask}
ip verify source {name}
ip source binding {host:arp}
ip arp inspection {name}
switchport port-security [interface *] [mac-address *] [vlan *] binding {fixed:mac} vlan * {host:arp}
switchport port-security binding {host:arp}
switchport port-security binding * vlan * {host:arp}
nfpp {name}
ip ospf source-check-ignore {name}
tunnel local|remote {host:tunnel-source}
gateway {host:gateway}
nexthop {host:next-hop}
bfd bind peer-ip {host:bfd} [source-ip {host:bfd}]
bfd bind peer-ip {host:bfd}
web-auth {name}
reverse-path {name}
[ip access-list]
list-remark {text}
[expert access-list]
list-remark {text}
?+[{seq}] permit|deny * [VID *] (any | host {host:acl} | {prefix:acl} {wild}) (any | host {fixed:mac}) [VID *] (any | host {host:acl} | {prefix:acl} {wild})
[interface OverlayTunnel]
source {host:tunnel-source}
destination {host:tunnel-destination}
[ip nat pool]
address {first:nat-pool} {last}
[mpls router ldp]
neighbor {host:peer}
[monitor session]
original ip address {host:source}
destination ip address {host:destination}
[ip access-list extended]
?+[{seq}] permit|deny ip host {prefix:acl} host {netmask}
[]
# Where an extended list says which routes pass, its source is the network and its destination the mask.
?+access-list {name} permit|deny ip host {prefix:acl} host {netmask}
+ip route [vrf {vrf}] {prefix:route} {mask} vrf {vrf} {host:next-hop}
+ip route [vrf {vrf}] {prefix:route} {mask} * * {host:next-hop}
ip route ... description|name {text}
ip|ipv6 default-gateway {host:gateway}
# As people type it.
ip add|addr {interface} {mask}
address-bind {host:arp}
ip dhcp snooping binding {fixed:mac} vlan * ip {host:arp}
ip igmp ssm-map [vrf *] static {name} {host:source}
ip nat inside source static network {prefix:inside-net} {prefix:outside-net} {mask}
ip nat inside source static network {prefix:inside-net} {prefix:outside-net} /{len}
logging server vrf {vrf} {host:logging}
web-auth direct-site {host:policy}
address-bind ipv6-address {host:arp}
ip source binding {fixed:mac} vlan * {host:arp}
ip source binding ... {host:arp}
ip nat pool {name} {first:nat-pool} {last} netmask {fixed:mask}
ip nat pool {name} {first:nat-pool} {last} [prefix-length *]
ip nat pool {name}
ip nat inside source static [tcp|udp] {host:nat-inside} [*] interface
ip nat inside source static [tcp|udp] {host:nat-inside} [*] {host:nat-outside}
ip nat outside source static [tcp|udp] {host:nat-outside} [*] {host:nat-inside}
ip nat inside destination list {name} pool {name}
ip nat inside source list {name} pool {name}
ip nat inside source list {name}
ip nat application ... dest-change {host:nat-outside} [*] {host:nat-inside}
ip dhcp pool {name}
ip dhcp excluded-address {first:dhcp} {last}
ip dhcp excluded-address {host:dhcp}
ip dns server {host:dns}
ip name-server [oob|mgmt] {hosts:dns}
logging server [oob|mgmt] {host:logging} [vrf {vrf}]
logging server oob {host:logging}
logging source ip {host:source}
logging source [interface] {name}
ntp server [oob|mgmt] {host:ntp}
sntp server [oob] {host:ntp}
snmp-server host [oob] {host:snmp} [vrf {vrf}]
snmp-server host {host:snmp} informs|traps {name}
snmp-server view {name} {fixed:oid}
radius-server|tacacs-server host [oob] {host:server}
ip radius|tacacs source-interface {name}
portal-server {name} ip {host:server}
portal-server {host:server}
web-auth portal key {fixed:secret}
web-auth template {name}
http redirect {host:server}
+http redirect direct-site {prefix:policy} {mask}
http redirect direct-site {host:policy}
http redirect direct-arp {host:arp}
+web-auth direct-host {prefix:policy} {mask}
web-auth direct-host {host:policy}
telnet|ssh server {name}
enable service {name}
cwmp {name}
ip sla {name}
ip rns {name}
arp-guard {name}
arp trusted {name}
arp gratuitous-send {name}
anti-arp-spoofing ip {host:arp}
ip fpm {name}
ip session {name}
nfpp {name}
track * rns {name}
ip policy {name}
flow-template {name}
sflow collector * destination {host:logging}
sflow source [ip] address {host:source}
sflow agent [address] {host:source}
wlan-config {name}
ap-config {name}
ac-controller {name}
capwap ctrl-ip {host:source}
user {name}
[]
ip-object {name}
l2tp-class {name}
interface range {name}
vwan {name}
mac-address-table static {fixed:mac}
switch virtual domain {name}
bfd {name}
ip mcast {name}
ip pim rp-address {host:rp}
[anti-arp-spoofing]
[interface]
anti-arp-spoofing ip {host:arp}
[web-auth template]
ip {host:server}
ip ipv6 {host:server}
[nfpp]
arp-guard|ip-guard|icmp-guard|dhcp-guard trusted-host {prefix:policy} {mask}
arp-guard|ip-guard|icmp-guard|dhcp-guard trusted-host {host:policy}
+trusted-host {prefix:policy} {mask}
trusted-host {host:policy}
[ip dhcp pool]
network {prefix:dhcp} {mask} {first:dhcp} {last}
network {prefix:dhcp} {mask}
host {interface:dhcp} {mask}
default-router {hosts:gateway}
next-server {hosts:server}
lease {fixed:number}
option * ip {hosts:dhcp}
option * ascii {hosts:dhcp}
option * ascii *{host:dhcp}*
option * hex {fixed:number}
[ip-object]
[object-group]
[ip-object > *]
?ip subnet {prefix:object} {mask}
?ip range {first:object} {last}
?ip {host:object}
?host {host:object}
[route-map]
set ip [default] next-hop {hosts:next-hop}
set ip next-hop verify-availability {host:next-hop}
[ip rns]
[ip rns > *]
[ip sla]
?icmp-echo {host:probe} [...] source-ipaddr|source-ip {host:source} [next-hop {host:next-hop}]
?icmp-echo {host:probe} [...] next-hop {host:next-hop}
?icmp-echo|tcp-connect|tcp {host:probe}
?dns * name-server {host:dns}
[ac-controller]
capwap ctrl-ip {host:source}
[ap-config]
[ap-group]
acip ipv4 {hosts:server}
ip address {interface} {mask} {host:gateway}
[vrf]
[vrf > address-family]
rd {rd}
[crypto map]
set local {host:source}
[line]
access-class {name}
[l2tp-class]
[vpdn-group]
initiate-to ip {host:peer}
source-ip {host:source}
[switch virtual domain]
[vsu]
dual-active pair {name}
[object-group]
?+[{seq}] {prefix:object} {mask}
?[{seq}] host {host:object}
?+[{seq}] range {first:object} {last}
"""
