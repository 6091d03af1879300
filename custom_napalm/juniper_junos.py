"""Lets `napalm.get_network_driver("juniper_junos")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.driver_napalm import napalm_driver

Driver = napalm_driver("juniper_junos")
__all__ = ["Driver"]
