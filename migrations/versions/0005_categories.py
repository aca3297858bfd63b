"""The category tree and the names of countries."""

import sqlalchemy as sa
import pycountry
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


def country_rows() -> list[dict[str, str]]:
    """ISO 3166 codes with the name people use, where it differs from the official one."""
    return [
        {"code": country.alpha_2, "name": getattr(country, "common_name", country.name)}
        for country in pycountry.countries
    ]


def seed_categories() -> None:
    table = sa.table(
        "categories",
        sa.column("name"),
        sa.column("slug"),
        sa.column("parent_id"),
        sa.column("position"),
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

    op.bulk_insert(sa.table("countries", sa.column("code"), sa.column("name")), country_rows())
    seed_categories()


def downgrade() -> None:
    op.drop_table("countries")
    op.drop_table("categories")
