"""`govnet inventory`."""
