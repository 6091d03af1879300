"""Where addresses stand in the routing protocols' commands that several vendors' languages share (`common`)."""

from __future__ import annotations

from typing import Final

OSPF: Final = """
[router ... vrf {vrf}]
[router > vrf {vrf}]
router-id {id}
[router ospf]
[router ospfv3]
[router ospf6]
[router ospf > vrf]
[router ospfv3 > vrf]
[router ospfv3 > address-family]
[router ospf > address-family]
router-id {id}
ospf router-id {id}
ospf6 router-id {id}
+network {prefix:igp-network}/{len} area {fixed:area}
+network {prefix:igp-network} {either} area {fixed:area}
+area {fixed:area} range {prefix:aggregate}/{len} [substitute {prefix:aggregate}/{len}]
+area {fixed:area} range {prefix:aggregate} {mask}
area {fixed:area} virtual-link {id}
area {fixed:area} sham-link {host:peer} {host:peer}
+area {fixed:area} filter {prefix:aggregate} {mask}
+area {fixed:area} filter {prefix:aggregate}/{len}
area {fixed:area}
+summary-address {prefix:aggregate} {mask}
+summary-address {prefix:aggregate}/{len}
+summary-prefix {prefix:aggregate}/{len}
neighbor {host:peer}
distance * {prefix:source} {wild}
distance * {prefix:source}/{len}
mpls traffic-eng area {fixed:area}
mpls traffic-eng router-id {host:lsr-id}
mpls-te router-address {host:lsr-id}
router-info area {fixed:area}
mpls ldp autoconfig area {fixed:area}
max-metric ... {fixed:area}
redistribute ... route-map {name}
interface * area {fixed:area}
timers throttle ... {fixed:area}
distribute-list [prefix|route-map] {name}
"""

ISIS: Final = """
[router isis]
[router isis > address-family]
[router isis > vrf]
net {title}
+summary-address {prefix:aggregate} {mask}
+summary-address {prefix:aggregate}/{len}
+summary-prefix {prefix:aggregate}/{len}
+summary-prefix {prefix:aggregate} {mask}
mpls traffic-eng router-id {host:lsr-id}
router-id ipv4|ipv6 {host:lsr-id}
router-id {host:lsr-id}
is-hostname {name}
distance * {prefix:source} {wild}
"""

VECTORS: Final = """
[router rip]
[router ripng]
[router eigrp]
[router rip > address-family ... vrf {vrf}]
[router eigrp > address-family ... vrf {vrf}]
[router rip > address-family]
[router eigrp > address-family]
[router rip > vrf]
[router eigrp > vrf]
router-id|eigrp {id}
eigrp router-id {id}
+network {prefix:igp-network}/{len}
+network {prefix:igp-network} {either}
+network {classful:rip-network}
neighbor {host:peer}
distance * {prefix:source} {wild}
distance * {prefix:source}/{len}
+route {prefix:route}/{len}
+summary-address {prefix:aggregate} {mask}
+summary-address {prefix:aggregate}/{len}
[router eigrp > address-family > af-interface]
+summary-address {prefix:aggregate} {mask}
+summary-address {prefix:aggregate}/{len}
"""

BGP: Final = """
[router bgp > address-family ... vrf {vrf}]
[router bgp > vrf {vrf}]
[router bgp > vrf {vrf} > address-family]
[router bgp > vrf {vrf} > neighbor]
[router bgp ... vrf {vrf}]
[router bgp ... vrf {vrf} > address-family]
bgp router-id {id}
[router bgp]
[router bgp > address-family]
[router bgp > vrf]
[router bgp > vrf > address-family]
bgp router-id {id}
bgp cluster-id {id:cluster-id}
router-id {id}
cluster-id {id:cluster-id}
bgp router-id vrf ... {id}
+bgp listen range {prefix:peer}/{len}
+neighbor {prefix:peer}/{len}
neighbor {host:peer} update-source {host:source}
neighbor {host:peer} route-map|prefix-list|filter-list|distribute-list|inherit {name}
neighbor {host:peer} description {text}
neighbor {host:peer} password {fixed:secret}
neighbor {host:peer} peer group {name}
neighbor {host:peer} peer-group {name}
neighbor {host:peer}
neighbor * description {text}
neighbor {name} update-source {host:source}
neighbor {name}
no neighbor {host:peer}
no neighbor {name}
dynamic peer-group listen range {prefix:peer}/{len}
+network {prefix:bgp-network}/{len}
+network {prefix:bgp-network} mask {mask}
+network {classful:bgp-network}
+aggregate-address {prefix:aggregate}/{len}
+aggregate-address {prefix:aggregate} {mask}
distance * {prefix:source} {wild}
distance * {prefix:source}/{len}
rd {rd}
rd vpn export {rd}
rt vpn ... {rd}
route-target ... {rd}
table-map {name}
[router bgp > template]
[router bgp > neighbor]
[router bgp > vrf > neighbor]
[router bgp > neighbor-group]
[router bgp > session-group]
update-source {host:source}
inherit peer|peer-session|peer-policy {name}
use neighbor-group|session-group|af-group {name}
[router bgp > neighbor > address-family]
[router bgp > vrf > neighbor > address-family]
[router bgp > template > address-family]
[router bgp > neighbor-group > address-family]
route-policy|route-map|prefix-list {name}
"""

VRFS: Final = """
[ip vrf]
[vrf]
[vrf > address-family]
[vrf definition]
[l2vpn evpn]
[evpn]
[evpn > vni]
[l2 vfi]
[vlan-aware-bundle]
rd {rd}
route-target ... {rd}
neighbor {host:peer}
vpn id {fixed:number}
router-id {id}
[vrf context {vrf}]
rd {rd}
"""

LABELS: Final = """
[]
mpls ldp router-id {host:lsr-id}
mpls ldp neighbor [vrf {vrf}] {host:peer}
mpls ldp password [vrf {vrf}] option * for {name}
mpls ldp discovery transport-address {host:lsr-id}
mpls static binding ipv4 [vrf {vrf}] {prefix:route} {mask}
mpls traffic-eng router-id {host:lsr-id}
ip explicit-path name {name}
[ip explicit-path]
[explicit-path]
next-address [loose|strict] [ipv4 unicast] {host:next-hop}
index * next-address [loose|strict] [ipv4 unicast] {host:next-hop}
index * exclude-address {host}
exclude-address {host}
[mpls ldp]
[mpls ldp > address-family]
router-id {host:lsr-id}
neighbor {host:peer}:*
neighbor {host:peer}
discovery transport-address {host:lsr-id}
transport-address {host:lsr-id}
"""

MULTICAST: Final = """
[]
[vrf context {vrf}]
[router pim]
[router pim > address-family]
[router pim > vrf {vrf}]
[router pim > vrf {vrf} > address-family]
ip|ipv6 pim [vrf {vrf}] rp-address {host:rp} group-list {prefix:group}/{len}
ip|ipv6 pim [vrf {vrf}] rp-address {host:rp}
ip|ipv6 pim [vrf {vrf}] rp address {host:rp} [{prefix:group}/{len}]
ip|ipv6 pim [vrf {vrf}] rp {host:rp} [{prefix:group}/{len}]
ip|ipv6 pim [vrf {vrf}] anycast-rp {host:rp} {host:rp}
ip|ipv6 pim [vrf {vrf}] rp-candidate|bsr-candidate|register-source {host:rp}
ip|ipv6 pim [vrf {vrf}] ssm|ssm-range range {prefix:group}/{len}
ip pim ... group-list {prefix:group}/{len}
ip msdp [vrf {vrf}] peer|default-peer|originator-id|password|description {host:peer}
ip msdp [vrf {vrf}] keepalive|mesh-group|sa-limit|sa-policy|reconnect-interval [*] {host:peer}
ip msdp [vrf {vrf}] sa-filter in|out {host:peer}
ip msdp peer {host:peer} ... {host:source}
ip msdp mesh-group * member|source {host:peer}
ip igmp snooping querier [address] {host}
ip igmp snooping vlan * querier [address] {host}
ip igmp snooping vlan * static|static-group {host:group}
ip igmp snooping querier address {host}
rp-address {host:rp}
rp address {host:rp} [{prefix:group}/{len}]
rp {host:rp} [{prefix:group}/{len}]
[router msdp]
peer {host:peer}
default-peer {host:peer}
"""

TABLE: Final = OSPF + ISIS + VECTORS + BGP + VRFS + LABELS + MULTICAST
