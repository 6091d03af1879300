"""What the tests of audits share: an invented network with seeded weaknesses, and a browser."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from audits import engine, pack
from audits.model import Document, LeftOut, Scope, Substitution
from inventory.text import Message

ROUTER = """\
sysname rt-anping
#
telnet server enable
#
acl number 2000
 rule 5 permit source any
#
aaa
 local-user admin password simple Plain-Secret-1
 local-user admin privilege level 15
#
snmp-agent community read public
#
interface GigabitEthernet0/0/0
 description 到县局
 ip address 10.20.1.1 255.255.255.252
#
user-interface con 0
 authentication-mode none
user-interface vty 0 4
 acl 2000 inbound
 authentication-mode aaa
 protocol inbound all
 idle-timeout 0 0
#
info-center loghost 10.255.0.10
return
"""
CORE = (Path(__file__).parents[1] / "configs" / "facts" / "mutations" / "cisco_ios.cfg").read_text(encoding="utf-8")
HOST = "frr version 8.4\nhostname rt-frr\npassword Plain-Secret-2\n!\nend\n"
STRANGE = "config system global\n    set hostname FW\nend\n"


def documents() -> list[Document]:
    return [
        Document("rt-anping/running.cfg", ROUTER.encode(), "rt-anping", "huawei"),
        Document("core.cfg", CORE.encode()),
        Document("rt-frr.conf", HOST.encode()),
        Document("fw.conf", STRANGE.encode()),
    ]


@pytest.fixture(scope="session")
def report():
    """Level 3 over four devices: a weak one, a clean one, one that decides little, one that nobody can read."""
    return engine.run(
        documents(),
        pack.shipped("mlps"),
        3,
        title="涟源市电子政务外网",
        generated="2026-11-21",
        substitutions=[Substitution("fw-border", "topsec_tos", "linux", "no image can be run here")],
        scope=Scope(
            workspace=True,
            left_out=tuple(LeftOut(name, Message("nothing is read from it")) for name in ("fw-border", "vg-zfb")),
            lab="netns",
        ),
    )


class Chromium:
    """Debian's chromium, spoken to through two pipes (DevTools protocol): no port is opened, nothing is fetched."""

    FLAGS = (
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
        "--remote-debugging-pipe",
    )  # fmt: skip

    def __init__(self, program: str, profile: Path) -> None:
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()

        def places() -> None:  # the browser reads at 3 and writes at 4
            os.dup2(to_browser, 100)
            os.dup2(from_browser, 101)
            os.dup2(100, 3)
            os.dup2(101, 4)

        self._process = subprocess.Popen(
            [program, *self.FLAGS, f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=places,  # noqa: PLW1509 - single-threaded at this point; the descriptors must be 3 and 4
            pass_fds=(3, 4),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._number = 0
        self._rest = b""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")

    _session = ""

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            data = os.read(self._read, 1 << 20)
            assert data, "chromium went away"
            self._rest += data
        head, self._rest = self._rest.split(b"\0", 1)
        return json.loads(head)

    def show(self, path: Path, width: int) -> None:
        """Open a file at a screen width in pixels and wait until it is there."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        self.call("Page.navigate", url=path.as_uri())
        self.js(
            "new Promise(done => document.readyState === 'complete'"
            " ? done(1) : addEventListener('load', () => done(1)))"
        )
        self.js("document.fonts.ready.then(() => 1)")

    def js(self, expression: str) -> Any:
        """The value of an expression in the page."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def picture(self) -> bytes:
        """The whole page as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"])

    def close(self) -> None:
        try:
            self._process.terminate()
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        os.close(self._write)
        os.close(self._read)


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """A browser for the session; tests that need it are skipped where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("chromium is not installed (apt-get install chromium fonts-noto-cjk)")
    browser = Chromium(program, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()
