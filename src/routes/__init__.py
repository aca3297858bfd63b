"""Thin blueprints, one noun a file; the application registers all of these."""

from flask import Blueprint

from src.routes import health, openapi

blueprints: tuple[Blueprint, ...] = (
    health.blueprint,
    openapi.blueprint,
)
