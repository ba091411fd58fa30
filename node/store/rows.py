"""Between typed values and SQLite columns."""

from collections.abc import Sequence
from typing import Any


def insert(table: str, columns: Sequence[str]) -> str:
    """INSERT statement with named parameters. Names are literals of this package."""
    names = ", ".join(columns)
    values = ", ".join(f":{column}" for column in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({values})"  # noqa: S608


def update(table: str, columns: Sequence[str], key: str) -> str:
    """UPDATE statement with named parameters for the row of `key`."""
    changes = ", ".join(f"{column} = :{column}" for column in columns if column != key)
    return f"UPDATE {table} SET {changes} WHERE {key} = :{key}"  # noqa: S608


Row = dict[str, Any]
"""Column name to SQLite value."""
