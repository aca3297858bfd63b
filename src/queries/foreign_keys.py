"""What PostgreSQL itself runs on a table when a row that it refers to is deleted."""

from sqlalchemy import ForeignKeyConstraint, Table, TextClause, text


def look_up(table: Table, column: str) -> TextClause:
    """The statement of the foreign key's own trigger; `:referred` is the id that goes.

    Raises LookupError when no foreign key begins with the column.
    """
    for key in table.foreign_key_constraints:
        if key.columns.keys()[0] == column:
            return text(_sql(table, key))
    raise LookupError(f"{table.name}.{column} refers to nothing")


def _sql(table: Table, key: ForeignKeyConstraint) -> str:
    where = f'WHERE CAST(:referred AS bigint) = "{key.columns.keys()[0]}"'
    if key.ondelete == "CASCADE":
        return f'DELETE FROM ONLY "{table.name}" {where}'
    return f'SELECT 1 FROM ONLY "{table.name}" x {where} FOR KEY SHARE OF x'
