"""What an instance under test inherits of the environment of whoever starts it.

Only what starts a program. Anything else would be a setting: whoever has REDIS_URL, MAIL_URL or
TRUSTED_HOSTS set would try their own servers, mail people, and measure what nobody else has.
"""

import os

NAMES = ("PATH", "HOME", "TMPDIR")


def environ() -> dict[str, str]:
    """A new one, to put an instance's own settings into."""
    return {name: os.environ[name] for name in NAMES if name in os.environ}
