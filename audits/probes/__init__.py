"""Active probes: what is really reached, and who answers. They send nothing but what the plan of a run shows.

A probe stands at a vantage (an interface of this machine, or of one of its network namespaces) and speaks to targets
that `audits/probes.yaml` names and the allow file permits: the whole run is checked before anything is sent, and every
socket and every frame once more where it leaves (`gate`). Nothing here logs in, changes a device, or concludes that
something is sound from silence alone: without its positive control, its right or its program, a probe gives unknown.
"""
