"""Thin blueprints, one noun a file."""
