"""`govnet doctor`."""
