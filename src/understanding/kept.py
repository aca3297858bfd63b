"""What is made of the shipped tables, kept beside the compiled code: to make it takes half a second
of each start.
"""

import functools
import importlib.util
import os
import sys
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import orjson
import pycountry

Result = TypeVar("Result")
_HERE = Path(__file__).parent
_FOLDER = Path(importlib.util.cache_from_source(__file__)).parent


def kept(
    read: Callable[[Any], Result],
) -> Callable[[Callable[[], Result]], Callable[[], Result]]:
    """Of a function without arguments: its result, made once by whoever comes first, and read by
    each process after that while what it is made of is the same. `read` makes it of the JSON that
    it was written as.

    As of compiled code, that is told by the sizes and times of files; where nobody may write, it is
    made again and again.
    """

    def keeping(build: Callable[[], Result]) -> Callable[[], Result]:
        @functools.cache
        @functools.wraps(build)
        def found() -> Result:
            path = _FOLDER / f"{build.__module__.rpartition('.')[2]}.{build.__name__}.json"
            with suppress(OSError, ValueError, TypeError):
                is_of_this, kept_one = orjson.loads(path.read_bytes())
                if is_of_this == _made_of():
                    return read(kept_one)
            made = build()
            if not sys.dont_write_bytecode:
                with suppress(OSError):
                    _write(path, [_made_of(), made])
            return made

        return found

    return keeping


@functools.cache
def _made_of() -> str:
    """This release's code and tables, and what else they say the same by."""
    files = [*_HERE.glob("*.py"), *_HERE.glob("data/*"), Path(pycountry.__file__)]
    looked = [(file.name, file.stat()) for file in sorted(files)]
    stamps = [(name, found.st_size, found.st_mtime_ns) for name, found in looked]
    return repr((sys.version, unicodedata.unidata_version, stamps))


def _write(path: Path, content: list[Any]) -> None:
    """So that readers see the old or the new one, never a part."""
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    # Tuples with names, and sets.
    fresh.write_bytes(orjson.dumps(content, default=list))
    fresh.replace(path)
