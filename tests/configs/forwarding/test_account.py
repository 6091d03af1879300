"""Every line of every text is accounted for: carried, weak, or left with a reason. No text ends a reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs import dialects

TREES = Path(__file__).parent.parent / "trees" / "cases"
PLATFORMS = (
    "cisco_asa", "cisco_ios", "fortinet", "frr", "hillstone_stoneos", "hp_comware", "huawei", "huawei_vrpv8", "linux",
    "ruijie_os", "topsec_tos",
)  # fmt: skip
FOLDERS = {
    "cisco": "cisco_ios", "cisco-ios": "cisco_ios", "cisco-asa": "cisco_asa", "fortinet": "fortinet",
    "h3c": "hp_comware", "hillstone": "hillstone_stoneos", "huawei": "huawei",
}  # fmt: skip
# The forms of one network's list that take long are read in the long campaign.
LONG = 5_000


def account(platform: str, data: bytes) -> None:
    """Fail unless each command is in exactly one place."""
    tree = dialects.dialect(platform).parse(data)
    found = dialects.forwarding(platform, tree)
    assert found is not None
    commands = {node.line for _, node in tree.walk()}
    left = [one.line for one in found.left]
    assert len(left) == len(set(left))
    assert not found.lines & set(left)
    assert found.lines | set(left) == commands
    assert all(one.reason.in_language("en") for one in found.left)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_texts_of_any_language_are_accounted_for(platform):
    """Even a text of another vendor: nothing is lost, nothing ends the reader."""
    for path in sorted(TREES.glob("*/text.*")):
        data = path.read_bytes()
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            continue
        account(platform, data)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_unknown_command_is_left_and_not_weak(platform):
    """What nobody knows may send packets elsewhere."""
    tree = dialects.dialect(platform).parse(b"frobnicate all packets\n")
    found = dialects.forwarding(platform, tree)
    assert found is not None
    assert [(one.line, one.weak) for one in found.left] == [(1, False)]
    assert not found.carried


@pytest.mark.parametrize("platform", PLATFORMS)
@settings(max_examples=60, deadline=None)
@given(seed=st.randoms(use_true_random=False))
def test_lines_in_any_order_are_accounted_for(platform, seed):
    """Commands torn from their views, cut off or doubled."""
    lines = [
        line for path in sorted(TREES.glob("*/text.*")) for line in path.read_text("utf-8", "replace").splitlines()
    ]
    some = [line[: seed.randrange(len(line) + 1)] if seed.random() < 0.2 else line for line in seed.sample(lines, 40)]
    account(platform, "\n".join(some).encode())


@pytest.mark.corpus
def test_published_texts_are_accounted_for(corpus):
    """Files of many origins, as found."""
    count = 0
    for path in sorted(corpus.glob("configs/*/*")) + sorted(corpus.glob("audit/*/*")):
        platform = FOLDERS.get(path.parent.name)
        if platform is None or path.suffix == ".yaml" or path.read_bytes().count(b"\n") > LONG:
            continue
        account(platform, path.read_bytes())
        count += 1
    assert count > 15


@pytest.mark.corpus
def test_published_networks_are_accounted_for(corpus):
    """Every fourth device of the published networks."""
    paths = sorted(corpus.glob("scenarios/*/*.cfg"))
    assert len(paths) > 1000
    for path in paths[::4]:
        account("huawei_vrpv8", path.read_bytes())


@pytest.mark.corpus
@pytest.mark.soak
def test_all_published_texts_are_accounted_for(corpus):
    """Every device, and the texts of many thousand lines."""
    for path in sorted(corpus.glob("scenarios/*/*.cfg")):
        account("huawei_vrpv8", path.read_bytes())
    for path in sorted(corpus.glob("configs/*/*")):
        if path.parent.name in FOLDERS and path.suffix != ".yaml":
            account(FOLDERS[path.parent.name], path.read_bytes())


@pytest.mark.corpus
def test_a_hundred_published_networks_are_wholly_carried(corpus):
    """Networks of which no line is left that could send packets elsewhere."""
    whole = 0
    for folder in sorted(path for path in corpus.glob("scenarios/*") if path.is_dir()):
        for path in sorted(folder.glob("*.cfg")):
            found = dialects.forwarding("huawei_vrpv8", dialects.dialect("huawei_vrpv8").parse(path.read_bytes()))
            if found is None or not found.carried:
                break
        else:
            whole += 1
    assert whole >= 100
