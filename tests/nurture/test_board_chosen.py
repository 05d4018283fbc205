from random import Random

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from leads import chosen, particulars
from leads.choices import Role, Stage
from leads.filters import BoardFilter
from leads.models import Campaign, Lead, Standing, Tag
from leads.nurture import board, tops
from leads.nurture.columns import Column, columns
from scoring.engagement import active_model
from tests.leads.factories import LeadFactory, RepFactory, UserFactory

pytestmark = pytest.mark.django_db

FILTERS = [
    "source=partner",
    "grade=5",
    "owner={rep}",
    "tags={tag}",
    "campaign={campaign}",
    "q=ma+bakery",
    "source=none&owner=nobody&tags={tag}&q=bakery",
]


@pytest.fixture
def many(workspace):
    """Forty leads of every kind; the numbers that the filters name."""
    model, chance = active_model(), Random("board")  # noqa: S311 - no secret
    rep = RepFactory().user
    tag = Tag.objects.create(name="webinar")
    campaign = Campaign.objects.create(name="Fair", name_key="fair")
    for _number in range(40):
        lead = LeadFactory(
            stage=chance.choice([Stage.NEW, Stage.MQL, Stage.SQL]),
            source=chance.choice(["", "partner", "partner", "event"]),
            campaign=chance.choice([None, campaign]),
            title=chance.choice(["Bakery owner", "Miller"]),
            first_name=chance.choice(["Maya", "Otto"]),
        )
        particulars.derive(lead)
        lead.save(update_fields=["search_text"])
        lead.tags.set(chance.choice([[], [tag]]))
        # Scored at different times, so that a ceiling says little about the warmth.
        never = chance.choice([-5.0, 0.0, 10.0, 30.0, chance.random() * 90])
        Standing.objects.filter(pk=lead.pk).update(
            s_never=never,
            ceiling=never + chance.choice([0, 0, 40 * chance.random()]),
            model_version=model.version,
            grade=chance.randrange(13),
            owner=chance.choice([None, rep]),
        )
    return {"rep": rep.pk, "tag": tag.pk, "campaign": campaign.pk}


def chosen_by(query):
    return BoardFilter(QueryDict(query), queryset=Lead.objects.all())


def read(board_filter, column, size=7):
    """Page after page of one column: the cards, and the count of the first page."""
    shown, cursor, counts = [], "", []
    while cursor or not counts:
        found = board.lane(
            chosen=board_filter.chosen,
            column=column,
            at=timezone.now(),
            cursor=cursor,
            size=size,
        )
        counts.append(found.count_in_words)
        shown += [card.pk for card in found.cards]
        cursor = found.next_cursor
    return shown, counts[0]


def wanted(board_filter, column):
    low, high = {"hot": (60, 999), "warm": (25, 60), "cold": (-99, 25)}.get(
        column.band, (-99, 999)
    )
    rows = Standing.objects.filter(
        stage=column.stage, s_never__gte=low, s_never__lt=high, lead__in=board_filter.qs
    )
    return list(rows.order_by("-s_never", "pk").values_list("pk", flat=True))


@pytest.mark.parametrize("query", ["", *FILTERS])
@pytest.mark.parametrize("few", [0, 3_000])
def test_a_column_is_in_the_exact_order_however_it_is_read(
    many, monkeypatch, query, few
):
    monkeypatch.setattr(tops, "LOOKED_AT", 2)
    monkeypatch.setattr(chosen, "FEW", few)
    board_filter = chosen_by(query.format(**many))

    for column in columns(by_band=True):
        expected = wanted(board_filter, column)
        assert read(board_filter, column) == (expected, str(len(expected)))


def test_of_many_so_many_are_looked_at_and_all_others_on_demand(many, monkeypatch):
    monkeypatch.setattr(chosen, "FEW", 0)
    monkeypatch.setattr(tops, "READ", 4)
    board_filter, column = chosen_by("source=partner"), Column(Stage.NEW)

    shown, count = read(board_filter, column, size=2)

    assert count.endswith("+")
    assert len(shown) == len(set(shown))
    assert set(shown) == set(wanted(board_filter, column))


def test_the_page_says_among_how_many_it_looked(client, many, monkeypatch):
    monkeypatch.setattr(chosen, "FEW", 0)
    monkeypatch.setattr(tops, "READ", 1)
    client.force_login(UserFactory(role=Role.MARKETER))

    page = client.get(reverse("nurture:board"), {"q": "zz"}).content.decode()

    assert "None among the first 1." in page
    assert "Counted among the 1 that were warmest" in page
    assert ">0+</span>" in page


@pytest.mark.parametrize("query", [FILTERS[1], FILTERS[-1]])
@pytest.mark.parametrize("few", [0, 3_000])
def test_a_filtered_board_costs_twelve_queries_at_most(
    client, many, monkeypatch, django_assert_max_num_queries, query, few
):
    monkeypatch.setattr(chosen, "FEW", few)
    client.force_login(UserFactory(role=Role.MARKETER))
    address = f"{reverse('nurture:board')}?bands=1&{query.format(**many)}"
    client.get(address)

    with django_assert_max_num_queries(12):
        client.get(address)
