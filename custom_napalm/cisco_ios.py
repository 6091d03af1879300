"""Lets `napalm.get_network_driver("cisco_ios")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.driver_napalm import napalm_driver

Driver = napalm_driver("cisco_ios")
__all__ = ["Driver"]
