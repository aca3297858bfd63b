"""A secret that comes into a tracked file is found before it is published."""

import hashlib
import re
import subprocess
from pathlib import Path

import pytest

from scripts.check_secrets import KNOWN, CannotLook, digest, main, outdated, scan, unknown

# In parts, so that this file holds none.
PLANTED = {
    "a cloud's key": "key = '" + "AKIA" + "Q3EGRZ7LWTJ5XB2M" + "'",
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "a password in a URL": "postgresql://app:" + "Tr0ub4dor" + "@db.example/talentsphere",
    "a password by its name": 'PASSWORD = "' + "gloomy-otter-4417" + '"',
    "a random word": f'SALT = "{hashlib.sha256(b"any").hexdigest()}"',
}


def planted(folder: Path, text: str) -> Path:
    subprocess.run(["git", "init", "-q", folder], check=True)
    (folder / "settings.py").write_text(text + "\n")
    subprocess.run(["git", "-C", folder, "add", "settings.py"], check=True)
    return folder


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_secret_is_found_and_not_repeated(kind: str, tmp_path: Path) -> None:
    lines = list(unknown(scan(planted(tmp_path, PLANTED[kind]))))
    assert lines
    assert all(re.fullmatch(r"settings.py:1: [A-Za-z0-9 ]+", line) for line in lines)


def test_words_that_are_no_secret_are_let_through(tmp_path: Path) -> None:
    text = 'PASSWORD = config.password\nNAME = "an ordinary sentence of words"'
    assert list(unknown(scan(planted(tmp_path, text)))) == []


def test_an_excuse_that_is_no_longer_needed_is_told() -> None:
    found = {
        path: [{"hashed_secret": digest(word)} for at, word in KNOWN if at == path]
        for path, _ in KNOWN
    }
    assert list(outdated(found)) == []
    (first, _), *_ = KNOWN
    assert {line.partition(":")[0] for line in outdated(found | {first: []})} == {first}


def test_without_the_scanner_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(CannotLook, match="detect-secrets"):
        scan(tmp_path)


def test_a_file_that_is_not_there_is_not_called_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nowhere.py"]) == 2
    assert "no such file: nowhere.py" in capsys.readouterr().err
