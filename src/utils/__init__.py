"""Leaves that know nothing of the domain."""
