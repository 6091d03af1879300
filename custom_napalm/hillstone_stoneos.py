"""Lets `napalm.get_network_driver("hillstone_stoneos")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.driver_napalm import napalm_driver

Driver = napalm_driver("hillstone_stoneos")
__all__ = ["Driver"]
