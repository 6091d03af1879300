"""`govnet lab`."""
