from datetime import timedelta

import pytest
from django.urls import reverse

from handoff import briefs
from handoff.choices import AnswerState, Framework, Question
from handoff.models import Answer
from handoff.selling import qualification
from handoff.selling.qualification import AnswerChangedError, AnswerError
from leads.choices import Role
from leads.models import Lead, Standing
from tests.handoff.factories import manager, owned_lead
from tests.leads.factories import NOON, RepFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def rep(client):
    user = RepFactory().user
    client.force_login(user)
    return user


@pytest.fixture
def lead(rep):
    return owned_lead(rep)


def say(lead, actor, state=AnswerState.KNOWN, note="50,000 a year", **fields):
    fields = {"question": Question.BUDGET, "seen": 0, "now": NOON, **fields}
    return qualification.answer(
        lead=lead, state=state, note=note, actor=actor, **fields
    )


def sheet(lead, cycle=1, framework=Framework.BANT):
    return qualification.sheet(lead=lead, cycle=cycle, framework=framework).lines


def test_what_nobody_has_answered_is_unknown(lead):
    lines = sheet(lead)

    assert [str(line.question.label) for line in lines] == [
        "Budget",
        "Authority",
        "Need",
        "Timeline",
    ]
    assert {line.state for line in lines} == {AnswerState.UNKNOWN}


def test_the_latest_answer_holds_and_the_one_before_stays(lead, rep):
    first = say(lead, rep)
    say(lead, manager(), AnswerState.BLOCKED, "Freeze", seen=first.pk, now=LATER)

    budget = sheet(lead)[0]

    assert (budget.state, budget.note) == (AnswerState.BLOCKED, "Freeze")
    assert [(one.note, one.actor) for one in budget.past] == [("50,000 a year", rep)]


def test_the_same_answer_again_is_kept_once(lead, rep):
    for _turn in range(2):
        say(lead, rep)

    assert Answer.objects.count() == 1


def test_who_was_slower_does_not_write_over_what_he_has_not_seen(lead, rep):
    say(lead, rep)

    with pytest.raises(AnswerChangedError):
        say(lead, manager(), note="Nothing", seen=0)

    assert Answer.objects.count() == 1


def test_another_rep_answers_nothing(lead):
    with pytest.raises(AnswerError, match="Only the rep"):
        say(lead, RepFactory().user)


def test_a_new_cycle_begins_blank_and_shows_what_was_known(lead, rep):
    say(lead, rep)
    Standing.objects.filter(lead=lead).update(cycle=2)

    budget = sheet(lead, cycle=2)[0]

    assert budget.state == AnswerState.UNKNOWN
    assert budget.earlier.note == "50,000 a year"


def test_the_questions_last_asked_are_asked_on(lead, rep):
    assert qualification.sheet(lead=lead, cycle=1).framework == Framework.BANT

    say(lead, rep, question=Question.MONEY)

    assert qualification.sheet(lead=lead, cycle=1).framework == Framework.CHAMP


def test_the_next_brief_tells_what_is_known_and_what_is_open(lead, rep):
    say(lead, rep)
    say(lead, rep, AnswerState.BLOCKED, "Ask the board", question=Question.AUTHORITY)
    leads = Lead.objects.select_related("account", "campaign", "standing")

    brief = briefs.compose(leads=[leads.get(pk=lead.pk)], now=LATER)[lead.pk]

    told = brief["qualification"]
    assert told["cycle"] == 1
    assert [line["question"] for line in told["known"]] == ["Budget"]
    assert [line["question"] for line in told["open"]] == [
        "Authority",
        "Need",
        "Timeline",
    ]
    assert told["open"][0] == {
        "question": "Authority",
        "state": "blocked",
        "note": "Ask the board",
    }


def test_only_the_latest_cycle_with_answers_stands_on_the_brief(lead, rep):
    say(lead, rep, question=Question.NEED)
    Standing.objects.filter(lead=lead).update(cycle=2)
    say(lead, rep, note="Less")

    told = qualification.for_briefs(lead_ids=[lead.pk])[lead.pk]

    assert told["cycle"] == 2
    assert [line["question"] for line in told["known"]] == ["Budget"]


# --- pages ---------------------------------------------------------------------------


def post(client, lead, question="bant.budget", **fields):
    typed = {"state": "known", "note": "50,000", "seen": "0", **fields}
    address = reverse("handoff:answer", args=[lead.pk, question])
    return client.post(address, typed, headers=HTMX)


def test_an_answer_is_saved_by_itself(client, lead):
    answer = post(client, lead)

    html = answer.content.decode()
    assert 'id="answer-bant-budget"' in html
    assert 'value="50,000"' in html
    assert Answer.objects.get().note == "50,000"


def test_a_conflict_shows_what_the_other_wrote(client, lead):
    post(client, lead, note="Theirs")

    answer = post(client, lead, note="Mine")

    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()
    assert "while you were at it" in answer.content.decode()


@pytest.mark.parametrize(
    "fields",
    [{"state": "maybe"}, {"note": "x" * 501}, {"note": "a\x00b"}, {"seen": "x"}],
)
def test_a_wrong_answer_is_refused_in_words(client, lead, fields):
    answer = post(client, lead, **fields)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Answer.objects.exists()


def test_a_question_that_is_none_is_not_found(client, lead):
    assert post(client, lead, question="bant.weather").status_code == 404


def test_the_questions_can_be_changed_without_script(client, lead):
    sheet = reverse("handoff:qualification", args=[lead.pk])

    answer = client.get(sheet, {"framework": "champ"}, follow=True)

    assert "Prioritisation" in answer.content.decode()


def test_without_script_an_answer_leads_back_to_the_lead(client, lead):
    address = reverse("handoff:answer", args=[lead.pk, "champ.money"])

    answer = client.post(address, {"state": "known", "note": "", "seen": "0"})

    page = reverse("leads:detail", args=[lead.pk])
    assert answer.url == f"{page}?framework=champ#qualification"


def test_another_reps_lead_is_not_found(client, rep):
    lead = owned_lead(RepFactory().user)

    assert post(client, lead).status_code == 404


def test_a_marketer_reads_the_answers_and_changes_none(client, lead, rep):
    say(lead, rep)
    client.force_login(UserFactory(role=Role.MARKETER))

    page = client.get(reverse("leads:detail", args=[lead.pk])).content.decode()

    assert "50,000 a year" in page
    assert 'name="state"' not in page
    assert post(client, lead).status_code == 403
