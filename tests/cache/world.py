"""The two companies of the contract tests, with something in every figure that a read shows."""

from dataclasses import dataclass
from decimal import Decimal

from src.database import db
from src.models import Application, Bookmark, Category, Company, Job
from tests import factories
from tests.contract import world as contract_world
from tests.contract.world import World


@dataclass
class CacheWorld(World):
    """Beside the world's ids: a category with a job, and the slug of the company."""

    category_id: int = 0
    slug: str = ""


def build() -> CacheWorld:
    """Committed."""
    plain = contract_world.build()
    world = CacheWorld(**vars(plain))
    category = Category(name="Nursing", slug="nursing", parent_id=4)
    db.session.add(category)
    db.session.flush()
    company = db.session.get_one(Company, world.ids["company_id"])
    job = db.session.get_one(Job, world.ids["job_id"])
    job.category_id, job.is_featured, job.skills = category.id, True, ["triage"]
    job.city, job.country, job.employment_type = "Bergen", "NO", "full_time"
    job.salary_min, job.salary_max = Decimal(50000), Decimal(60000)
    job.salary_currency, job.salary_period = "EUR", "year"
    company.industry, company.logo_url = "Healthcare", "https://house.example/logo.png"
    application = db.session.get_one(Application, world.ids["application_id"])
    application.rating = 3
    # Somebody who can sign in, a second job to be similar to, and a bookmark to be counted.
    world.users["candidate"].password_hash = factories.HASHER.hash("purple lantern river 7")
    other = factories.make_job(company, title="Day nurse", category_id=category.id)
    db.session.add(Bookmark(user_id=world.users["other candidate"].id, job_id=other.id))
    world.category_id, world.slug = category.id, company.slug
    db.session.flush()
    db.session.commit()
    return world
