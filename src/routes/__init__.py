"""Thin blueprints, one noun a file; the application registers all of these."""

from flask import Blueprint

from src.routes import (
    account,
    api_key,
    auth,
    benefit,
    bookmark,
    category,
    company,
    dashboard,
    docs,
    employer,
    health,
    job,
    job_bulk,
    job_search,
    member,
    ops,
    user,
)

blueprints: tuple[Blueprint, ...] = (
    account.blueprint,
    api_key.blueprint,
    auth.blueprint,
    benefit.blueprint,
    bookmark.blueprint,
    category.blueprint,
    company.blueprint,
    dashboard.blueprint,
    docs.blueprint,
    employer.blueprint,
    health.blueprint,
    job.blueprint,
    job_bulk.blueprint,
    job_search.blueprint,
    member.blueprint,
    ops.blueprint,
    user.blueprint,
)
