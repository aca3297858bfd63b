"""Thin blueprints, one noun a file; the application registers all of these."""

from flask import Blueprint

from src.routes import health, job_search, openapi

blueprints: tuple[Blueprint, ...] = (
    health.blueprint,
    job_search.blueprint,
    openapi.blueprint,
)
