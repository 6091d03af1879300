"""Lets `napalm.get_network_driver("frr")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.driver_napalm import napalm_driver

Driver = napalm_driver("frr")
__all__ = ["Driver"]
