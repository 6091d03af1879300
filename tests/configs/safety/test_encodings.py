"""Chinese text reaches a device in the encoding that the device speaks, and is found there as it was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from configs.push import State

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
VENDORS = {path.stem: yaml.safe_load(path.read_text()) for path in CASES}
every = pytest.mark.parametrize("platform", VENDORS)
both = pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])


@pytest.fixture(autouse=True)
def _short(short):
    del short


def start(worlds, platform, encoding, *, more=""):
    """The platform's device of `cases/`, with Chinese text in that encoding if `more` has any."""
    case = VENDORS[platform]
    given = {key: case[key] for key in ("model", "interface", "enable") if key in case}
    if "login" in case:
        given["login"] = tuple(case["login"])
    return worlds.start(case.get("platform", platform), case["text"] + more, encoding=encoding, **given)


@both
@every
def test_the_first_chinese_text(platform, encoding, worlds):
    """A device without any gets it so that a new login finds it as intended; a second push sends nothing."""
    bench = start(worlds, platform, encoding)
    text = VENDORS[platform]["harmless"]
    first = bench.push(text)
    assert first.error is None, (first.error, first.error.hint)
    assert first.state is State.CHANGED
    again = bench.push(text)
    assert (again.state, again.commands) == (State.SAME, ())


@both
@every
def test_more_chinese_text(platform, encoding, worlds):
    """What a device holds already tells how it is spoken to; nothing of it is lost."""
    text = VENDORS[platform]["harmless"]
    bench = start(worlds, platform, encoding, more=text)
    other = text.replace("涟源", "娄底")
    first = bench.push(other)
    assert first.error is None, (first.error, first.error.hint)
    assert first.state is State.CHANGED
    assert "娄底" in bench.text()
    again = bench.push(other)
    assert (again.state, again.commands) == (State.SAME, ())


@both
def test_the_only_chinese_text_comes_back(encoding, worlds):
    """A change that took a device's only Chinese text is undone by a new session in that text's encoding."""
    bench = start(worlds, "cisco_ios", encoding, more=VENDORS["cisco_ios"]["harmless"])
    text = bench.text()
    driver = bench.driver(out_of_band=True)
    before = driver.running()
    driver.load_merge_candidate(config="interface Loopback9\n description plain\n")
    driver.commit_config()
    driver.close()
    assert bench.text() != text
    driver = bench.driver(out_of_band=True)
    assert driver.running().isascii()
    driver.restore(before)
    driver.close()
    assert bench.text() == text
