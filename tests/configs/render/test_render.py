"""Rendering: every role on every platform, strict about what is undefined, silent about secrets."""

from __future__ import annotations

import dataclasses
import re
import subprocess
from ipaddress import ip_network
from shutil import which

import pytest

from configs import network
from configs.dialects import dialect
from configs.dialects.linux import sections
from configs.render import BOOTSTRAP, Renderer, bootstrap, render
from inventory.errors import DeviceError, GovnetError, InputError, TemplateError
from inventory.text import language, set_language
from tests.patience import PATIENCE

SHIPPED = [
    ("huawei", "rt-lantian", ("township-router", "core", BOOTSTRAP)),
    ("cisco_ios", "core-city", ("core", "township-router", BOOTSTRAP)),
    ("frr", "rt-liumutang", ("township-router", "core", BOOTSTRAP)),
    ("linux", "vg-zfb", ("unit-vpn-gateway", "border-firewall", BOOTSTRAP)),
    ("topsec_tos", "fw-border", ("border-firewall", BOOTSTRAP)),
]
# Platforms that no device of the example has: one of its devices is made one of them.
OTHERS = [
    ("ruijie_os", "rt-lantian", ("township-router", "core", BOOTSTRAP)),
    ("hillstone_stoneos", "rt-lantian", ("township-router", "core", BOOTSTRAP)),
    ("fortinet", "rt-lantian", ("township-router", "core", BOOTSTRAP)),
    ("hillstone_stoneos", "fw-border", ("border-firewall",)),
    ("fortinet", "fw-border", ("border-firewall",)),
]
ROLES = [(platform, device, role) for platform, device, roles in SHIPPED for role in roles]


def on_platforms(workspace, platforms):
    """The workspace with other platforms, as the lab derives it."""
    inventory = workspace.inventory
    devices = {
        name: dataclasses.replace(device, platform=platforms.get(device.platform, device.platform))
        for name, device in inventory.devices.items()
    }
    return dataclasses.replace(workspace, inventory=dataclasses.replace(inventory, devices=devices))


@pytest.mark.parametrize(
    ("platform", "device", "role"),
    [*ROLES, *((platform, device, role) for platform, device, roles in OTHERS for role in roles)],
)
def test_every_role(city, platform, device, role):
    """Each shipped template renders; its text parses without loss and holds no leftover of a template."""
    workspace, plan = city
    workspace = on_platforms(workspace, {workspace.inventory.devices[device].platform: platform})
    rendered = render(workspace, plan, device, role=role)
    assert (rendered.platform, rendered.role) == (platform, role)
    tree = dialect(platform).parse(rendered.to_bytes())
    assert tree.to_bytes() == rendered.to_bytes()
    assert "{{" not in rendered.text
    assert "None" not in rendered.text
    assert rendered.text.endswith("\n")


def test_every_device(city):
    """All 87 devices of the example render, and name their own addresses."""
    workspace, plan = city
    renderer = Renderer(workspace, plan)
    for device in workspace.inventory.devices.values():
        text = renderer.render(device.name).text
        assert str(device.address.ip) in text
        assert device.name in text or device.platform == "topsec_tos"


def test_deterministic(city):
    """The same inputs give the same text."""
    workspace, plan = city
    for name in ("fw-border", "core-city", "rt-lantian"):
        assert Renderer(workspace, plan).render(name).text == Renderer(workspace, plan).render(name).text


def test_core_routes(city):
    """The core's default and the networks behind the firewall go to the firewall; what is in OSPF does not."""
    workspace, plan = city
    view = network.View(network.Graph(workspace.inventory, plan), workspace.inventory.devices["core-city"])
    [hop] = {route.next_hop for route in view.routes}
    assert hop == view.addresses.peer("ln-core-fw")
    networks = [route.network for route in view.routes]
    assert networks[0] == network.EVERYWHERE
    units = [plan.of(f"lan-un-{name}")[0].prefix for name in ("zfb", "fgj", "gutang")]
    township = plan.of("lan-lantian")[0].prefix
    for unit in units:
        assert any(unit.subnet_of(known) for known in networks[1:])
    assert not any(township.overlaps(known) for known in networks[1:])


def test_firewall_routes(city):
    """The firewall reaches every township through the core and everything else through the carrier."""
    workspace, plan = city
    view = network.View(network.Graph(workspace.inventory, plan), workspace.inventory.devices["fw-border"])
    hops = {route.network: str(route.next_hop) for route in view.routes}
    assert hops[network.EVERYWHERE] == "198.51.100.1"
    inside = [known for known, hop in hops.items() if hop == str(view.addresses.peer("ln-core-fw"))]
    for line in workspace.inventory.lines.values():
        if line.kind == "lan" and line.a.device.startswith("rt-"):
            assert any(plan.of(line.name)[0].prefix.subnet_of(known) for known in inside), line.name


def test_both_ends_of_a_tunnel_agree(city):
    """What one end protects is what the other expects; only what the flows need goes through."""
    workspace, plan = city
    graph = network.Graph(workspace.inventory, plan)
    hub = {tunnel.name: tunnel for tunnel in network.View(graph, workspace.inventory.devices["fw-border"]).tunnels}
    assert len(hub) == 65
    servers = plan.of("lan-servers")[0].prefix
    for device in workspace.inventory.devices.values():
        if device.role != "unit-vpn-gateway":
            continue
        [near] = network.View(graph, device).tunnels
        far = hub[near.name]
        assert (near.local, near.remote) == (far.remote, far.local)
        assert near.local_networks == far.remote_networks
        assert near.remote_networks == far.local_networks == (servers,)


def test_flows_on_both_sides(city):
    """The firewall's flows are those of its zones; a unit's gateway has those that pass its tunnel, from its side."""
    workspace, plan = city
    graph = network.Graph(workspace.inventory, plan)
    hub = network.View(graph, workspace.inventory.devices["fw-border"]).permissions
    assert [permission.name for permission in hub] == [flow.name for flow in workspace.inventory.flows]
    unit = network.View(graph, workspace.inventory.devices["vg-zfb"]).permissions
    assert [(p.name, p.source.name, p.destination.name) for p in unit] == [
        ("units-to-servers", "lan", "vpn-zfb"),
        ("servers-to-units", "vpn-zfb", "lan"),
    ]


@pytest.mark.parametrize(
    ("names", "ports"),
    [
        (("http", "https"), [("tcp", (80, 80)), ("tcp", (443, 443))]),
        (("dns",), [("tcp", (53, 53)), ("udp", (53, 53))]),
        (("tcp/8080", "udp/5000-5010"), [("tcp", (8080, 8080)), ("udp", (5000, 5010))]),
        (("icmp", "any"), [("icmp", None), ("any", None)]),
    ],
)
def test_services(names, ports):
    """Services are known by name or written as protocol and port."""
    assert [(service.protocol, service.ports) for service in network.services(names)] == ports


@pytest.mark.parametrize("name", ["htp", "tcp/0", "tcp/70000", "udp/10-5", "sctp/80", "tcp/", "tcp/٨٠"])
def test_unknown_service(name):
    """An unknown service is refused, never dropped."""
    with pytest.raises(ValueError, match=re.escape(name)):
        network.services((name,))


def test_secrets_stay_placeholders(copy):
    """The text has placeholders; only `reveal` has the secrets, and nothing prints them."""
    workspace, plan = copy
    for name in ("rt-lantian", "core-city", "vg-zfb"):
        rendered = render(workspace, plan, name)
        assert "S3cret" not in rendered.text + repr(rendered) + repr(rendered.notes)
        assert "<secret:" in rendered.text
        revealed = rendered.reveal()
        assert "<secret:" not in revealed
        assert "S3cret-" in revealed
        assert "S3cret" not in dialect(rendered.platform).mask(revealed)
        assert dialect(rendered.platform).mask(rendered.text) == rendered.text


@pytest.mark.parametrize("value", ["", "two words", "a?b", 'a"b', "tab\tbed", "line\nbreak"])
def test_secrets_that_would_break_a_line(copy, value):
    """A secret that a command line would cut, or take for help, is refused; the message does not show it."""
    workspace, plan = copy
    (workspace.root / "secrets" / "routers-password").write_text(value)
    with pytest.raises(GovnetError) as caught:
        render(workspace, plan, "rt-lantian").reveal()
    assert not value.strip() or value not in str(caught.value) + str(caught.value.hint)


def test_missing_secret_of_a_credential(city):
    """A credential without what the template names is an error with device, credential and name."""
    workspace, plan = city
    credentials = dict(workspace.inventory.credentials)
    credentials["routers"] = dataclasses.replace(credentials["routers"], password=None)
    broken = dataclasses.replace(workspace, inventory=dataclasses.replace(workspace.inventory, credentials=credentials))
    with pytest.raises(DeviceError) as caught:
        render(broken, plan, "rt-lantian")
    assert caught.value.device == "rt-lantian"
    assert "“password”" in str(caught.value)
    assert "routers" in str(caught.value)


FAULTS = {
    "hostname {{ hostnam }}\n": ("template-undefined", 3, "“hostnam”", "hostname"),
    "{{ device.nmae }}\n": ("template-undefined", 3, "“device” has no “nmae”", "name"),
    "{{ device.colour }}\n": ("template-undefined", 3, "“device” has no “colour”", "docs/templates.md"),
    "{{ services.syslogs }}\n": ("template-undefined", 3, "“services” has no “syslogs”", "syslog"),
    "{{ ports[0].adress }}\n": ("template-undefined", 3, "“ports[…]” has no “adress”", "address"),
    "{{ loopback.ipp }}\n": ("template-undefined", 3, "“loopback” has no “ipp”", "ip"),
    "{% if %}\n": ("template-syntax", 3, "", ""),
    "{{ hostname | shout }}\n": ("template-syntax", 3, "shout", ""),
    "{% for port in ports %}\n": ("template-syntax", 3, "", ""),
    "{{ 1 / 0 }}\n": ("template-failed", 3, "divides by zero", ""),
    "{{ ports[0].addresses + 1 }}\n": ("template-failed", 3, "do not fit together", ""),
    "{{ hostname.__class__.__mro__ }}\n": ("template-failed", 3, "insides", ""),
    '{% include "nothing.j2" %}\n': ("template-missing", 0, "nothing", ""),
}
# Jinja2's and Python's own words, which nobody who writes templates should have to know.
FOREIGN = ("object", "attribute", "Error", "inventory.", "Jinja", "jinja", "expected", "undefined")


@pytest.mark.parametrize("line", FAULTS)
def test_faulty_template(copy, line):
    """A fault in a template names the device, the template's file and its line, in our words and both languages."""
    workspace, plan = copy
    path = workspace.root / "templates" / "huawei" / "township-router.j2"
    path.parent.mkdir(parents=True)
    path.write_text("#\n# three lines\n" + line)
    with pytest.raises(TemplateError) as caught:
        render(workspace, plan, "rt-lantian")
    [problem] = caught.value.problems
    code, number, words, hint = FAULTS[line]
    assert (problem.code, problem.line) == (code, number)
    assert problem.file.startswith("templates/huawei/")
    assert words in problem.in_language("en")
    assert hint in problem.hint.in_language("en")
    for name in ("en", "zh_CN"):
        assert "rt-lantian" in problem.in_language(name)
        assert not [word for word in FOREIGN if word in problem.in_language(name)]
    assert problem.message.in_language("zh_CN") != problem.message.in_language("en")
    assert problem.hint.in_language("zh_CN") != problem.hint.in_language("en")


def test_a_template_in_another_encoding(copy):
    """A template that is not UTF-8 fails its own devices, with the line of the first byte that does not fit."""
    workspace, plan = copy
    path = workspace.root / "templates" / "huawei" / "township-router.j2"
    path.parent.mkdir(parents=True)
    path.write_bytes("sysname {{ hostname }}\n# 蓝田\n".encode("gbk"))
    with pytest.raises(TemplateError) as caught:
        render(workspace, plan, "rt-lantian")
    [problem] = caught.value.problems
    assert (problem.file, problem.line) == ("templates/huawei/township-router.j2", 2)
    assert "0xC0" in str(problem.message)
    assert str(problem.hint) == "save it as UTF-8"
    assert render(workspace, plan, "rt-liumutang").text
    assert render(workspace, plan, "core-city").text


def test_a_plan_that_lacks_a_line(city):
    """A line that the plan does not have fails the devices that need its addresses, and no other."""
    workspace, plan = city
    shorter = dataclasses.replace(plan, allocations=tuple(row for row in plan.allocations if row.owner != "ln-lantian"))
    renderer, failed = Renderer(workspace, shorter), {}
    for name in workspace.inventory.devices:
        try:
            renderer.render(name)
        except DeviceError as error:
            failed[name] = error
    assert all(error.device == name for name, error in failed.items())
    assert set(failed) == {"core-city", "fw-border", "rt-lantian"}
    assert all("the plan has no" in str(error) and "govnet plan make" in str(error.hint) for error in failed.values())
    assert "core-city" in str(failed["fw-border"])


NASTY = "\"';reboot\n!#`$(x)?|&\\ 名"


@pytest.mark.parametrize("device", ["rt-lantian", "core-city", "rt-liumutang", "vg-zfb", "fw-border"])
def test_titles_stay_in_their_place(city, device):
    """A title with quotes, signs of comments and of shells changes no line but its own, and ends no quoted text."""
    workspace, plan = city
    inventory = workspace.inventory

    def titled(rows, text):
        return {name: dataclasses.replace(row, title=text) for name, row in rows.items()}

    def rendered(text, circuit):
        lines = {name: dataclasses.replace(line, circuit=circuit) for name, line in inventory.lines.items()}
        # An object's name of the firewall is the zone's title only if that is one word.
        zones = titled(inventory.zones, text.replace(" ", "").replace("\n", ""))
        rows = dataclasses.replace(inventory, sites=titled(inventory.sites, text), zones=zones, lines=lines)
        return render(dataclasses.replace(workspace, inventory=rows), plan, device).text

    assert rendered(NASTY, NASTY) == rendered("reboot !#(x) 名", "reboot !#(x)") != rendered("", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("!市局", "市局"), ("# 一", "一"), ('a "b"\tc', "a b c"), ("蓝田（一）", "蓝田（一）"), ("", "")],
)
def test_plain_text(text, shown):
    """Texts for people keep their letters and punctuation; what a device would take for itself goes."""
    assert network.plain(text) == shown


def test_fault_in_an_included_file(copy):
    """The line is that of the file in which the fault stands, not of the one that includes it."""
    workspace, plan = copy
    folder = workspace.root / "templates" / "huawei"
    folder.mkdir(parents=True)
    (folder / "township-router.j2").write_text('#\n{% include "part.j2" %}\n')
    (folder / "part.j2").write_text("\n\n\n{{ nowhere }}\n")
    with pytest.raises(TemplateError) as caught:
        render(workspace, plan, "rt-lantian")
    [problem] = caught.value.problems
    assert (problem.file, problem.line) == ("templates/huawei/part.j2", 4)


def test_one_template_of_the_workspace_overrides(copy):
    """A workspace's template comes before the shipped one, for its platform only, and may use the shipped parts."""
    workspace, plan = copy
    folder = workspace.root / "templates" / "huawei"
    folder.mkdir(parents=True)
    (folder / "township-router.j2").write_text(
        '{% import "_access.j2" as access with context %}\nsysname {{ hostname }}-ours\n{{ access.management_list() }}'
    )
    text = render(workspace, plan, "rt-lantian").text
    assert text.startswith("sysname rt-lantian-ours\nacl number 2000\n")
    assert "ours" not in render(workspace, plan, "rt-liumutang").text
    assert "ours" not in bootstrap(workspace, plan, "rt-lantian").text


def test_unknown_role_and_device(city):
    """What has no template is said with the roles there are; an unknown device with where to look."""
    workspace, plan = city
    with pytest.raises(TemplateError) as caught:
        render(workspace, plan, "rt-lantian", role="firewall")
    [problem] = caught.value.problems
    assert problem.file == "templates/huawei/firewall.j2"
    assert "township-router" in str(problem.hint)
    assert "_router" not in str(problem.hint)
    with pytest.raises(InputError):
        render(workspace, plan, "nobody")


def test_chinese_only_where_the_platform_carries_it(city):
    """VRP descriptions and TOS names may be Chinese; IOS and FRR texts are ASCII; TOS bytes are GBK."""
    workspace, plan = city
    assert "description 蓝田街道" in render(workspace, plan, "rt-lantian").text
    assert render(workspace, plan, "core-city").text.isascii()
    assert render(workspace, plan, "rt-liumutang").text.isascii()
    firewall = render(workspace, plan, "fw-border")
    assert "服务器区".encode("gbk") in firewall.to_bytes()
    assert dialect("topsec_tos").parse(firewall.to_bytes()).text == firewall.text


def test_notes_say_what_is_missing(city):
    """What has no documented command is not made up: it is said, in both languages."""
    workspace, plan = city
    rendered = render(workspace, plan, "fw-border")
    notes = [note.in_language("en") for note in rendered.notes]
    assert any("IPsec" in note for note in notes)
    assert any("time servers" in note for note in notes)
    for note in rendered.notes:
        assert note.in_language("zh_CN") != note.in_language("en")
    words = {line.split()[0] for line in rendered.text.splitlines()}
    assert words == {"system", "network", "define", "firewall", "nat", "pf"}


SHAPES = (
    r"network interface \S+ ip add \S+ mask \S+",
    r"network route add dst \S+/\d+ gw \S+",
    r"define area add name \S+ attribute '\S+ '",
    r"define host add name \S+ ipaddr '\S+ '",
    r"define subnet add name \S+ ipaddr \S+ mask \S+",
    r"define group_address add name \S+ member '(\S+ )+'",
    r"define service add name \S+ protocol \d+ port \d+( port2 \d+)?",
    (
        r"firewall policy add action (accept|deny)( srcarea '(\S+ )+')?( dstarea '(\S+ )+')?( src '(\S+ )+')?"
        r"( dst '(\S+ )+')?( service '(\S+ )+')? log on"
    ),
    r"nat policy add srcarea '(\S+ )+' orig_src '(\S+ )+' trans_src \S+",
    r"system sshd start",
    r"pf service add name (ssh|ping|snmp) area \S+ addressname \S+",
)


def test_topsec_lines_have_documented_shapes(city):
    """Each line of the TOS text is one of the shapes that public material shows; every name that is used is defined."""
    workspace, plan = city
    text = render(workspace, plan, "fw-border").text
    for line in text.splitlines():
        assert any(re.fullmatch(shape, line) for shape in SHAPES), line
    defined = set(re.findall(r"define \w+ add name (\S+)", text)) | {"any", "PING"}
    assert len(re.findall(r"define \w+ add name (\S+)", text)) == len(defined) - 2, "a name is defined twice"
    used = {name for part in re.findall(r"'([^']*)'", text) for name in part.split() if ":" in name or "area_" in name}
    assert used <= defined


def test_a_device_can_change_its_platform(city):
    """In the lab routers become FRR and firewalls Linux; their texts still hold the same addresses."""
    workspace, plan = city
    derived = on_platforms(workspace, {"huawei": "frr", "cisco_ios": "frr", "topsec_tos": "linux"})
    renderer = Renderer(derived, plan)
    text = renderer.render("rt-lantian").text
    assert f"ip address {plan.of('rt-lantian')[0].prefix}" in text
    files = sections(renderer.render("fw-border").text)
    assert list(files)[:5] == [
        "/etc/hostname",
        "/etc/sysctl.d/60-govnet.conf",
        "/etc/network/addresses",
        "/etc/network/routes",
        "/etc/nftables.conf",
    ]
    assert "policy drop" in files["/etc/nftables.conf"]
    assert files["/etc/swanctl/swanctl.conf"].count("aes256gcm16-prfsha384-ecp384") == 65
    assert files["/etc/nftables.conf"].count("masquerade") == 1


def test_access_is_restricted(city):
    """Only SSH, only from the managers, with a timeout, a banner and a lock; SNMP only for its manager."""
    workspace, plan = city
    for name, expected in {
        "rt-lantian": (
            "rule 5 permit source 10.253.0.0 0.0.0.255",
            "acl 2000 inbound",
            "protocol inbound ssh",
            "idle-timeout 5 0",
            "header login",
            "local-aaa-user wrong-password",
            "privacy read-view all acl 2001",
            "rule 5 permit source 10.253.0.250 0",
        ),
        "core-city": (
            "permit 10.253.0.0 0.0.0.255",
            "access-class MANAGEMENT in",
            "transport input ssh",
            "exec-timeout 5 0",
            "banner login",
            "login block-for",
            "RO SNMP",
            "no ip http server",
            "service password-encryption",
            "ip ssh version 2",
        ),
        "vg-zfb": (
            "AllowUsers govnet@10.253.0.0/24",
            "PermitRootLogin no",
            "ClientAliveInterval",
            "rouser govnet priv",
        ),
    }.items():
        text = render(workspace, plan, name).text
        for part in expected:
            assert part in text, (name, part)


def test_ospf_of_the_core(city):
    """Circuits to routers are point-to-point, the one to the firewall is passive, the default goes into OSPF."""
    workspace, plan = city
    tree = dialect("cisco_ios").parse(render(workspace, plan, "core-city").to_bytes())
    [ospf] = tree.starting("router ospf")
    lines = [node.text for node in ospf.children]
    assert "passive-interface GigabitEthernet0/24" in lines
    assert "default-information originate" in lines
    routed = [
        node.text
        for node in tree.starting("interface")
        if any(child.text == "ip ospf network point-to-point" for child in node.children)
    ]
    assert len(routed) == 20
    assert sum(line.startswith("passive-interface") for line in lines) == 1


def test_language_of_the_user_changes_no_configuration(city):
    """A configuration is the same whatever the language of the messages."""
    workspace, plan = city
    before = language()
    english = render(workspace, plan, "core-city").text
    set_language("zh")
    try:
        assert render(workspace, plan, "core-city").text == english
    finally:
        set_language(before)


def test_managers_beyond_the_management_network(city):
    """Managers elsewhere get a route through the management network's gateway where one is named."""
    workspace, plan = city
    files = sections(render(workspace, plan, "vg-zfb").text)
    assert "route replace 10.253.0.0/24 dev eth2" in files["/etc/network/routes"]
    settings = dataclasses.replace(
        workspace.settings, services={**workspace.settings.services, "management_gateway": ("10.253.1.254",)}
    )
    files = sections(render(dataclasses.replace(workspace, settings=settings), plan, "vg-zfb").text)
    assert "route replace 10.253.0.0/24 via 10.253.1.254 dev eth2" in files["/etc/network/routes"]


@pytest.mark.lab
def test_nftables_takes_the_rules(city, tmp_path):
    """The rules load in a network namespace of their own, and the addresses and routes before them, twice."""
    workspace, plan = city
    derived = on_platforms(workspace, {"topsec_tos": "linux"})
    for name, ports in (("fw-border", 4), ("vg-zfb", 3)):
        files = sections(Renderer(derived, plan).render(name).text)
        for part in ("addresses", "routes"):
            (tmp_path / part).write_text(files[f"/etc/network/{part}"])
        (tmp_path / "nft").write_text(files["/etc/nftables.conf"])
        links = "".join(
            f"ip link add eth{number} type veth peer name p{number} && ip link set p{number} up && "
            for number in range(ports)
        )
        job = f"ip link set lo up && {links}" + " && ".join(
            ["ip -batch addresses", "ip -batch routes", "nft -f nft"] * 2
        )
        done = subprocess.run(
            ["unshare", "-n", "sh", "-c", job],
            cwd=tmp_path,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.lab
def test_sshd_takes_its_part(city, tmp_path):
    """OpenSSH reads the server's section without complaint."""
    workspace, plan = city
    text = sections(render(workspace, plan, "vg-zfb").text)["/etc/ssh/sshd_config.d/60-govnet.conf"]
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True, timeout=PATIENCE
    )
    (tmp_path / "sshd_config").write_text(f"HostKey {tmp_path / 'key'}\n{text}")
    program = which("sshd", path="/usr/sbin:/usr/bin")
    done = subprocess.run(
        [program, "-T", "-f", tmp_path / "sshd_config"], capture_output=True, timeout=PATIENCE, check=False, text=True
    )
    assert done.returncode == 0 or "privilege separation" in done.stderr, done.stderr


def test_beyond_excludes_this_side(city):
    """What lies beyond a circuit never includes the device's own networks."""
    workspace, plan = city
    graph = network.Graph(workspace.inventory, plan)
    line = workspace.inventory.lines["ln-lantian"]
    beyond = graph.beyond("core-city", line)
    assert plan.of("lan-lantian")[0].prefix in beyond
    assert not any(ip_network("10.10.0.0/22").overlaps(known) for known in beyond)
    assert network.collapse([ip_network("10.0.0.0/25"), ip_network("10.0.0.128/25")]) == (ip_network("10.0.0.0/24"),)
