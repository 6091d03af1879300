"""Changes: the commands of every case, in order; applied by a small model of a device they leave nothing to do."""

from __future__ import annotations

import re
from ipaddress import ip_interface
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.dialects import dialect

CASES = sorted((Path(__file__).parent / "cases").iterdir())
# Languages and lines of which the model below knows nothing.
CUTS = sorted((Path(__file__).parent / "cuts").iterdir())

# What a device of each vendor does with a line, written down here anew: which lines open views, which replace another.
VIEWS = {
    "hillstone_stoneos": r"(interface|zone|rule id) ",
    "huawei": r"interface |acl |ospf \d|area |aaa$|user-interface (vty|con)|bgp |ipv4-family",
    "cisco_ios": r"interface |ip access-list |router |line |vlan \d",
    "frr": r"interface |router |line vty|address-family ",
    "topsec_tos": r"(?!)",
}
LEAVE = {"huawei": "quit", "cisco_ios": "exit", "frr": "exit", "topsec_tos": "", "hillstone_stoneos": "exit"}
NEGATION = {"huawei": "undo ", "cisco_ios": "no ", "frr": "no ", "topsec_tos": "(?!)", "hillstone_stoneos": "no "}
# (in views, a line, what it throws out); \1 … are the line's groups.
REPLACES = {
    "huawei": [
        ("", r"sysname ", r"sysname "),
        ("", r"header (\w+) ", r"header \1 "),
        ("", r"snmp-agent sys-info version ", r"(?!)"),
        ("", r"(snmp-agent group v3 \S+) ", r"\1 "),
        ("", r"(snmp-agent usm-user v3 \S+ \S+) ", r"\1 "),
        ("", r"ospf (\d+)", r"ospf \1( |$)"),
        ("", r"(ssh user \S+ \S+) ", r"\1 "),
        ("interface", r"(description|mtu|ospf cost|ospf network-type) ", r"\1 "),
        ("interface", r"ip address \S+ \S+$", r"ip address \S+ \S+$"),
        ("aaa", r"(local-user \S+ (?:password|privilege|service-type)) ", r"\1 "),
        ("aaa", r"local-aaa-user wrong-password ", r"local-aaa-user wrong-password "),
        ("user-interface", r"(authentication-mode|protocol inbound|idle-timeout) ", r"\1 "),
        ("user-interface", r"acl \S+ inbound", r"acl \S+ inbound"),
        ("acl", r"(description) ", r"\1 "),
    ],
    "cisco_ios": [
        (
            "",
            r"(hostname|ip domain-name|ip ssh \S+|security passwords min-length|login block-for|logging buffered) ",
            r"\1 ",
        ),
        ("", r"(username \S+|enable secret|banner \w+|service timestamps \S+) ", r"\1 "),
        ("interface", r"(description|ip ospf network) ", r"\1 "),
        ("interface", r"ip address \S+ \S+$", r"ip address \S+ \S+$"),
        ("router ospf", r"(router-id|default-information originate)", r"\1"),
        ("line", r"(login|transport input|exec-timeout|access-class)", r"\1"),
    ],
    "frr": [
        ("", r"(hostname|log syslog|frr defaults) ", r"\1 "),
        ("interface", r"(description|ip ospf \w+)", r"\1( |$)"),
    ],
    "topsec_tos": [],
    "hillstone_stoneos": [],
}
EXPLICIT = r"no (switchport|ip http|ip domain|ip source-route|service pad)"
HIDDEN = {"huawei": r"info-center enable$", "frr": r"ip forwarding$"}


class Model:
    """A device as it is described above: nested lists of [line, children]."""

    def __init__(self, platform, tree):
        self.platform = platform
        self.root = [self.copied(node) for node in tree.children]

    def copied(self, node):
        text = "\n".join((" ".join(node.text.split()), *node.body))
        return [text, [self.copied(child) for child in node.children]]

    def apply(self, commands):
        """Type the commands in configuration mode; every view has to be left again."""
        stack = [("", self.root)]
        for command in commands:
            if command == LEAVE[self.platform]:
                stack.pop()
                assert stack, "left more views than were entered"
                continue
            header, lines = stack[-1]
            found = self.typed(header, lines, command)
            if found is not None:
                stack.append((command, found))
        assert len(stack) == 1, "a view was not left"

    def typed(self, header, lines, command):
        """Carry out one command; the new view's lines if it opens one."""
        negation = NEGATION[self.platform]
        if re.match(negation, command):
            self.negated(lines, command, re.sub("^" + negation, "", command))
            return None
        if self.platform == "topsec_tos":
            return self.topsec(lines, command)
        same = next((line for line in lines if self.same(line[0], command)), None)
        # What opens a view of StoneOS's top level is a plain line inside one (an interface's zone).
        inside = bool(header) and self.platform == "hillstone_stoneos"
        if re.match(VIEWS[self.platform], command) and not inside:
            if same is None:
                same = [command, []]
                self.throw_out(header, lines, command, same)
                lines.append(same)
            return same[1]
        lines[:] = [line for line in lines if line[0] != negation + command]
        if same is None and not re.match(HIDDEN.get(self.platform, r"(?!)"), command):
            self.throw_out(header, lines, command, None)
            lines.append([command, []])
        return None

    def same(self, one, other):
        if one.startswith("interface "):
            return one.replace(" ", "").lower() == other.replace(" ", "").lower()
        return (
            one == other
            or (one == "area 0" and other == "area 0.0.0.0")
            or one.replace("acl 2", "acl number 2") == other
        )

    def throw_out(self, header, lines, command, view):
        for where, line, out in REPLACES[self.platform]:
            match = re.match(line, command)
            if match is None or not header.startswith(where) or bool(header) != bool(where):
                continue
            pattern = re.compile(match.expand(out) if "\\1" in out else out)
            for old in [old for old in lines if pattern.match(old[0])]:
                if view is not None:
                    view[1] += old[1]
                lines.remove(old)

    def negated(self, lines, command, positive):
        before = len(lines)
        if positive.startswith("ip route-static "):
            wanted = positive.replace(" 0.0.0.0 0.0.0.0 ", " 0.0.0.0 ")
            lines[:] = [line for line in lines if not self.route(line[0]).startswith(wanted)]
        else:
            lines[:] = [line for line in lines if line[0] != positive and not line[0].startswith(positive + " ")]
        if re.match(EXPLICIT, command):
            lines.append([command, []])
        else:
            assert len(lines) < before, f"“{command}” takes nothing back"

    def route(self, line):
        return line.replace(" 0.0.0.0 0.0.0.0 ", " 0.0.0.0 ").replace(" 0.0.0.0 0 ", " 0.0.0.0 ")

    def topsec(self, lines, command):
        words = command.split()
        if words[2] == "modify":
            lines[:] = [line for line in lines if f"{words[1]} add name {words[4]} " not in line[0]]
            command = command.replace(" modify ", " add ")
        if words[:3] == ["network", "route", "delete"]:
            wanted = command.replace(" delete ", " add ")
            lines[:] = [line for line in lines if not line[0].startswith(wanted)]
            return
        lines.append([command, []])

    def text(self):
        """The configuration as the device would show it."""
        return "".join(line + "\n" for line in self.written(self.root, 0))

    def written(self, lines, depth):
        for text, children in lines:
            first, *rest = text.split("\n")
            yield " " * depth + first
            yield from rest
            yield from self.written(children, depth + 1)
            if depth == 0 and children:
                yield "#" if self.platform == "huawei" else "!"


def load(folder):
    case = yaml.safe_load((folder / "case.yaml").read_text(encoding="utf-8"))
    spoken = dialect(case["platform"])
    before = spoken.parse((folder / "before.cfg").read_bytes())
    after = spoken.parse((folder / "after.cfg").read_bytes())
    management = ip_interface(case["management"]) if "management" in case else None
    return case, spoken, before, after, management


@pytest.mark.parametrize("folder", [*CASES, *CUTS], ids=lambda folder: folder.name)
def test_case(folder):
    """The commands, what cuts us off, and where a new login is needed are as the case says."""
    case, spoken, before, after, management = load(folder)
    change = spoken.change(before, after, management=management)
    assert list(change.commands) == case["commands"]
    assert list(change.cuts) == case["cuts"]
    assert change.reconnect == case.get("reconnect")
    assert change.empty == (not case["commands"])


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_case_twice(folder):
    """After the commands there is nothing left to do."""
    case, spoken, before, after, management = load(folder)
    device = Model(case["platform"], before)
    device.apply(spoken.change(before, after, management=management).commands)
    again = spoken.change(spoken.parse(device.text().encode()), after)
    assert again.commands == (), device.text()


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_equal_texts_differ_in_nothing(folder):
    """A configuration compared with itself gives an empty change, with an empty diff."""
    _, spoken, before, after, _ = load(folder)
    for tree in (before, after):
        change = spoken.change(tree, tree)
        assert (change.empty, change.diff, change.added, change.removed) == (True, "", 0, 0)


@pytest.mark.parametrize("platform", ["huawei", "cisco_ios", "frr", "topsec_tos", "linux"])
def test_rendered_texts(city, platform):
    """From the bootstrap text of every role to its full text and no further."""
    from configs.render import BOOTSTRAP, Renderer

    workspace, plan = city
    renderer = Renderer(workspace, plan)
    spoken = dialect(platform)
    devices = [device for device in workspace.inventory.devices.values() if device.platform == platform]
    for device in [*devices[:2], *devices[-1:]]:
        first = spoken.parse(renderer.render(device.name, role=BOOTSTRAP).to_bytes())
        full = spoken.parse(renderer.render(device.name).to_bytes())
        change = spoken.change(first, full, management=device.address)
        assert not change.empty
        assert spoken.change(full, full).empty
        if platform == "linux":
            continue  # files are written whole, nothing is typed
        assert change.cuts == (), "the first push must not touch the way in"
        model = Model(platform, first)
        model.apply(change.commands)
        again = spoken.change(spoken.parse(model.text().encode(spoken.encoding)), full)
        assert again.commands == ()


def test_diff_is_masked():
    """People never see a secret: not in the diff, not in what cuts, not when the change is printed."""
    spoken = dialect("cisco_ios")
    before = spoken.parse(b"username a secret 0 OldSecret1\nenable secret 0 OldSecret2\n")
    after = spoken.parse(
        b"username a secret 0 NewSecret1\nenable secret 0 NewSecret2\nsnmp-server community NewSecret3 RO\n"
    )
    change = spoken.change(before, after)
    assert "Secret" not in change.diff
    assert "Secret" not in "".join(change.cuts)
    assert "Secret" not in repr(change)
    assert "NewSecret3" in "".join(change.commands)


def test_diff_reads_like_a_patch():
    """Views stand once above their lines, `-` goes, `+` comes."""
    spoken = dialect("huawei")
    before = spoken.parse(b"interface GigabitEthernet0/0/1\n ip address 10.0.0.1 255.255.255.0\n")
    after = spoken.parse(
        b"interface GigabitEthernet0/0/1\n description a\n ip address 10.0.0.2 255.255.255.0\n"
        b"#\nacl number 2000\n rule 5 permit\n"
    )
    change = spoken.change(before, after, management=ip_interface("10.9.9.9/32"))
    assert change.diff == (
        "  interface GigabitEthernet0/0/1\n"
        "+  description a\n"
        "-  ip address 10.0.0.1 255.255.255.0\n"
        "+  ip address 10.0.0.2 255.255.255.0\n"
        "+ acl number 2000\n"
        "+  rule 5 permit\n"
    )
    assert (change.added, change.removed) == (4, 1)


def test_unknown_arrival_is_careful():
    """Without the address we came to, every change of an address counts as a cut."""
    spoken = dialect("huawei")
    before = spoken.parse(b"interface GigabitEthernet0/0/1\n ip address 10.0.0.1 255.255.255.0\n")
    after = spoken.parse(b"interface GigabitEthernet0/0/1\n ip address 10.0.0.2 255.255.255.0\n")
    assert spoken.change(before, after).cuts == ("ip address 10.0.0.2 255.255.255.0",)
    assert spoken.change(before, after).reconnect is None
    elsewhere = ip_interface("10.5.5.5/24")
    assert spoken.change(before, after, management=elsewhere).cuts == ("ip address 10.0.0.2 255.255.255.0",)
    other = spoken.parse(before.to_bytes() + b"interface GigabitEthernet0/0/2\n ip address 10.5.5.5 24\n")
    assert spoken.change(other, after, management=elsewhere).cuts == ()


@pytest.mark.parametrize(
    ("platform", "shown", "goes"),
    [
        ("huawei", "ipv6 address 2001:DB8::1/64", "undo ipv6 address"),
        ("cisco_ios", "ipv6 address 2001:DB8::1/64", "no ipv6 address"),
        ("frr", "ipv6 address 2001:db8::1/64", "no ipv6 address 2001:db8::1/64"),
    ],
)
def test_the_way_in_may_be_ipv6(platform, shown, goes):
    """An IPv6 management address is found however it is written, and what takes it away is a cut."""
    spoken = dialect(platform)
    before = spoken.parse(f"interface eth0\n {shown}\ninterface eth1\n {shown[:-4]}2/64\n".encode())
    here = ip_interface("2001:db8:0::1/64")
    assert spoken.change(before, spoken.parse(f"interface eth0\n {goes}\n".encode()), management=here).cuts
    assert not spoken.change(before, spoken.parse(f"interface eth1\n {goes}\n".encode()), management=here).cuts


def test_the_hosts_name_is_not_frrs():
    """FRR shows the system's name whatever a reload says: not in the diff, not sent; a note says where it differs."""
    spoken = dialect("frr")
    running = spoken.parse(b"frr version 8.4.4\nfrr defaults traditional\nhostname box\nip forwarding\n")
    same = spoken.change(running, spoken.parse(b"hostname box\nfrr defaults traditional\n"))
    assert (same.empty, same.notes) == (True, ())
    other = spoken.parse(b"hostname rt-anping\nservice integrated-vtysh-config\nip route 10.0.0.0/8 Null0\n")
    change = spoken.change(running, other)
    assert change.commands == ("ip route 10.0.0.0/8 Null0",)
    assert [("rt-anping" in str(note), "box" in str(note)) for note in change.notes] == [(True, True), (False, False)]
    merged = spoken.parse(spoken.merged(running, other).encode())
    assert [node.text for node in merged.starting("hostname")] == ["hostname box"]
    assert spoken.change(merged, other).empty


@pytest.mark.parametrize(
    ("platform", "line", "other"),
    [
        ("huawei", "undo ssh server compatible-ssh1x enable", "info-center loghost 10.0.0.1"),
        ("cisco_ios", "no service pad", "logging 10.0.0.1"),
    ],
)
def test_a_default_that_is_not_stored_is_no_difference_for_ever(platform, line, other):
    """It goes along with other lines and is never missed alone; where the device says the opposite, it is."""
    spoken = dialect(platform)
    intended = spoken.parse(f"{line}\n{other}\n".encode())
    assert set(spoken.change(spoken.parse(b""), intended).commands) == {line, other}
    assert spoken.change(spoken.parse(f"{other}\n".encode()), intended).empty
    assert spoken.change(intended, intended).empty
    positive = line.partition(" ")[2]
    assert spoken.change(spoken.parse(f"{positive}\n{other}\n".encode()), intended).commands == (line,)


def test_a_banner_is_typed_with_a_mark_that_can_be_typed():
    """`^C` is IOS's way to show a control character; the mark that is typed does not occur in the text."""
    spoken = dialect("cisco_ios")
    text = "banner login ^C\n# keep out #\nall is recorded\n^C"
    (command,) = spoken.change(spoken.parse(b""), spoken.parse(text.encode())).commands
    assert command == "banner login @\n# keep out #\nall is recorded\n@"
    assert spoken.change(spoken.parse(text.encode()), spoken.parse(command.encode())).empty


numbers = st.integers(1, 4)
top = st.one_of(
    st.builds("sysname r{}".format, numbers),
    st.builds("ntp-service unicast-server 10.0.0.{}".format, numbers),
    st.builds("ip route-static 10.{}.0.0 255.255.0.0 10.0.0.{}".format, numbers, numbers),
    st.builds("info-center loghost 10.0.0.{}".format, numbers),
)
inside = st.one_of(
    st.builds("description d{}".format, numbers),
    st.builds("ip address 10.0.{}.1 255.255.255.0".format, numbers),
    st.builds("ip address 10.1.{}.1 255.255.255.0 sub".format, numbers),
    st.just("shutdown"),
)
rules = st.dictionaries(
    numbers, st.builds("{} source 10.{}.0.0 0.0.255.255".format, st.sampled_from(["permit", "deny"]), numbers)
)


def written(lines, ports, lists):
    """A VRP text in which no purpose has two values."""
    text = []
    for line in lines:
        if not (line.startswith("sysname") and any(other.startswith("sysname") for other in text)):
            text.append(line)
    for port, below in sorted(ports.items()):
        text += ["#", f"interface GigabitEthernet0/0/{port}"]
        seen = set()
        for line in below:
            key = line if line.endswith("sub") else line.split()[0]
            if key not in seen:
                seen.add(key)
                text.append(" " + line)
    for name, entries in sorted(lists.items()):
        text += [
            "#",
            f"acl number 200{name}",
            *(f" rule {number} {entry}" for number, entry in sorted(entries.items())),
        ]
    return "\n".join([*dict.fromkeys(text[: len(lines)]), *text[len(lines) :]]) + "\n"


configurations = st.builds(
    written,
    st.lists(top, max_size=6, unique=True),
    st.dictionaries(numbers, st.lists(inside, max_size=4)),
    st.dictionaries(numbers, rules),
)


@given(before=configurations, after=configurations)
@settings(max_examples=200, deadline=None)
def test_twice_on_any_pair(before, after):
    """For any two configurations: what the change commands, applied, leaves nothing to change."""
    spoken = dialect("huawei")
    running, intended = spoken.parse(before.encode()), spoken.parse(after.encode())
    device = Model("huawei", running)
    device.apply(spoken.change(running, intended).commands)
    again = spoken.change(spoken.parse(device.text().encode()), intended)
    assert again.commands == ()


def test_merged_text_of_frr():
    """The merged text is what the change leads to, and says each thing once."""
    spoken = dialect("frr")
    case, _, before, after, _ = load(Path(__file__).parent / "cases" / "frr-address")
    merged = spoken.parse(spoken.merged(before, after).encode())
    assert case["platform"] == "frr"
    assert spoken.change(merged, after).empty
    assert "no ip forwarding" not in merged.text
    assert sorted(node.text for node in merged.starting("interface eth0")[0].children) == [
        "description management",
        "ip address 10.2.0.2/24",
    ]


@pytest.mark.parametrize("platform", ["huawei", "hp_comware"])
def test_an_engine_id_is_the_devices_own(platform):
    """It comes with the agent and is no difference; where a text wants another one, that is said and not sent."""
    spoken = dialect(platform)
    running = spoken.parse(b"snmp-agent\nsnmp-agent local-engineid 800007DB0300AABBCCDDEE\n")
    assert spoken.change(running, spoken.parse(b"snmp-agent\n")).empty
    other = spoken.change(running, spoken.parse(b"snmp-agent\nsnmp-agent local-engineid 800007DB03112233445566\n"))
    assert other.empty
    assert "112233445566" in str(other.notes[0])
