"""Thin blueprints, one noun a file; the application registers all of these."""

from flask import Blueprint

from src.routes import account, api_key, auth, docs, health, job_search, ops, user

blueprints: tuple[Blueprint, ...] = (
    account.blueprint,
    api_key.blueprint,
    auth.blueprint,
    docs.blueprint,
    health.blueprint,
    job_search.blueprint,
    ops.blueprint,
    user.blueprint,
)
