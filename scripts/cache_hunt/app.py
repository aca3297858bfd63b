"""What Gunicorn serves in a hunt: the application, its cache behind the class that is hunted."""

import os

from src.config import from_process
from src.main import create_app

app = create_app(from_process(), cache_type=os.environ["HUNT_CACHE_TYPE"])
