"""What re-addressing did, for programs: every token of every file, and the sums.

`kind` and `reason` are stable English words (`configs.places.roles.KINDS`, `configs.readdress.reasons`); lines and
columns count from 1, columns in characters; paths are relative to what was given.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, Final

from configs.readdress.outcomes import Action

if TYPE_CHECKING:
    from configs.readdress.run import Done, Run


_ACTIONS: Final = {action: action.value for action in Action}
_ROW: Final = '{{"line": {}, "column": {}, "text": {}, "kind": "{}", "action": "{}", "new": {}, "reason": "{}"}}'


def as_json(run: Run) -> dict[str, Any]:
    """The whole report."""
    actions: Counter[str] = Counter()
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    reasons: Counter[str] = Counter()
    files = []
    for done in run.files:
        tokens = []
        for token in done.result.tokens() if done.result is not None else ():
            line, column, text, kind, said, new, reason = token
            action = _ACTIONS[said]
            actions[action] += 1
            kinds[kind][action] += 1
            reasons[reason] += 1
            tokens.append(
                {
                    "line": line,
                    "column": column,
                    "text": text,
                    "kind": kind,
                    "action": action,
                    "new": new,
                    "reason": reason,
                }
            )
        files.append(_file(done, tokens))
    return {
        "files": files,
        "summary": {
            "files": len(run.files),
            "written": len(run.files) - len(run.failed),
            "failed": len(run.failed),
            "changed": sum(1 for done in run.files if done.result is not None and done.result.changed),
            "lines": sum(done.lines for done in run.files),
            "tokens": sum(actions.values()),
            "actions": {name: actions[name] for name in ("rewritten", "kept", "review")},
            "kinds": {kind: dict(counts) for kind, counts in sorted(kinds.items())},
            "reasons": dict(sorted(reasons.items())),
            "policy": run.policy.as_json(),
        },
        "proof": _proof(run),
    }


def as_text(document: dict[str, Any]) -> str:
    """The whole report as JSON text, a line for each token: what a network's report mostly consists of."""
    row, quoted = _ROW.format, encode_basestring
    files = []
    for file in document["files"]:
        tokens = ",\n".join(
            [
                row(line, column, quoted(text), kind, action, quoted(new), reason)
                for line, column, text, kind, action, new, reason in map(dict.values, file["tokens"])
            ]
        )
        files.append(f"{_text({**file, 'tokens': []})[:-2]}{f'{chr(10)}{tokens}{chr(10)}' if tokens else ''}]}}")
    listed = ",\n".join(files)
    rest = _text({key: value for key, value in document.items() if key != "files"})
    return f'{{"files": [\n{listed}\n],\n{rest[1:]}\n'


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False)


def _file(done: Done, tokens: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "path": done.path,
        "network": done.network,
        "platform": done.platform,
        "encoding": done.encoding,
        "lines": done.lines,
        "status": "failed" if done.result is None else "changed" if done.result.changed else "unchanged",
        "problems": [problem.as_json() for problem in done.problems],
        "tokens": tokens,
    }


def _proof(run: Run) -> dict[str, Any] | None:
    """The proofs of all networks as one."""
    from configs.equivalence import hiding  # noqa: PLC0415 - only where one was asked for
    from configs.equivalence.model import Proof  # noqa: PLC0415 - as above

    if not run.proofs:
        return None
    proofs = run.proofs.values()
    checked: Counter[str] = Counter()
    for proof in proofs:
        checked.update(proof.checked)
    whole = Proof(
        tuple(found for proof in proofs for found in proof.counterexamples),
        tuple(found for proof in proofs for found in proof.outside),
        dict(checked),
    )
    return hiding.proof(whole, run.platforms).as_json()
