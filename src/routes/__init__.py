"""Thin blueprints, one noun a file; the application registers all of these."""

from flask import Blueprint

from src.routes import docs, health, job_search, ops

blueprints: tuple[Blueprint, ...] = (
    docs.blueprint,
    health.blueprint,
    job_search.blueprint,
    ops.blueprint,
)
