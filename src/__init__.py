"""TalentSphere: the backend of a job platform."""

import atexit
import gc
import sys

# A start makes 200,000 objects, and all of them stay until the end. Looking for garbage among them
# after every 700 and three times at the end was a third of what importing and ending cost. Once all
# is loaded, create_app() has it looked for more often.
gc.set_threshold(300_000)
atexit.register(gc.freeze)

# structlog imports rich, with a tenth of all that a server imports, to colour tracebacks; ours are
# JSON. None there is Python's way to say that a module is not to be found.
if "rich" not in sys.modules:
    sys.modules["rich"] = None  # type: ignore[assignment]
    try:
        import structlog  # noqa: F401
    finally:
        del sys.modules["rich"]
