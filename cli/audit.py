"""`govnet audit`."""
