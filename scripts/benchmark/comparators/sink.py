"""A server that answers whatever comes with known bytes: the client against it shows its ceiling.

Run as `python -m scripts.benchmark.comparators.sink`; PORT says where, BENCHMARK_ANSWER names the
answer (as for the constant), BENCHMARK_CLOSE=1 ends each connection after its answer.
"""

import contextlib
import json
import os
import select
import socket
from pathlib import Path


def serve(port: int, answer: bytes, *, closes: bool) -> None:
    """Answer for ever."""
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    opened: dict[int, socket.socket] = {}
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == listener.fileno():
                connection, _address = listener.accept()
                opened[connection.fileno()] = connection
                poll.register(connection, select.EPOLLIN)
                continue
            connection = opened[descriptor]
            # A client whose time is up hangs up in the middle.
            with contextlib.suppress(OSError):
                if connection.recv(65536):
                    connection.sendall(answer)
                    if not closes:
                        continue
            del opened[descriptor]
            connection.close()


def main() -> None:
    """As the environment says."""
    known = json.loads(Path(os.environ["BENCHMARK_ANSWER"]).read_text())
    closes = os.environ.get("BENCHMARK_CLOSE") == "1"
    headers = [*known["headers"], ("Connection", "close" if closes else "keep-alive")]
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    answer = f"HTTP/1.1 200 OK\r\n{head}\r\n{known['body']}"
    serve(int(os.environ["PORT"]), answer.encode(), closes=closes)


if __name__ == "__main__":
    main()
