"""The product's own source, for the tests that hold rules about the code."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("milkpos_tui", "drivers", "schema")


def sources(*packages: str) -> list[Path]:
    """All modules of packages, by path; without any, those of the whole product."""
    files = [path for package in packages or PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert files, f"there is no source in {packages}"
    return sorted(files if packages else [*files, ROOT / "cli.py"])


def told(path: Path, node: ast.AST) -> str:
    """Where something stands, as an editor opens it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def imports(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Every import at any depth, by the full name of what is imported from where."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{name.name}") for name in node.names)
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            yield from ((node, arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant))


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
