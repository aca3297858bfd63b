"""A migration that commits on its way, since it builds an index beside its writers, may be run
again from its beginning: after a build that gave way, or a deploy that was killed.
"""

from pathlib import Path

import flask_migrate
from flask import Flask


def committing(root: Path) -> list[str]:
    files = sorted((root / "migrations" / "versions").glob("[0-9]*_*.py"))
    return [file.name[:4] for file in files if "autocommit_block" in file.read_text()]


def test_what_was_done_before_a_build_bears_to_be_done_again(spare: Flask, root: Path) -> None:
    numbers = committing(root)
    assert len(numbers) >= 7
    for number in numbers:
        flask_migrate.stamp(revision=f"{int(number) - 1:04}")
        flask_migrate.upgrade(revision=number)
