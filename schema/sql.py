"""SQL built from the models once, for the path where Peewee's own queries are too dear."""

from schema.tables import Table


def columns(table: type[Table]) -> tuple[str, ...]:
    """The columns of a table, in order."""
    return tuple(field.column_name for field in table._meta.sorted_fields)


def insert_sql(table: type[Table], *, replace: bool = False, upsert: str | None = None) -> str:
    """An INSERT of a whole row; `upsert` names the key whose row is changed if it is there."""
    names = columns(table)
    verb = "INSERT OR REPLACE" if replace else "INSERT"
    sql = (
        f"{verb} INTO {table._meta.table_name} ({', '.join(names)}) "
        f"VALUES ({', '.join('?' * len(names))})"
    )
    if upsert is not None:
        news = ", ".join(f"{name} = excluded.{name}" for name in names if name != upsert)
        sql += f" ON CONFLICT ({upsert}) DO UPDATE SET {news}"
    return sql
