"""Tables, constraints and indexes, one noun a file; importing this loads them all."""

from src.models.application import (
    Application,
    ApplicationCount,
    ApplicationLog,
    CompanyDay,
    Interview,
    Note,
)
from src.models.audit import Audit
from src.models.category import Category, Country, Currency
from src.models.company import Benefit, Company, Invitation, Membership
from src.models.freshness import CacheOutbox, DataChange, DataVersion
from src.models.job import Bookmark, Job, JobCounters, JobLog, JobReport
from src.models.job_search import JobSearch, Lexeme
from src.models.limits import IdempotencyKey, RateWindow
from src.models.saved_search import Alert, AlertedJob, AlertRound, JobArrival, SavedSearch
from src.models.search_table import (
    CityName,
    SearchForm,
    SearchPhrase,
    SearchPlace,
    SearchSuggestion,
    SearchWord,
)
from src.models.user import ApiKey, OneTimeToken, Session, User

__all__ = [
    "Alert",
    "AlertRound",
    "AlertedJob",
    "ApiKey",
    "Application",
    "ApplicationCount",
    "ApplicationLog",
    "Audit",
    "Benefit",
    "Bookmark",
    "CacheOutbox",
    "Category",
    "CityName",
    "Company",
    "CompanyDay",
    "Country",
    "Currency",
    "DataChange",
    "DataVersion",
    "IdempotencyKey",
    "Interview",
    "Invitation",
    "Job",
    "JobArrival",
    "JobCounters",
    "JobLog",
    "JobReport",
    "JobSearch",
    "Lexeme",
    "Membership",
    "Note",
    "OneTimeToken",
    "RateWindow",
    "SavedSearch",
    "SearchForm",
    "SearchPhrase",
    "SearchPlace",
    "SearchSuggestion",
    "SearchWord",
    "Session",
    "User",
]
