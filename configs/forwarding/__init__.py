"""How a device forwards: what its configuration makes it do with packets, in no vendor's words."""
