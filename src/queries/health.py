"""What tells whether the database is one to serve from."""

from sqlalchemy import text

from src.utils import schema_version

STATE = text("""
SELECT to_regclass('alembic_version') IS NOT NULL AS is_migrated,
       array(SELECT extname::text FROM pg_extension) AS extensions
""")
SCHEMA_VERSION = text(schema_version.FOUND)
