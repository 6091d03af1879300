"""The vocabulary of facts: what can be said about a device or about the whole system, whoever made it.

A dialect reads facts from a configuration (`configs.model.Fact`); everything else that says something (measurements,
the archive, the plan, the rollout journal, probes) gives `audits.model.Observed`. Rules speak of facts by these names
and of nothing else. `True` always means that the weakness is there. A name that stands here may be missing from an
answer: it is then undecidable, never absent.
"""

from __future__ import annotations

from types import MappingProxyType

from audits.vocabulary import configured, controls, observed, policy, probed

# What the text of a configuration can tell.
CONFIGURED = MappingProxyType(
    {meaning.name: meaning for part in (configured, policy, controls) for meaning in part.MEANINGS}
)
FACTS = MappingProxyType(
    dict(CONFIGURED) | {meaning.name: meaning for part in (observed, probed) for meaning in part.MEANINGS}
)
