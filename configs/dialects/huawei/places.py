"""Where addresses stand in VRP's commands: VRP 5 (AR, S), VRP 8 (NE, CE), USG.

Sources: Huawei's configuration guides and command references (NE40E V800R012C10, CE6800 V300R023C00, AR EDOC1100203224
and EDOC1100034066, USG6000 V500R005). Most rows hold in every view: text from manuals and chats loses its indentation,
and VRP gives a command one meaning almost everywhere. Where it does not (`network`, `address`), the view decides.

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.places.table import Places, table


@cache
def places() -> Places:
    """The table; compiled once."""
    return table(TABLE, public=("_public_",), paired="address-to-address")


TABLE = r"""
# ---- interfaces, and what binds a view to a VRF
[interface]
[vbdif]
= ip binding vpn-instance {vrf}
[ip pool]
[ipv6 pool]
[ike peer]
[nqa test-instance]
[radius-server template|group]
[hwtacacs-server template]
[dhcp server group]
[dhcpv6-server group]
= vpn-instance {vrf}
[ip-link]
[firewall]
= vpn-instance {vrf}

[]
ip address {interface} {size}
ip address {interface}/{len}
ipv6 address {interface} {len}
ipv6 address {interface}/{len}
ipv6 address {host} link-local
ipv6 address {host}
vrrp|vrrp6 vrid * virtual-ip [vip-with-mask] {host:virtual}
vrrp|vrrp6 vrid * ... virtual-ip|peer-ip|source-ip {host:virtual}
arp static {host:arp} * [vid *] [cevid *] vpn-instance {vrf}
arp static {host:arp}
arp|nd ... ip|ipv6 {host:arp}
ipv6 neighbor {host:arp}
user-bind static ip-address|ipv6-address {hosts:arp}
dhcp|dhcpv6 snooping bind-table static ip-address|ipv6-address {hosts:arp}
[fr|frame-relay|atm|x25] map ip|ipv6 {host:arp}
ipv6 nd ra prefix {prefix:pool}/{len}
ipv6 nd ra prefix {prefix:pool} {len}
nd ra prefix {prefix:pool}/{len}
nd ra prefix {prefix:pool} {len}
ipv6 nd ra dns-server {host:dns}
ip|ipv6 host * {hosts:host}
nhrp entry {host:peer} {host:peer}
nhrp nhs|shortcut {host:peer}
source|destination {host:tunnel-source}
destination vpn-instance {vrf} {host:tunnel-destination}
ipv6-prefix {prefix:pool}/{len}

# A tunnel's packets travel outside the VRF that its interface is bound to, unless the far end's is named.
[interface]
[nve]
destination vpn-instance {vrf} {host:tunnel-destination}
source {host@:tunnel-source}
destination {host@:tunnel-destination}

# ---- DHCP, address pools
[]
ip relay address {hosts:relay}
ip relay giaddr {host:relay}
dhcp relay server-ip|gateway|source-ip-address {hosts:relay}
dhcp relay ... server-ip|gateway|giaddr|source-ip-address|interface-address {hosts:relay}
dhcpv6 relay destination|source-ip-address {host:relay}
dhcpv6-server destination {host:relay}
dhcp-server {host:relay} [*] vpn-instance {vrf}
dhcp-server {hosts:relay}
dhcp server excluded-ip-address {first:dhcp} {last}
dhcp server excluded-ip-address|forbidden-ip {host:dhcp}
dhcp server static-bind ip-address {host:dhcp}
dhcp server dns-list {hosts:dns}
dhcp server gateway-list {hosts:gateway}
dhcp server nbns-list|next-server|import {hosts:server}
dhcp server ip-range {first:dhcp} {last}
dhcp server mask {fixed:mask}
dhcp server option * ip-address {hosts:server}
dhcp server sub-option * * ip-address {hosts:server}
dhcp server ip-address {hosts:server}
excluded-ip-address {first:dhcp} {last}
excluded-ip-address {host:dhcp}
static-bind ip-address {host:dhcp}
gateway-list {hosts:gateway}
gateway {interface} {mask}
gateway {host:gateway}
dns-list {hosts:dns}
dns-server [ipv4|ipv6] {hosts:dns}
dns-server-ipv4|dns-server-ipv6 {hosts:dns}
nbns-list|netbios-name-server|next-server|sip-server|nis-server|sntp-server {hosts:server}
option * ip-address {hosts:server}
option * sub-option * ip-address {hosts:server}
section * {first:pool} {last}
section * {prefix:nat-pool} mask {size}
section {first:nat-pool} {last}
section * {host:pool}
reserved ip-address|ipv6-address {first:dhcp} {last}
reserved ip-address|ipv6-address {host:dhcp}
conflict-ip-address|recycle {first:dhcp} {last}
ip-address {first:dhcp} {last}
static-user {first:dhcp} {last} gateway {host:gateway} {first:dhcp} {last}
static-user {first:dhcp} {last}
static-user {host:dhcp}
static-user ... gateway|ipv6-gateway {host:gateway}
static-user ... delegation-prefix {first:dhcp} {last} {fixed:number}
link-address {host:dhcp}
link-address {interface}/{len}
prefix {prefix:pool}/{len}
prefix {prefix:pool} {len}
local-ipv6|remote-ipv6 {prefix:pool} prefix-length {len}
network {prefix:dhcp} mask {size}
network * {prefix:bgp-network} {mask}
# Outside its view (text without indentation): OSPF's has a wildcard mask, BGP's a mask.
+network {prefix:igp-network} {either}
+network {prefix:bgp-network} {len}
dns server [ipv6] {host:dns} [... vpn-instance {vrf}]
dns server source-ip {host:source}
dns primary-ip|second-ip|primary-ipv6|second-ipv6 {host:dns}
dns ... server|ip|ipv6 {host:dns}

# ---- static routes
[]
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} {host@:next-hop} public
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} * [*] {host@:next-hop} public
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} [vpn-instance {vrf}] {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} * {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} * * {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route}/{len} [*] {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route}/{len}
ip|ipv6 route-static ... description {text}
ip|ipv6 route-static bfd [*] {host:next-hop} [vpn-instance {vrf}]
ip|ipv6 route-static bfd ... local-address {host:source}
ip|ipv6 route-static vpn-instance {vrf} bfd [*] {host:next-hop} [local-address {host:source}]
undo ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} [* [*]] {host:next-hop}
undo ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size}
undo peer {host:peer}
undo ntp-service|info-center|snmp-agent|dns|radius-server|hwtacacs-server ... {host:server}
ip|ipv6 rpf-route-static [vpn-instance {vrf}] {prefix:route} {size} [*] {host:next-hop}/*
+ip|ipv6 rpf-route-static [vpn-instance {vrf}] {prefix:route} {size} [*] {host:next-hop}
ip|ipv6 rpf-route-static [vpn-instance {vrf}] {prefix:route} {size}

# ---- routing protocols
[ospf ... vpn-instance {vrf} > area]
[ospf > area]
+network {prefix:igp-network} {wild}
+network {prefix:igp-network}/{len}
+abr-summary {prefix:aggregate} {size}
vlink-peer {id}
sham-link {host:source} {host:peer}

[ospf ... vpn-instance {vrf}]
[ospf]
[ospfv3]
+asbr-summary|summary {prefix:aggregate} {size}
peer {host:peer}

[bgp]
[bgp > ipv4-family]
[bgp > ipv4-family vpn-instance {vrf}]
[bgp > ipv6-family]
[bgp > ipv6-family vpn-instance {vrf}]
[bgp > l2vpn-family]
[bgp > l2vpn-ad-family]
[bgp > instance * > ipv4-family vpn-instance {vrf}]
[bgp > vpn-instance {vrf}]
+network {prefix:bgp-network} {size}
+network {prefix:bgp-network}/{len}
+network {classful:bgp-network}
+aggregate {prefix:aggregate} {size}
+aggregate {prefix:aggregate}/{len}

[rip ... vpn-instance {vrf}]
[rip]
[ripng]
+network {classful:rip-network}

[isis ... vpn-instance {vrf}]
[isis]
+[ipv6] summary {prefix:aggregate} {size}
te router-id {host:lsr-id}
traffic-eng router-id {host:lsr-id}

[interface]
+rip|ripng summary-address {prefix:aggregate} {size}
ospf|ospfv3 peer {host:peer}

[]
network {prefix:igp-network} {wild} description {text}
mpls te cspf ... area {fixed:area}
mpls-te ... area {fixed:area}
area {fixed:area}
ospf|ospfv3 enable [*] area {fixed:area}
ospf|ospfv3 ... router-id {id}
ospf|ospfv3 ... area {fixed:area}
ospf|ospfv3 * router-id {id}
bgp ... router-id {id}
isis|rip * ... router-id {id}
router id {id}
router-id {id}
node-id|system-id|instance-id {id}
reflector cluster-id {id:cluster-id}
te ipv6-router-id {host:lsr-id}
network-entity {title}
domain-id {fixed:domain-id}
aggregate|abr-summary|asbr-summary|summary {prefix:aggregate} {size}
route-distinguisher {rd}
vpls-id {rd}
vpn-target ... {rd}
rd {rd}
apply|if-match extcommunity|large-community ... {rd}
ip extcommunity-filter|extcommunity-list|rd-filter|rd-list ... {rd}
ext-community ... {rd}
esi {fixed:esi}
es|evpn ... esi {fixed:esi}
originator-id {id}
?+ip ip-prefix|ipv6-prefix * [index {seq}] permit|deny {prefix:prefix-list} {len} [match-network] [greater-equal|ge {ge}] [less-equal|le {le}]
?+ip ip-prefix|ipv6-prefix * [node {seq}] permit|deny {prefix:prefix-list} {len} [greater-equal|ge {ge}] [less-equal|le {le}]
?+ip ip-prefix|ipv6-prefix * [index {seq}] permit|deny {prefix:prefix-list}/{len} [greater-equal|ge {ge}] [less-equal|le {le}]
apply ip-address next-hop [vpn-instance {vrf}] {hosts:next-hop}
apply ip-address ... next-hop|backup-nexthop|nexthop {hosts:next-hop}
apply backup-nexthop|backup-next-hop [ipv4|ipv6] {host:next-hop}
apply redirect unicast {host:next-hop}
?if-match ipv6-source|ipv6-destination {prefix:policy} {len}
?if-match ipv6 source|destination {prefix:policy} {len}
apply ipv6-address next-hop {hosts:next-hop}
apply srv6-te|sr-te-policy|preferred-path ... {host:next-hop}
?if-match ip|ipv6 ... next-hop|route-source {host:next-hop}
?if-match source|destination|ip-address {prefix:policy} {size}

# ---- peers: BGP, MSDP, LDP, VSI, IKE, NBMA neighbours, backup services
[]
peer {host:peer} ... description {text}
peer ... description {text}
peer {host:peer} connect-interface ... {host:source}
peer ... connect-interface * [*] {host:source}
peer {host:peer}
peer * listen-net {prefix:peer} {size}
peer ... source|local-address|source-address|connect-ip {host:source}
peer ... soo {rd}
peer ... static-sid no-flavor {host:sid}
peer ... vpnsid|sid {host:sid}
outbound|inbound ... peer {host:peer}
gtsm peer {host:peer}
lsp|propagate|md5-password|key-chain|authentication|accept|graceful-restart|keychain ... peer {host:peer}
md5-password cipher|plain {host:peer}
authentication key-chain peer {host:peer}
remote-ip|remote-ipv6 {host:peer}
remote-address [vpn-instance {vrf}] {first:peer} {last}
remote-address authentication-address|host-name {host:peer}
remote-identity|local-identity [ip|ipv4|ipv6] {host:peer}
route inject static nexthop {host:next-hop}
lns {host:peer}
tunnel source {host:tunnel-source}
remote-address [vpn-instance {vrf}] {host:peer}
local-address {host:source}
local-source-address [ipv4|ipv6] {host:source}
peer-address {host:peer}
peer-address|peer-ip|peer-ipv6 {host:peer} ... source-address|source-ip|source-ipv6 {host:source}
peer-ip|peer-ipv6 {host:peer}
remote-id|local-id [ip|ipv4|ipv6] {host:peer}
tunnel local {host:tunnel-source}
tunnel remote {host:tunnel-destination}
tunnel-local {host:tunnel-source}
tunnel-remote {host:tunnel-destination}
pre-shared-key address {host:peer}
ike|ipsec ... remote-address|local-address|peer|remote|local {host:peer}
sa ... address|remote {host:peer}
hrp interface * remote {host:peer}
hrp ... remote|peer {host:peer}
remote-backup ... peer {host:peer}
start l2tp ip {hosts:peer}
start l2tp ... ip {hosts:peer}
nas logic-ip {host:source}
evpn source-address {host:source}
vni * head-end peer-list {hosts:peer}
vxlan ... peer|source|remote {host:peer}
dfs-group ... source ip {host:source}
source ip|ipv6 {host:source} [vpn-instance {vrf}] [peer {host:peer}]
static-rpf-peer {host:peer}
originating-rp {host:source}
dual-active detection source ip {host:source} [vpn-instance {vrf}] [peer {host:peer}]
cluster ... ip|peer {host:peer}

# ---- MPLS, segment routing, SRv6
[]
mpls lsr-id {host:lsr-id}
mpls ldp remote-peer {host:peer}
mpls rsvp-te peer {host:peer}
mpls l2vc {host:peer}
mpls l2vc pw-template * {host:peer}
mpls l2vc ... endpoint|destination {host:peer}
mpls static-l2vc destination {host:peer}
mpls static-l2vc ... destination {host:peer}
mpls switch-l2vc {host:peer} ... between {host:peer}
mpls oam ... lsr-id|peer-ip {host:lsr-id}
mpls te ... ingress-lsr-id|egress-lsr-id|lsr-id|peer|p2mp-te-root {host:lsr-id}
mpls ... lsr-id|peer|destination|nexthop|next-hop {host:peer}
mpls-tp|lsp ... lsr-id {host:lsr-id}
forward|backward ... lsrid|lsr-id {host:lsr-id}
forward|backward ... nexthop {host:next-hop}
static-lsp|static-cr-lsp|static-srlsp|static-sr-lsp ... destination {prefix:destination} {size} nexthop {host:next-hop}
static-lsp|static-cr-lsp|static-srlsp|static-sr-lsp ... destination {host:destination}
static-lsp|static-cr-lsp|static-srlsp|static-sr-lsp ... nexthop|next-hop {host:next-hop}
static-lsp|static-cr-lsp|static-srlsp|static-sr-lsp ... lsrid|lsr-id|ingress-lsrid|egress-lsrid {host:lsr-id}
bidirectional static-cr-lsp ... lsrid|lsr-id {host:lsr-id}
reflector discriminator {host:lsr-id}
sbfd destination [ipv4|ipv6] {host:lsr-id} ... remote-discriminator {host:lsr-id}
sbfd ... {host:lsr-id}
next hop {host:next-hop}
modify hop {host:next-hop} {host:next-hop}
next|modify|add|delete|list hop {host:next-hop} ... after|before|hop {host:next-hop}
list hop {host:next-hop}
index * next hop {host:next-hop}
next sid ... ipv4|ipv6|adjacency|prefix {host:sid}
add|next sid ... {host:sid}
ipv4|ipv6 adjacency local-ip-addr|local-ipv6-addr {host:source} remote-ip-addr|remote-ipv6-addr {host:peer}
sr-te policy * endpoint {host:peer}
srv6-te policy * endpoint {host:peer}
sr-te-policy|srv6-te-policy ... endpoint {host:peer}
endpoint {host:peer}
index * sid ipv6 {host:sid}
index * ... ipv4|ipv6|prefix|adjacency|sid {host:sid}
index * ... endpoint {host:peer}
binding-sid {host:sid}
tunnel binding destination {host:tunnel-destination}
tunnel ... destination|endpoint {host:tunnel-destination}
tunnel select-seq ... {host:tunnel-destination}
tunnel-selector ... {host:tunnel-destination}
root-ip {host:peer}
traffic select p2mp-te root-ip {host:peer}
locator ... ipv6-prefix {prefix:locator} {len}
locator ... ipv6-prefix {prefix:locator}/{len}
opcode ... mirror-locator {prefix:locator} {len}
opcode [compress] {fixed:opcode}
opcode ... nexthop {host:next-hop}
end|end-x|end-bier|end-dt4|end-dt6|end-dt46|end-dx4|end-dx6|end-op|end-m|src-dt4|src-dt6|src-dx2|src-dt2 ... sid {host:sid}
sid {host:sid}
segment-routing ... prefix-sid-map|mapping {prefix:locator} {len}
segment-routing ... local-block {fixed:number}
prefix-sid|mapping-prefix {prefix:locator} {len}
encapsulation source-address|source {host:source}
encapsulation ... nexthop|source-address|ip-ttl {host:next-hop}
bypass|protect ... source|peer-ip|peer {host:peer}
protect redirect ip-nexthop|ipv6-nexthop {host:next-hop}
vpn-instance * ... peer-locator {prefix:locator} {len}
redirect srv6-te|sr-te policy * {host:sid} vpnsid {host:sid}
redirect srv6-te|sr-te policy ... vpnsid|sid {host:sid}
redirect srv6-te|sr-te policy {host:peer}
mapping|static-map ... {host:sid}

# ---- BFD, NQA, track, OAM
[]
bfd * bind peer-ip|peer-ipv6 {host:bfd} vpn-instance {vrf}
bfd * bind ... vpn-instance {vrf} [...] source-ip|source-ipv6 {host:bfd}
bfd * bind ... peer-ip|peer-ipv6|source-ip|source-ipv6|remote-peer|peer|nexthop|destination|lsr-id|endpoint|remote-ip {host:bfd}
bfd ... peer-ip|peer-ipv6|source-ip|source-ipv6|nexthop {host:bfd}
bfd ... peer-ip|peer-ipv6|source-ip|source-ipv6 {host:bfd}/*
destination-address url *://{host:url}*
destination-address [ipv4|ipv6] {host:probe}
source-address [ipv4|ipv6] {host:source}
nexthop|nexthop-address|next-hop [ipv4|ipv6] {host:next-hop}
nqa-server ... udpecho|tcpconnect|icmp-server|twamp vpn-instance {vrf} [ipv6] {host:probe}
nqa-server ... udpecho|tcpconnect|icmp-server|twamp [ipv6] {host:probe}
nqa-server ... ipv4|ipv6 {host:probe}
nqa reflector ... ipv4|ipv6 {host:probe}
nqa ... destination-address|source-address|ipv4|ipv6 {host:probe}
lsp-nexthop|dns-server|lsp-exp {host:probe}
sender-address|reflector-address [ipv4|ipv6] {host:probe}
test-session * sender-ip|local-ip|sender-ipv6|local-ipv6 {host:probe} reflector-ip|remote-ip|reflector-ipv6|remote-ipv6 {host:probe} [sender-port|local-port *] [reflector-port|remote-port *] vpn-instance {vrf}
test-session ... local-ip|remote-ip|sender-ip|reflector-ip|local-ipv6|remote-ipv6|sender-ipv6|reflector-ipv6 {host:probe}
test-id ... peer-ip {host:probe}
control-client ... {host:probe}
e-trunk|e-vrrp|y1731|cfm|lspv ... peer-ip|peer-address|source-address|ip {host:peer}
emdi channel * source {host:probe} group {host:group}
emdi channel * source {host:probe} destination {host:probe}
flow ... source {prefix:probe} [{size}]
flow ... destination {prefix:probe} [{size}]
flow ... peer-ip|peer-ipv6 {host:peer}
flow ... peer-locator {prefix:locator} {len}
dcp|mcp {host:server}
traffic-type ipv4|ipv6 source|destination {host:probe}
ip-link ... destination|next-hop|source {host:probe}
redirect-reverse next-hop {host:next-hop}
[ip-link]
[healthcheck]
destination {host:probe} ... next-hop {host:next-hop}
destination {host:probe}
[]
destination {host:probe}

# ---- filters
[]
?+rule [{seq}] [name *] permit|deny ... vpn-instance {vrf} [...] source [ip-address|ipv6-address] {prefix:acl}/{len}
?+rule [{seq}] [name *] permit|deny ... vpn-instance {vrf} [...] destination [ip-address|ipv6-address] {prefix:acl}/{len}
?+rule [{seq}] [name *] permit|deny ... vpn-instance {vrf} [...] source [ip-address|ipv6-address] {prefix:acl} {wild}
?+rule [{seq}] [name *] permit|deny ... vpn-instance {vrf} [...] destination [ip-address|ipv6-address] {prefix:acl} {wild}
?+rule [{seq}] [name *] permit|deny ... vpn-instance {vrf} [...] source [ip-address|ipv6-address] {prefix:acl} {len}
?+rule [{seq}] [name *] permit|deny ... vpn-instance {vrf} [...] destination [ip-address|ipv6-address] {prefix:acl} {len}
?+rule [{seq}] [name *] permit|deny ... source [ip-address|ipv6-address] {prefix:acl}/{len}
?+rule [{seq}] [name *] permit|deny ... destination [ip-address|ipv6-address] {prefix:acl}/{len}
?+rule [{seq}] [name *] permit|deny ... source [ip-address|ipv6-address] {prefix:acl} {wild} [... vpn-instance {vrf}]
?+rule [{seq}] [name *] permit|deny ... destination [ip-address|ipv6-address] {prefix:acl} {wild} [... vpn-instance {vrf}]
?+rule [{seq}] [name *] permit|deny ... source [ip-address|ipv6-address] {prefix:acl} {len} [... vpn-instance {vrf}]
?+rule [{seq}] [name *] permit|deny ... destination [ip-address|ipv6-address] {prefix:acl} {len} [... vpn-instance {vrf}]
?+rule [{seq}] [name *] permit|deny ... source [ip-address] {prefix:acl} mask {mask}
?+rule [{seq}] [name *] permit|deny ... destination [ip-address] {prefix:acl} mask {mask}
?+rule [{seq}] [name *] permit|deny ... source [ip-address|ipv6-address] {prefix:acl}
?+rule [{seq}] [name *] permit|deny ... destination [ip-address|ipv6-address] {prefix:acl}
rule ... description {text}
[acl ip-pool|ipv6-pool]
?+ip|ipv6 address {prefix:acl} {wild}
?+ip|ipv6 address {prefix:acl}/{len}
?+ip|ipv6 address {prefix:acl} {len}
[]
# multicast routing: groups stay, sources follow
static-rp {host:rp}
static-rp|c-rp|c-bsr|anycast-rp|bsr-policy|embedded-rp {host:rp}
multicast [ipv6] mvpn {host:lsr-id}
multicast [ipv6] mvpn ipv6-underlay {host:lsr-id}
igmp|mld join-group {host:group} [source {host:source}]
multicast-domain ... switch-group-pool {prefix:group} {size}
vni * mcast-group {host:group}
multicast ... source|source-address {host:source}
multicast ... group {prefix:group} [{size}]
multicast static|static-route|rpf-route-static ... {host:next-hop}
?+multicast-list ... source-address|source-ipv6-address {host:source}
multicast-list ... group-address|group-ipv6-address {host:group}
multicast-domain ... share-group|group {host:group}
multicast-domain ... source {host:source}
import-channel {prefix:group} {mask}
import-channel|channel ... {host:group}
group {prefix:group} {size} [source {prefix:source} {size}]
switch-group-pool {prefix:group} {size}
group {host:group}
share-group {host:group}
igmp|mld|l2-multicast|igmp-snooping|mld-snooping ... static-group|group-address {host:group}
igmp|mld|l2-multicast|igmp-snooping|mld-snooping ... inc-step-mask {fixed:mask}
igmp|mld|l2-multicast|igmp-snooping|mld-snooping ... source|remote-peer|send-query|source-address {host:source}
igmp-snooping|mld-snooping ... {host:group}
bier ... source {host:source}
bier ... group {host:group}
pim|msdp ... peer|rp|source|anycast-local|neighbor {host:rp}
redirect ip-nexthop|ipv6-nexthop|ipv6-address {hosts:next-hop}
redirect [vpn-instance {vrf}] [load-balance] ip-nexthop|ipv6-nexthop|nexthop {host:next-hop}
redirect load-balance {hosts:next-hop}
redirect lsp public {host:peer} {host:next-hop}
redirect lsp public {host:peer}
redirect remote {host:next-hop} vpn-instance|vpn {vrf}
redirect ip-nexthop|ipv6-nexthop|nexthop {host:next-hop} vpn|vpn-instance {vrf}
redirect ... nexthop|ip-nexthop|next-hop|ip-multihop|ipv6-multihop|remote {hosts:next-hop}
redirect vpn-instance {vrf} nexthop {host:next-hop}

# ---- address translation
[]
nat address-group * [group-id *] {prefix:nat-pool} mask {size} [... vpn-instance {vrf}]
nat address-group * [group-id *] {first:nat-pool} {last} [... vpn-instance {vrf}]
nat address-group * [group-id *] {host:nat-pool}
ds-lite|nat64|nat-instance address-group * [group-id *] {prefix:nat-pool} mask {size}
ds-lite|nat64|nat-instance address-group * [group-id *] {first:nat-pool} {last}
ds-lite local|remote ... {host:tunnel-source}
nat64|nat46|ds-lite ... prefix {prefix:nat-pool} prefix-length {len}
nat64 prefix {prefix:nat-pool} {len}
nat64 static [protocol *] {host:nat-inside} [*] {host:nat-outside} [*]
nat static [protocol *] global {prefix:outside-net} vpn-instance {vrf} inside * [vpn-instance *] netmask
nat static [protocol *] global * vpn-instance * inside {prefix:inside-net} vpn-instance {vrf} netmask {mask}
nat static [protocol *] global * vpn-instance * inside {prefix:inside-net} netmask {mask}
nat static [protocol *] global {prefix@:outside-net} inside {prefix:inside-net} vpn-instance {vrf} netmask {mask}
nat static [protocol *] global {prefix@:outside-net} inside {prefix:inside-net} netmask {mask}
nat server|static ... global {first:nat-outside} {last} [*] vpn-instance {vrf} inside
nat server|static ... global {first@:nat-outside} {last}
nat server|static ... global {host:nat-outside} [* [*]] vpn-instance {vrf} inside
nat server|static ... global {host@:nat-outside}
nat static outbound {host:nat-inside} [vpn-instance {vrf}] {host@:nat-outside}
nat static inbound {host@:nat-outside} {host:nat-inside} [vpn-instance {vrf}]
nat server|static ... inside|host-address {first:nat-inside} {last} [* [*]] vpn-instance {vrf}
nat server|static ... inside|host-address {first:nat-inside} {last}
nat server|static ... inside|host-address {host:nat-inside} [* [*]] vpn-instance {vrf}
nat server|static ... inside|host-address {host:nat-inside}
nat server|static ... netmask {fixed:mask}
nat static-mapping|static-address ... {host:nat-inside}
nat log host {host:logging} [*] [source {host:source}]
nat destination-mapping {host:nat-outside} {host:nat-inside}
port-forwarding {host:nat-inside}
nat dns-map|dns-mapping ... global-address {host:nat-outside}
nat dns-map|dns-mapping ... inside-address|global {host:nat-inside}
nat dns-map|dns-mapping * {host:nat-outside}
nat overlap-address * {host:nat-inside} {host:nat-outside} pool-length {fixed:number}
nat ... inside|global {host:nat-inside}

# ---- USG: objects and policies
[security-policy > rule]
[nat-policy > rule]
[traffic-policy > rule]
[policy-based-route > rule]
[auth-policy > rule]
[audit-policy > rule]
[decryption-policy > rule]
[quota-policy > rule]
[proxy-policy > rule]
[dns-smart > rule]
[slb > rule]
[]
?+source-address|destination-address|source-address-exclude|destination-address-exclude range {first:policy} {last}
?+source-address|destination-address|source-address-exclude|destination-address-exclude {prefix:policy} mask {mask}
?+source-address|destination-address|source-address-exclude|destination-address-exclude {prefix:policy} mask {len}
?+source-address|destination-address|source-address-exclude|destination-address-exclude {prefix:policy}/{len}
?+source-address|destination-address|source-address-exclude|destination-address-exclude {prefix:policy} {wild}
?+source-address|destination-address|source-address-exclude|destination-address-exclude {prefix:policy} {len}
?+policy source|destination {prefix:policy} {wild}
?+policy source|destination {prefix:policy} mask {size}
?+policy source|destination range {first:policy} {last}
?+policy source|destination {host:policy}
action pbr ... next-hop|nexthop {host:next-hop}
add interface * next-hop {host:next-hop}
action destination-nat|dest-nat ... address {host:nat-inside}
action ... address|static-nat|nexthop|next-hop {host:next-hop}
?source-address|destination-address|source-address-exclude|destination-address-exclude address-set {name}
[ip address-set]
[ipv6 address-set]
[address-set]
?+address [{seq}] range {first:object} {last}
?+address [{seq}] {prefix:object} mask {size}
?+address [{seq}] {prefix:object}/{len}
?+address [{seq}] {prefix:object} {wild}
?+address [{seq}] {prefix:object} {len}
?+address [{seq}] {prefix:object}
?+exclude-address|address-exclude range {first:object} {last}
?+exclude-address|address-exclude {prefix:object} mask {size}
?+exclude-address|address-exclude {prefix:object} {wild}
[destination-nat address-group]
[nat address-group]
[slb]
[slb > group]
[slb > vserver]
section [*] {first:nat-pool} {last}
section [*] {prefix:nat-pool} mask {size}
section [*] {host:nat-pool}
exclude-ip {first:nat-pool} {last}
exclude-ip {host:nat-pool}
smart-nopat {host:nat-pool}
vip * ip {host:virtual}
vip * {host:virtual}
rserver * ... rip|ip {host:server}
rserver * rip {host:server}
[]
address-group|nat-address-group ... {first:nat-pool} {last}
?firewall ... source-ip|destination-ip|source|destination|ip|server {host:policy}
?firewall blacklist|whitelist|static-mac|mac-binding ... {host:policy}
v-gateway [*] {host:virtual} port
v-gateway [*] {host:virtual}
?web-proxy|file-sharing ... *://{host:url}*
?web-proxy|file-sharing|virtual-ip|network-extension ... {host:server}
port-forwarding ... host-ip {host:nat-inside}
firewall log host [*] {host:logging}
update server [ip] {host:server}
update host source ip {host:source}
network-extension netpool {first:pool} {last} {fixed:mask}
netpool {first:pool} {last} {fixed:mask}
netpool {first:pool} {last}
netpool {host:pool}
manual-route {prefix:route} {size}
network-extension manual-route {prefix:route} {size}

# ---- management
[]
ntp-service [ipv6] unicast-server|unicast-peer|multicast-server|manycast-server|broadcast-server [ipv6] {host:ntp} [... vpn-instance {vrf}]
ntp-service server|peer|source-address|source-ip {host:ntp}
ntp|sntp ... server|peer|unicast-server|source-ip|source-address {host:ntp}
info-center loghost [ipv6] {host:logging} [... vpn-instance {vrf}]
info-center loghost ... source-ip|ipv6 {host:source}
syslog|log ... server|host|source {host:logging}
snmp-agent target-host ... udp-domain|address {host:snmp} [udp-port *] [... vpn-instance {vrf}]
snmp-agent proxy target-host ... udp-domain {host:snmp} [udp-port *] [vpn-instance {vrf}]
snmp-agent trap|inform|protocol|server|target-host|target-host-list|remote-engineid ... source-ip|source-address|ip|ipv6|host|udp-domain {host:snmp}
snmp-agent mib-view ... {fixed:oid}
radius-server authentication|accounting|authorization|session-manage {host:server} [... vpn-instance {vrf}]
radius-server ... source|source-ip|ip-address|nas-ip-address|ip {host:source}
radius-attribute|radius ... nas-ip|nas-ip-address|ip {host:source}
radius-client|diameter-server|diameter ... {host:server}
hwtacacs-server|hwtacacs|tacacs-server [server] authentication|authorization|accounting|common {host:server} [... vpn-instance {vrf}]
hwtacacs-server|hwtacacs|tacacs-server [server] source-ip|source {host:source}
hwtacacs-server|hwtacacs|tacacs-server ... shared-key|shared-key-cipher [simple|plain|cipher] {fixed:secret}
hwtacacs-server|hwtacacs|tacacs-server ... {host:server}
ldap-server|ad-server|sms-server|dot1x|controller|ocsp ... {host:server}
portal-server|web-server|web-auth-server|radius-client|logserver {host:server} [port *] vpn-instance {vrf}
portal-server|web-server|web-auth-server|radius-client|logserver {host:server} [{host:server}]
portal-server primary|secondary|backup {host:server}
tacacs|tacacs+ [server] server {host:server}
tacacs server {host:server}
mcp-server {host:server}
nas-ip-address {host:source}
ipv6-dns primary|secondary {host:dns}
ipv6-gateway {host:gateway}
reserved prefix {prefix:pool}/{len}
option * ip|ip-address {hosts:server}
dns server bind interface * [preferred {host:dns}] [alternate {host:dns}]
web-auth-server source-ip|source-ipv6 {host:source}
server-ip|server-address|server-ipv6|server|ip-address|ipv6-address {hosts:server}
server ip|address|ipv6|ipv4 {host:server}
server-source|server-source-ip|source-ip|source-ipv6 {host:source}
web-server|portal-server|web-auth-server|cmp|crl|ocsp|url|enrollment-url|cdp-url|server|update|cwmp|redirect-url|pki|certificate ... url|request|server|as|http|cdp-url|*://{host:url}*
crl|url|cmp|enrollment|cdp ... *://{host:url}*
http|https|ssl|pki|cmp|crl|web-server|portal-server|portal|url|redirect-url|force-push|web-push|update|cwmp|netconf|telemetry|ocsp ... *//{host:url}*
ftp|tftp|scp|sftp|ssh|telnet|http|https|netconf|snetconf|stelnet|ftps|web-manager ... client-source|server-source|source|source-ip|-a|server|host|ipv4|ipv6|ip|address {host:source}
telnet|ssh|sftp|ftp|stelnet client-source|server-source|server {host:source}
ip|ipv6 netstream export host|source [ipv6] {host:server} [* vpn-instance {vrf}]
ip|ipv6 netstream ... host|source|server [ipv6|ip-address|ipv6-address] {host:server}
ip|ipv6 ... server|source|host|gateway|next-hop {host:host}
netstream|sflow|telemetry|grpc ... ip|ipv6|host|source|server|address {host:server}
ipv4-address|ipv6-address {host:server} [port *] vpn-instance {vrf}
ipv4-address|ipv6-address {host:server}
observing-port|observe-port|observe-index * ... destination-ip|dest-ip|destination|source-ip|source {host:logging}
destination-ip|collector ... {host:server}
access-user|user-security-policy|aaa|domain ... ip|ip-address {host:host}
ip-pool|remote-ip-pool ... {first:pool} {last}
ppp|pppoe|l2tp|ipcp|remote ... address|dns|ip {hosts:host}
ppp|pppoe|l2tp ipcp ... {host:dns}
remote address {host:peer}
lldp|stack|ha|nms|ap|capwap|wlan ... ip|ip-address|management-address|source {host:host}
capwap source ip-address|ipv6-address {host:source}
apply|acl-binding|authentication ... gateway|ip {host:host}
trust|trusted-host|management-address|manage-ip {host:management}
free-rule|free-url ... ip {prefix:policy} mask {size}
free-rule ... ip {host:policy}
user-interface|line ... {host:management}

# ---- rarer commands of the same kinds
[]
ssh|stelnet|sftp|scp client {host:server}
ssh|stelnet|sftp|scp client ... assign * {name}
rsa|dsa|ecc|sm2 peer-public-key {name}
[xpl ip-prefix-list|ipv6-prefix-list]
?{prefix:prefix-list} {len} [ge {ge}] [le {le}]
[xpl rd-list|extcommunity-list|large-community-list]
{rd}
[xpl route-filter]
?if|elseif ... in \{ {prefix:prefix-list} {len}
[sbfd]
destination [ipv4|ipv6] {host:lsr-id} remote-discriminator {host:lsr-id}
destination [ipv4|ipv6] {host:lsr-id}
[rpki]
session {host:server}
[]
vlink-peer {id}
sham-link {host:source} {host:peer}
lsr-id {host:lsr-id}
transport-address {host:lsr-id}
ssm-mapping {prefix:group} {size} {host:source}
igmp|mld ssm-mapping {prefix:group} {size} {host:source}
traffic-statistics ... peer {host:peer}
connect-server {host:server}
bmp-session vpn-instance {vrf} {host:server}
bmp-session {host:server}
rpki|bmp ... session|server {host:server}
apply redirect ... {rd}
apply redirect ip|ipv6|next-hop|ip-nexthop {host:next-hop}*
apply gateway-ip|ipv6-gateway-ip {host:gateway}
apply ip|ipv6 next-hop {host:next-hop}
redirect to lsp ... {host:peer}
mapping-server ... {prefix:lsr-id} {len}
mapping-rule|basic-mapping-rule|map-rule|rule-prefix ... ipv4-prefix|ipv6-prefix|prefix {prefix:nat-pool} [prefix-length] {len}
dmr-prefix|default-mapping-rule|6rd-prefix ... {prefix:nat-pool} prefix-length {len}
br-address|border-relay {host:server}
dhcpv6-server {host:relay}
diameter-local|diameter-peer|diameter-client ... {host:server}
radius ... local-ip|nas-ip|source-ip {host:source}
ptp|ptp-adaptive|synchronization ... {host:server}
mcp {host:server}
mcp|dcp id {id}
access-trigger|arp-trigger ... ip-address {host:host}
vrrp|vrrp6 ... peer-ip|source-ip {host:virtual}
load-balance ... next-hop {host:next-hop}
policy-based-route|ip local ... next-hop {host:next-hop}
peer-gateway|vip|virtual-ip {host:virtual}

# ---- what is no address, or free text
[]
description {text}
alias|remark|note|contact|snmp-agent sys-info|banner|location|label-comment {text}
snmp-agent sys-info {text}
header login|shell information {text}
sysname {name}
version {fixed:version}
software version {fixed:version}
startup|patch|system ... *{fixed:version}
start daily|weekly {fixed:time}
batch-backup ... daily|weekly {fixed:time}
time-range ... {fixed:time}
mac-address|static-mac {fixed:mac}
"""
