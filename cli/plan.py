"""`govnet plan`."""
