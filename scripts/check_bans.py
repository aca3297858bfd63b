"""Find what this code base never does: python -m scripts.check_bans.

Only bans that neither ruff, import-linter nor a test of the layers holds. Exit codes: 0 nothing is
found, 1 something is.
"""

import argparse
import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
EVERYWHERE = ("src/", "scripts/", "gunicorn.conf.py", "monitor_performance.py", "optimize_database")
REQUESTS = tuple(
    f"src/{name}"
    for name in ("auth", "database", "queries", "routes", "schemas", "services", "utils")
)
# `text` of a schema is that of XML.
STATEMENTS = (*(path for path in REQUESTS if path != "src/schemas"), "src/tasks")
BELOW_ROUTES = ("src/models", "src/queries", "src/services", "src/understanding", "src/utils")
PICKLES = {"pickle", "cPickle", "marshal", "shelve", "dill", "jsonpickle", "cloudpickle"}
OLD = {"telnetlib", "ftplib", "xml", "xmlrpc", "Crypto", "pyghmi"}
WAITING = re.compile(r"(.*\.)?(urlopen|HTTPS?Connection|SMTP(_SSL)?|create_connection)")
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "datetime.datetime.now",
}
OF_SQL = re.compile(r"((sqlalchemy|sa)\.)?(text|literal_column)|.*\.exec_driver_sql")
OF_REQUESTS = {"request", "session", "abort", "jsonify", "make_response", "url_for"}


@dataclass(frozen=True, slots=True)
class Ban:
    """What is banned under these paths, and why; `sample` breaks it, `fine` does not."""

    name: str
    reason: str
    paths: tuple[str, ...]
    breaks: Callable[[ast.AST], bool]
    sample: str
    fine: str
    allowed: tuple[str, ...] = ()


def _called(node: ast.AST) -> str:
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _keywords(node: ast.AST) -> set[str | None]:
    return {keyword.arg for keyword in node.keywords} if isinstance(node, ast.Call) else set()


def _words(node: ast.AST) -> list[str]:
    arguments = node.args if isinstance(node, ast.Call) else []
    return [str(one.value) for one in arguments if isinstance(one, ast.Constant)]


def _imports(node: ast.AST, names: set[str]) -> bool:
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] in names for alias in node.names)
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in names


def _empties(node: ast.AST) -> bool:
    method = _called(node).rpartition(".")[2].lower()
    asks = bool({"FLUSHALL", "FLUSHDB", "KEYS"} & {word.upper() for word in _words(node)[:1]})
    by_word = asks and method in {"execute_command", "command", "ask", "_ask"}
    return by_word or method in {"flushall", "flushdb"} or (method == "keys" and bool(_words(node)))


def _composes_sql(node: ast.AST) -> bool:
    """Within a function, where values of callers are at hand; modules compose constants.

    Anything but a literal: how a name got its words is not to be seen from one function.
    """
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return False
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    return any(
        OF_SQL.fullmatch(_called(call))
        and not (call.args and isinstance(call.args[0], ast.Constant))
        for call in calls
    )


def _of_flask(node: ast.AST) -> bool:
    if not isinstance(node, ast.ImportFrom) or node.module != "flask":
        return False
    return any(alias.name in OF_REQUESTS for alias in node.names)


def _raw_tsquery(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return bool(re.search(r"(?<![a-z_])(plain|phrase)?(to_)tsquery\s*\(", node.value))
    return bool(re.fullmatch(r"func\.(plain|phrase)?to_tsquery", _called(node)))


def _unpatient(node: ast.AST) -> bool:
    return bool(WAITING.fullmatch(_called(node))) and "timeout" not in _keywords(node)


BANS = (
    Ban("pickle", "reading it runs what is in it; the cache holds JSON", EVERYWHERE,
        lambda node: _imports(node, PICKLES), "import pickle", "import json"),
    Ban("old protocol", "in the clear, or of parsers that a document can exhaust", EVERYWHERE,
        lambda node: _imports(node, OLD), "from xml.etree import ElementTree",
        "from src.utils.xml import element"),
    Ban("emptied cache", "stops the server for all; tags are made old instead", EVERYWHERE,
        _empties, "client.flushdb()\nclient.keys('job:*')", "names.keys()\nrow.get('keys')",
        # On a server of its own, to see what is survived.
        allowed=("scripts/chaos/cache_faults.py",)),
    Ban("composed SQL", "values are bound, never written into the statement", STATEMENTS,
        _composes_sql, "def f(q):\n    return text(f'SELECT {q}')",
        "BASE = text(f'SELECT {COLUMNS}')\ndef f(q):\n    return text('SELECT :q')",
        allowed=(
            # Put together of fixed pieces, as many as there are filters, words, levels or facets;
            # the names in them are the code's own, and values are bound.
            "src/queries/job_facets.py", "src/queries/job_search.py",
            "src/queries/ranked_search.py", "src/queries/search_count.py",
            "src/queries/search_explain.py", "src/queries/search_without.py",
            # Names of tables and columns, which cannot be bound, as the models have them.
            "src/queries/foreign_keys.py",
            # The deadlines of src/utils, for a pooler; settings cannot be bound either.
            "src/utils/db_optimization.py",
            # Its `text` is that of XML.
            "src/utils/xml.py",
        )),
    Ban("raw tsquery", "raises on ordinary input; websearch_to_tsquery takes any", ("src/",),
        _raw_tsquery, "sql = 'SELECT to_tsquery(:q)'", "sql = 'SELECT websearch_to_tsquery(:q)'"),
    Ban("sleep", "a sync worker that sleeps serves nobody", REQUESTS,
        lambda node: _called(node) == "time.sleep", "time.sleep(1)", "stopped.wait(1)",
        # For another's turn or place, under a deadline of a second at most.
        allowed=("src/utils/bulkhead.py", "src/routes/cached.py")),
    Ban("other clock", "tests move src.utils.clock alone", ("src/",),
        lambda node: _called(node) in CLOCKS, "datetime.now(UTC)", "clock.now()",
        allowed=("src/utils/clock.py",)),
    Ban("no timeout", "a server that hangs would hold its caller for ever", EVERYWHERE,
        _unpatient, "http.client.HTTPConnection('db')", "smtplib.SMTP('mail', timeout=5)"),
    Ban("other cache client", "only redis_client has the deadlines and the breaker", ("src/",),
        lambda node: bool(re.fullmatch(r"(redis\.)?(Strict)?Redis(\.from_url)?", _called(node))),
        "Redis.from_url(url)", "redis_client.connect(url)",
        # The supervisor asks its own server whether it is up.
        allowed=("src/utils/redis_client.py", "src/embedded/valkey.py")),
    Ban("environment", "settings are read once, checked, by src/config.py", REQUESTS,
        lambda node: (isinstance(node, ast.Attribute) and ast.unparse(node) == "os.environ")
        or _called(node) == "os.getenv", "os.environ['A']", "config.secret_key"),
    Ban("request below routes", "services take plain values, from tasks too", BELOW_ROUTES,
        _of_flask, "from flask import request", "from flask import current_app"),
    Ban("raw arguments", "query strings are read through schemas, which refuse", ("src/",),
        lambda node: isinstance(node, ast.Attribute)
        and ast.unparse(node) in {"request.args", "request.values", "request.form"},
        "request.args.get('page')", "query['page']",
        allowed=("src/routes/request_data.py",)),
    Ban("commit hook", "it fires on savepoints too; work.after_commit does not", ("src/",),
        lambda node: _called(node).startswith(("event.listen", "listens_for"))
        and "after_commit" in _words(node),
        "event.listen(session, 'after_commit', f)", "work.after_commit(f)"),
    Ban("concurrent index in a model", "fails within a transaction; migrations build it",
        ("src/models",), lambda node: "postgresql_concurrently" in _keywords(node),
        "Index('ix', postgresql_concurrently=True)", "Index('ix', unique=True)"),
    Ban("open CORS", "without a list it reflects any origin", ("src/",),
        lambda node: _called(node) == "CORS" and not {"origins", "resources"} & _keywords(node),
        "CORS(app)", "CORS(app, origins=config.cors_origins)"),
    Ban("print", "what is printed in a request is no line of the log", REQUESTS,
        lambda node: _called(node) == "print", "print('here')", "log.info('here')"),
)  # fmt: skip


def found(path: str, source: str) -> Iterator[str]:
    """What of this file is banned, a line each; `path` is from the root of the project."""
    bans = [ban for ban in BANS if path.startswith(ban.paths) and path not in ban.allowed]
    for node in ast.walk(ast.parse(source)):
        for ban in bans:
            if ban.breaks(node):
                yield f"{path}:{getattr(node, 'lineno', 1)}: {ban.name}: {ban.reason}"


def sources() -> Iterator[tuple[str, str]]:
    """Every module of ours, by its path from the root of the project."""
    for pattern in ("src/**/*.py", "scripts/**/*.py", "*.py"):
        for path in sorted(ROOT.glob(pattern)):
            yield str(path.relative_to(ROOT)), path.read_text()


def main() -> int:
    """The exit code, as above."""
    argparse.ArgumentParser(prog="python -m scripts.check_bans", description=__doc__).parse_args()
    lines = [line for path, source in sources() for line in found(path, source)]
    print("\n".join(lines) or f"bans: {len(BANS)} kept")
    return 1 if lines else 0


if __name__ == "__main__":
    raise SystemExit(main())
