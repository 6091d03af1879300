"""Lets `napalm.get_network_driver("ruijie_os")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.driver_napalm import napalm_driver

Driver = napalm_driver("ruijie_os")
__all__ = ["Driver"]
