"""SQL on which both databases agree: text in lower case, and keys of JSON columns."""

from string import ascii_lowercase, ascii_uppercase
from typing import Any, ClassVar

from django.db.models import FloatField, Func, TextField


def ascii_lower(text: str) -> str:
    """The text with A to Z in lower case, as `AsciiLower` does it in SQL."""
    return text.translate(str.maketrans(ascii_uppercase, ascii_lowercase))


class AsciiLower(Func):
    """A to Z in lower case; beyond that the two databases would disagree."""

    function = "LOWER"
    arity = 1
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = '%(function)s(%(expressions)s COLLATE "C")'
        return self.as_sql(compiler, connection, template=template, **context)


class JsonPart(Func):
    """One key of a JSON column, or NULL where it is of another type."""

    arity = 1
    postgresql: ClassVar[str]
    sqlite: ClassVar[str]

    def __init__(self, expression: Any, key: str) -> None:
        super().__init__(expression)
        self.key = key

    def as_postgresql(
        self, compiler: Any, connection: Any, **extra_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        return self._compile(compiler, self.postgresql, self.key)

    def as_sqlite(
        self, compiler: Any, connection: Any, **extra_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        return self._compile(compiler, self.sqlite, f'$."{self.key}"')

    def _compile(
        self, compiler: Any, template: str, key: str
    ) -> tuple[str, tuple[Any, ...]]:
        column, params = compiler.compile(self.source_expressions[0])
        times = template.count("{column}")
        return template.format(column=column), (*params, key) * times


class JsonText(JsonPart):
    """A text, or true and false as words."""

    output_field = TextField()
    postgresql = (
        "CASE WHEN jsonb_typeof({column} -> %s) IN ('string', 'boolean')"
        " THEN {column} ->> %s END"
    )
    sqlite = (
        "CASE WHEN JSON_TYPE({column}, %s) IN ('true', 'false')"
        " THEN JSON_TYPE({column}, %s)"
        " WHEN JSON_TYPE({column}, %s) = 'text' THEN JSON_EXTRACT({column}, %s) END"
    )


class JsonNumber(JsonPart):
    """A number; one too big for a float, which would be an error, is taken as 1e300."""

    output_field = FloatField()
    postgresql = (
        "CASE WHEN jsonb_typeof({column} -> %s) = 'number' THEN CAST(GREATEST(LEAST("
        "CAST({column} ->> %s AS numeric), 1e300), -1e300) AS double precision) END"
    )
    sqlite = (
        "CASE WHEN JSON_TYPE({column}, %s) IN ('integer', 'real')"
        " THEN MAX(MIN(CAST(JSON_EXTRACT({column}, %s) AS REAL), 1e300), -1e300) END"
    )
