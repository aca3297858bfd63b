"""Who asks, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

PUBLIC = "public"
SIGNED_IN = "signed_in"


class Role(StrEnum):
    CANDIDATE = "candidate"
    EMPLOYER = "employer"
    ADMIN = "admin"


class MemberRole(StrEnum):
    OWNER = "owner"
    RECRUITER = "recruiter"
    VIEWER = "viewer"


class Scope(StrEnum):
    """What an API key may be allowed to do."""

    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    APPLICATIONS_READ = "applications:read"
    APPLICATIONS_WRITE = "applications:write"
    DASHBOARD_READ = "dashboard:read"
    OPS_READ = "ops:read"
    ADMIN = "admin"


_NO_COMPANIES: Mapping[int, MemberRole] = MappingProxyType({})
_NO_VERSIONS: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Caller:
    """The authenticated user, or nobody; read once a request, with one statement."""

    user_id: int | None = None
    role: Role | None = None
    email: str | None = None
    email_verified: bool = False
    memberships: Mapping[int, MemberRole] = field(default_factory=lambda: _NO_COMPANIES)
    # How often the private data of each company, and of the person, has changed so far.
    company_versions: Mapping[int, int] = field(default_factory=lambda: _NO_VERSIONS)
    data_version: int = 0
    # None: a session, not an API key.
    scopes: frozenset[str] | None = None
    session_id: int | None = None
    address: str = ""

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None

    @property
    def known_id(self) -> int:
        """The account's number, for what no stranger can ask for. Raises LookupError for one."""
        if self.user_id is None:
            raise LookupError("a stranger has no account")
        return self.user_id

    @property
    def known_email(self) -> str:
        """The account's address, likewise."""
        if self.email is None:
            raise LookupError("a stranger has no account")
        return self.email

    @property
    def company_ids(self) -> tuple[int, ...]:
        return tuple(sorted(self.memberships))

    def is_member(self, company_id: int) -> bool:
        return company_id in self.memberships

    def may_write(self, company_id: int) -> bool:
        return self.memberships.get(company_id) in (MemberRole.OWNER, MemberRole.RECRUITER)

    def owns(self, company_id: int) -> bool:
        return self.memberships.get(company_id) == MemberRole.OWNER
