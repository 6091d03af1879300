"""Pushing: devices brought to what is intended, each by the same steps, guarded, checked, and only then saved.

Which devices go when is not decided here: that is `configs.rollout`.
"""

from configs.push.alone import no_file
from configs.push.comparing import Compared, compare
from configs.push.jobs import Backup, Job, Observer, PushResult, Quiet, State, Typed, jobs
from configs.push.many import backup, push
from configs.push.one import LOCK_SECONDS, push_one
from configs.push.reaching import GRACE, speaking

__all__ = [
    "GRACE",
    "LOCK_SECONDS",
    "Backup",
    "Compared",
    "Job",
    "Observer",
    "PushResult",
    "Quiet",
    "State",
    "Typed",
    "backup",
    "compare",
    "jobs",
    "no_file",
    "push",
    "push_one",
    "speaking",
]
