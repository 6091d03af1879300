"""`govnet init`."""
