"""Where addresses stand in Comware's commands: filters, objects and policies, IPsec and other tunnels.

The sources are named in `places`.
"""

TABLE = r"""
# Filters
[acl]
?+rule [{seq}] permit|deny ... source host {host:acl}
?+rule [{seq}] permit|deny ... destination host {host:acl}
?+rule [{seq}] permit|deny ... source {prefix:acl}/{len}
?+rule [{seq}] permit|deny ... destination {prefix:acl}/{len}
?+rule [{seq}] permit|deny ... source {prefix:acl} {wild}
?+rule [{seq}] permit|deny ... destination {prefix:acl} {wild}
?+rule [{seq}] permit|deny ... source {prefix:acl} {len}
?+rule [{seq}] permit|deny ... destination {prefix:acl} {len}
rule [*] permit|deny ... object-group {name}
rule [*] comment {text}
rule [*] remark {text}
[]
acl [ipv6] [number * | basic * | advanced *] name {name}
acl [ipv6] [basic|advanced|mac|user-defined] name {name}
?+ip|ipv6 prefix-list {name} [index {seq}] permit|deny {prefix:prefix-list} {len} [greater-equal {ge}] [less-equal {le}]
?+ip ip-prefix|ipv6-prefix {name} [index {seq}] permit|deny {prefix:prefix-list} {len} [greater-equal {ge}] [less-equal {le}]
ip|ipv6 prefix-list {name} description {text}
ip|ipv6 prefix-list|ip-prefix|ipv6-prefix|extcommunity-list|community-list|as-path {name}
ip extcommunity-list * permit|deny ... {rd}
route-policy {name}
policy-based-route {name}
object-group ip|ipv6 address {name}
object-group service {name}
object-policy ip|ipv6 {name}
[route-policy]
if-match ip|ipv6 address|next-hop|route-source [acl|prefix-list|ip-prefix|name] {name}
if-match ip-prefix|prefix-list {name}
?apply ip-address next-hop [vpn-instance *] {hosts:next-hop}
?apply ip|ipv6 next-hop [vpn-instance *] {hosts:next-hop}
?apply next-hop {hosts:next-hop}
?apply fast-reroute backup-interface * backup-nexthop {host:next-hop}
apply extcommunity ... {rd}
[policy-based-route]
[ipv6 policy-based-route]
if-match acl [name] {name}
apply next-hop|default-next-hop vpn-instance {vrf} {host:next-hop}
?apply next-hop|default-next-hop [ipv6] {hosts:next-hop}
?apply next-hop|default-next-hop ... direct|inbound-vpn|weight|track {host:next-hop}
?apply next-hop|default-next-hop {host:next-hop} ... {host:next-hop}
?apply ip-address next-hop|default-next-hop [vpn-instance *] {hosts:next-hop}
?apply ip-address next-hop|default-next-hop {host:next-hop} ... {host:next-hop}
apply access-vpn vpn-instance {name}
[traffic behavior]
?redirect next-hop vpn-instance {vrf} {hosts:next-hop}
?redirect next-hop [ipv6] [vpn-instance *] {hosts:next-hop}
?redirect next-hop {host:next-hop} ... {host:next-hop}
?nexthop {host:next-hop}
[traffic classifier]
if-match acl [ipv6] [name] {name}
if-match source|destination-ip {host:policy}
[object-group]
?+[{seq}] network host address {host:object}
?+[{seq}] network subnet {prefix:object} wildcard {wild}
?+[{seq}] network subnet {prefix:object} {size}
?+[{seq}] network subnet {prefix:object}/{len}
?+[{seq}] network range {first:object} {last}
?[{seq}] network exclude {host:object}
[{seq}] network group-object {name}
[*] network host name {name}
[security-policy]
[security-policy > rule]
[object-policy]
[object-policy > rule]
[traffic-policy > rule]
source-ip-host|destination-ip-host {host:policy}
+source-ip-subnet|destination-ip-subnet {prefix:policy} {size}
+source-ip-subnet|destination-ip-subnet {prefix:policy}/{len}
source-ip-range|destination-ip-range {first:policy} {last}
source-ip|destination-ip {name}
source-address|destination-address {name}
rule [*] name {name}
rule * pass|drop|inspect source-ip {name} [destination-ip {name}]
rule * pass|drop|inspect destination-ip {name}

# IPsec, other tunnels, remote access
[ipsec]
[ike]
[ikev2]
[ike keychain]
[ikev2 keychain > peer]
[ike > *]
= vpn-instance {vrf}
?remote-address [primary|ipv6] {first:peer} {last}
?remote-address [primary|ipv6] {host:peer}
?local-address [ipv6] {host:source}
?tunnel local {host:source}
?tunnel remote {host:peer}
?pre-shared-key address [ipv6] {prefix:peer} {size}
?pre-shared-key address [ipv6] {host:peer}
?match remote identity address [ipv6] {prefix:peer} {size}
?match remote identity address range {first:peer} {last}
?match remote identity address [ipv6] {host:peer}
?match local address [ipv6] {host:source}
?local-identity|identity address {host:source}
?identity local address {host:source}
?identity address [ipv6] {host:peer}
?address [ipv6] {prefix:peer} {size}
?address [ipv6] {host:peer}
?reverse-route next-hop {host:next-hop}
?flow|security acl [name] {name}
?peer {name}
[]
?ike identity address {host:source}
ike keychain|profile|peer {name}
ipsec policy|policy-template|profile {name}
ip pool {name} {first:pool} {last}
ip pool {name} {host:pool}
sslvpn ip address-pool {name} {first:pool} {last}
sslvpn webpage-customize {name}
[sslvpn gateway]
ip|ipv6 address {host} [port *]
[sslvpn context]
[sslvpn context > *]
ip-tunnel dns-server primary|secondary {host:dns}
ip-tunnel wins-server primary|secondary {host:server}
ip-tunnel address-pool {name} mask {fixed:mask}
+include|exclude {prefix:route} {size}
local-port * local-name * remote-server {host:server}
ip-tunnel access-route {prefix:route} {size}
rule [*] permit|deny ... {prefix:policy} {size}
emo-server address {host:server}
message-server address {host:server}
[l2tp-group]
lns-ip {hosts:peer}
start l2tp ip {host:peer}
source-ip {host:source}
[vam]
[vam > *]
server primary|secondary ip-address {host:server}
hub private-address {host:peer} [public-address {host@:peer}]
[remote-backup group]
remote-ip {host:peer}
local-ip {host:source}
"""
