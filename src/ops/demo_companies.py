"""Demo companies: what they are, who acts for them, and what they offer."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from src.caller import MemberRole, Role
from src.models import Benefit, Company, Membership
from src.ops.demo_phrases import BENEFITS
from src.ops.demo_places import CITIES, FIRMS, Firm
from src.ops.demo_world import World
from src.utils.text import slugify


@dataclass(frozen=True, slots=True)
class Employer:
    """A company of the demo and the ids of those who may write for it."""

    firm: Firm
    company_id: int
    writers: tuple[int, ...]


def make(world: World, owner_of_first: int) -> list[Employer]:
    """Every company, with one owner each; the first belongs to the given user."""
    ids = world.insert(Company, [_row(world, firm) for firm in FIRMS])
    employers, memberships = [], []
    for place, (firm, company_id) in enumerate(zip(FIRMS, ids, strict=True)):
        roles = [MemberRole.OWNER, *_staff(world, firm)]
        domain = f"{slugify(firm.name)}.example"
        hired = 1 if place == 0 else 0
        users = world.people([world.person(Role.EMPLOYER, domain) for _ in roles[hired:]])
        users = [owner_of_first, *users] if hired else users
        memberships += [
            {"company_id": company_id, "user_id": user_id, "role": role.value,
             "joined_at": world.between(world.ago(300), world.ago(90))}
            for user_id, role in zip(users, roles, strict=True)
        ]  # fmt: skip
        writers = [u for u, role in zip(users, roles, strict=True) if role != MemberRole.VIEWER]
        employers.append(Employer(firm, company_id, tuple(writers)))
    world.add(Membership, memberships)
    world.add(Benefit, [row for company_id in ids for row in _benefits(world, company_id)])
    return employers


def _staff(world: World, firm: Firm) -> list[MemberRole]:
    recruiters = [MemberRole.RECRUITER] * (1 + firm.jobs // 20)
    return recruiters + [MemberRole.VIEWER] * world.dice.randint(0, 2)


def _row(world: World, firm: Firm) -> dict[str, Any]:
    slug = slugify(firm.name)
    city, region = CITIES[firm.country][0].split(", ")
    return {
        "name": firm.name, "slug": slug, "industry": firm.industry, "size": firm.size,
        "description": f"{firm.name} {firm.pitch}.", "website": f"https://{slug}.example",
        "founded_year": firm.founded, "city": city, "region": region, "country": firm.country,
        "is_verified": world.chance(0.8), "created_at": world.ago(400) + timedelta(hours=firm.jobs),
    }  # fmt: skip


def _benefits(world: World, company_id: int) -> list[dict[str, Any]]:
    chosen = world.dice.sample(BENEFITS, world.dice.randint(3, 6))
    return [
        {"company_id": company_id, "name": name, "description": says, "position": place}
        for place, (name, says) in enumerate(chosen)
    ]
