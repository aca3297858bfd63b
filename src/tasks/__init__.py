"""Background tasks, run by the worker."""
