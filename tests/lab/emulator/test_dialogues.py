"""What devices say to whom: whole screens, as files."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
import yaml

from lab.emulator.platforms import PLATFORMS

HERE = Path(__file__).parent
# How one gets into the configuration of a device, and out of it again; the others speak as VRP does.
MODES = {
    "cisco_ios": ("configure terminal", "end"),
    "frr": ("configure terminal", "end"),
    "fortinet": ("", ""),
    "hillstone_stoneos": ("configure", "end"),
    "ruijie_os": ("configure terminal", "end"),
}
VERSIONS = {
    "cisco_ios": "show version",
    "frr": "show version",
    "fortinet": "get system status",
    "hillstone_stoneos": "show version",
    "ruijie_os": "show version",
    "topsec_tos": "system version show",
}


def cases(folder):
    for path in sorted((HERE / folder).glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{path.stem}: {case['name']}")


@pytest.mark.parametrize("case", list(cases("dialogues")))
def test_a_dialogue_is_word_for_word(case, device, play):
    """What is typed gives the screen that the case shows, to the last blank."""

    async def run():
        more = {"model": case["model"]} if "model" in case else {}
        made = await device(case["device"], case.get("config", ""), **more)
        return await play(made, case["keys"], level=case.get("level", 15))

    assert asyncio.run(run()) == case["screen"]


@pytest.mark.parametrize("case", list(cases("negation")))
def test_lines_mean_what_they_mean_on_the_vendor(case, device, play):
    """Replacing, adding, negating: what the configuration shows afterwards, and what the device answers."""
    enter, leave = MODES.get(case["device"], ("system-view", "return"))
    lines = [enter, *([case["view"]] if "view" in case else []), *case["lines"], leave, ""]

    async def run():
        more = {"model": case["model"]} if "model" in case else {}
        ports = {"cisco_ios": ("GigabitEthernet0/2",)}
        made = await device(case["device"], "", interfaces=ports.get(case["device"], ()), **more)
        screen = await play(made, "\n".join(lines))
        return screen, made.show(made.running)

    screen, shown = asyncio.run(run())
    for text in case.get("has", ()):
        assert text in shown
    for text in case.get("lacks", ()):
        assert text not in shown
    if "says" in case:
        assert case["says"] in screen
    else:
        assert "Error" not in screen
        assert "^-----" not in screen
        assert "Command fail" not in screen
        assert "%" not in screen.replace("%^%#", "")


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_what_is_shown_can_be_typed_again(platform, device, texts):
    """A device that is given another one's running configuration shows the same text: the model takes what it shows."""

    async def run():
        first = await device(platform, texts[platform])
        shown = first.show(first.running)
        second = await device(platform)
        lines = [
            # Topsec's numbers are the device's own.
            re.sub(r"^ID \d+ | vsid \d+$", "", line)
            for line in shown.split("\n")
            if not line.startswith(("[V", "!", "Building", "Current", "version", " version", "frr v", "ID 8001 "))
        ]
        await second.type_in(lines)
        # FortiOS shows a secret as another text each time.
        return re.sub(r"ENC \S+", "ENC", shown), re.sub(r"ENC \S+", "ENC", second.show(second.running))

    first, second = asyncio.run(run())
    drop = ("Current", "!")
    assert [x for x in first.split("\n") if not x.startswith(drop)] == [
        x for x in second.split("\n") if not x.startswith(drop)
    ]


def test_the_model_says_that_it_is_a_model(device, play):
    """Nobody takes an emulated device for the vendor's software."""

    async def run():
        for platform in PLATFORMS:
            line = VERSIONS.get(platform, "display version")
            yield await play(await device(platform), f"{line}\n \n")

    async def collect():
        return [screen async for screen in run()]

    assert all("emulated device of govnet's lab" in screen for screen in asyncio.run(collect()))
