"""The hunt for stale answers, on servers of its own: python -m scripts.cache_hunt."""
