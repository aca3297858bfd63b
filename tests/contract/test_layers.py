"""The form of the code, held by reading it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TREES = {
    str(path.relative_to(ROOT)): ast.parse(path.read_text())
    for path in sorted(
        [*ROOT.glob("src/**/*.py"), *ROOT.glob("scripts/**/*.py"), *ROOT.glob("*.py")]
    )
}
OWN = ("src", "scripts")


def calls(tree: ast.AST, name: str) -> list[int]:
    """The lines that call a method of this name."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
    ]


def inner_imports(tree: ast.AST) -> Iterator[str]:
    """The modules of ours that a function imports."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.ImportFrom) and node.module:
                    yield node.module
                elif isinstance(node, ast.Import):
                    yield from (alias.name for alias in node.names)


def test_imports_point_down_the_ladder() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_one_place_commits() -> None:
    found = {path: lines for path, tree in TREES.items() if (lines := calls(tree, "commit"))}
    # A search engine that the product is compared with, and its own index.
    found.pop("scripts/benchmark/comparators/tantivy_index.py")
    assert list(found) == ["src/database.py"]
    assert len(found["src/database.py"]) == 1


def test_no_function_imports_a_module_of_ours() -> None:
    found = {path: list(inner_imports(tree)) for path, tree in TREES.items()}
    ours = [
        (path, name) for path, names in found.items() for name in names
        if name.split(".")[0] in OWN
    ]  # fmt: skip
    assert ours == []


def test_the_scripts_at_the_root_read_options_and_do_no_more() -> None:
    lengths = {
        path.name: len(path.read_text().splitlines())
        for path in ROOT.glob("*.py")
        if path.name != "gunicorn.conf.py"
    }
    assert "optimize_database.py" in lengths
    assert {name: lines for name, lines in lengths.items() if lines >= 40} == {}


def test_every_module_opens_with_its_purpose() -> None:
    assert [path for path, tree in TREES.items() if not ast.get_docstring(tree)] == []
