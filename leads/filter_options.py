"""What the filters of leads offer to choose from, in one query."""

from dataclasses import dataclass, field

from django.db import connection

# The sources are read from their index one by one, so that a million leads cost no
# more than the few sources they have.
_OPTIONS = """
WITH RECURSIVE sources(name) AS (
    SELECT * FROM (
        SELECT source FROM leads_lead WHERE source > '' ORDER BY source LIMIT 1
    ) AS lowest
    UNION ALL
    SELECT (
        SELECT source FROM leads_lead WHERE source > sources.name
        ORDER BY source LIMIT 1
    ) FROM sources WHERE sources.name IS NOT NULL
)
SELECT * FROM (
    SELECT 'source' AS kind, name AS value, name AS label
    FROM sources WHERE name IS NOT NULL LIMIT %s
) AS some_sources
UNION ALL
SELECT 'owner', CAST(leads_user.id AS varchar(20)),
    CASE WHEN name = '' THEN email ELSE name END
FROM leads_user JOIN leads_rep ON leads_rep.user_id = leads_user.id WHERE is_active
UNION ALL
SELECT 'campaign', CAST(id AS varchar(20)), name FROM leads_campaign
UNION ALL
SELECT 'tags', CAST(id AS varchar(20)), name FROM leads_tag
"""
MOST_SOURCES = 200

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Options:
    """For each filter the values and their names, in the order of the names."""

    source: Choices = field(default_factory=list)
    owner: Choices = field(default_factory=list)
    campaign: Choices = field(default_factory=list)
    tags: Choices = field(default_factory=list)


def load() -> Options:
    """What there is to choose from now."""
    options = Options()
    with connection.cursor() as cursor:
        cursor.execute(_OPTIONS, [MOST_SOURCES])
        rows = cursor.fetchall()
    for kind, value, label in sorted(rows, key=lambda row: row[2].casefold()):
        getattr(options, kind).append((value, label))
    return options
