"""The elements of a list kept as JSON, as rows to look through; each database has its own word for it."""

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class elements(GenericFunction[str]):
    """The elements of a JSON list as a table with the column `value`."""

    type = String()
    inherit_cache = True


@compiles(elements, "sqlite")
def _on_sqlite(element: elements, compiler: SQLCompiler, **told: Any) -> str:
    return f"json_each{compiler.process(element.clause_expr, **told)}"


@compiles(elements, "postgresql")
def _on_postgresql(element: elements, compiler: SQLCompiler, **told: Any) -> str:
    return f"json_array_elements_text{compiler.process(element.clause_expr, **told)}"
