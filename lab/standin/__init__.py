"""A device's configuration, in whatever vendor's language, as a running stand-in on Linux.

FRR routes in it, nftables or iptables filters, strongSwan encrypts. `compile` makes of one device's
`configs.forwarding.model.Forwarding` the files and commands of a Linux node; `filtering` and `nat` say as steps what
becomes of packets, `nft` and `iptables` write them; `wiring` says who is cabled to whom; `network` puts all together
for `lab.netns` and `running` starts it; `loading` puts a changed configuration into a running stand-in by difference;
`expected` says, by a calculation of its own, who must reach whom.

What a stand-in does not carry over is named line by line (`Built.left`, `Loaded.left`); nothing is left out in silence.
"""
