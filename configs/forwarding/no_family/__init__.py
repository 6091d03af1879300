"""Phrases that the languages with `no` share (IOS, RGOS, FRR): ports, routing protocols, policies, lists."""
