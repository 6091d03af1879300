"""Phrases that the two languages with `undo` share (VRP and Comware): ports, OSPF, IS-IS, RIP, BGP, policies."""
