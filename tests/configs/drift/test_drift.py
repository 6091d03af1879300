"""Drift between texts: what counts as a difference, what does not, in which direction it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from configs import drift
from configs.archive import masked
from configs.dialects import REGISTRY
from configs.drift import Drift, State, against, between, metrics, unknown
from inventory.errors import DeviceError, GovnetError
from inventory.text import Message

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_between(case):
    """Each case: two days' texts and the difference as people read it; the other way round it is as large."""
    before, after = case["before"].encode(), case["after"].encode()
    found = between("rt-1", case["platform"], before, after)
    assert found.diff == case.get("diff", "")
    assert found.state is (State.DRIFTED if case.get("diff") else State.SAME)
    back = between("rt-1", case["platform"], after, before)
    assert (back.added, back.removed, back.state) == (found.removed, found.added, found.state)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_masked_copies_give_the_same_answer(case):
    """What the archive keeps is enough to compare."""
    texts = [case[side].encode() for side in ("before", "after")]
    plain = between("rt-1", case["platform"], *texts)
    assert between("rt-1", case["platform"], *(masked(case["platform"], text) for text in texts)) == plain
    assert between("rt-1", case["platform"], texts[0], masked(case["platform"], texts[1])) == plain


@pytest.mark.parametrize("platform", sorted(REGISTRY))
@given(lines=st.lists(st.sampled_from(["hostname a", "interface x", " description 端口", " shutdown", "!", "vlan 10"])))
def test_a_text_never_drifts_from_itself(platform, lines):
    """In any dialect, in either encoding."""
    text = "\n".join(lines) + "\n"
    assert between("rt-1", platform, text.encode(), text.encode("gb18030")).state is State.SAME


INTENDED = b"sysname rt-1\n#\naaa\n local-user a password irreversible-cipher <secret:a.password>\n#\n"


@pytest.mark.parametrize(
    ("running", "state"),
    [
        (b"#\nsysname rt-1\n#\naaa\n local-user a password irreversible-cipher $1a$x$y$\n#\nreturn\n", State.SAME),
        (b"#\nsysname rt-1\n#\naaa\n local-user a password irreversible-cipher ***\n#\nreturn\n", State.SAME),
        (b"#\nsysname rt-1\n#\naaa\n local-user b password irreversible-cipher ***\n#\nreturn\n", State.DRIFTED),
        (b"#\nsysname rt-2\n#\naaa\n local-user a password irreversible-cipher ***\n#\nreturn\n", State.DRIFTED),
    ],
)
def test_against_what_is_intended(running, state):
    """A secret in the device's own form, or masked, is no drift; its line missing is."""
    assert against("rt-1", "huawei", running, INTENDED).state is state


def test_exact():
    """What no template speaks of counts only if it is asked for."""
    running = INTENDED.replace(b"<secret:a.password>", b"***") + b"interface LoopBack0\n description x\n#\n"
    assert against("rt-1", "huawei", running, INTENDED).state is State.SAME
    found = against("rt-1", "huawei", running, INTENDED, exact=True)
    assert found.state is State.DRIFTED
    assert "-  description x" in found.diff


def test_a_platform_that_is_only_read():
    """It can be compared with an earlier day, and says that it cannot with what is intended."""
    assert between("fw", "cisco_asa", b"hostname a\n", b"hostname b\n").diff == "- hostname a\n+ hostname b\n"
    with pytest.raises(GovnetError, match="changes are not computed"):
        against("fw", "cisco_asa", b"hostname a\n", b"hostname b\n")


def test_secrets_do_not_show():
    """The difference of texts that were never masked is masked."""
    found = between("rt-1", "huawei", b"sysname a\n", b"sysname a\nsuper password level 3 cipher Hello123\n")
    assert found.diff == "+ super password level 3 cipher ***\n"


def test_metrics():
    """Prometheus reads it; an unknown device has no value, and is counted."""
    parser = pytest.importorskip("prometheus_client.parser")
    error = DeviceError("rt-3", Message("no answer"), Message("look"))
    found = [
        Drift("rt-2", "huawei", State.DRIFTED, added=2, removed=1),
        Drift('rt "1"\\', "huawei", State.SAME),
        unknown("rt-3", "huawei", error),
    ]
    families = {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in parser.text_string_to_metric_families(metrics(found, 1_790_000_000.4))
    }
    assert families == {
        "govnet_config_drift": {('rt "1"\\',): 0.0, ("rt-2",): 1.0},
        "govnet_config_drift_lines": {('rt "1"\\',): 0.0, ("rt-2",): 3.0},
        "govnet_config_drift_unknown_devices": {(): 1.0},
        "govnet_config_drift_run_timestamp_seconds": {(): 1_790_000_000.0},
    }
    assert drift.unknown("rt-3", "huawei", error).as_json()["state"] == "unknown"
