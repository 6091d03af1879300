"""Which carrier a device is reached over."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from configs.channel import Carrier, TooOldError

if TYPE_CHECKING:
    from configs.channel import Channel, Target

log = logging.getLogger(__name__)


async def connect(target: Target) -> Channel:
    """Log into a device: over asyncssh, by its way if it has one; over netmiko where it is telnet."""
    if target.carrier is Carrier.TELNET:
        from configs.channel_netmiko import NetmikoChannel  # noqa: PLC0415 - start-up time

        return await NetmikoChannel.connect(target)
    from configs.channel_hops import connect_through  # noqa: PLC0415 - start-up time
    from configs.channel_ssh import SshChannel  # noqa: PLC0415 - start-up time

    make = connect_through if target.via else SshChannel.connect
    try:
        return await make(target)
    except TooOldError as error:
        log.warning("%s: %s; trying with algorithms of old devices", target.device, error)
        return await make(target, old=True)
