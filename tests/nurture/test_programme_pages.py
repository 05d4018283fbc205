from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from leads.choices import Role
from leads.nurture.choices import Left
from leads.nurture.models import Enrolment, Programme
from leads.nurture.programmes import entering
from tests import bad_inputs
from tests.leads.factories import LeadFactory, UserFactory
from tests.nurture.factories import (
    MailTemplateFactory,
    ProgrammeFactory,
    SegmentFactory,
    StepFactory,
    leaf,
    sendable,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def programme_of(*steps, **said):
    """A programme with these steps: kinds, or kinds with their values."""
    programme = ProgrammeFactory(**said)
    for step in steps:
        kind, values = step if isinstance(step, tuple) else (step, {})
        if kind == "mail" and "template" not in values:
            values = {"template": MailTemplateFactory(), **values}
        StepFactory(programme=programme, kind=kind, **values)
    return programme


def why_left(programme):
    return list(programme.enrolments.values_list("ended_why", flat=True))


def test_a_programme_is_built_started_and_read_on_its_pages(client, marketer):
    segment = SegmentFactory(conditions=leaf("country", "is_unknown"))
    template = MailTemplateFactory()
    LeadFactory(first_name="Ann")
    typed = {"name": "Series", "segment": segment.pk, "from_hour": 0, "to_hour": 24}

    client.post(reverse("programmes:new"), typed)
    programme = Programme.objects.get()
    new = reverse("programmes:step_new", args=[programme.pk, "mail"])
    assert client.post(new, {"template": ""}).status_code == 422
    client.post(new, {"template": template.pk})
    branch = reverse("programmes:step_new", args=[programme.pk, "branch"])
    assert client.post(branch, {}).status_code == 422
    row = {f"{name}-0": value for name, value in leaf("stage", "is", "new").items()}
    client.post(branch, {"row": "0", "group-of-conditions": "all", **row})
    state = reverse("programmes:state", args=[programme.pk])
    client.post(state, {"wish": "start"})
    client.post(reverse("programmes:enrol", args=[programme.pk]), {"segment": "1"})
    entering.look(now=timezone.now())

    pages = [
        client.get(reverse(f"programmes:{name}", args=[programme.pk])).content.decode()
        for name in ("detail", "leads", "try", "edit")
    ]
    assert template.name in pages[0]
    assert "Go on if: Stage is New" in pages[0]
    assert "<svg" in pages[0]
    assert "Ann" in pages[1]
    assert "What would happen to Ann" in pages[2]
    assert "Series" in client.get(reverse("programmes:list")).content.decode()
    client.post(reverse("programmes:end", args=[Enrolment.objects.get().pk]))
    assert why_left(programme) == [Left.HAND]


def test_reps_build_no_programmes(client, workspace):
    programme = ProgrammeFactory()
    client.force_login(UserFactory(role=Role.REP))

    assert client.get(reverse("programmes:list")).status_code == 403
    assert client.get(programme.get_absolute_url()).status_code == 403


def test_hostile_inputs_never_break_the_pages(client, marketer):
    programme = programme_of("mail", started_at=None)
    for case, _expect in bad_inputs.listed("text")[::4]:
        value = sendable(bad_inputs.value_of(case))
        told = dict.fromkeys(
            ("name", "words", "days", "hour", "weekday", "segment", "template"), value
        ) | {"otherwise": value, "from_hour": value, "wish": value, "by": value}
        for name in ("new", "limits"):
            answer = client.post(reverse(f"programmes:{name}"), told)
            assert answer.status_code < 500, case["id"]
        for kind in ("wait", "until", "tag"):
            new = reverse("programmes:step_new", args=[programme.pk, kind])
            assert client.post(new, told).status_code < 500, case["id"]
    pages = [reverse("programmes:list"), programme.get_absolute_url()]
    pages += [
        reverse(f"programmes:{name}", args=[programme.pk]) for name in ("leads", "try")
    ]
    for turn, (case, _expect) in enumerate(bad_inputs.listed("query_params")[::3]):
        address = f"{pages[turn % 4]}?{bad_inputs.query_of(case)}"
        assert client.get(address).status_code < 500, case["id"]


def test_a_whole_segment_enters_in_the_background_and_tells_how_far_it_is(
    client, marketer, monkeypatch
):
    segment = SegmentFactory(conditions=leaf("country", "is_unknown"))
    programme = programme_of(("wait", {"days": 3}), segment=segment)
    for _number in range(5):
        LeadFactory()
    entering_url = reverse("programmes:entering", args=[programme.pk])
    client.post(reverse("programmes:enrol", args=[programme.pk]), {"segment": "1"})
    assert client.get(entering_url).context["entering"].total == 5
    monkeypatch.setattr(entering, "CHUNK", 2)

    def killed(place):
        if programme.enrolments.count() == 4:
            raise KeyboardInterrupt

    now = timezone.now()
    with monkeypatch.context() as patch:
        patch.setattr(entering, "crashpoint", killed)
        with pytest.raises(KeyboardInterrupt):
            entering.look(now=now)
    half = client.get(programme.get_absolute_url())
    counts = [entering.look(now=now) for _again in range(2)]

    assert "4 of 5 leads have entered" in half.text
    assert counts == [1, 0]
    assert programme.enrolments.count() == 5
    assert {one.actor for one in programme.enrolments.all()} == {marketer}
    assert client.get(entering_url).context["entering"] is None
