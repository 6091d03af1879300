"""The tree gives back the bytes it was made from, and puts every line where the dialect says."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from configs.dialects import dialect, platforms
from inventory.errors import InputError

PLATFORMS = sorted(platforms())

words = st.sampled_from(
    [
        "interface GigabitEthernet0/0/1",
        "ip address 10.0.0.1 255.255.255.0",
        "#",
        "!",
        "banner motd ^C",
        "banner login #x#",
        'header login information "a',
        'b"',
        "^C",
        "exit",
        "return",
        "end",
        "quit",
        "}",
        "a {",
        "### /etc/hosts",
        "description 蓝田街道",
        "undo shutdown",
        "router bgp 1",
        "address-family ipv4 unicast",
        "exit-address-family",
        "ID 8002 define area add name a attribute 'a ' vsid 0",
        "",
        "\x00\x0b\x85\u2028",
    ]
)
ends = st.sampled_from(["\n", "\r\n", "\r\r\n", "\r", " \t\n", "\n\n"])
blanks = st.sampled_from(["", " ", "  ", "\t", " \t ", "        "])
texts = st.lists(st.tuples(blanks, words, ends)).map(
    lambda parts: "".join(blank + word + end for blank, word, end in parts)
)


@pytest.mark.parametrize("platform", PLATFORMS)
@given(text=texts, final=st.booleans(), encoding=st.sampled_from(["utf-8", "gb18030", "utf-8-sig"]))
@settings(max_examples=150, deadline=None)
@example(text="", final=True, encoding="utf-8")
@example(text="a\rb\r", final=True, encoding="gb18030")
def test_round_trip(platform, text, final, encoding):
    """Whatever the line ends, blanks, encoding and last line: the bytes come back, and no command is lost."""
    data = text.encode(encoding)
    if not final:
        data = data.rstrip(b"\r\n")
    tree = dialect(platform).parse(data)
    assert tree.to_bytes() == data
    seen = {node.line for _, node in tree.walk()} | {comment.line for comment in tree.comments}
    inside = {number for _, node in tree.walk() for number in range(node.line + 1, node.last + 1)}
    assert not seen & inside
    assert seen | inside == set(range(1, len(tree.lines) + 1))


@pytest.mark.parametrize("platform", PLATFORMS)
@given(data=st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_bytes(platform, data):
    """Bytes that are text come back as they were; others are refused, never changed."""
    try:
        tree = dialect(platform).parse(data)
    except InputError:
        return
    assert tree.to_bytes() == data


def test_gb18030_character_with_two_codes():
    """A character that GB18030 writes in two ways keeps the one that was read."""
    data = "sysname 蓝田\n".encode("gb18030") + b"description \xa2\xe3 \xff"
    with pytest.raises(InputError):
        dialect("huawei").parse(data)
    data = data.removesuffix(b" \xff") + b"\x84\x31\xa4\x39\n"
    assert dialect("huawei").parse(data).to_bytes() == data


def test_undecodable_names_the_line():
    """Bytes that are neither encoding are an error with file and line."""
    with pytest.raises(InputError) as caught:
        dialect("huawei").parse(b"sysname a\n#\ndescription \xff\xff\xff\n")
    [problem] = caught.value.problems
    assert (problem.code, problem.line) == ("undecodable", 3)
    assert "GB18030" in problem.in_language("zh_CN")


def shape(node):
    return {node.text: [shape(child) for child in node.children]} if node.children else node.text


def test_vrp_views():
    """`#` at the margin closes all views, one blank is one level, an indented `#` is a comment."""
    tree = dialect("huawei").parse(
        b"#\n sysname a\n#\nbgp 1\n peer 1.1.1.1 as-number 2\n #\n ipv4-family unicast\n  peer 1.1.1.1 enable\n"
        b"#\nacl number 2000\n rule 5 permit\n#\nreturn\n"
    )
    assert [shape(node) for node in tree.children] == [
        "sysname a",
        {"bgp 1": ["peer 1.1.1.1 as-number 2", {"ipv4-family unicast": ["peer 1.1.1.1 enable"]}]},
        {"acl number 2000": ["rule 5 permit"]},
    ]
    assert [node.line for node in tree.children] == [2, 4, 10]


@pytest.mark.parametrize("mark", ["^C", "\x03", "#", "@"])
def test_ios_banner(mark):
    """A banner is one opaque block up to its delimiter; what it says is not configuration."""
    text = f"hostname a\nbanner motd {mark}\n line vty 0 4\n!\npassword x\n{mark}\nline con 0\n login\n"
    tree = dialect("cisco_ios").parse(text.encode())
    assert [shape(node) for node in tree.children] == ["hostname a", f"banner motd {mark}", {"line con 0": ["login"]}]
    assert tree.children[1].body == (" line vty 0 4", "!", "password x", mark)
    assert (tree.children[1].line, tree.children[1].last) == (2, 6)


def test_banner_without_end():
    """A banner that never ends hides nothing: the lines after it are commands."""
    tree = dialect("cisco_ios").parse(b"banner motd ^C\nhostname a\nline vty 0 4\n login\n")
    assert [node.text for node in tree.children] == ["banner motd ^C", "hostname a", "line vty 0 4"]


def test_certificate_is_opaque():
    """The hexadecimal lines of a certificate are one block up to `quit`."""
    tree = dialect("cisco_ios").parse(
        b"crypto pki certificate chain A\n certificate self-signed 01\n  3082 0201\n  \tquit\nip routing\n"
    )
    chain, routing = tree.children
    assert chain.children[0].body == ("  3082 0201", "  \tquit")
    assert routing.line == 5


def test_frr_views():
    """`exit` closes its view, address families nest."""
    tree = dialect("frr").parse(
        b"frr version 8.4\n!\nrouter bgp 1\n address-family ipv4 unicast\n  network 10.0.0.0/8\n exit-address-family\n"
        b"exit\n!\ninterface eth0\n ip address 10.0.0.1/24\nexit\nend\n"
    )
    assert [shape(node) for node in tree.children] == [
        "frr version 8.4",
        {"router bgp 1": [{"address-family ipv4 unicast": ["network 10.0.0.0/8"]}]},
        {"interface eth0": ["ip address 10.0.0.1/24"]},
    ]


def test_linux_sections_and_braces():
    """Files are sections, braces nest inside them, and a missing brace does not swallow the next file."""
    tree = dialect("linux").parse(
        b"### /etc/nftables.conf\ntable inet a {\n\tchain b {\n\t\taccept\n### /etc/hostname\nx\n"
    )
    assert [shape(node) for node in tree.children] == [
        {"### /etc/nftables.conf": [{"table inet a": [{"chain b": ["accept"]}]}]},
        {"### /etc/hostname": ["x"]},
    ]


@pytest.mark.corpus
def test_corpus(corpus):
    """Every published configuration parses with every grammar and comes back byte for byte."""
    files = [*corpus.glob("scenarios/*/*.cfg"), *corpus.glob("configs/*/*"), *corpus.glob("audit/*/*")]
    assert len(files) > 800
    for path in files:
        data = path.read_bytes()
        for platform in PLATFORMS:
            assert dialect(platform).parse(data).to_bytes() == data, path


def test_ten_times_the_lines_are_ten_times_the_work():
    """Audits read thousands of files, some of them long."""
    block = "interface GigabitEthernet0/0/{0}\n description to {0}\n ip address 10.0.{0}.1 255.255.255.0\n#\n"
    parse = dialect("huawei").parse

    def seconds(count):
        data = "".join(block.format(number % 250) for number in range(count)).encode()
        times = []
        for _ in range(5):
            start = time.process_time()
            parse(data)
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(2500) < 40 * seconds(250)
