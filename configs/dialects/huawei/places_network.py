"""Where addresses stand in VRP's commands: interfaces, pools, routes, routing protocols, peers, labels, probes.

The sources are named in `places`.
"""

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
# As people type it.
ip a|ad|add|addr {interface} {size}
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
user-bind static ip-address|ipv6-address {first:arp} to {last}
user-bind static ip-address|ipv6-address {hosts:arp}
vrrp|vrrp6 vrid * track ip route {prefix:probe} {size}
ucl-group ip {prefix:policy} {size}
portal local-server ip {host:server}
observe-server ... destination-ip {host:destination} ... source-ip {host:source}
observe-server ... destination-ip {host:destination}
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
option * [sub-option *] ascii {hosts:server}
[dhcpv6 pool]
address prefix {prefix:dhcp}/{len}
excluded-address {first:dhcp} to {last}
excluded-address {host:dhcp}
static-bind address|prefix {prefix:dhcp}/{len}|{host:dhcp}
prefix-delegation {prefix:dhcp}/{len}
[netconf > callhome]
[netconf > *]
endpoint * address {host:server}
[cluster]
ip-pool {host:pool} {fixed:mask-apart}
logging-host|snmp-host|tftp-server|ftp-server|sftp-server {host:server}
[wlan]
ac-list {hosts:server}
[]
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
# A description of one word stands where a next hop may.
ip|ipv6 route-static ... description {text}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} {host@:next-hop} public
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} * [*] {host@:next-hop} public
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} [vpn-instance {vrf}] {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} * {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size} * * {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route} {size}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route}/{len} [*] {host:next-hop}
+ip|ipv6 route-static [vpn-instance {vrf}] {prefix:route}/{len}
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
"""
