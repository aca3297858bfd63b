"""The embedded servers without anybody who serves: for work on the data of a stopped instance."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from src.embedded import guards, instance, postgres
from src.embedded.layout import Layout
from src.settings import data_dir_of


@contextmanager
def settings(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The settings that reach the database of the data folder, started meanwhile.

    The cache keeps nothing while it is stopped, so it is left out.
    Raises EmbeddedError, also when an instance serves from there.
    """
    layout = Layout(data_dir_of(environ))
    with guards.OnlyOne(layout, serves=False):
        layout.prepare()
        server = postgres.start(layout)
        try:
            postgres.ensure_database(layout)
            yield {
                **environ,
                **instance.embedded_settings(layout, environ),
                "TALENTSPHERE_DATA_DIR": str(layout.data_dir),
            }
        finally:
            postgres.stop(server)
            layout.remove_sockets()
