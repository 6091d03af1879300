"""The mapping carried through a network's configurations: a token is rewritten, kept with a reason, or for a person."""
