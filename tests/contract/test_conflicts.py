"""A 409 says what it conflicts with: `field`, `url` or `allowed`, wherever one is raised."""

import ast
from pathlib import Path

SAYS = {"field", "url", "allowed"}


def test_every_conflict_says_what_it_conflicts_with(root: Path) -> None:
    raised = [
        (path, call)
        for path in (root / "src").rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Conflict"
    ]
    assert len(raised) >= 20
    silent = [
        f"{path.relative_to(root)}:{call.lineno}"
        for path, call in raised
        if not SAYS & {keyword.arg for keyword in call.keywords}
    ]
    assert silent == []
