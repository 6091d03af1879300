"""Where addresses stand in SR OS's commands: the classic form and the model-driven one, by the same rows.

Sources: Nokia's 7750 SR classic and MD-CLI command references (20.10 to 23.10), published configurations. A row is
what follows `configure`, `service` and the router or the service; a VPRN is a VRF. In the model-driven form an
address and its length, or its mask, stand on lines of their own: `…-apart`.

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.places.table import Places, table

_LEAD = (
    r"[/configure|configure] [(router [Base|\"Base\"|management|\"management\"|vpls-management]"
    r" | service vprn {vrf} | service ies|vpls|epipe|ipipe * | service)]"
    r" [customer *] [name *] [customer *] [create]"
)


@cache
def places() -> Places:
    """The table; compiled once."""
    return table(TABLE, public=("Base", "management"), flat=True, lead=_LEAD, skip=("/configure",))


TABLE = r"""
interface|subscriber-interface|redundant-interface|group-interface * ... ipv4 primary|secondary address {host:interface-apart} prefix-length {fixed:number}
interface|subscriber-interface|redundant-interface|group-interface * ... ipv4 primary address {host:interface-apart}
interface|subscriber-interface|redundant-interface|group-interface * ... ipv4 secondary {host:interface-apart}
interface|subscriber-interface|redundant-interface|group-interface * ... ipv6 address {host:interface-apart}
interface|subscriber-interface|redundant-interface|group-interface * ... ipv4 ... vrrp * ... backup ... {hosts:virtual}
interface|subscriber-interface|redundant-interface|group-interface * ... vrrp * ... backup ... {hosts:virtual}
interface|subscriber-interface|redundant-interface|group-interface * ... vrrp * ... bfd-enable|bfd-liveness ... dst-ip|dest-ip {host:bfd}
interface|subscriber-interface|redundant-interface|group-interface * ... address {interface}/{len} remote-ip|gw-ip-address {host:peer}
interface|subscriber-interface|redundant-interface|group-interface * ... address {interface}/{len}
interface|subscriber-interface|redundant-interface|group-interface * ... address {interface} {mask}
interface|subscriber-interface|redundant-interface|group-interface * ... secondary {interface}/{len}
interface|subscriber-interface|redundant-interface|group-interface * ... primary {interface}/{len}
interface|subscriber-interface|redundant-interface|group-interface * ... address|local-address {host}
interface|subscriber-interface|redundant-interface|group-interface * ... dhcp|dhcp6|ipv4|ipv6 ... server ... {hosts:relay}
interface|subscriber-interface|redundant-interface|group-interface * ... server ... {hosts:relay}
interface|subscriber-interface|redundant-interface|group-interface * ... gi-address|link-address|src-ip-addr {host:source}
interface|subscriber-interface|redundant-interface|group-interface * ... static-arp|arp-populate|static-neighbor|neighbor|proxy-arp|static ... {host:arp}
interface|subscriber-interface|redundant-interface|group-interface * ... unnumbered {host}
interface|subscriber-interface|redundant-interface|group-interface * ... delayed-enable|ping-template|cflowd-parameters ... {host:probe}
interface|subscriber-interface|redundant-interface|group-interface * ... bfd ... {host:bfd}
interface|subscriber-interface|redundant-interface|group-interface * ... tunnel|sap ... dest-ip {host:tunnel-destination}
interface|subscriber-interface|redundant-interface|group-interface * ... remote-ip|remote-ip-address|backup-remote-ip|backup-remote-ip-address {host:tunnel-destination}
interface|subscriber-interface|redundant-interface|group-interface * ... local-gateway-address {host:tunnel-source} peer {host:tunnel-destination}
interface|subscriber-interface|redundant-interface|group-interface * ... source|local-ip-address|local-gateway-address|ip-src {host:tunnel-source}
interface|subscriber-interface|redundant-interface|group-interface * ... host|static-host ip {host}
interface|subscriber-interface|redundant-interface|group-interface * ... local-ip|remote-ip address {prefix:ipsec}/{len}
interface|subscriber-interface|redundant-interface|group-interface * ... icmp-proxy|local-proxy-arp|anti-spoof ... {host}
interface|subscriber-interface|redundant-interface|group-interface * ... description {text}
interface|subscriber-interface|redundant-interface|group-interface {name}

router-id {id}
autonomous-system|bgp-ipvpn|confederation ... route-distinguisher {rd}
bgp-ipvpn|bgp|bgp-evpn|bgp-vpls|bgp-ad|vxlan|segment-routing-v6 ... route-distinguisher {rd}
bgp-ipvpn|bgp|bgp-ad|bgp-vpws ... target|route-target ... *:{rd}
route-distinguisher {rd}
vrf-target|route-target ... *:{rd}
vrf-target|route-target ... {rd}
static-route {prefix:route}/{len} next-hop|indirect|backup-next-hop {host:next-hop}
static-route {prefix:route}/{len}
static-route-entry {prefix:route}/{len} next-hop|indirect|backup-next-hop {host:next-hop} ... cpe-check {host:probe}
static-route-entry {prefix:route}/{len} next-hop|indirect|backup-next-hop {host:next-hop}
static-route-entry {prefix:route}/{len} ... next-hop|indirect {host:next-hop}
static-route-entry {prefix:route}/{len}
static-routes route {prefix:route}/{len} ... next-hop|indirect|backup-next-hop {host:next-hop}
static-routes route {prefix:route}/{len} ... cpe-check|interface {host:probe}
static-routes route {prefix:route}/{len}
aggregate {prefix:aggregate}/{len} ... {host:next-hop}
aggregate {prefix:aggregate}/{len}
aggregates aggregate {prefix:aggregate}/{len} ... indirect {host:next-hop}
aggregates aggregate {prefix:aggregate}/{len}
bgp router-id|cluster {id}
bgp ... cluster [cluster-id] {id}
bgp ... neighbor {host:peer}
bgp ... local-address {host:source}
bgp ... dynamic-neighbor ... prefix {prefix:peer}/{len}
bgp ... dynamic-neighbor ... match prefix {prefix:peer}/{len}
bgp ... prefix {prefix:peer}/{len}
bgp ... bgp-ls-identifier|rib-management|bmp|damp-peer ... {host:peer}
bgp ... description {text}
ospf|ospf3 [*] {id}
ospf|ospf3 [*] [{id}] ... area {fixed:area} area-range {prefix:aggregate}/{len}
ospf|ospf3 [*] ... area {fixed:area} virtual-link {id} transit-area {fixed:area}
ospf|ospf3 [*] ... area {fixed:area}
ospf|ospf3 [*] ... area-range {prefix:aggregate}/{len}
ospf|ospf3 [*] ... virtual-link {id} ... transit-area {fixed:area}
ospf|ospf3 [*] ... virtual-link {id}
ospf|ospf3 [*] ... router-id {id}
ospf|ospf3 [*] ... sham-link * {host:peer}
ospf|ospf3 [*] ... neighbor {host:peer}
ospf|ospf3 [*] ... prefix|summary ... {prefix:aggregate}/{len}
isis [*] ... area-id|area-address|net {title}
isis [*] ... router-id|system-id {id}
isis [*] ... summary-address {prefix:aggregate}/{len}
rip|ripng ... neighbor {host:peer}
ldp ... peer|targeted-peer {host:peer}
ldp ... fec-originate {prefix:route}/{len} ... next-hop {host:next-hop}
ldp ... fec-originate {prefix:route}/{len}
ldp ... tcp-session-parameters peer-transport {host:peer}
ldp ... next-hop|ip-address {host:next-hop}
mpls ... path * hop * {host:next-hop}
mpls ... hop * ip-address {host:next-hop}
mpls ... hop * {host:next-hop}
mpls ... lsp * ... to {host:tunnel-destination}
mpls ... lsp * ... from {host:tunnel-source}
mpls ... to {host:tunnel-destination}
mpls ... from {host:tunnel-source}
mpls ... static-lsp ... push * nexthop|next-hop {host:next-hop}
mpls ... nexthop|next-hop {host:next-hop}
pim ... address {host:rp}
pim ... group-prefix|group-range {prefix:group}/{len}
pim ... candidate|anycast|rp-set-peer|static|embedded-rp ... {host:rp}
igmp|mld ... group|starg|grp-range|step ... {host:group}
igmp|mld ... source {host:source}
igmp|mld ... ssm-translate ... {host:group}
msdp ... peer {host:peer}
msdp ... local-address {host:source}
msdp ... source {prefix:source}/{len}
multicast-info-policy|mvpn|provider-tunnel ... {prefix:group}/{len}|{host:group}
segment-routing ... sr-policies|static-policy ... endpoint|head-end {host:tunnel-destination}
bfd|seamless-bfd|lsp-bfd ... {host:bfd}
dhcp-server|local-dhcp-server|dhcp6 ... subnet {prefix:dhcp}/{len} address-range {first:dhcp} {last}
dhcp|dhcp6|dhcp-server|local-dhcp-server ... subnet {prefix:dhcp}/{len} ... address-range {first:dhcp} end {last}
dhcp|dhcp6|dhcp-server|local-dhcp-server ... address-range {first:dhcp} end {last}
dhcp|dhcp6|dhcp-server|local-dhcp-server ... address-range {first:dhcp} {last}
dhcp|dhcp6|dhcp-server|local-dhcp-server ... exclude-addresses {first:dhcp} [end] {last}
dhcp|dhcp6|dhcp-server|local-dhcp-server ... exclude-addresses {host:dhcp}
dhcp|dhcp6|dhcp-server|local-dhcp-server ... subnet|prefix {prefix:dhcp}/{len}
dhcp|dhcp6|dhcp-server|local-dhcp-server ... subnet-mask {fixed:mask-apart}
dhcp|dhcp6|dhcp-server|local-dhcp-server ... default-router|dns-server|netbios-name-server|server|ntp-server ... {hosts:dhcp}
dhcp|dhcp6|dhcp-server|local-dhcp-server ... ip-address|gi-address {host:dhcp}
nat ... l2-aware address {interface}/{len}
nat ... address-range {first:nat-pool} {last}
nat ... address-range {first:nat-pool} end {last}
server|radius-server ... server * address {host:server}
ipsec|ike-policy|ts-list ... address|prefix|local|remote ... {prefix:ipsec}/{len}
ipsec ... local|remote {prefix:ipsec}/{len}
ipsec ... from {host:range-first}
ipsec ... to {host:range-last}
source-address ... address|application * {host:source}
snmp|log ... trap-target * address {host:snmp}
description {text}

# Services
sdp * ... far-end ip-address {host:tunnel-destination}
sdp * ... far-end {host:tunnel-destination}
sdp * ... local-end {host:tunnel-source}
sdp * ... {host:tunnel-destination}
vxlan ... source-vtep|vxlan-source-vtep {host:tunnel-source}
vxlan|assisted-replication ... egr-vtep|egress-vtep|ip-address|ip {host:tunnel-destination}
ipsec ... security-policy * ... local-ip|remote-ip {prefix:ipsec}/{len}
nat ... nat64 ... prefix {prefix:nat-pool}/{len}
system ... ethernet-segment * ... esi {fixed:esi}
system ... route-distinguisher {rd}
proxy-arp|proxy-nd ... dynamic|static ... {host:arp}
spoke-sdp|mesh-sdp|sap ... igmp-snooping|mld-snooping ... {host:group}
spoke-sdp|mesh-sdp|sap ... dest-ip|remote-ip|source|backup-remote-ip {host:tunnel-destination}
spoke-sdp|mesh-sdp|sap ... arp-host|static-host|host|ip ... {host}

# Filters and lists
?filter ip-filter|ipv6-filter * entry * ... match ... src-ip|dst-ip address {prefix:acl}/{len}
?filter ip-filter|ipv6-filter * entry * ... match ... src-ip|dst-ip address {prefix:acl} mask {must}
?filter ip-filter|ipv6-filter * entry * ... match ... src-ip|dst-ip address {host:prefix-apart}
?filter ip-filter|ipv6-filter * entry * ... match ... src-ip|dst-ip mask|ipv6-mask {fixed:mask-apart}
?filter ip-filter|ipv6-filter * ... src-ip|dst-ip {prefix:acl}/{len}
?filter ip-filter|ipv6-filter * ... src-ip|dst-ip {prefix:acl} {must}
?filter ip-filter|ipv6-filter * ... src-ip|dst-ip {prefix:acl}
?filter ip-filter|ipv6-filter * ... next-hop|nh-ip|indirect ... {host:next-hop}
?filter ip-filter|ipv6-filter * ... filter-name|default-action|scope ... {name}
?filter ip-filter|ipv6-filter * ... gre-tunnel|redirect-policy|http-redirect ... {name}
?filter redirect-policy * [create] destination {host:next-hop}
?filter redirect-policy * ... ping-test|snmp-test|unicast-rt-test|source ... {host:probe}
?+filter match-list ip-prefix-list|ipv6-prefix-list * prefix {prefix:acl}/{len}
?+filter match-list ip-prefix-list|ipv6-prefix-list * prefix-exclude {prefix:acl}/{len}
?+filter match-list ... {prefix:acl}/{len}
filter match-list ip-prefix-list|ipv6-prefix-list {name}
filter gre-tunnel-template * ... source-address {host:tunnel-source}
filter gre-tunnel-template * ... destination-address {host:tunnel-destination}
?filter ip-filter|ipv6-filter {name}
?filter dhcp-filter|dhcp6-filter|log ... {host:logging}
?+policy-options prefix-list * prefix {prefix:prefix-list}/{len} [type] [through] through|through-length {le}
?+policy-options prefix-list * prefix {prefix:prefix-list}/{len} prefix-length-range {ge}-{le}
?+policy-options prefix-list * prefix {prefix:prefix-list}/{len} [type] range start-length {ge} [end-length {le}]
?+policy-options prefix-list * prefix {prefix:prefix-list}/{len} [type] range end-length {le}
?+policy-options prefix-list * prefix {prefix:prefix-list}/{len}
?+policy-options prefix-list * ... prefix {prefix:prefix-list}/{len}
?+policy-options ... prefix-list ... prefix {prefix:prefix-list}/{len} [type] [through] through|through-length {le}
?+policy-options ... prefix-list ... prefix {prefix:prefix-list}/{len} prefix-length-range {ge}-{le}
?+policy-options ... prefix-list ... prefix {prefix:prefix-list}/{len} [type] range start-length {ge} [end-length {le}]
?+policy-options ... prefix-list ... prefix {prefix:prefix-list}/{len} [type] range end-length {le}
?+policy-options ... prefix-list * prefix {prefix:prefix-list}/{len}
?+policy-options ... prefix {prefix:prefix-list}/{len}
?policy-options community * ... *:{rd}
?policy-options community * ... {rd}
?policy-options ... next-hop {host:next-hop}
?policy-options ... neighbor|ip-address|host-ip|to|originator-id ... {prefix:peer}/{len}|{host:peer}
?policy-options ... area {fixed:area}
?policy-options ... group-address|source-address ip-address {host:group}
?policy-options ... from|prefix-list ... {name}
policy-options prefix-list {name}
?qos sap-ingress|sap-egress|network ... src-ip|dst-ip address {prefix:policy} mask {must}
?qos sap-ingress|sap-egress|network ... src-ip|dst-ip address {host:prefix-apart}
?qos sap-ingress|sap-egress|network ... src-ip|dst-ip {prefix:policy}/{len}
?qos sap-ingress|sap-egress|network ... src-ip|dst-ip {prefix:policy} {must}
?qos sap-ingress|sap-egress|network ... src-ip|dst-ip {prefix:policy}
?qos match-list ... {prefix:acl}/{len}

# The system and its management
bof [router *] ... address {interface}/{len} active|standby
?bof ... address {interface}/{len}
?bof ... static-route|static-routes [route] {prefix:route}/{len} next-hop {host:next-hop}
?bof ... static-route|static-routes [route] {prefix:route}/{len}
?bof ... next-hop {host:next-hop}
?bof ... primary-dns|secondary-dns|tertiary-dns {host:dns}
?bof ... dns ... {hosts:dns}
?bof ... *://*@{host:url}*
?bof ... *://{host:url}*
system time ... ntp server|peer|broadcast {host:ntp}
system time ... ntp ... server|peer|broadcast|ntp-server {host:ntp}
system time ... sntp ... server-address {host:ntp}
system time ... {host:ntp}
system snmp ... address|source-address {host:snmp}
system snmp ... {prefix:snmp}/{len}
system security ... radius|tacplus|ldap ... server * address {host:server}
system security ... server * address {host:server}
system security ... server * {host:server}
system security ... address {host:server}
system security ... management-access-filter|cpm-filter ... src-ip|dst-ip address {prefix:management} mask {must}
system security ... src-ip|dst-ip address {host:prefix-apart}
system security ... src-ip|dst-ip mask {fixed:mask-apart}
system security ... src-ip|dst-ip {prefix:management}/{len}
system security ... src-ip|dst-ip {prefix:management} {must}
system security ... src-ip|dst-ip {prefix:management}
system security ... source-address ... {host:source}
system security ... view * subtree {fixed:oid}
system security ... subtree {fixed:oid}
system security ... access-group|usm-community|community ... {prefix:snmp}/{len}
system security ... snmp ... src-access-list * ... {host:snmp}
system security ... src-access-list|src-host ... {host:snmp}
system security ... match|motd|pre-login-message {text}
system ... dns|name-servers ... {hosts:dns}
system dns ... {hosts:dns}
system name|location|contact|login-control ... {text}
system ... remote-management|grpc|telemetry|netconf|management-interface ... destination|manager|address|local-source-address ... {host:server}
system telemetry ... destination {host:server}
system persistence|bluetooth|cron|script-control ... *://{host:url}*
system ... message {text}
log snmp-trap-group * trap-target * address {host:snmp}
log ... address {host:logging}
log syslog * ... address {host:logging}
log ... trap-target * ... {host:snmp}
log ... match|filter|description {text}
redundancy ... peer {host:peer}
redundancy ... source-address {host:source}
redundancy ... peer-name {name}
redundancy ... address|remote-address|mc-lag|ip-address ... {host:peer}
saa ... {host:probe}
oam-pm ... source|destination {host:probe}
oam-pm ... {host:probe}
test-oam ... prefix {prefix:probe}/{len}
test-oam ... {host:probe}
cflowd collector {host:logging}:*
cflowd collector {host:logging}
cflowd ... collector {host:logging}
cflowd ... ip-address|source-address {host:logging}
aaa|subscriber-mgmt ... server * address {host:server}
aaa|subscriber-mgmt ... address|source-address|source {prefix:server}/{len}|{host:server}
aaa|subscriber-mgmt ... nat-policy|ip-address|prefix ... {prefix}/{len}|{host:server}
mirror ... mirror-dest|mirror-source|remote-source|far-end|endpoint ... {host:tunnel-destination}
mirror ... src-ip|dst-ip ... {prefix:acl}/{len}
router-advertisement ... prefix {prefix}/{len}
port ... description {text}
persistent-indices ... {name}
customer * ... description {text}
echo {text}
"""
