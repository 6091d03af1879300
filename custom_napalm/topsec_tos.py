"""Lets `napalm.get_network_driver("topsec_tos")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.driver_napalm import napalm_driver

Driver = napalm_driver("topsec_tos")
__all__ = ["Driver"]
