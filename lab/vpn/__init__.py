"""The business systems' VPNs of a workspace, over a real MPLS backbone in a machine of its own, and the proof of them.

`network` cuts a slice out of the workspace: routers, departments' routers, hosts, and which routing table each is in.
`routing` writes the backbone's configuration (OSPF, LDP, VPNv4 with the plan's RDs and RTs), `marks` what keeps the
marks of quality of service, `design` what is built. `proof` sends from every host to every other one and looks at what
arrives: where the plan's route targets join two tables everything must, everywhere else nothing may.

The routers are FRR and Linux, whatever the inventory says: what is proven is the plan's RDs, RTs and addresses, never a
vendor's configuration.
"""
