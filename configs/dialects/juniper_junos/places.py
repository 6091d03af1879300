"""Where addresses stand in Junos's statements; the same rows for braces and for `set` commands.

Sources: Juniper's CLI references (Junos OS 12 to 23), Batfish's grammar of flat Junos. A row is what follows `groups
NAME`, `logical-systems NAME`, `tenants NAME` and `routing-instances NAME`; the last is the VRF. An instance lists its
interfaces elsewhere, so that an interface's address may be of any. `low` and `high` of a pool are lines of their own.

The references were not gone through page by page. Rows beyond the samples in the tests and the pages that are named
are from knowledge of the language and unverified on devices.
"""

from __future__ import annotations

from functools import cache

from configs.dialects.juniper_junos.groups import GROUPS
from configs.dialects.juniper_junos.lists import of_addresses
from configs.places.table import Places, table

_LEAD = "[groups *] [logical-systems|tenants|logical-routers *] [routing-instances {vrf}]"
_SKIP = (
    "inactive:",
    "protect:",
    "replace:",
    "delete:",
    "active:",
    "set",
    "delete",
    "activate",
    "deactivate",
    "protect",
)


@cache
def places() -> Places:
    """The table; compiled once."""
    return table(
        TABLE,
        public=("default", "master", "mgmt_junos"),
        flat=True,
        lead=_LEAD,
        skip=_SKIP,
        groups=GROUPS,
        paired="static-nat",
        nearest=("prefix-list", "policy"),
        addresses=of_addresses,
    )


TABLE = r"""
?interfaces * [unit *] family inet|inet6 address {interface}/{len} vrrp-group|vrrp-inet6-group * virtual-address|virtual-inet6-address|virtual-link-local-address [\[] {hosts:virtual}
?interfaces * [unit *] family inet|inet6 address {interface}/{len} vrrp-group|vrrp-inet6-group * track route {prefix:route}/{len}
?interfaces * [unit *] family inet|inet6 address {interface}/{len} virtual-gateway-address {host:virtual}
?interfaces * [unit *] family inet|inet6 address {interface}/{len} destination {host:peer}
?interfaces * [unit *] family inet|inet6 address {interface}/{len} arp|ndp {host:arp}
?interfaces * [unit *] family inet|inet6 address {interface}/{len} broadcast {host}
?interfaces * [unit *] family inet|inet6 address {interface}/{len} multipoint-destination {host:peer}
?interfaces * [unit *] family inet|inet6 address {interface}/{len}
?interfaces * [unit *] family inet|inet6 address {host} destination {host:peer}
?interfaces * [unit *] family inet|inet6 address {host}
?interfaces * [unit *] family inet|inet6 unnumbered-address ... preferred-source-address {host}
?interfaces * [unit *] family inet|inet6 ... source-address|destination-address|server-address {host}
?interfaces * [unit *] family iso address {title}
?interfaces * [unit *] tunnel source {host:tunnel-source}
?interfaces * [unit *] tunnel destination {host:tunnel-destination}
?interfaces * [unit *] tunnel backup-destination {host:tunnel-destination}
?interfaces interface-range * ... address {interface}/{len}
?interfaces * ... arp|dhcp|dhcp-client ... server-address {host:server}
interfaces ... description {text}
interfaces * esi {fixed:esi}
?interfaces * [unit *] family ... filter input|output|input-list|output-list {name}
?interfaces * [unit *] family ... rpf-check fail-filter {name}

routing-options router-id {id}
routing-options [rib *] static|access route {prefix:route}/{len} next-hop|bgp-next-hop [\[] {hosts:next-hop}
routing-options [rib *] static|access route {prefix:route}/{len} qualified-next-hop {host:next-hop} ... local-address|neighbor|source {host:bfd}
routing-options [rib *] static|access route {prefix:route}/{len} qualified-next-hop {host:next-hop}
routing-options [rib *] static|access route {prefix:route}/{len} bfd-liveness-detection ... local-address|neighbor {host:bfd}
routing-options [rib *] static|access route {prefix:route}/{len} * next-hop [\[] {hosts:next-hop}
routing-options [rib *] static|access route {prefix:route}/{len}
routing-options [rib *] static|access route {prefix:route} next-hop|bgp-next-hop [\[] {hosts:next-hop}
routing-options [rib *] static|access route {prefix:route}
routing-options [rib *] static iso-route {title}
routing-options [rib *] aggregate|generate route {prefix:aggregate}/{len}
routing-options [rib *] aggregate|generate route {prefix:aggregate}
routing-options [rib *] martians {prefix:acl}/{len}
routing-options [rib *] martians {prefix:acl}
routing-options flow route * match source|destination {prefix:acl}/{len}
routing-options flow route ... next-hop|redirect {host:next-hop}
routing-options dynamic-tunnels * source-address {host:tunnel-source}
routing-options dynamic-tunnels * destination-networks {prefix:tunnel-destination}/{len}
routing-options dynamic-tunnels ... destination-prefix {prefix:tunnel-destination}/{len}
routing-options validation ... session {host:server} ... local-address {host:source}
routing-options validation ... session {host:server}
routing-options validation static record {prefix}/{len}
routing-options multicast ... ssm-groups {prefix:group}/{len}
routing-options multicast ... route {prefix:group}/{len} source {prefix:source}/{len}
routing-options multicast ... scope * prefix {prefix:group}/{len}
routing-options bmp ... station-address|local-address {host:server}
routing-options route-distinguisher-id {id}
routing-options auto-export ... {name}

route-distinguisher {rd}
vrf-target [import|export] *:{rd}
vrf-target [import|export] {rd}
provider-tunnel ... group-address|group-range {prefix:group}/{len}|{host:group}
provider-tunnel ... source|neighbor {host:peer}

protocols bgp ... group * neighbor {host:peer}
protocols bgp ... neighbor {host:peer}
protocols bgp ... local-address|multipath-build|bgp-next-hop {host:source}
protocols bgp ... cluster {id}
+protocols bgp ... allow [\[] {prefix:peer}/{len}
protocols bgp ... bmp ... station-address {host:server}
protocols bgp ... description {text}
protocols bgp ... import|export ... {name}
protocols ospf|ospf3 area {fixed:area} area-range {prefix:aggregate}/{len}
protocols ospf|ospf3 area {fixed:area} virtual-link neighbor-id {id} transit-area {fixed:area}
protocols ospf|ospf3 area {fixed:area} virtual-link neighbor-id {id}
protocols ospf|ospf3 area {fixed:area} sham-link-remote {host:peer}
protocols ospf|ospf3 area {fixed:area} interface * ... neighbor|node-link-protection {host:peer}
protocols ospf|ospf3 area {fixed:area} interface {host:igp-network}
protocols ospf|ospf3 area {fixed:area} ... area-range {prefix:aggregate}/{len}
protocols ospf|ospf3 area {fixed:area} peer-interface {name}
protocols ospf|ospf3 area {fixed:area}
protocols ospf|ospf3 ... realm * area {fixed:area}
protocols ospf|ospf3 ... prefix {prefix:igp-network}/{len}
protocols ospf|ospf3 sham-link local {host:source}
protocols isis ... net|area {title}
protocols rip|ripng ... neighbor {host:peer}
protocols ldp ... neighbor|session|targeted-neighbor {host:peer}
protocols ldp transport-address {host:lsr-id}
protocols ldp session-group {prefix:peer}/{len}
protocols mpls ... label-switched-path * ... to {host:tunnel-destination}
protocols mpls ... label-switched-path * ... from {host:tunnel-source}
protocols mpls ... path * {host:next-hop}
protocols mpls ... install {prefix:route}/{len}
protocols mpls ... static-label-switched-path ... next-hop {host:next-hop}
protocols mpls ... static-label-switched-path ... to {host:tunnel-destination}
protocols rsvp ... peer-interface|neighbor|bypass * to {host:tunnel-destination}
protocols rsvp ... to {host:tunnel-destination}
protocols source-packet-routing|spring-traffic-engineering ... to|ip-address|source {host:tunnel-destination}
protocols source-packet-routing ... from {host:tunnel-source}
protocols pim ... rp static address {host:rp} ... group-ranges {prefix:group}/{len}
protocols pim ... rp static address {host:rp}
protocols pim ... rp local ... address {host:rp}
protocols pim ... rp ... local-address|anycast-pim ... {host:rp}
protocols pim ... anycast-pim ... rp-set address {host:rp}
protocols pim ... anycast-pim local-address {host:rp}
protocols pim ... group-ranges|group-range {prefix:group}/{len}
protocols pim ... group {host:group}
protocols msdp ... local-address {host:source}
protocols msdp ... peer {host:peer}
protocols msdp ... source {prefix:source}/{len}
protocols igmp|mld|igmp-snooping|mld-snooping ... group {host:group}
protocols igmp|mld|igmp-snooping|mld-snooping ... source {host:source}
protocols l2circuit ... neighbor {host:peer} ... backup-neighbor {host:peer}
protocols l2circuit neighbor {host:peer} ... backup-neighbor {host:peer}
protocols l2circuit ... neighbor {host:peer}
protocols l2vpn|vpls|evpn ... neighbor|backup-neighbor|mesh-group * neighbor {host:peer}
protocols evpn|l2vpn|vpls ... vrf-target|route-distinguisher *:{rd}
protocols evpn|l2vpn|vpls ... {rd}
protocols vrrp|lacp|oam|bfd|router-advertisement ... prefix {prefix}/{len}
protocols router-advertisement ... dns-server-address {host:dns}
protocols oam|bfd|sbfd|neighbor-discovery|router-discovery ... address|neighbor|local-address|target {host:bfd}
protocols dvmrp|link-management|pcep|amt ... address|destination-ipv4-address|local-address|remote-address {host:peer}
protocols pcep pce * ... local-address|destination-ipv4-address {host:server}
switch-options|vlans|bridge-domains ... remote-vtep-list|static-remote-vtep-list ... {hosts:tunnel-destination}
switch-options|vlans|bridge-domains ... route-distinguisher {rd}
switch-options|vlans|bridge-domains ... vrf-target [import|export] *:{rd}
vlans|bridge-domains ... vxlan multicast-group {host:group}
vlans|bridge-domains ... dhcp-security ... static-ip|server {host:dhcp}
vlans|bridge-domains ... description {text}
ethernet-switching-options ... static-ip {host:dhcp}

?+policy-options prefix-list * {prefix:prefix-list}/{len}
?+policy-options prefix-list * {prefix:prefix-list}
policy-options prefix-list {name}
# `orlonger` means whatever lies in the prefix, the others one length of it or some.
?+policy-options route-filter-list * {prefix:policy}/{len} orlonger
?+policy-options route-filter-list * {prefix:prefix-list}/{len} prefix-length-range /{ge}-/{le}
?+policy-options route-filter-list * {prefix:prefix-list}/{len} upto /{le}
?+policy-options route-filter-list * {prefix:prefix-list}/{len} through {prefix:prefix-list}/{len}
?+policy-options route-filter-list * {prefix:prefix-list}/{len} address-mask {must}
?+policy-options route-filter-list * {prefix:prefix-list}/{len}
?+policy-options policy-statement ... route-filter|source-address-filter {prefix:policy}/{len} orlonger
?+policy-options policy-statement ... route-filter|source-address-filter {prefix:prefix-list}/{len} prefix-length-range /{ge}-/{le}
?+policy-options policy-statement ... route-filter|source-address-filter {prefix:prefix-list}/{len} upto /{le}
?+policy-options policy-statement ... route-filter|source-address-filter {prefix:prefix-list}/{len} through {prefix:prefix-list}/{len}
?+policy-options policy-statement ... route-filter|source-address-filter {prefix:prefix-list}/{len}
?+policy-options policy-statement ... route-filter|source-address-filter {prefix:prefix-list}
policy-options policy-statement ... area {fixed:area}
?policy-options policy-statement ... neighbor [\[] {hosts:peer}
?policy-options policy-statement ... neighbor|from next-hop [\[] {hosts:peer}
?policy-options policy-statement ... next-hop [\[] {hosts:next-hop}
?policy-options policy-statement ... route-distinguisher|tunnel-attribute ... {rd}
?policy-options policy-statement ... multicast-scope|prefix-segment ... {prefix}/{len}
policy-options policy-statement ... prefix-list|prefix-list-filter|policy|community|as-path|route-filter-list {name}
policy-options policy-statement * term {name}
policy-options policy-statement {name}
policy-options community ... *:{rd}
policy-options community ... {rd}
?policy-options mac-list|tunnel-attribute|ip-mac ... {host:tunnel-destination}
?policy-options condition ... if-route-exists [address-family *] {prefix:route}/{len}
?policy-options condition ... if-route-exists ... {prefix:route}/{len}

?+firewall [family *] filter|prefix-action|simple-filter ... source-address|destination-address|address|ip-source-address|ip-destination-address {prefix:acl}/{must}
?+firewall [family *] filter|prefix-action|simple-filter ... source-address|destination-address|address|ip-source-address|ip-destination-address {prefix:acl}/{len}
?+firewall [family *] filter|prefix-action|simple-filter ... source-address|destination-address|address|ip-source-address|ip-destination-address {prefix:acl}
?firewall [family *] filter ... next-ip|next-ip6|next-interface {prefix:next-hop}/{len}|{host:next-hop}
firewall [family *] filter ... prefix-list|source-prefix-list|destination-prefix-list {name}
?firewall tunnel-end-point * ipv4|ipv6 source-address {host:tunnel-source}
?firewall tunnel-end-point * ipv4|ipv6 destination-address {host:tunnel-destination}
firewall [family *] filter * term * then count|policer|forwarding-class|routing-instance {name}
firewall [family *] filter * term {name}
firewall [family *] filter {name}

?security address-book * address * {prefix:object}/{len}
?security address-book * address * {prefix:object}
?security address-book * address * range-address {first:object} to {last}
?security address-book * address * range-address {host:range-first}
?security address-book * address * wildcard-address {prefix:object}/{must}
?security zones security-zone * address-book address * {prefix:object}/{len}
?security zones security-zone * address-book address * {prefix:object}
?security zones security-zone * address-book address * range-address {first:object} to {last}
?security zones security-zone * address-book address * range-address {host:range-first}
?security zones security-zone * address-book address * wildcard-address {prefix:object}/{must}
security address-book * address * description {text}
security address-book * address {name}
security address-book * address-set * address|address-set {name}
security address-book * address-set {name}
security zones security-zone * address-book address {name}
security zones security-zone * address-book address-set * address|address-set {name}
security zones security-zone * address-book address-set {name}
security policies (from-zone * to-zone * | global) policy * match source-address|destination-address ... {name}
security policies ... match source-address|destination-address ... {name}
security policies ... policy {name}
security nat ... match source-address-name|destination-address-name ... {name}

?security nat source pool * address {first:nat-pool}/32 to {last}/32
?security nat source pool * address {first:nat-pool} to {last}
?security nat source pool * address {prefix:nat-pool}/{len}
?security nat source pool * address {prefix:nat-pool}
?security nat source pool * host-address-base {prefix:nat-inside}/{len}|{host:nat-inside}
?security nat destination pool * address {first:nat-inside}/32 to {last}/32
?security nat destination pool * address {first:nat-inside} to {last}
?security nat destination pool * address {prefix:nat-inside}/{len}
?security nat destination pool * address {prefix:nat-inside}
?+security nat source rule-set * rule * match source-address ... {prefix:nat-inside}/{len}|{host:nat-inside}
?+security nat source rule-set * rule * match destination-address ... {prefix:destination}/{len}|{host:destination}
?+security nat destination rule-set * rule * match source-address ... {prefix:source}/{len}|{host:source}
?security nat destination|static rule-set * rule * match destination-address {prefix:nat-outside}/{len}|{host:nat-outside}
?+security nat static rule-set * rule * match source-address ... {prefix:source}/{len}
?security nat static rule-set * rule * then static-nat prefix {prefix:nat-inside}/{len}|{host:nat-inside}
?security nat static rule-set * rule * then static-nat inet ... {host:nat-inside}
?security nat proxy-arp|proxy-ndp interface * address {first:nat-outside}/32 to {last}/32
?security nat proxy-arp|proxy-ndp interface * address {first:nat-outside} to {last}
?security nat proxy-arp|proxy-ndp interface * address {prefix:nat-outside}/{len}
?security nat proxy-arp|proxy-ndp interface * address {prefix:nat-outside}
?security ... source-address|destination-address [\[] {prefix:policy}/{len}
security nat ... description {text}
security nat ... pool|rule|rule-set {name}

?security ike gateway * address [\[] {hosts:tunnel-destination}
?security ike gateway * local-address {host:tunnel-source}
?security ike gateway * local-identity|remote-identity inet|inet6 {host:peer}
?security ike gateway * ... dynamic ... inet {host:peer}
?security ike gateway {name}
?security ipsec vpn * ike proxy-identity local|remote {prefix:ipsec}/{len}
?security ipsec vpn * traffic-selector * ... local-ip|remote-ip {prefix:ipsec}/{len}
?security ipsec vpn * traffic-selector * ... local-ip|remote-ip {first:ipsec} to {last}
?security ipsec vpn * vpn-monitor ... destination-ip {host:probe}
?security ipsec vpn * ... gateway {name}
security ipsec security-association ... {host:tunnel-destination}
?security log ... source-address {host:source}
?security log stream * host {host:logging}
?security dynamic-address feed-server * hostname|url {host:server}*
?security utm ... server host {host:server}
?security log ... ipaddr {host:logging}
?security pki ... url *://{host:url}*
?security screen white-list * ... {prefix:policy}/{len}
?security user-identification ... {prefix:policy}/{len}|{host:policy}
?security remote-access|dynamic-vpn ... remote-protected-resources|remote-exceptions|address-assignment ... {prefix:ipsec}/{len}
?services rpm|ip-monitoring|flow-monitoring ... url *://{host:url}*
?services rpm|ip-monitoring ... target address {host:probe}
?services rpm|ip-monitoring ... source-address {host:source}
?services rpm|ip-monitoring ... next-hop {host:next-hop}
?services rpm|ip-monitoring ... route {prefix:route}/{len}
?services nat pool * address-range low {first:nat-pool} high {last}
?services nat pool * ... address {prefix:nat-pool}/{len}|{host:nat-pool}
?services nat|stateful-firewall|ipsec-vpn|softwire ... source-address|destination-address|source-prefix|destination-prefix {prefix:policy}/{len}|{host:policy}
?services nat|stateful-firewall|ids ... source-address-range|destination-address-range low {first:policy} high {last}
?services ipsec-vpn ... remote-gateway|backup-remote-gateway {host:tunnel-destination}
?services ipsec-vpn|service-set ... local-gateway|ike-access-profile {host:tunnel-source}
?services service-set ... local-gateway {host:tunnel-source}

system ntp ... server|peer|boot-server {host:ntp}
system ntp ... source-address|broadcast|multicast-client {host:source}
system ntp ... restrict {prefix:management} mask {mask}
system name-server ... {hosts:dns}
system syslog ... host {host:logging}
system syslog ... source-address {host:source}
system radius-server|tacplus-server {host:server} ... source-address {host:source}
system radius-server|tacplus-server {host:server}
system radius-options|tacplus-options ... attributes nas-ip-address|nas-ipv6-address {host:source}
system accounting ... server {host:server} ... source-address {host:source}
system accounting ... server {host:server}
system backup-router {host:gateway} ... destination {prefix:route}/{len}
system backup-router {host:gateway}
system inet6-backup-router {host:gateway} ... destination {prefix:route}/{len}
system inet6-backup-router {host:gateway}
system static-host-mapping * inet|inet6 ... {hosts:dns}
system archival ... *://*@{host:url}*
system archival ... *://{host:url}*
system services dhcp|dhcp-local-server pool {prefix:dhcp}/{len} address-range low {first:dhcp} high {last}
system services dhcp|dhcp-local-server pool {prefix:dhcp}/{len} address-range low {host:range-first}
system services dhcp|dhcp-local-server pool {prefix:dhcp}/{len} address-range high {host:range-last}
system services dhcp pool {prefix:dhcp}/{len} ... router|name-server|wins-server|exclude-address|server-identifier|next-server|boot-server ... {hosts:dhcp}
system services dhcp pool {prefix:dhcp}/{len}
system services dhcp ... router|name-server|wins-server|server-identifier|next-server|boot-server|fixed-address ... {hosts:dhcp}
system services ... static-binding ... fixed-address ... {host:dhcp}
system services ... dns ... forwarders {host:dns}
system services ... dns ... {host:dns}
+system services extension-service notification allow-clients address {prefix:management}/{len}|{host:management}
system services ... outbound-ssh client * {host:server}
system services ... neighbor-discovery-router|local-address|address {host:server}
system login ... message {text}
system login ... announcement {text}
system login ... allowed-from|deny-sources|allow-sources ... {prefix:management}/{len}|{host:management}
system tacplus-server|phone-home|license|autoinstallation ... *://{host:url}*
system autoinstallation|phone-home|license ... {host:server}
system host-name {name}

snmp location|contact|description|name {text}
+snmp ... clients {prefix:snmp}/{len}
snmp ... clients {host:snmp}
+snmp client-list * {prefix:snmp}/{len}
snmp client-list * {host:snmp}
snmp trap-group * targets ... {hosts:snmp}
snmp ... target-address * address {host:snmp}
snmp ... address-mask {fixed:mask}
snmp trap-options source-address {host:source}
snmp trap-options agent-address {host:source}
snmp ... source-address|agent-address {host:source}
snmp ... oid {fixed:oid}
snmp rmon ... variable {fixed:oid}
+snmp ... community-context|routing-instance * clients {prefix:snmp}/{len}
snmp proxy ... {host:snmp}

access address-assignment|address-pool ... network|prefix {prefix:dhcp}/{len}
access address-assignment ... range * low {first:dhcp} high {last}
access address-assignment ... range * low {host:range-first}
access address-assignment ... range * high {host:range-last}
access address-assignment ... router|name-server|dns-server|wins-server|server-identifier|sip-server|tftp-server|next-server|boot-server ... {hosts:dhcp}
access address-assignment ... ip-address|excluded-address {host:dhcp}
access address-assignment ... excluded-range * low {first:dhcp} high {last}
access address-assignment ... excluded-range * low {host:range-first}
access address-assignment ... excluded-range * high {host:range-last}
access address-assignment ... xauth-attributes ... primary-dns|secondary-dns|primary-wins|secondary-wins {prefix:dns}/{len}|{host:dns}
access address-pool ... address-range low {first:dhcp} high {last}
access address-pool ... address {prefix:dhcp}/{len}
access firewall-authentication ... banner * {text}
access radius-server|ldap-server|radius {host:server} ... source-address {host:source}
access radius-server|ldap-server|radius {host:server}
access profile ... radius-server|ldap-server|server|authentication-server|accounting-server {host:server}
access profile ... authentication-server|accounting-server ... {hosts:server}
access ... source-address|nas-ip-address {host:source}
access ... ip-address|framed-ip-address {prefix:dhcp}/{len}|{host:dhcp}

forwarding-options helpers ... server ... {hosts:relay}
forwarding-options dhcp-relay ... server-group ... {hosts:relay}
forwarding-options dhcp-relay ... relay-source|server-address|gateway-address|dhcpv6 ... {host:relay}
forwarding-options dhcp-relay ... {hosts:relay}
forwarding-options helpers bootp ... {hosts:relay}
?forwarding-options sampling|accounting|monitoring ... flow-server|cflowd {host:logging}
?forwarding-options sampling|accounting|monitoring ... source-address {host:source}
?forwarding-options sampling|accounting ... aggregation|inline-jflow ... source-address {host:source}
?forwarding-options analyzer|port-mirroring|port-mirror ... ip-address|next-hop {host:logging}
protocols sflow ... collector {host:logging}
protocols sflow ... agent-id|source-ip {host:source}
chassis ... redundancy-group ... ip-monitoring family inet {host:probe}
chassis ... redundancy-group ... ip-monitoring family inet ... {host:probe} interface
chassis ... ip-monitoring ... secondary-ip-address {host}
chassis cluster ... {host:probe}
multi-chassis|protocols iccp ... local-ip-addr {host:source}
protocols iccp ... local-ip-addr {host:source}
protocols iccp ... peer {host:peer} ... backup-peer-ip {host:peer}
protocols iccp ... peer {host:peer}
multi-chassis ... multi-chassis-protection {host:peer}
event-options ... *://{host:url}*
apply-path {text}
version {fixed:version}
protocols ... description {text}
routing-options ... description {text}
snmp ... description {text}
firewall ... description {text}
description {text}
apply-groups|apply-groups-except ... {name}
annotate {text}
?interfaces * [unit *] family inet|inet6 next-hop-tunnel {host:peer}
protocols lldp management-address {host:source}
protocols l2vpn|vpls|evpn neighbor|backup-neighbor {host:peer}
?security flow traceoptions packet-filter * source-prefix|destination-prefix {prefix:policy}/{len}
?security group-vpn ... ike gateway * address [\[] {hosts:tunnel-destination}
?security group-vpn ... ike gateway * local-address {host:tunnel-source}
services analytics ... remote-address {host:logging}
services analytics ... local-address {host:source}
system login user * authentication ssh-rsa|ssh-dsa|ssh-ecdsa|ssh-ed25519 {text}
"""
