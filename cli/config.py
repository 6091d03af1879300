"""`govnet config`."""
