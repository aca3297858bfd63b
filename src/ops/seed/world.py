"""What every part of the made-up data is made from: the plan, the firms, and where ids begin."""

from dataclasses import dataclass

from src.ops.seed.companies import Firm
from src.ops.seed.people import Crowd
from src.ops.seed.plan import Plan


@dataclass(frozen=True, slots=True)
class Ids:
    """The first id of each table's rows; they follow without a gap."""

    users: int
    companies: int
    jobs: int
    applications: int


@dataclass(frozen=True, slots=True)
class World:
    """Shared by all makers, in whichever process. `categories` are ids by slug."""

    plan: Plan
    firms: tuple[Firm, ...]
    crowd: Crowd
    ids: Ids
    categories: dict[str, int]
