"""Our model of Hillstone's StoneOS on an SG-6000 firewall.

Made from the published command line manual, “StoneOS-命令行手册-全系列-V5.5R12F2” (chapters 3, 4 and 7 as text in
ppcc123123/hillstone-stoneos-firewall-cli-generator, references/01 and 04): modes and prompts, paging, trusted hosts,
management services of interfaces, the ten saved configurations, the transaction, the reboot's questions. The error
lines (`^-----unrecognized keyword …`, `Error: …`, and their Chinese forms) and `show version` are those of transcripts
in public repositories. Marked “unverified” where no page was found.
"""

from lab.emulator.stoneos.router import StoneDevice

__all__ = ["StoneDevice"]
