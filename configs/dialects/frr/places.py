"""Where addresses stand in FRR's commands.

Source: docs.frrouting.org (zebra, static, bgpd, ospfd, ospf6d, isisd, ripd, eigrpd, babeld, ldpd, pimd, nhrpd, pbrd,
vrrpd, bfdd, pathd, routemap, filter), 7 to 10. What other languages share is in `configs.places.common`.

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
[interface ... vrf {vrf}]
ip|ipv6 address {interface}/{len}
[interface]
ip address {interface}/{len} peer {host:peer}/*
ip address {host} peer {host:peer}/*
ip address {interface}/{len} label {name}
ip|ipv6 address {interface}/{len}
ip ospf [*] area {fixed:area} [{host:interface}]
ip ospf [*] message-digest-key * md5|hmac-sha-* {fixed:secret}
ip ospf [*] authentication-key {fixed:secret}
ip ospf ... {host:interface}
ip ospf bfd profile {name}
ipv6 ospf6 area {fixed:area}
ipv6 nd rdnss {host:dns}
ipv6 nd prefix {prefix}/{len}
ip igmp join|join-group|static-group {host:group} [{host:source}]
ipv6 mld join|join-group {host:group} [{host:source}]
ip pim use-source {host:source}
ip mroute * {host:group} [{host:source}]
vrrp * ip|ipv6 {host:virtual}
ip|ipv6 nhrp map {host:peer} {host@:peer}
ip|ipv6 nhrp map multicast {host@:peer}
ip|ipv6 nhrp nhs {host:peer} nbma {host@:peer}
ip|ipv6 nhrp nhs dynamic nbma {host@:peer}
ip rip|ripng {name}
+ip summary-address eigrp * {prefix:aggregate}/{len}
tunnel source {host@:tunnel-source}
tunnel destination {host@:tunnel-destination}
evpn mh es-id {fixed:esi}
evpn mh es-sys-mac {fixed:mac}
[interface > link-params]
neighbor {host:peer}
[]
+ip|ipv6 route */* {host:next-hop} [...] nexthop-vrf {vrf}
+ip|ipv6 route {prefix:route}/{len} from {prefix:source}/{len} {host:next-hop}
+ip route {prefix:route}/{len} {host:next-hop} [...] bfd ... source {host:bfd}
+ip|ipv6 route {prefix:route}/{len} {host:next-hop} [...] vrf {vrf}
+ip|ipv6 route {prefix:route}/{len} * [...] vrf {vrf}
+ip|ipv6 route {prefix:route}/{len} {host:next-hop}
+ip|ipv6 route {prefix:route}/{len} * {host:next-hop}
+ip route {prefix:route} {mask} {host:next-hop}
+ip route {prefix:route} {mask}
ip router-id {id} [vrf {vrf}]
router-id {id} [vrf {vrf}]
ip nht {name}
ip protocol * route-map {name}
ip mroute {prefix:source}/{len} {host:next-hop}
ip|ipv6 pim rp {host:rp} [{prefix:group}/{len}]
ip|ipv6 pim rp {host:rp} prefix-list {name}
ip msdp mesh-group * member|source {host:peer}
ip msdp peer {host:peer} source {host:source}
?+access-list {name} [seq {seq}] permit|deny ip (any | host {host:acl} | {prefix:acl} {wild}) [any | host {host:acl} | {prefix:acl} {wild}]
?+access-list {name} [seq {seq}] permit|deny {prefix:acl}/{len}
?+access-list {name} [seq {seq}] permit|deny host {host:acl}
?+access-list {name} [seq {seq}] permit|deny {prefix:acl} [{wild}]
?+ipv6 access-list {name} [seq {seq}] permit|deny {prefix:acl}/{len}
access-list|ipv6 {name} [seq *] remark {text}
bgp extcommunity-list * {name} ... {rd}
bgp community-list|large-community-list {name}
bgp as-path {name}
log {name}
log syslog {name}
vni {fixed:number}
sharp {name}
nexthop-group {name}
pbr-map {name}
mpls lsp * {host:next-hop}
mpls label bind {prefix:route}/{len}
mpls label {name}
debug {name}
evpn mh {name}
l2vpn {name}
rpki {name}
key chain {name}
[vrf {vrf}]
+ip|ipv6 route */* {host:next-hop} [...] nexthop-vrf {vrf}
+ip|ipv6 route {prefix:route}/{len} {host:next-hop}
+ip|ipv6 route {prefix:route}/{len} * {host:next-hop}
+ip|ipv6 route {prefix:route}/{len}
ip router-id {id}
ip|ipv6 pim rp {host:rp} [{prefix:group}/{len}]
ip msdp peer {host:peer} source {host:source}
ip msdp mesh-group * member|source {host:peer}
ip mroute {prefix:source}/{len} {host:next-hop}
[router bgp]
[router bgp > address-family]
[router bgp > vnc]
[router bgp > address-family > vni]
[router bgp > segment-routing srv6]
neighbor {host:peer} interface {name}
neighbor {host:peer} local-as {name}
neighbor {host:peer} update-source {host:source}
+bgp listen range {prefix:peer}/{len} peer-group {name}
bgp identifier {id}
sid vpn {name}
rd {rd}
route-target ... {rd}
advertise {name}
locator {name}
rd vpn export {rd}
nexthop vpn export {host@:next-hop}
bmp targets {name}
[router bgp > bmp targets]
bmp connect {host:logging} port
[rpki]
rpki cache [tcp|ssh] {host:server} ... source {host:source}
rpki cache [tcp|ssh] {host:server}
rpki cache {host:server}
[router ospf]
[router ospf6]
+network {prefix:igp-network}/{len} area {fixed:area}
+area {fixed:area} range {prefix:aggregate}/{len} [substitute {prefix:aggregate}/{len}]
area {fixed:area} virtual-link {id}
interface * area {fixed:area}
mpls-te router-address {host:lsr-id}
mpls-te inter-as area {fixed:area}
router-info area {fixed:area}
segment-routing prefix {prefix:route}/{len} index
neighbor {host:peer}
pce address {host:server}
distance * {prefix:source}/{len}
graceful-restart helper enable {id}
[router isis]
segment-routing prefix {prefix:route}/{len} *
mpls-te router-address {host:lsr-id}
mpls-te router-address ipv6 {host:lsr-id}
redistribute {name}
[router eigrp]
[router rip]
[router ripng]
[router babel]
+network {prefix:igp-network}/{len}
neighbor {host:peer}
+route {prefix:route}/{len}
+aggregate-address {prefix:aggregate}/{len}
distance * {prefix:source}/{len}
[router pim]
[router pim vrf {vrf}]
[router pim6]
rp {host:rp} [{prefix:group}/{len}]
rp {host:rp} prefix-list {name}
msdp peer {host:peer} source {host:source}
msdp mesh-group * member|source {host:peer}
ssm prefix-list {name}
[mpls ldp]
[mpls ldp > address-family]
router-id {host:lsr-id}
neighbor {host:peer}
discovery transport-address {host:lsr-id}
label {name}
[l2vpn]
[l2vpn > member pseudowire]
[l2vpn > member]
neighbor lsr-id|address {host:peer}
[bfd]
[bfd > peer]
peer {host:bfd} [...] local-address {host:bfd} [...] vrf {vrf}
peer {host:bfd} [...] local-address {host:bfd}
peer {host:bfd} [...] vrf {vrf}
peer {host:bfd}
[nexthop-group]
nexthop {host:next-hop}
backup-group {name}
[pbr-map]
?+match src-ip|dst-ip {prefix:policy}/{len}
?set nexthop {host:next-hop} [*] [nexthop-vrf {vrf}]
?set nexthop {host:next-hop}
set nexthop-group|vrf {name}
[route-map]
?match ip next-hop {host:next-hop}
?match ip|ipv6 next-hop address {host:next-hop}
?match ip|ipv6 address|next-hop|route-source prefix-list {name}
?match src-peer|peer {host:peer}
match evpn rd {rd}
match rpki {name}
?set src {host:source}
?set ipv4|ipv6 vpn next-hop {host:next-hop}
?set evpn gateway-ip ipv4|ipv6 {host:gateway}
set originator-id|aggregator {id}
set aggregator as * {id}
set extcommunity rt|soo ... {rd}
?set ip|ipv6 next-hop {host:next-hop}
call {name}
[segment-routing]
[segment-routing > *]
[segment-routing > * > *]
[segment-routing > * > * > *]
prefix {prefix:locator}/{len}
policy color * endpoint {host:destination}
color * endpoint {host:destination}
index * nai prefix {prefix:route}/{len}
index * nai adjacency|prefix {host:next-hop} [{host:next-hop}]
address ip|ipv6 {host:server}
source-address ip|ipv6 {host:source}
encapsulation {name}
[segment-routing > srv6 > encapsulation]
[segment-routing > srv6]
source-address {host:source}
[segment-routing > srv6 > static-sids]
sid {prefix:sid}/{len}
[key chain]
key {fixed:number}
[password]
"""
