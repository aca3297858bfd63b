"""How other systems say what our word lists say: types, levels, periods, categories."""

import re

from src.models.vocabulary import EmploymentType, ExperienceLevel, SalaryPeriod

_NOT_LETTERS = re.compile(r"[\W_]+")
_NEW_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")

# The first word that is found decides, so the longer ones stand first. With a blank it begins or
# ends a word: neither "contemporary" nor "international" is meant.
_TYPES = (
    ("parttime", EmploymentType.PART_TIME), ("兼职", EmploymentType.PART_TIME),
    ("fulltime", EmploymentType.FULL_TIME), ("全职", EmploymentType.FULL_TIME),
    ("permanent", EmploymentType.FULL_TIME), ("fixedterm", EmploymentType.TEMPORARY),
    (" tempor", EmploymentType.TEMPORARY), (" temp ", EmploymentType.TEMPORARY),
    ("seasonal", EmploymentType.TEMPORARY), ("freelance", EmploymentType.CONTRACT),
    ("contract", EmploymentType.CONTRACT), ("apprentice", EmploymentType.INTERNSHIP),
    (" intern ", EmploymentType.INTERNSHIP), (" interns ", EmploymentType.INTERNSHIP),
    ("internship", EmploymentType.INTERNSHIP), ("实习", EmploymentType.INTERNSHIP),
    ("trainee", EmploymentType.INTERNSHIP), ("volunteer", EmploymentType.VOLUNTEER),
    ("regular", EmploymentType.FULL_TIME),
)  # fmt: skip
_LEVELS = {
    "entry": ExperienceLevel.ENTRY, "entrylevel": ExperienceLevel.ENTRY,
    "graduate": ExperienceLevel.ENTRY, "intern": ExperienceLevel.ENTRY,
    "junior": ExperienceLevel.JUNIOR, "associate": ExperienceLevel.JUNIOR,
    "intermediate": ExperienceLevel.MID, "mid": ExperienceLevel.MID,
    "midlevel": ExperienceLevel.MID, "midsenior": ExperienceLevel.SENIOR,
    "midseniorlevel": ExperienceLevel.SENIOR,
    "senior": ExperienceLevel.SENIOR, "seniorlevel": ExperienceLevel.SENIOR,
    "expert": ExperienceLevel.LEAD, "lead": ExperienceLevel.LEAD,
    "principal": ExperienceLevel.LEAD, "staff": ExperienceLevel.LEAD,
    "manager": ExperienceLevel.LEAD, "director": ExperienceLevel.EXECUTIVE,
    "executive": ExperienceLevel.EXECUTIVE, "在校应届": ExperienceLevel.ENTRY,
    "1年以下": ExperienceLevel.ENTRY, "13年": ExperienceLevel.JUNIOR,
    "35年": ExperienceLevel.MID, "510年": ExperienceLevel.SENIOR,
    "10年以上": ExperienceLevel.LEAD,
}  # fmt: skip
# Grades of the United States' General Schedule, by the lowest one named.
_GRADE = re.compile(r"^(?:GS|GG)-0?(\d{1,2})\b")
_GRADES = (
    (5, ExperienceLevel.ENTRY), (8, ExperienceLevel.JUNIOR), (11, ExperienceLevel.MID),
    (13, ExperienceLevel.SENIOR), (15, ExperienceLevel.LEAD),
)  # fmt: skip
_PERIODS = {
    "hour": SalaryPeriod.HOUR, "hourly": SalaryPeriod.HOUR, "perhour": SalaryPeriod.HOUR,
    "day": SalaryPeriod.DAY, "daily": SalaryPeriod.DAY, "week": SalaryPeriod.WEEK,
    "weekly": SalaryPeriod.WEEK, "month": SalaryPeriod.MONTH, "monthly": SalaryPeriod.MONTH,
    "year": SalaryPeriod.YEAR, "yearly": SalaryPeriod.YEAR, "annual": SalaryPeriod.YEAR,
    "annually": SalaryPeriod.YEAR, "peryear": SalaryPeriod.YEAR, "perannum": SalaryPeriod.YEAR,
}  # fmt: skip
# No category and no title is longer; whatever comes after that says nothing of the kind of work.
TELLING_CHARACTERS = 500
# The first that is found in the category, and then in the title, decides.
_CATEGORIES = tuple(
    (slug, re.compile(pattern, re.IGNORECASE))
    for slug, pattern in (
        ("healthcare", r"nurs|clinic|medic|health|pharma|dental|physician|therap|医疗|\b06\d\d\b"),
        ("security", r"secur|信息安全"),
        ("data-analytics", r"\bdata\b|analyt|machine learning|\bai\b|人工智能|数据"),
        (
            "software-engineering",
            r"software|engineering|developer|devops|full.?stack|backend|front.?end|\bios\b|programmer|开发|移动互联网|\b2210\b",
        ),
        ("it-support", r"information technology|\bit\b|help ?desk|system admin|technology"),
        ("product-management", r"\bproduct\b|产品"),
        ("project-management", r"project|program manage"),
        ("design", r"design|\bux\b|creative|设计"),
        ("legal", r"legal|attorney|counsel|lawyer|paralegal|compliance"),
        ("human-resources", r"human resource|people|recruit|talent|\bhr\b|\b0201\b"),
        (
            "finance-accounting",
            r"financ|account(?:ing|ant)|audit|tax|payroll|banking|金融|\b05\d\d\b",
        ),
        ("marketing", r"market|brand|growth|content|\bseo\b|communicat|广告"),
        ("customer-support", r"customer|support|client service"),
        ("sales", r"sales|account executive|business develop|revenue|commercial|gtm|电商"),
        ("education", r"teach|educat|tutor|instructor|school|教育"),
        ("social-services", r"social work|social service|counsel(?:l)?or"),
        ("science-research", r"scien|research|biolog|chemi|laborator"),
        ("construction", r"construct|civil|architect|carpent|electrician|plumb"),
        ("engineering", r"engineer|mechanic|technician|硬件"),
        ("operations-logistics", r"logistic|supply|warehouse|driver|transport|operations|procure"),
        ("manufacturing", r"manufactur|production|assembl|machinist|quality assurance"),
        ("hospitality-food", r"hotel|hospitality|cook|chef|restaurant|food|kitchen|waiter"),
        ("retail", r"retail|store|cashier|merchandis"),
        ("media-writing", r"writ|editor|journal|translat|media|video|文娱"),
        ("government-public", r"government|public|policy|military"),
        ("administration", r"admin|secretar|office|clerk|assistant|reception"),
    )
)


def employment_type(written: str) -> EmploymentType | None:
    """Our word for a type of employment, None when it says none."""
    words = _NOT_LETTERS.sub(" ", f" {_NEW_WORD.sub(' ', written)} ").lower()
    joined = words.replace(" ", "")
    return next((kind for word, kind in _TYPES if word in (words if " " in word else joined)), None)


def experience_level(written: str) -> ExperienceLevel | None:
    """Our word for a level, None for another system's bare numbers and grades."""
    grade = _GRADE.match(written.strip())
    if grade:
        return next((level for top, level in _GRADES if int(grade[1]) <= top), None)
    return _LEVELS.get(_NOT_LETTERS.sub("", written).lower())


def salary_period(written: str) -> SalaryPeriod | None:
    """Our word for what a salary is paid by."""
    return _PERIODS.get(_NOT_LETTERS.sub("", written).lower())


def category_slug(*texts: str | None) -> str | None:
    """The starter category that the first telling text names, in its beginning."""
    beginnings = [text[:TELLING_CHARACTERS] for text in texts if text]
    return next(
        (slug for text in beginnings for slug, pattern in _CATEGORIES if pattern.search(text)), None
    )
