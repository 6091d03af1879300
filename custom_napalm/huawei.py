"""Lets `napalm.get_network_driver("huawei")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.dialects.huawei.driver import HuaweiDriver

__all__ = ["HuaweiDriver"]
