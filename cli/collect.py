"""`govnet collect`."""
