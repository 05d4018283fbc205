import pytest
from django.urls import reverse

from leads.choices import GRADES, Role
from leads.models import SavedView
from tests.leads.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db

SAVE = reverse("leads:save-view")
TABLE, BOARD = reverse("leads:list"), reverse("nurture:board")
C = GRADES.index("C")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    LeadFactory(source="webinar")
    return user


def save(client, query="source=webinar", name="Webinars", **typed):
    return client.post(SAVE, {"query": query, "name": name, **typed})


def test_what_is_filtered_is_said_in_words_with_a_way_to_take_it_away(client, marketer):
    response = client.get(TABLE, {"source": "webinar", "grade": C, "sort": "score"})

    chips = response.context["filter"].chips
    assert [(chip.label, chip.value) for chip in chips] == [
        ("Source", "webinar"),
        ("Grade", "C or better"),
    ]
    assert chips[0].query == f"grade={C}&sort=score"


def test_an_unknown_value_is_no_filter_and_no_chip(client, marketer):
    response = client.get(TABLE, {"source": "nowhere", "owner": "x", "q": ""})

    assert response.context["filter"].chips == []


def test_filtering_on_the_page_brings_the_chips_along(client, marketer):
    answer = client.get(BOARD, {"source": "webinar"}, headers=HTMX).content.decode()

    assert 'hx-target="#filter-chips"' in answer


def test_a_filter_is_kept_under_a_name_and_found_on_board_and_table(client, marketer):
    response = save(client, "source=webinar&after=x&evil=1", layout="board")

    assert response.url == f"{BOARD}?source=webinar"
    for address in (TABLE, BOARD):
        page = client.get(address).content.decode()
        assert f"{address}?source=webinar" in page


def test_a_colleague_finds_what_is_shared_and_changes_nothing_of_it(client, marketer):
    save(client, name="Mine alone")
    save(client, name="For all", is_shared="on")
    client.get(TABLE)  # here the first person reads what was done
    client.force_login(UserFactory(role=Role.MARKETER))

    page = client.get(reverse("leads:saved-views")).content.decode()
    shared = SavedView.objects.get(name="For all")
    removed = client.post(
        reverse("leads:saved-view", args=[shared.pk]), {"do": "remove"}
    )

    assert ("For all" in page, "Mine alone" in page) == (True, False)
    assert removed.status_code == 404


def test_an_own_view_is_shared_kept_again_and_removed(client, marketer):
    save(client)
    view = SavedView.objects.get()
    address = reverse("leads:saved-view", args=[view.pk])

    for deed, is_shared in (("share", True), ("keep", False)):
        client.post(address, {"do": deed})
        view.refresh_from_db()
        assert view.is_shared is is_shared
    client.post(address, {"do": "remove"})

    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "required"),
        ({"name": "x" * 61}, "at most 60"),
        ({"query": "evil=1"}, "Nothing is filtered"),
        ({"query": "source=%00"}, "Nothing is filtered"),
        ({"name": "Taken"}, "have a view of this name"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(client, marketer, typed, words):
    save(client, name="Taken")

    response = save(client, **typed)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert SavedView.objects.count() == 1
