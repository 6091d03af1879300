"""containerlab: the files of the example cities are sound, and broken ones are refused with their line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import ExitCode, InputError, LabError, RefusedError
from inventory.model import LineKind
from lab import boxed, casting, control, export, files
from lab.backends.containerlab import document
from lab.backends.containerlab.check import check
from lab.startup import translated

SLICE = ("core-city", "fw-border", "rt-lantian", "rt-anping", "vg-zfb")
PROGRAM = """\
#!{python}
import json, os, sys
with open({log!r}, "a") as log:
    log.write(json.dumps([os.path.basename(sys.argv[0]), *sys.argv[1:]]) + chr(10))
if "inspect" in sys.argv:
    states = {{"rt-anping": "running", "fw-border": "exited"}}
    print(json.dumps({{"lianyuan": [{{"name": "clab-lianyuan-" + name, "state": states[name]}} for name in states]}}))
if "deploy" in sys.argv and os.path.exists({fails!r}):
    sys.exit("Error: image not found")
"""


def govnet(*arguments, path=""):
    program = "from cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-P", "-c", program, "--lang", "en", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | ({"PATH": path} if path else {}),
    )


def saved(written, folder):
    files.save(written, folder)
    return folder / written.entry


@pytest.fixture(scope="module")
def small(lianyuan_city, tmp_path_factory):
    """A small lab's file, and the lab."""
    built = lianyuan_city.topology("containerlab", *SLICE)
    return saved(document.write(built), tmp_path_factory.mktemp("clab") / "small"), built


@pytest.mark.parametrize("name", ["lianyuan_city", "shangrao_city", "jiyuan_city", "suqian_city", "wuwei_city"])
def test_the_example_cities_are_sound(name, request, tmp_path):
    """Every device is a node, every circuit between two of them a link, and the whole passes schema and link checks.

    With the last link led to a node that is not there it is refused at that line.
    """
    city = request.getfixturevalue(name)
    built = city.topology("containerlab")
    file = saved(document.write(built), tmp_path / "clab")
    topology = check(file)["topology"]
    inventory = city.workspace.inventory
    assert set(inventory.devices) <= set(topology["nodes"])
    wired = {frozenset(end.split(":")[0] for end in link["endpoints"]) for link in topology["links"]}
    for line in inventory.lines.values():
        if line.kind is LineKind.CIRCUIT and line.b is not None:
            assert frozenset((line.a.device, line.b.device)) in wired, line.name
    assert all(
        Path(file.parent, node["startup-config"]).stat().st_mode & 0o77 == 0
        for node in topology["nodes"].values()
        if "startup-config" in node
    )
    lines = file.read_text(encoding="utf-8").splitlines()
    number = max(number for number, line in enumerate(lines) if re.match(r"    - \S+:\S+$", line))
    lines[number] = "    - nobody:eth1"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        check(file)
    assert [problem.line for problem in caught.value.problems if "nobody" in problem.in_language("en")] == [number + 1]


def test_interfaces_are_named_as_the_kind_names_them(small):
    """The text that a node starts with uses its kind's names: the second line's interface is the second port."""
    file, built = small
    nodes = yaml.safe_load(file.read_text())["topology"]["nodes"]
    assert nodes["rt-lantian"]["kind"] == "huawei_vrp"
    text = (file.parent / nodes["rt-lantian"]["startup-config"]).read_text()
    assert re.findall(r"^interface (\S+)", text, re.MULTILINE)[:3] == [
        "GigabitEthernet0/0/0",
        "Ethernet1/0/0",
        "Ethernet1/0/1",
    ]
    assert built.renamed["rt-lantian", "GigabitEthernet0/0/2"] == "Ethernet1/0/1"
    core = (file.parent / nodes["core-city"]["startup-config"]).read_text()
    assert "interface Ethernet0/0\n description management" in core.replace("\r", "")
    links = {tuple(link["endpoints"]) for link in yaml.safe_load(file.read_text())["topology"]["links"]}
    assert ("rt-lantian:eth2", "pc-lantian:eth1") in links


def test_what_stands_in_is_said(small):
    """A platform without a kind is a Linux node, named as a stand-in in the file and in the result."""
    file, built = small
    node = yaml.safe_load(file.read_text())["topology"]["nodes"]["fw-border"]
    assert (node["kind"], node["labels"]) == ("linux", {"govnet-stands-in-for": "topsec_tos"})
    assert [item.device for item in built.substitutions] == ["fw-border"]
    assert "# fw-border: linux stands in for topsec_tos" in file.read_text()


def test_plain_linux_is_not_privileged(small):
    """The capabilities that routing needs, the forwarding settings from outside, one script that a shell accepts."""
    file, _ = small
    topology = yaml.safe_load(file.read_text())["topology"]
    assert topology["kinds"]["linux"] == {
        "privileged": False,
        "cap-add": ["NET_ADMIN", "NET_RAW", "SYS_ADMIN"],
        "devices": ["/dev/net/tun"],
    }
    node = topology["nodes"]["fw-border"]
    assert node["sysctls"]["net.ipv4.ip_forward"] == "1"
    assert "net.ipv4.ip_forward" not in topology["nodes"]["srv-servers"]["sysctls"]
    script = file.parent / "nodes" / "fw-border.sh"
    assert subprocess.run(["sh", "-n", script], check=False, timeout=10).returncode == 0
    assert "sysctl -q -p" not in script.read_text()
    assert (file.parent / "image" / "Dockerfile").read_text() == boxed.dockerfile()


def test_no_real_secret_is_written(lianyuan_city, tmp_path):
    """Exported files hold invented secrets; the real ones only if they are asked for."""
    export.export(lianyuan_city.root, "containerlab", tmp_path / "a", where="name=rt-lantian")
    export.export(lianyuan_city.root, "containerlab", tmp_path / "b", where="name=rt-lantian", real_secrets=True)
    real = "Aa1-snmp-auth-Zz9"
    assert real not in (tmp_path / "a" / "nodes" / "rt-lantian.cfg").read_text()
    assert real in (tmp_path / "b" / "nodes" / "rt-lantian.cfg").read_text()
    with pytest.raises(RefusedError, match="not empty"):
        export.export(lianyuan_city.root, "containerlab", tmp_path / "a")


def test_a_persons_own_text_is_taken(lianyuan_city, tmp_path):
    """`--configs`: a device that runs as itself starts with its own text, in its kind's names for interfaces."""
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "rt-lantian.cfg").write_text(
        "interface GigabitEthernet0/0/2\n description 服务器\ninterface GigabitEthernet0/0/2.10\n"
    )
    (texts / "fw-border.cfg").write_text("define host add name x\n")
    built = lianyuan_city.topology("containerlab", *SLICE)
    written = document.write(built, texts)
    assert (
        written.files["nodes/rt-lantian.cfg"]
        == "interface Ethernet1/0/1\n description 服务器\ninterface Ethernet1/0/1.10\n"
    )
    assert "define host" not in written.files["nodes/fw-border.sh"]


@given(st.permutations(["Ge0/1", "Ge0/2", "Ge0/11"]))
def test_names_are_exchanged_all_at_once(new):
    """Whatever becomes what, no name is translated twice, and none inside a longer one."""
    old = ["Ge0/1", "Ge0/2", "Ge0/11"]
    text = " ".join([*old, "xGe0/1", "Ge0/111", "Ge0/1-a"])
    assert translated(text, dict(zip(old, new, strict=True))).split() == [*new, "xGe0/1", "Ge0/111", "Ge0/1-a"]


BROKEN = {
    "unknown node": (r"rt-lantian:eth2", "rt-lantan:eth2", "rt-lantan"),
    "one endpoint": (r"    - rt-lantian:eth2\n", "", "two endpoints, this one has 1"),
    "interface twice": (r"rt-lantian:eth2", "rt-lantian:eth1", "already used in line"),
    "management port": (r"rt-lantian:eth2", "rt-lantian:eth0", "cannot be an interface"),
    "long interface": (r"rt-lantian:eth2", "rt-lantian:eth22222222222222", "cannot be an interface"),
    "unknown kind": (r"kind: huawei_vrp", "kind: huawei_vrpx", "knows no “huawei_vrpx”"),
    "no kind": (r"      kind: huawei_vrp\n", "", "has no kind"),
    "no image": (r"      image: vrnetlab/huawei_vrp:latest\n", "", "has no image"),
    "unknown key": (r"      kind: huawei_vrp\n", "      kind: huawei_vrp\n      imege: x\n", "no key “imege”"),
    "address outside": (r"mgmt-ipv4: 10.253.0.11", "mgmt-ipv4: 10.9.0.11", "no host's address"),
    "address taken": (r"mgmt-ipv4: 10.253.0.11", "mgmt-ipv4: 10.253.0.2", "already belongs to core-city"),
    "gateway taken": (r"mgmt-ipv4: 10.253.0.11", "mgmt-ipv4: 10.253.0.250", "already belongs to ipv4-gw"),
    "file missing": (r"startup-config: nodes/rt-lantian.cfg", "startup-config: nodes/none.cfg", "is not there"),
    "no topology": (r"^topology:", "topologie:", "“topology” is missing"),
    "node name": (r"^    rt-lantian:", "    _rt:", "cannot name a container"),
    "wrong type": (r"privileged: false", "privileged: perhaps", "not of type"),
    "bad subnet": (r"ipv4-subnet: .*", "ipv4-subnet: 10.253.0.0/99", "no IPv4 network"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_refused_with_its_line(case, small):
    """Each fault that would end a deployment half-way is found before, at the line that is wrong."""
    pattern, put, said = BROKEN[case]
    file, _ = small
    text, count = re.subn(pattern, put, file.read_text(), count=1, flags=re.MULTILINE)
    assert count == 1
    broken = file.parent / "broken.clab.yml"
    broken.write_text(text)
    with pytest.raises(InputError) as caught:
        check(broken)
    found = [problem for problem in caught.value.problems if said in problem.in_language("en")]
    assert found, [problem.in_language("en") for problem in caught.value.problems]
    if put.strip():
        word = put.strip().splitlines()[-1].strip().removeprefix("- ")
        lines = text.splitlines()
        assert any(word in line for line in lines[found[0].line - 1 : found[0].line + 3]) or case == "no topology"


def test_the_published_forms_of_links_are_taken(tmp_path):
    """A link with types and mappings, one to the host, a bridge's port: as containerlab's manual shows them."""
    path = tmp_path / "ours.clab.yml"
    path.write_text(
        "name: forms\ntopology:\n  defaults: {kind: linux, image: x}\n"
        "  nodes: {aa: , bb: {kind: vr-sros}, br0: {kind: bridge}}\n"
        "  links:\n"
        "    - endpoints: ['aa:eth1', 'bb:1/1/c1/1']\n"
        "    - {type: veth, endpoints: [{node: aa, interface: eth2}, {node: bb, interface: eth3}]}\n"
        "    - endpoints: ['aa:eth4', 'host:aa-eth4']\n"
        "    - endpoints: ['aa:eth5', 'br0:aa-eth5']\n"
        "    - {type: dummy, endpoint: {node: aa, interface: eth6}}\n"
    )
    assert check(path)["name"] == "forms"
    path.write_text(path.read_text().replace("br0:aa-eth5", "br0:aa-eth4"))
    with pytest.raises(InputError, match="problems"):  # both are interfaces of the lab's host
        check(path)


def test_a_schema_of_ones_own_is_held_too(small, tmp_path):
    """`--schema`: the project's own schema, or any other; one that is none is refused as such."""
    file, _ = small
    (tmp_path / "s.json").write_text(json.dumps({"properties": {"name": {"const": "other"}}}))
    with pytest.raises(InputError) as caught:
        check(file, schema=tmp_path / "s.json")
    assert caught.value.problems[0].line == 3
    for text in ("{", '{"type": 7}'):
        (tmp_path / "s.json").write_text(text)
        with pytest.raises(InputError) as caught:
            check(file, schema=tmp_path / "s.json")
        assert caught.value.problems[0].code == "bad-schema"


def test_the_workspaces_own_table_comes_first(lianyuan_city, tmp_path):
    """`lab/containerlab.yaml` chooses other images and kinds; a fault in it is said with its line."""
    own = replace(lianyuan_city.workspace, root=tmp_path)
    (tmp_path / "lab").mkdir()
    table = tmp_path / "lab" / "containerlab.yaml"
    table.write_text(
        "nodes:\n  ours:\n    kind: cisco_c8000v\n    runs: [cisco_ios]\n    image: reg/c8000v:17.9\n"
        "    ports: GigabitEthernet{n}\n    first: 2\n    source: ours\n    verified: ours\n"
    )
    device = own.inventory.devices["core-city"]
    assert casting.cast("containerlab", own, [device]).types["core-city"].image == "reg/c8000v:17.9"
    assert casting.cast("containerlab", own, [device]).renamed["core-city", "GigabitEthernet0/1"] == "GigabitEthernet2"
    table.write_text(table.read_text().replace("GigabitEthernet{n}", "GigabitEthernet{slot}"))
    with pytest.raises(InputError) as caught:
        casting.table("containerlab", tmp_path)
    assert (caught.value.problems[0].line, caught.value.problems[0].code) == (6, "bad-ports")


@pytest.fixture
def programs(tmp_path):
    """A `containerlab` and a `docker` that write down how they are called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    log, fails = tmp_path / "log", tmp_path / "fails"
    for name in ("containerlab", "docker"):
        (folder / name).write_text(PROGRAM.format(python=sys.executable, log=str(log), fails=str(fails)))
        (folder / name).chmod(0o755)
    return folder, log, fails


def test_up_status_exec_and_down(lianyuan_city, programs, monkeypatch):
    """With the program there, `lab up` writes, checks and deploys; a failed deployment can still be taken down."""
    folder, log, fails = programs
    root = lianyuan_city.root
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    where = "name in (fw-border, rt-anping, rt-lantian)"
    fails.touch()
    with pytest.raises(LabError, match="image not found"):
        control.up(root, backend_name="containerlab", where=where)
    assert control.down(root)
    fails.unlink()
    state = control.up(root, backend_name="containerlab", where=where)
    with pytest.raises(LabError, match="already there"):
        control.up(root, backend_name="containerlab", where=where)
    _, nodes = control.status(root)
    known = {node.name: node.state for node in nodes}
    assert (known["rt-anping"], known["fw-border"], known["rt-lantian"]) == ("up", "down", "down")
    assert str(state.nodes["rt-anping"].ssh) == "10.253.0.14:22"
    assert state.nodes["fw-border"].stands_in_for == "topsec_tos"
    assert control.execute(root, "rt-anping", ["vtysh", "-c", "show version"]) == 0
    with pytest.raises(LabError, match="huawei_vrp"):
        control.execute(root, "rt-lantian", ["display version"])
    file = Path(state.extra["file"])
    assert file.exists()
    assert control.down(root)
    assert not control.down(root)
    assert not file.exists()
    calls = [json.loads(line) for line in log.read_text().splitlines()]
    assert [call[:2] for call in calls] == [
        ["containerlab", "deploy"],
        ["containerlab", "destroy"],
        ["containerlab", "deploy"],
        ["containerlab", "inspect"],
        ["docker", "exec"],
        ["containerlab", "destroy"],
    ]
    assert calls[4][2:] == ["clab-lianyuan-rt-anping", "vtysh", "-c", "show version"]


def test_the_command_line(lianyuan_city, tmp_path):
    """`lab export`, and what is said where the program is not installed."""
    target = tmp_path / "clab"
    where = ("-w", lianyuan_city.root)
    done = govnet("lab", "export", target, "--where", "role=core", "--json", *where)
    assert done.returncode == ExitCode.DONE, done.stderr
    told = json.loads(done.stdout)
    assert told["file"] == str(target / "lianyuan.clab.yml")
    assert set(told) == {"ok", "directory", "file", "files", "nodes", "links", "substitutions", "notes"}
    absent = govnet("lab", "up", "--backend", "containerlab", *where, path="/nowhere")
    assert absent.returncode == ExitCode.DEVICES_FAILED
    assert "containerlab.dev/install" in absent.stderr


def test_the_check_of_the_command_line(small, tmp_path, capsys):
    """`lab check`: what a sound file has, as a line or as JSON; a broken one is the command's error."""
    from cli.lab_export import check as command

    command(small[0], as_json=True)
    assert json.loads(capsys.readouterr().out)["links"] > 5
    command(small[0])
    assert "is sound" in capsys.readouterr().out
    (tmp_path / "x.clab.yml").write_text("name: x\n")
    with pytest.raises(InputError):
        command(tmp_path / "x.clab.yml")


def test_a_format_that_there_is_not(lianyuan_city, tmp_path):
    """It is named, with those that there are."""
    with pytest.raises(InputError) as caught:
        export.export(lianyuan_city.root, "visio", tmp_path / "x")
    assert "containerlab, netlab" in caught.value.problems[0].in_language("en")
