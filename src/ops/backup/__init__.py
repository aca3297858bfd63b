"""Copies of the whole database: taken beside a running service, put back, and compared."""
