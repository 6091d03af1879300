"""Lets `napalm.get_network_driver("hp_comware")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.dialects.hp_comware.driver import HpComwareDriver

__all__ = ["HpComwareDriver"]
