"""The embedded PostgreSQL: made, started, given its roles and database, stopped."""

import shutil
import signal
import time
from pathlib import Path

import psutil
import psycopg2
from psycopg2 import sql

from src.embedded import binaries, memory, process
from src.embedded.layout import APP, DATABASE, OWNER, SUPERUSER, Layout
from src.embedded.process import Child, EmbeddedError

START_SECONDS = 120.0
EXTENSIONS = ("pg_trgm", "unaccent", "pg_stat_statements")


def start(layout: Layout, *, durable: bool = True) -> Child:
    """Start the server, making its cluster first if there is none; it accepts connections.

    `durable=False` is for tests: nothing is forced to disk.
    Raises EmbeddedError, naming the log, when it does not come up.
    """
    folder = binaries.postgres_folder()
    user = process.server_user()
    if not (layout.postgres / "PG_VERSION").exists():
        _make_cluster(layout, folder, user, durable=durable)
    _check_version(layout, folder)
    _clear_leftovers(layout)
    process.give_to(user, layout.sockets)
    process.give_to(user, layout.postgres)
    with layout.log("postgres").open("ab") as output:
        command = [str(folder / "postgres"), "-D", str(layout.postgres)]
        child = process.spawn(
            command + _settings(layout, folder, durable=durable),
            death_signal=signal.SIGINT,
            user=user,
            output=output,
        )
    _wait(layout, child)
    return child


def stop(child: Child) -> None:
    """A fast shutdown: open transactions are rolled back, a checkpoint is written."""
    process.stop(child, (signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))


def ensure_database(layout: Layout) -> None:
    """The two roles, the database and its extensions, as the superuser; again changes nothing.

    What the app's role may do is granted by the migrations, table by table.
    """
    admin = psycopg2.connect(layout.database_url(SUPERUSER, "postgres"))
    admin.autocommit = True
    with admin.cursor() as cursor:
        for role in (OWNER, APP):
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
            if not cursor.fetchone():
                cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            # The performance report tells of all sessions, not only of the role's own.
            cursor.execute(sql.SQL("GRANT pg_read_all_stats TO {}").format(sql.Identifier(role)))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
        if not cursor.fetchone():
            names = sql.Identifier(DATABASE), sql.Identifier(OWNER)
            cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))
    admin.close()
    _fill_database(layout.database_url(SUPERUSER))


def _fill_database(url: str) -> None:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_available_extensions")
        available = {name for (name,) in cursor.fetchall()}
        for name in EXTENSIONS:
            if name in available:
                statement = sql.SQL("CREATE EXTENSION IF NOT EXISTS {}")
                cursor.execute(statement.format(sql.Identifier(name)))
        owner = sql.Identifier(OWNER)
        cursor.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner))
    connection.close()


def _make_cluster(layout: Layout, folder: Path, user: str, *, durable: bool) -> None:
    """Into a folder beside, renamed when complete, so that a killed start leaves no half one."""
    fresh = layout.data_dir / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    process.give_to(user, fresh)
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale"]
    command = [
        str(folder / "initdb"),
        f"--pgdata={fresh}",
        f"--username={SUPERUSER}",
        "--auth=trust",
        "--encoding=UTF8",
        *([] if durable else ["--no-sync"]),
        *(builtin if binaries.postgres_major(folder) >= 17 else ["--locale=C.UTF-8"]),
    ]
    with layout.log("postgres").open("ab") as output:
        if process.spawn(command, user=user, output=output).wait() != 0:
            raise EmbeddedError(f"initdb failed; {layout.last_words('postgres')}")
    fresh.rename(layout.postgres)


def _check_version(layout: Layout, folder: Path) -> None:
    made_by = (layout.postgres / "PG_VERSION").read_text().strip()
    if made_by != str(binaries.postgres_major(folder)):
        raise EmbeddedError(
            f"{layout.postgres} was made by PostgreSQL {made_by}, but {folder} is"
            f" {binaries.postgres_major(folder)}: move it away, or set TALENTSPHERE_DATA_DIR."
        )


def _clear_leftovers(layout: Layout) -> None:
    """End the server of a killed supervisor, and forget its pid.

    The pid may belong to a stranger by now (containers count from 1), which would stop the start.
    """
    pid_file = layout.postgres / "postmaster.pid"
    if not pid_file.exists():
        return
    try:
        old = psutil.Process(int(pid_file.read_text().split()[0]))
        ours = Path(old.cwd()) == layout.postgres.resolve()
    except (psutil.Error, ValueError, IndexError):
        ours = False
    if ours:
        _end(old)
    pid_file.unlink(missing_ok=True)
    for lock in layout.sockets.glob(".s.PGSQL.*"):
        lock.unlink(missing_ok=True)


def _end(old: psutil.Process) -> None:
    for sent, seconds in ((signal.SIGINT, 20), (signal.SIGKILL, 5)):
        try:
            old.send_signal(sent)
            old.wait(seconds)
        except psutil.TimeoutExpired:
            continue
        except psutil.NoSuchProcess:
            return


def _settings(layout: Layout, folder: Path, *, durable: bool) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(layout.sockets),
        "unix_socket_permissions": "0700",
        # For the most workers of an instance, twice while it is reloaded, and scripts.
        "max_connections": "160",
        "shared_buffers": memory.share(4, 64, 1024),
        "effective_cache_size": memory.share(2, 256, 16384),
        # Enough for exact bitmaps of a search: lossy pages would be decompressed row by row.
        "work_mem": memory.share(256, 16, 64),
        "maintenance_work_mem": memory.share(16, 64, 1024),
        "random_page_cost": "1.1",
        # Statements here take milliseconds: compiling or splitting them costs more than it gains.
        "jit": "off",
        "max_parallel_workers_per_gather": "0",
        # Before a lock's deadline of a second, which would tell of a deadlock as of any long wait.
        "deadlock_timeout": "300ms",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # A statement that fails, and the detail of why, hold people's words: neither is logged.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if binaries.has_library(folder, "pg_stat_statements"):
        settings["shared_preload_libraries"] = "pg_stat_statements"
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        settings |= {"shared_buffers": "64MB", "autovacuum": "off"}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _wait(layout: Layout, child: Child) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            break
        try:
            psycopg2.connect(layout.database_url(SUPERUSER, "postgres")).close()
            return
        except psycopg2.OperationalError:
            time.sleep(0.02)
    process.stop(child, (signal.SIGINT, 5.0))
    raise EmbeddedError(f"PostgreSQL did not start; {layout.last_words('postgres')}")
