"""Where addresses stand in VRP's commands: filters, multicast routing, address translation.

The sources are named in `places`.
"""

TABLE = r"""
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
"""
