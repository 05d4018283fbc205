"""Where the leads of the sample stand, and what the board asks of them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from leads import roles
from leads.choices import Role
from leads.models import Campaign, Rep, Tag, Team
from scoring import engagement
from scoring.models import ScoringModel

REPS = 20
# Each lead had up to 100 points on a day of the last 300, most of them few, and has
# not been scored since: an order by what they have now is that of no index. One in
# twenty or so is where no score takes it, and has an owner there.
_STANDINGS = """UPDATE leads_standing SET model_version = 1, scored_seq = stale_seq,
    s_medium = points * exp({rate} * ({end} - 86400.0 * days)), ceiling = points,
    grade = once.lead_id %% 13, stage = once.stage,
    owner_id = CASE WHEN once.stage IN ('sql', 'accepted') OR once.lead_id %% 211 = 0
        THEN {first_rep} + once.lead_id %% {reps} END
FROM (
    SELECT made.*, CASE WHEN lead_id %% 37 = 0 THEN 'sql'
        WHEN lead_id %% 41 = 0 THEN 'accepted'
        WHEN lead_id %% 23 = 0 THEN 'recycled'
        WHEN points >= 40 THEN 'mql' WHEN points >= 10 THEN 'iql' ELSE 'new' END
        AS stage
    FROM (
        SELECT lead_id, lead_id * 7919 %% 10007 * 300.0 / 10007 AS days,
            100.0 * power(lead_id * 104729 %% 10009 / 10009.0, 4) AS points
        FROM leads_standing
    ) AS made
) AS once WHERE once.lead_id = leads_standing.lead_id"""
# A third is of one campaign, one in 400 of one source, and every text can be found.
_LEADS = """UPDATE leads_lead SET
    source = CASE WHEN id %% 401 = 0 THEN 'fair' ELSE source END,
    campaign_id = CASE WHEN id %% 3 = 0 THEN {large}
        WHEN id %% 701 = 0 THEN {small} END,
    search_text = lower(email || ' ' || first_name || ' ' || title || ' company '
        || account_id)"""
_TAGGED = """INSERT INTO leads_lead_tags (lead_id, tag_id)
SELECT id, {tag} FROM leads_lead WHERE id %% {step} = 0"""


@dataclass(frozen=True)
class Filters:
    """The numbers that filters name: of many leads, of some, of few."""

    rep: int
    campaigns: tuple[int, int]
    tags: tuple[int, int, int]

    @property
    def queries(self) -> dict[str, str]:
        """By what is asked the query of the board's address."""
        large, small = self.campaigns
        many, some, few = self.tags
        return {
            "grade": "grade=5",
            "best_grade": "grade=11",
            "source": "source=partner",
            "small_source": "source=fair",
            "owner": f"owner={self.rep}",
            "nobody": "owner=nobody",
            "tag": f"tags={many}",
            "middle_tag": f"tags={some}",
            "small_tag": f"tags={few}",
            "campaign": f"campaign={large}",
            "small_campaign": f"campaign={small}",
            "word": "q=chief",
            "rare_word": "q=lead77777",
            "two_words": "q=chief+777",
            "letters": "q=zz",
            "several": f"source=partner&grade=5&campaign={large}",
            "bands_source": "bands=1&source=partner",
            "bands_several": f"bands=1&owner=nobody&tags={many}&q=chief",
        }


def spread(*, model: ScoringModel, now: datetime) -> Filters:
    """Spread the leads over stages, owners, campaigns and tags."""
    team = Team.objects.create(name="Sales", is_default=True)
    people = [
        roles.create_user(
            email=f"rep{number}@sales.example",
            name=f"Rep {number}",
            role=Role.REP,
            password=None,
        )
        for number in range(REPS)
    ]
    Rep.objects.bulk_create(Rep(user=person, team=team) for person in people)
    large, small = Campaign.objects.bulk_create(
        Campaign(name=name, name_key=name) for name in ("large", "small")
    )
    steps = {"many": 5, "some": 150, "few": 5_000}
    tags = Tag.objects.bulk_create(Tag(name=name) for name in steps)
    with connection.cursor() as cursor:
        standings = _STANDINGS.format(
            rate=engagement.rates_of(model).medium,
            end=engagement.seconds_since_landmark(model, now),
            first_rep=people[0].pk,
            reps=REPS,
        )
        cursor.execute(standings, [])
        cursor.execute(_LEADS.format(large=large.pk, small=small.pk), [])
        for tag, step in zip(tags, steps.values(), strict=True):
            cursor.execute(_TAGGED.format(tag=tag.pk, step=step), [])
    many, some, few = (tag.pk for tag in tags)
    return Filters(people[0].pk, (large.pk, small.pk), (many, some, few))
