"""The bad ways in a process of their own: beside the callers of the load they would be late.

Run as a program it takes the sockets by name as JSON on standard input and prints the ports. Then
each line is the name of a way and its mode, and is repeated once the way behaves like that.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scripts.chaos.proxy import FaultProxy
from src.embedded.process import EmbeddedError

ROOT = Path(__file__).parents[2]
Relays = subprocess.Popen[str]


@dataclass(frozen=True, slots=True)
class Way:
    """A FaultProxy of another process, listening on `port` of 127.0.0.1."""

    name: str
    port: int
    relays: Relays

    def set(self, mode: str) -> None:
        """Behave like that from now on. Raises EmbeddedError when the relays have ended."""
        said = f"{self.name} {mode}"
        if _ask(self.relays, said) != said:
            raise EmbeddedError(f"the relays did not take {said!r}")


@contextmanager
def relayed(sockets: Mapping[str, Path]) -> Iterator[dict[str, Way]]:
    """Ways to these sockets, clear until they are set. Raises EmbeddedError."""
    command = [sys.executable, "-m", "scripts.chaos.relays"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as child:  # fmt: skip
        try:
            ports = json.loads(_ask(child, json.dumps({n: str(p) for n, p in sockets.items()})))
            yield {name: Way(name, port, child) for name, port in ports.items()}
        finally:
            child.kill()
            # What dead relays were not told of any more would hide that they have died.
            if child.stdin is not None:
                with suppress(BrokenPipeError):
                    child.stdin.close()


def _ask(child: Relays, line: str) -> str:
    if child.stdin is None or child.stdout is None:
        raise EmbeddedError("the relays cannot be spoken to")
    try:
        child.stdin.write(f"{line}\n")
        child.stdin.flush()
    except BrokenPipeError:
        raise EmbeddedError("the relays have ended") from None
    answer = child.stdout.readline().strip()
    if not answer:
        raise EmbeddedError("the relays have ended")
    return answer


def main() -> None:
    """Relay until nobody tells of modes any more."""
    sockets = json.loads(sys.stdin.readline())
    with ExitStack() as stack:
        proxies = {name: FaultProxy(Path(path)) for name, path in sockets.items()}
        for proxy in proxies.values():
            proxy.start()
            stack.callback(proxy.close)
        print(json.dumps({name: proxy.port for name, proxy in proxies.items()}), flush=True)
        for line in sys.stdin:
            name, mode = line.split()
            proxies[name].set(mode)
            print(f"{name} {mode}", flush=True)


if __name__ == "__main__":
    main()
