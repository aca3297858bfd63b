"""Where callers of a drill go."""

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Target:
    """A port of 127.0.0.1; with a certificate it is spoken to by TLS."""

    port: int
    certificate: Path | None = None

    def tls(self) -> ssl.SSLContext | None:
        """What believes the certificate; None without one."""
        if self.certificate is None:
            return None
        context = ssl.create_default_context(cafile=str(self.certificate))
        # It is for a name that leads elsewhere.
        context.check_hostname = False
        return context
