"""`govnet demo`."""
