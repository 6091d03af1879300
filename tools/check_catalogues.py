"""Every text for people has its Chinese translation, with the same parameters; no translation is left over.

Texts are found in the code by their markers (`tr`, `mark`, `Message`), as gettext does it.
"""

from __future__ import annotations

import ast
import string
import sys
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
PACKAGES = ("inventory", "ipplan", "configs", "collectors", "audits", "lab", "cli")
MARKERS = {"tr", "mark", "Message"}


def texts_of(path: Path) -> dict[str, int]:
    """The marked texts of a source file and their lines."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first = node.args[0]
        if name in MARKERS and isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value:
            found[first.value] = node.lineno
    return found


def parameters(template: str) -> set[str]:
    """The named parameters of a template; `{{` and `}}` are none."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def main() -> int:
    """Print each fault as file:line: what; the exit status says whether there was any."""
    faults: list[str] = []
    catalogues: dict[str, str] = {}
    homes: dict[str, Path] = {}
    for package in PACKAGES:
        path = ROOT / package / "locale" / "zh_CN" / "LC_MESSAGES" / "govnet.po"
        if not path.exists():
            faults.append(f"{path.relative_to(ROOT)}: missing")
            continue
        with path.open("rb") as stream:
            for message in read_po(stream, locale="zh_CN", abort_invalid=True):
                if not message.id:
                    continue
                key = str(message.id)
                catalogues[key] = str(message.string)
                homes[key] = path.relative_to(ROOT)
    used: set[str] = set()
    for package in PACKAGES:
        for source in sorted((ROOT / package).rglob("*.py")):
            where = source.relative_to(ROOT)
            for text, line in texts_of(source).items():
                used.add(text)
                translation = catalogues.get(text, "")
                if not translation:
                    faults.append(f"{where}:{line}: no translation for {text!r}")
                elif parameters(text) != parameters(translation):
                    faults.append(f"{where}:{line}: the translation has other parameters: {text!r}")
    faults += [f"{homes[text]}: nobody uses {text!r}" for text in sorted(catalogues.keys() - used)]
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
