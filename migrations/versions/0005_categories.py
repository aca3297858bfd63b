"""The category tree and the names of countries."""

from datetime import date

import pycountry
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# The starter tree: (slug, name, children).
STARTER = (
    (
        "technology",
        "Technology",
        (
            ("software-engineering", "Software engineering"),
            ("data-analytics", "Data and analytics"),
            ("it-support", "IT and support"),
            ("security", "Security"),
        ),
    ),
    (
        "design-product",
        "Design and product",
        (
            ("design", "Design"),
            ("product-management", "Product management"),
            ("project-management", "Project management"),
        ),
    ),
    (
        "business",
        "Business",
        (
            ("sales", "Sales"),
            ("marketing", "Marketing"),
            ("customer-support", "Customer support"),
            ("finance-accounting", "Finance and accounting"),
            ("human-resources", "Human resources"),
            ("legal", "Legal"),
            ("administration", "Administration"),
        ),
    ),
    (
        "health-education",
        "Health and education",
        (
            ("healthcare", "Healthcare"),
            ("education", "Education"),
            ("social-services", "Social services"),
            ("science-research", "Science and research"),
        ),
    ),
    (
        "trades-operations",
        "Trades and operations",
        (
            ("operations-logistics", "Operations and logistics"),
            ("manufacturing", "Manufacturing"),
            ("engineering", "Engineering"),
            ("construction", "Construction"),
            ("hospitality-food", "Hospitality and food"),
            ("retail", "Retail"),
        ),
    ),
    (
        "media-public",
        "Media and public service",
        (
            ("media-writing", "Media and writing"),
            ("government-public", "Government and public service"),
        ),
    ),
    ("other", "Other", ()),
)


RATES_AS_OF = "2025-11-01"
# US dollars for one unit, rounded from published central bank rates.
RATES = {
    "USD": 1, "EUR": 1.16, "GBP": 1.32, "CHF": 1.25, "JPY": 0.0065, "CAD": 0.714, "AUD": 0.655,
    "NZD": 0.573, "SEK": 0.106, "NOK": 0.0992, "DKK": 0.155, "ISK": 0.008, "PLN": 0.272,
    "CZK": 0.0476, "HUF": 0.00298, "RON": 0.228, "BGN": 0.592, "RSD": 0.0099, "UAH": 0.0238,
    "RUB": 0.0124, "TRY": 0.0238, "ILS": 0.307, "AED": 0.2723, "SAR": 0.2667, "QAR": 0.2747,
    "KWD": 3.26, "EGP": 0.0211, "MAD": 0.108, "ZAR": 0.0577, "NGN": 0.00069, "KES": 0.00774,
    "GHS": 0.092, "ETB": 0.0066, "TZS": 0.00041, "UGX": 0.00029, "RWF": 0.00069, "XOF": 0.00177,
    "INR": 0.01127, "PKR": 0.00356, "BDT": 0.0082, "LKR": 0.00328, "NPR": 0.00704,
    "CNY": 0.1405, "HKD": 0.1287, "TWD": 0.0325, "KRW": 0.0007, "SGD": 0.768, "MYR": 0.238,
    "THB": 0.0308, "IDR": 0.00006, "PHP": 0.017, "VND": 0.000038, "BRL": 0.186, "MXN": 0.0539,
    "ARS": 0.00069, "CLP": 0.00106, "COP": 0.00026, "PEN": 0.296, "UYU": 0.0251, "CRC": 0.00199,
    "DOP": 0.0156, "PAB": 1,
}  # fmt: skip


def country_rows() -> list[dict[str, str]]:
    """ISO 3166 codes with the name people use, where it differs from the official one."""
    return [
        {"code": country.alpha_2, "name": getattr(country, "common_name", country.name)}
        for country in pycountry.countries
    ]


def seed_categories() -> None:
    table = sa.table(
        "categories",
        sa.column("name", sa.Text),
        sa.column("slug", sa.Text),
        sa.column("parent_id", sa.Integer),
        sa.column("position", sa.Integer),
    )
    parents = [
        {"name": name, "slug": slug, "position": place}
        for place, (slug, name, _) in enumerate(STARTER)
    ]
    op.bulk_insert(table, parents)
    for parent_slug, _, children in STARTER:
        for place, (slug, name) in enumerate(children):
            parent = sa.select(sa.column("id")).select_from(sa.table("categories"))
            parent = parent.where(sa.column("slug") == parent_slug)
            row = {"name": name, "slug": slug, "position": place}
            op.execute(table.insert().values(**row, parent_id=parent.scalar_subquery()))


def upgrade() -> None:
    op.create_table(
        "categories",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_categories_not_its_own_parent")),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["categories.id"],
            name=op.f("fk_categories_parent_id_categories"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_categories")),
        sa.UniqueConstraint("slug", name=op.f("uq_categories_slug")),
    )
    op.create_index("ix_categories_parent", "categories", ["parent_id"], unique=False)
    op.create_table(
        "countries",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_countries")),
    )

    op.create_table(
        "currencies",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("usd", sa.Numeric(16, 8), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_currencies")),
    )
    op.bulk_insert(
        sa.table("countries", sa.column("code", sa.Text), sa.column("name", sa.Text)),
        country_rows(),
    )
    rates = sa.table(
        "currencies",
        sa.column("code", sa.Text),
        sa.column("usd", sa.Numeric),
        sa.column("as_of", sa.Date),
    )
    day = date.fromisoformat(RATES_AS_OF)
    op.bulk_insert(rates, [{"code": c, "usd": r, "as_of": day} for c, r in RATES.items()])
    seed_categories()


def downgrade() -> None:
    op.drop_table("currencies")
    op.drop_table("countries")
    op.drop_table("categories")
