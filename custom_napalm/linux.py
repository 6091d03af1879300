"""Lets `napalm.get_network_driver("linux")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.driver_napalm import napalm_driver

Driver = napalm_driver("linux")
__all__ = ["Driver"]
