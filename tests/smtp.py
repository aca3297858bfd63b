"""A mail server for one test: it takes mails, or breaks off where it is told to."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator


class _Session(socketserver.StreamRequestHandler):
    server: "Server"

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            self.server.asked.append(verb)
            if verb == "DATA":
                self._say("354 go on")
                mail = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.taken.append(mail)
                if self.server.breaks_off:
                    return
            if verb == "QUIT" and self.server.is_rude:
                self._say("421 no farewell")
            elif verb == "EHLO" and self.server.takes_passwords:
                self._say("250-hello\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                self._say("235 fine")
            elif verb == "RCPT" and self.server.refuses:
                self._say("550 nobody here")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 fine")

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError):
            self.wfile.write(f"{line}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    """`taken` has the mails, `asked` the verbs; the flags say how it treats its guests."""

    daemon_threads = True
    breaks_off = refuses = is_rude = takes_passwords = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.taken: list[bytes] = []
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """The server, until the test ends."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
