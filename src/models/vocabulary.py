"""The closed word lists of the domain: what a column or a request field may hold."""

from enum import StrEnum


class EmploymentType(StrEnum):
    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    CONTRACT = "contract"
    TEMPORARY = "temporary"
    INTERNSHIP = "internship"
    VOLUNTEER = "volunteer"


class ExperienceLevel(StrEnum):
    ENTRY = "entry"
    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"
    LEAD = "lead"
    EXECUTIVE = "executive"


class SalaryPeriod(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class ApplyBy(StrEnum):
    """Where an application is sent: through this API, to a page, to an address."""

    INTERNAL = "internal"
    URL = "url"
    EMAIL = "email"


class CompanyStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"


class InterviewMode(StrEnum):
    ONSITE = "onsite"
    PHONE = "phone"
    VIDEO = "video"


class InterviewStatus(StrEnum):
    SCHEDULED = "scheduled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ReportReason(StrEnum):
    SPAM = "spam"
    FRAUD = "fraud"
    DISCRIMINATION = "discrimination"
    WRONG_DETAILS = "wrong_details"
    CLOSED = "closed"
    OTHER = "other"


class TokenPurpose(StrEnum):
    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a purpose, not a secret


class AuditAction(StrEnum):
    """How somebody was shown a candidate's application, or what the company keeps about it."""

    LIST_APPLICATIONS = "list_applications"
    READ_APPLICATION = "read_application"
    READ_HISTORY = "read_history"
    READ_NOTES = "read_notes"
    READ_INTERVIEWS = "read_interviews"


class AlertFrequency(StrEnum):
    """How often the owner of a saved search is told of new jobs."""

    INSTANT = "instant"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


def one_of(column: str, words: type[StrEnum]) -> str:
    """The SQL condition that holds a column to a word list, for a CHECK constraint."""
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"
