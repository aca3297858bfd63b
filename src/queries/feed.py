"""All live jobs, for the files that are built of them."""

from sqlalchemy import text

from src.queries import locks
from src.queries.locks import Lock

# A build takes minutes where there are a million jobs.
BEGIN = text(f"""
SELECT {locks.ATTEMPT} AS is_mine,
       set_config('statement_timeout', '10min', true),
       set_config('idle_in_transaction_session_timeout', '0', true)
""").bindparams(lock=Lock.FEEDS)

# In the order of the primary key, so that nothing is sorted and parts of the sitemap stay alike.
# What ends before the next build is left out of this one.
LIVE_JOBS = text("""
SELECT j.id, j.title, j.description, j.requirements, j.responsibilities, j.benefits, j.city,
  j.region, j.country, j.is_remote, j.employment_type, j.experience_level, j.salary_min,
  j.salary_max, j.salary_currency, j.salary_period, j.salary_is_visible, j.application_type,
  j.application_email, j.external_id, j.published_at, j.expires_at, j.updated_at,
  c.name AS company_name, c.city AS company_city, c.region AS company_region,
  c.country AS company_country, g.name AS category_name
FROM job_search s
JOIN jobs j ON j.id = s.job_id
JOIN companies c ON c.id = j.company_id
LEFT JOIN categories g ON g.id = j.category_id
WHERE s.expires_at > now() + make_interval(secs => :pause_seconds)
ORDER BY s.job_id
""")
