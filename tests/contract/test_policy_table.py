"""Who may call what, written out: a route that is opened to others must be opened here too."""

import re

from flask import Flask

from src.auth import Policy

ADMIN = """
GET /admin/users
GET /cache/metrics
POST /cache/invalidate
POST /cache/warm
GET /admin/users/{}
PATCH /admin/users/{}
POST /companies/{}/reinstate
POST /companies/{}/suspend
POST /companies/{}/verify
GET /database/performance
POST /job-categories
PATCH /job-categories/{}
DELETE /job-categories/{}
POST /jobs/{}/takedown
"""
CANDIDATE = """
POST /applications/{}/withdraw
POST /jobs/{}/applications
PUT /jobs/{}/bookmark
DELETE /jobs/{}/bookmark
GET /me/applications
GET /me/bookmarks
GET /me/interviews
GET /me/saved-searches
POST /me/saved-searches
GET /me/saved-searches/{}
PATCH /me/saved-searches/{}
DELETE /me/saved-searches/{}
GET /me/saved-searches/{}/jobs
"""
CANDIDATE_OR_EMPLOYER = """
GET /applications/{}
GET /applications/{}/history
"""
EMPLOYER = """
PATCH /applications/{}
GET /applications/{}/interviews
POST /applications/{}/interviews
GET /applications/{}/notes
POST /applications/{}/notes
DELETE /applications/{}/notes/{}
POST /applications/{}/transitions
POST /companies
PATCH /companies/{}
DELETE /companies/{}
GET /companies/{}/activity
POST /companies/{}/benefits
PATCH /companies/{}/benefits/{}
DELETE /companies/{}/benefits/{}
GET /companies/{}/invitations
POST /companies/{}/invitations
DELETE /companies/{}/invitations/{}
GET /companies/{}/members
GET /companies/{}/members/{}
PATCH /companies/{}/members/{}
DELETE /companies/{}/members/{}
GET /employer/analytics
GET /employer/applications
POST /employer/applications/bulk-actions
GET /employer/candidates/top
GET /employer/dashboard
GET /employer/jobs
PATCH /interviews/{}
DELETE /interviews/{}
POST /invitations/{}/accept
POST /jobs
PATCH /jobs/{}
DELETE /jobs/{}
GET /jobs/{}/applications
POST /jobs/{}/duplicate
POST /jobs/{}/transitions
POST /jobs/bulk
GET /me/invitations
"""
EMPLOYER_OR_ADMIN = """
GET /audit
POST /jobs/bulk-actions
"""
PUBLIC = """
POST /auth/forgot-password
POST /auth/login
POST /auth/register
POST /auth/reset-password
POST /auth/verify-email
GET /companies
GET /companies/{}
GET /companies/{}/jobs
GET /companies/{}/benefits
GET /job-categories
GET /jobs
POST /jobs/{}/reports
GET /jobs/{}/similar
GET /jobs/{}/jsonld
GET /jobs/{}
GET /jobs/facets
GET /jobs/featured
GET /jobs/stats
GET /jobs/suggest
GET /unsubscribe/{}
POST /unsubscribe/{}
"""
SIGNED_IN = """
GET /auth/api-keys
POST /auth/api-keys
DELETE /auth/api-keys/{}
POST /auth/change-password
POST /auth/logout
GET /auth/me
PATCH /auth/me
DELETE /auth/me
GET /auth/me/export
GET /auth/sessions
DELETE /auth/sessions
DELETE /auth/sessions/{}
"""

TABLE = {
    ("admin",): ADMIN,
    ("candidate",): CANDIDATE,
    ("candidate", "employer"): CANDIDATE_OR_EMPLOYER,
    ("employer",): EMPLOYER,
    ("employer", "admin"): EMPLOYER_OR_ADMIN,
    ("public",): PUBLIC,
    ("signed_in",): SIGNED_IN,
}


def test_every_route_is_open_to_those_of_the_table_and_nobody_else(shared_app: Flask) -> None:
    stated = {line: access for access, lines in TABLE.items() for line in lines.split("\n") if line}
    found = {}
    for rule in shared_app.url_map.iter_rules():
        policy: Policy = shared_app.view_functions[rule.endpoint].__dict__["policy"]
        path = re.sub(r"<[^>]+>", "{}", rule.rule)
        if path.startswith("/api/v1/") and not path.startswith("/api/v1/health"):
            for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                found[f"{verb} {path.removeprefix('/api/v1')}"] = policy.access
    assert found == stated
