"""Our model of Fortinet's FortiOS 7 on a FortiGate without VDOMs.

Made from the administration guide and the CLI reference (docs.fortinet.com: “Subcommands” 627485, “Using configuration
save mode” 7.0.6 228450), the knowledge base (191282, 191106 = FD30912, 194054) and transcripts in public repositories
for what the command line answers. Where sources disagree: FD30912 and 191282 say that `cfg-save revert` reboots when no
input came for `cfg-revert-timeout` seconds, 194054 that `execute cfg reload` reboots; yurisk.info (2024-12) saw a
reload of the configuration without a reboot. This model does what the vendor documents: it reboots. Marked “unverified”
where no page was found.
"""

from lab.emulator.fortios.router import FortiDevice

__all__ = ["FortiDevice"]
