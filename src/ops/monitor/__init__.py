"""The monitor: reads the running service from outside it, judges and shows."""
