"""TalentSphere: the backend of a job platform."""

import atexit
import gc

# A start makes 200,000 objects, and all of them stay until the end. Looking for garbage among them
# after every 700 and three times at the end was a third of what importing and ending cost.
gc.set_threshold(50_000)
atexit.register(gc.freeze)
