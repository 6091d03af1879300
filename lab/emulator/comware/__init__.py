"""Our model of H3C Comware 7 on an MSR router.

Made from H3C's and HPE's published Comware 7 command references and configuration guides (configuration file
management: the texts of `archive configuration` and `configuration replace file`, the rollback point of
`configuration commit delay`, which a second one moves in time only; device management: `scheduler`, whose commands
are never asked anything, for every question counts as answered with yes; login management: user lines and roles) and
from transcripts in public notes (`save` with its file name, `reboot`). Marked “unverified” where no page was found.
"""

from lab.emulator.comware.router import ComwareDevice

__all__ = ["ComwareDevice"]
