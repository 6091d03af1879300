"""`govnet audit probe` and `audit canary`: a dry run and a refusal send nothing, a run says what it found."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import main
from inventory.errors import ExitCode
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FAST = "rate: {target: 50, all: 200}\n"
PROBES = """\
vantages:
  - {name: here}
  - {name: there, sources: [127.0.0.3]}
  - {name: nowhere, namespace: no-such-namespace}
  - {name: unplugged, interface: no-such-eth}
probes:
  - name: apart
    kind: services
    from: %s
    to: [{address: 127.0.0.1, ports: [tcp/%d], device: core-city}]
    controls:
      - {from: there, address: 127.0.0.1, ports: [tcp/%d]}
      - {from: here, address: 127.0.0.1, ports: [tcp/%d]}
      - {from: %s, address: 127.0.0.1, ports: [tcp/%d]}
    timeout: '0.3'
    tries: '1'
"""


@pytest.fixture
def open_port() -> Iterator[int]:
    """A port of this machine where something greets."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connection.sendall(b"SSH-2.0-test\r\n")
                connection.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)


@pytest.fixture
def workspace(tmp_path: Path, lianyuan: Path) -> Path:
    root = tmp_path / "city"
    shutil.copytree(lianyuan, root)
    (root / "audits").mkdir(exist_ok=True)
    return root


def prepare(root: Path, port: int, *, vantage: str = "here", allowed: str = "127.0.0.1/32", rate: str = "") -> Path:
    (root / "audits/probes.yaml").write_text(
        PROBES % (vantage, port, port, port, vantage if vantage != "here" else "nowhere", port), encoding="utf-8"
    )
    path = root / "audits/allow.yaml"
    path.write_text(f"{rate}targets:\n  - {{prefix: {allowed}, ports: [tcp/{port}]}}\n", encoding="utf-8")
    return path


def govnet(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), json.loads(out) if "--json" in arguments else out, err


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a socket fails the test."""
    monkeypatch.setattr("socket.socket", lambda *_, **__: pytest.fail("a socket was opened"))


@pytest.mark.usefixtures("no_sockets")
def test_a_dry_run_shows_every_send_and_opens_no_socket(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who to whom, how often at most, at what rate; nothing leaves."""
    allow = prepare(workspace, 2222)
    code, found, _ = govnet(capsys, "audit", "probe", "--allow", allow, "-w", workspace, "--json")
    assert code == ExitCode.DONE
    assert found["dry_run"] is True
    assert found["rate_per_second"] == {"target": 5, "all": 20}
    assert found["at_most"] == 7
    assert [(row["vantage"], row["at_most"]) for row in found["sends"]] == [
        ("here", 1), ("there", 2), ("here", 2), ("nowhere", 2),
    ]  # fmt: skip
    code, page, talk = govnet(capsys, "audit", "probe", "--allow", allow, "-w", workspace)
    assert "tcp 127.0.0.1:2222" in page
    assert "Nothing was sent" in talk


@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--commit",), "without an allow file nothing is probed"),
        (("--commit", "--beside", "."), "no lab is probed"),
        (("--commit", "--lab"), "no lab is running for this workspace"),
    ],
)
def test_without_an_allow_file_or_the_lab_nothing_is_sent(
    workspace: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    """The real network is only probed by an allow file, a lab only where it runs."""
    code, _, talk = govnet(capsys, "audit", "probe", "-w", workspace, *arguments)
    assert code != ExitCode.DONE
    assert said in talk


@pytest.mark.usefixtures("no_sockets")
def test_a_target_outside_refuses_all_with_or_without_commit(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refused before a socket is opened, with what is outside."""
    allow = prepare(workspace, 2222, allowed="127.0.0.2/32")
    for more in ((), ("--commit",)):
        code, _, talk = govnet(capsys, "audit", "probe", "--allow", allow, "-w", workspace, *more)
        assert code == ExitCode.REFUSED
        assert "here → tcp 127.0.0.1:2222" in talk


def test_a_service_that_answers_is_found_and_written(
    workspace: Path, capsys: pytest.CaptureFixture[str], open_port: int
) -> None:
    """Exit code 1, the device's fact true with the service's own words, in the file too."""
    allow = prepare(workspace, open_port, rate=FAST)
    out = workspace / "reports"
    code, found, talk = govnet(
        capsys, "audit", "probe", "--allow", allow, "-w", workspace, "--commit", "--out", out, "--json"
    )
    assert code == ExitCode.FINDINGS
    (answer,) = found["results"][0]["answers"]
    assert (answer["device"], answer["state"], answer["value"]) == ("core-city", "weak", True)
    assert "said “SSH-2.0-test”" in answer["records"][0]
    assert json.loads((out / "probes.json").read_text(encoding="utf-8")) == found
    assert "probes.json" in talk


def test_a_folder_that_cannot_be_written_is_said_before_anything_is_sent(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results that cannot be kept are not worth a packet."""
    allow = prepare(workspace, 2222)
    monkeypatch.setattr("audits.probes.run.run", lambda *_, **__: pytest.fail("probes ran"))
    out = workspace / "govnet.yaml"
    code, _, talk = govnet(capsys, "audit", "probe", "--allow", allow, "-w", workspace, "--commit", "--out", out)
    assert code == ExitCode.USAGE
    assert "cannot write to" in talk


@pytest.mark.parametrize("vantage", ["nowhere", "unplugged"])
def test_what_cannot_be_tried_is_not_run(
    workspace: Path, capsys: pytest.CaptureFixture[str], open_port: int, vantage: str
) -> None:
    """A vantage that is not there gives 3 and no value, and says why, in Chinese too."""
    allow = prepare(workspace, open_port, vantage=vantage, rate=FAST)
    code, found, _ = govnet(capsys, "audit", "probe", "--allow", allow, "-w", workspace, "--commit", "--json")
    assert code == ExitCode.DEVICES_FAILED
    (answer,) = found["results"][0]["answers"]
    assert (answer["state"], answer["value"]) == ("not_run", None)
    code, page, _ = govnet(capsys, "--lang", "zh", "audit", "probe", "--allow", allow, "-w", workspace, "--commit")
    assert "未执行" in page


def test_without_probes_there_is_a_hint(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workspace without the file, or with an empty one, is told what to write."""
    allow = prepare(workspace, 2222)
    (workspace / "audits/probes.yaml").write_text("vantages: []\n", encoding="utf-8")
    code, _, talk = govnet(capsys, "audit", "probe", "--allow", allow, "-w", workspace)
    assert code == ExitCode.USAGE
    assert "audits/probes.yaml" in talk


def test_the_canary_tells_who_came(capsys: pytest.CaptureFixture[str]) -> None:
    """It greets by TCP, echoes our own word by UDP, and keeps silent to anything else."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said: list[bytes | str] = []

    def greeted() -> bytes:
        try:
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
                return connection.recv(100)
        except ConnectionRefusedError:
            return b""

    def visit() -> None:
        said.append(until(greeted))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect(("127.0.0.1", port))
            for words, patience in ((b"govnet-probe 12345678", PATIENCE), (b"anything else", 0.2)):
                asking.settimeout(patience)
                asking.send(words)
                try:
                    said.append(asking.recv(100))
                except TimeoutError:
                    said.append("silence")

    visitor = threading.Thread(target=visit)
    visitor.start()
    places = ("--listen", f"tcp/127.0.0.1:{port}", "--listen", f"udp/127.0.0.1:{port}")
    code, found, _ = govnet(capsys, "audit", "canary", *places, "--seconds", "0.9", "--json")
    visitor.join()
    assert code == ExitCode.DONE
    assert said == [b"govnet-canary\r\n", b"govnet-canary 1234567", "silence"]
    assert [visit["to"] for visit in found["visits"]] == [f"tcp 127.0.0.1:{port}", f"udp 127.0.0.1:{port}"]


@pytest.mark.parametrize("place", ["tcp/127.0.0.1", "sctp/127.0.0.1:9", "tcp/localhost:99", "tcp/127.0.0.1:99999"])
def test_a_wrong_place_is_said(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With a form that can be typed instead."""
    code, _, talk = govnet(capsys, "audit", "canary", "--listen", place, "--seconds", "0.1")
    assert code == ExitCode.USAGE
    assert "tcp/10.3.0.10:8443" in talk
