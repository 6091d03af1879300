"""What a node of a foreign lab starts with: its configuration as text, or a script that makes a plain Linux the node.

A text is rendered with the names that the node's kind gives its ports; a person's own text of the same platform is
taken instead where there is one, with its interfaces' names translated. Secrets are invented unless the real ones are
asked for: an exported lab is a folder that people copy.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from inventory.errors import DeviceError, TemplateError
from inventory.secrets import Secret, SecretRef
from inventory.text import Message
from lab.netns.spec import File
from lab.topology import NodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from configs.render import Renderer
    from inventory.model import Credential, Workspace
    from lab.casting import NodeType
    from lab.netns.spec import NodeSpec
    from lab.topology import Node, Topology

FRR_CONFIG: Final = "/etc/frr/frr.conf"


@dataclass(frozen=True, slots=True)
class Startup:
    """What a node starts with; both empty if it has to be configured by hand, and then `why` says so."""

    text: str = ""
    spec: NodeSpec | None = None
    why: Message | None = None


class Invented(SecretRef):
    """A reference whose secret is made from the reference itself: the same wherever it is used, and worth nothing."""

    __slots__ = ()

    def resolve(self, root: Path) -> Secret:
        """An invented secret of 16 letters and digits."""
        del root
        return Secret("Lab" + hashlib.sha256(str(self).encode()).hexdigest()[:13])


def with_invented_secrets(workspace: Workspace) -> Workspace:
    """The workspace with an invented secret behind every reference."""
    inventory = workspace.inventory
    credentials = {name: _invented(credential) for name, credential in inventory.credentials.items()}
    return replace(workspace, inventory=replace(inventory, credentials=credentials))


def _invented(credential: Credential) -> Credential:
    def other(reference: SecretRef | None) -> SecretRef | None:
        return Invented(reference.scheme, reference.path, reference.key) if reference is not None else None

    snmp = credential.snmp
    if snmp is not None:
        snmp = replace(
            snmp,
            community=other(snmp.community),
            auth_password=other(snmp.auth_password),
            priv_password=other(snmp.priv_password),
        )
    return replace(
        credential,
        password=other(credential.password),
        enable=other(credential.enable),
        snmp=snmp,
        secrets={name: Invented(one.scheme, one.path, one.key) for name, one in credential.secrets.items()},
    )


def startups(
    topology: Topology, nodes: tuple[Node, ...], types: Mapping[str, NodeType], texts: Path | None = None
) -> dict[str, Startup]:
    """What each node starts with. `texts` is a folder with configurations that devices run, DEVICE.* each."""
    from configs.render import Renderer  # noqa: PLC0415 - start-up time
    from lab.netns.design import node_spec  # noqa: PLC0415 - start-up time

    renderer = Renderer(topology.workspace, topology.plan)
    found: dict[str, Startup] = {}
    for node in nodes:
        entry = types[node.name]
        if node.kind is not NodeKind.DEVICE:
            found[node.name] = Startup(spec=node_spec(topology, node, None)) if entry.startup == "host" else Startup()
        elif not entry.startup:
            found[node.name] = Startup(why=Message("its kind takes no start-up configuration"))
        else:
            found[node.name] = _device(topology, renderer, node, entry, texts)
    return found


def _device(topology: Topology, renderer: Renderer, node: Node, entry: NodeType, texts: Path | None) -> Startup:
    from lab.netns.design import node_spec  # noqa: PLC0415 - start-up time

    own = _own_text(topology, node, entry, texts)
    try:
        text = own or renderer.render(node.name).reveal()
        if entry.startup != "host":
            return Startup(text)
        spec = node_spec(topology, node, None, renderer=renderer)
    except TemplateError as error:
        if {problem.code for problem in error.problems} != {"template-missing"}:
            raise
        return Startup(why=error.problems[0].message)
    except DeviceError as error:
        return Startup(why=error.message)
    if FRR_CONFIG in spec.files:
        # A netns lab is pushed its configuration; here it stands in the file from the start.
        config = spec.files[FRR_CONFIG]
        spec = replace(spec, files={**spec.files, FRR_CONFIG: File(text, config.mode, config.user, config.group)})
    return Startup(spec=spec)


def _own_text(topology: Topology, node: Node, entry: NodeType, texts: Path | None) -> str:
    """The text that a person gave for a device which runs as itself; empty if there is none."""
    from configs.encodings import decode  # noqa: PLC0415 - start-up time

    if texts is None or any(item.device == node.name for item in topology.substitutions) or entry.startup == "host":
        return ""
    paths = sorted(path for path in texts.iterdir() if path.is_file() and path.name.split(".")[0] == node.name)
    if not paths:
        return ""
    names = {old: new for (device, old), new in topology.renamed.items() if device == node.name}
    return translated(decode(paths[0].read_bytes(), paths[0].name)[0], names)


def translated(text: str, names: Mapping[str, str]) -> str:
    """A configuration with interfaces' names exchanged, all at once; sub-interfaces follow their interface."""
    if not names:
        return text
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(r"(?<![\w/.-])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![\w/-])")
    return pattern.sub(lambda match: names[match[0]], text)
