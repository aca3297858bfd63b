"""Made-up people: staff of companies, candidates, and the few accounts that can sign in."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from src.caller import MemberRole, Role
from src.ops.seed import names, places
from src.ops.seed.companies import Firm
from src.ops.seed.plan import DAY_SECONDS, Plan, moment
from src.utils.text import slugify

DOMAIN = "seed.example"
# The first candidates can sign in, for tries with many users at once.
SIGNING_CANDIDATES = 100

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Crowd:
    """Where the ids of users lie: an admin, then the staff firm by firm, then the candidates."""

    admin: int
    # The owner of each firm; its other members follow.
    owners: tuple[int, ...]
    candidate: int
    candidates: int

    @property
    def count(self) -> int:
        return self.candidate - self.admin + self.candidates


def crowd(plan: Plan, firms: list[Firm], first_id: int) -> Crowd:
    """The ids of everybody, from the first free one."""
    owners = [first_id + 1 + before for before in accumulate((f.staff for f in firms), initial=0)]
    return Crowd(first_id, tuple(owners[:-1]), owners[-1], plan.candidates)


def rows(plan: Plan, firms: list[Firm], crowd: Crowd, password_hash: str) -> Iterator[Row]:
    """Rows of USERS; the accounts that can sign in share the password."""
    dice = plan.dice("people")
    admin = {"account": "admin", "password_hash": password_hash}
    yield _row(plan, dice, crowd.admin, "US", Role.ADMIN, **admin)
    for firm, owner in zip(firms, crowd.owners, strict=True):
        code = places.countries()[firm.country].code
        for place in range(firm.staff):
            is_known = firm is firms[0] and place == 0
            account = admin | {"account": "employer"} if is_known else {}
            yield _row(plan, dice, owner + place, code, Role.EMPLOYER, **account)
    for place in range(crowd.candidates):
        country = places.country_slots()[dice.randrange(1000)]
        name = {"account": f"candidate-{place}" if place else "candidate"}
        account = admin | name if place < SIGNING_CANDIDATES else {}
        yield _row(plan, dice, crowd.candidate + place, country.code, Role.CANDIDATE, **account)


def _row(
    plan: Plan, dice: random.Random, user_id: int, code: str, role: Role, *,
    account: str | None = None, password_hash: str | None = None,
) -> Row:  # fmt: skip
    first, last = names.first_name(dice, code), names.surname(dice, code)
    local = slugify(f"{first} {last}", 40) or "user"
    email = f"{account}@{DOMAIN}" if account else f"{local}-{user_id}@mail.{DOMAIN}"
    since = plan.since - dice.randrange(1, 700 * DAY_SECONDS)
    verified = moment(since) if account or dice.random() < 0.93 else None
    return (
        user_id, email, password_hash, role.value, first, last, verified, moment(since),
        moment(since),
    )  # fmt: skip


def membership_rows(
    plan: Plan, firms: list[Firm], crowd: Crowd, first_company: int
) -> Iterator[Row]:
    """Rows of MEMBERSHIPS: of each firm an owner, recruiters, and perhaps a viewer."""
    dice = plan.dice("memberships")
    for place, (firm, owner) in enumerate(zip(firms, crowd.owners, strict=True)):
        roles = [MemberRole.OWNER, *[MemberRole.RECRUITER] * (firm.staff - 1 - firm.viewers)]
        roles += [MemberRole.VIEWER] * firm.viewers
        for number, role in enumerate(roles):
            joined = plan.since - dice.randrange(60, 600 * DAY_SECONDS)
            yield first_company + place, owner + number, role.value, moment(joined)


def writers(firm: Firm, owner: int) -> range:
    """The ids of those who act for the firm."""
    return range(owner, owner + firm.staff - firm.viewers)
