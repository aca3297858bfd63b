"""Faults under load, on servers of its own: python -m scripts.chaos."""
