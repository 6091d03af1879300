"""What all tests share: where the test data is, what may be skipped, a clean language and environment."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from inventory.text import set_language
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

# No machine is too slow for a property: how long an example takes says nothing about what it shows.
settings.register_profile("any pace", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any pace")

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
# Programs of tools/packages.txt without which a test with the marker cannot run.
NEEDED = {
    "lab": ("ip", "unshare", "nsenter", "nft", "snmpd", "sshd", "vtysh", "swanctl"),
    "browser": ("chromium",),
    "prometheus": ("prometheus", "promtool", "amtool", "prometheus-alertmanager"),
    "office": ("soffice", "pdftotext", "pdffonts", "fc-list"),
    "checkers": ("named-checkzone", "named-checkconf", "kea-dhcp4", "kea-dhcp6"),
}
LAB = "lab"
# Labs of their own, whose tests are no other lab's business: they run beside it, one after the other.
ASIDE = "labs in machines, rehearsals"
# What takes longest, the longest first, by the clock: most of it waits. Begun last, it would be waited for alone.
LONGEST = (
    LAB,
    ASIDE,
    "tests/configs/rollout/test_end_to_end.py",
    "tests/configs/rollout/test_junos.py",
    "tests/configs/rollout/test_stages.py",
    "tests/configs/rollout/test_kill.py",
    "tests/configs/safety/test_telnet.py",
    "tests/configs/transport/test_failures.py",
    "tests/collectors/test_poll.py",
    "tests/configs/safety/test_guards.py",
    "tests/demo/test_emulated.py",
    "tests/lab/test_control.py",
    "tests/configs/drift/test_drift_cli.py",
    "tests/configs/rollout/test_workers.py",
    "tests/configs/transport/test_push_emulated.py",
    "tests/ipplan/mapping/test_random.py",
    "tests/configs/transport/test_moves.py",
    "tests/configs/equivalence/test_seeded.py",
    "tests/configs/safety/test_rendered.py",
    "tests/collectors/test_cli_collect.py",
    "tests/inventory/test_cli.py",
    "tests/collectors/traps/test_receiving.py",
)
EXTRA_PATH = ("/usr/sbin", "/sbin", "/usr/lib/frr", "/usr/lib/ipsec")


def _reason_to_skip(marker: str) -> str:
    if marker == "corpus":
        return "" if CORPUS.is_dir() else f"the test data is not at {CORPUS}"
    path = os.pathsep.join((os.environ.get("PATH", ""), *EXTRA_PATH))
    missing = [program for program in NEEDED[marker] if not shutil.which(program, path=path)]
    if missing:
        return f"not installed: {', '.join(missing)} (tools/packages.txt)"
    if marker == "lab" and os.geteuid() != 0:
        return "the lab's namespaces need root"
    if marker == "lab" and sys.platform != "linux":
        return "the lab needs Linux"
    return ""


@cache
def _scope(file: str) -> str:
    """What runs in one piece: a file, or all files of the one or the other kind with tests of the lab."""
    if "pytest.mark.lab" not in (ROOT / file).read_text(encoding="utf-8"):
        return file
    return ASIDE if file.startswith(("tests/lab/uml/", "tests/lab/rehearsal/", "tests/examples/")) else LAB


def _turn(item: pytest.Item) -> int:
    scope = _scope(item.nodeid.partition("::")[0])
    return LONGEST.index(scope) if scope in LONGEST else len(LONGEST)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run, with the reason; under GOVNET_REQUIRE_LAB that is an error instead.

    Where processes run side by side, what takes longest comes first.
    """
    if hasattr(config, "workerinput"):
        items.sort(key=_turn)
    reasons = {marker: _reason_to_skip(marker) for marker in ("corpus", *NEEDED)}
    required = bool(os.environ.get("GOVNET_REQUIRE_LAB"))
    for item in items:
        for marker, reason in reasons.items():
            if not reason or item.get_closest_marker(marker) is None:
                continue
            if required and marker in NEEDED:
                raise pytest.UsageError(f"GOVNET_REQUIRE_LAB is set, and tests of the lab cannot run: {reason}")
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(optionalhook=True)  # pytest-xdist's
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Side by side run whole files, which share what is dear to set up; of the lab's no more than two."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _scope(str(super()._split_scope(nodeid)))

    config.option.loadscopereorder = False  # by the workers' order, not by the number of tests
    return Scheduling(config, log)


@pytest.fixture(autouse=True)
def _english() -> None:
    """Each test starts in English, whatever the machine's locale."""
    set_language("en")


@pytest.fixture
def terminal_signals() -> Iterator[None]:
    """SIGINT and SIGHUP as a terminal gives them: a run in the background, or under nohup, starts with them ignored."""
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: signal.SIG_DFL, signal.SIGTERM: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The test data beside the checkout; tests that use it carry the marker `corpus`."""
    return CORPUS


@pytest.fixture(scope="session")
def lianyuan() -> Path:
    """The example workspace; read it only, copy it to change it."""
    return ROOT / "examples" / "lianyuan"


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
            self._process.wait(PATIENCE)
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
