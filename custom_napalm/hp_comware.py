"""Lets `napalm.get_network_driver("hp_comware")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.driver_napalm import napalm_driver

Driver = napalm_driver("hp_comware")
__all__ = ["Driver"]
