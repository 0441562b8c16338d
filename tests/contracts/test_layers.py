"""Who may import whom: `.importlinter`, and what import-linter can't see."""

import ast
import re
import shutil
import subprocess
import sys

import pytest

from tests.support.sources import PACKAGES, ROOT, imports, sources, told

LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

# For each contract an import that breaks it.
BREACHES = {
    "A layer imports the layers below it only": (
        "milkpos_tui/journal/clock.py",
        "import milkpos_tui.till",
    ),
    "The domain imports nothing of ours and touches nothing outside": (
        "milkpos_tui/domain/money.py",
        "import time",
    ),
    "Drivers know nothing of the till": ("drivers/__init__.py", "import milkpos_tui.domain.labels"),
    "The schema knows nothing of the till": ("schema/sql.py", "import milkpos_tui.domain.money"),
    "Only services and the till reach the journal": (
        "milkpos_tui/screens/slip.py",
        "import milkpos_tui.journal.kinds",
    ),
    "Only the journal, services and the till reach the schema": (
        "milkpos_tui/commands/bills.py",
        "import schema.tables",
    ),
    "Only the schema, the journal and services know Peewee and apsw": (
        "milkpos_tui/widgets/qr.py",
        "import peewee",
    ),
    "Only the app, screens and widgets know Textual": (
        "milkpos_tui/commands/names.py",
        "import textual.app",
    ),
    "Only the drivers of fingers know fido2 and D-Bus": (
        "milkpos_tui/hardware/fingers.py",
        "import fido2",
    ),
    "Only the messenger knows apprise": (
        "milkpos_tui/services/messages.py",
        "import apprise",
    ),
    "Nothing imports cli": ("milkpos_tui/commands/main.py", "import cli"),
}


def lint(folder):
    """What import-linter says of the code in a folder, and whether it is content."""
    done = subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=folder,
        env={"COLUMNS": "300", "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr, done.returncode == 0


def test_the_layers_are_kept():
    said, kept = lint(ROOT)
    assert kept, said


def test_every_contract_can_be_broken(tmp_path):
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    for name, breach in BREACHES.values():
        with (tmp_path / name).open("a") as file:
            file.write(f"\n{breach}\n")
    said, kept = lint(tmp_path)
    assert not kept
    assert set(re.findall(r"^(.+) BROKEN$", said, re.MULTILINE)) == BREACHES.keys(), said
    assert " KEPT" not in said


def test_a_new_module_needs_a_layer(tmp_path):
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / ".importlinter", tmp_path)
    (tmp_path / "milkpos_tui" / "helpers.py").touch()
    said, kept = lint(tmp_path)
    assert not kept
    assert "- milkpos_tui.helpers" in said


def test_cli_loads_what_it_needs_when_it_needs_it():
    # `milkpos` alone goes to the till: neither Typer nor Textual before it is known what is asked.
    tree = ast.parse((ROOT / "cli.py").read_text())
    first = ast.Module([node for node in tree.body if not isinstance(node, ast.FunctionDef)])
    assert [
        name for _node, name in imports(first) if name.split(".")[0] not in sys.stdlib_module_names
    ] == []
    for node, name in imports(tree):
        package = name.split(".")[0]
        assert package in sys.stdlib_module_names or re.match(
            r"milkpos_tui\.(__version__$|app\.|commands\.)", name
        ), f"{told(ROOT / 'cli.py', node)} imports {name}"


@pytest.mark.parametrize("path", sources("milkpos_tui/domain"), ids=lambda path: path.stem)
def test_the_domain_needs_the_standard_library_alone(path):
    # The contract above names what it must not import; this says that there is nothing else.
    for node, name in imports(ast.parse(path.read_text())):
        ours = name.startswith("milkpos_tui.domain.")
        assert ours or name.split(".")[0] in sys.stdlib_module_names, (
            f"{told(path, node)} imports {name}"
        )
