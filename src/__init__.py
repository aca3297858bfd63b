"""TalentSphere: the backend of a job platform."""

import atexit
import gc

# A start makes 200,000 objects, and all of them stay until the end. Looking for garbage among them
# after every 700 and three times at the end was a third of what importing and ending cost. Once all
# is loaded, create_app() has it looked for more often.
gc.set_threshold(300_000)
atexit.register(gc.freeze)
