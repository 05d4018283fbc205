from datetime import timedelta

import pytest

from leads import activities, consents, lifecycle
from leads.activities import NewActivity
from leads.choices import ActivityKind, Cause, ConsentHow, Purpose, Role, Stage
from leads.lifecycle import Move
from leads.models import Lead, Notification, Standing
from leads.nurture.choices import Left, MailFate, MuteLevel
from leads.nurture.mail import sending
from leads.nurture.models import Enrolment, Mail, Step, StepDone
from leads.nurture.programmes import building, entering, limits, running, trial
from leads.nurture.programmes.building import ProgrammeError
from scoring.engagement import active_model
from tests.leads.factories import NOON, LeadFactory, RepFactory, UserFactory
from tests.nurture.factories import (
    MailTemplateFactory,
    ProgrammeFactory,
    SegmentFactory,
    StepFactory,
    leaf,
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


def enter(programme, *leads, now=NOON):
    chosen = Lead.objects.filter(pk__in=[lead.pk for lead in leads])
    return entering.enrol(
        programme=programme, leads=chosen, how="hand", actor=None, now=now
    )


def run(*, days=0):
    """Do what is due so many days after noon."""
    now = NOON + days * DAY
    entering.look(now=now)
    running.run_due(now=now)
    sending.send_owed(now=now)


def why_left(programme):
    return list(programme.enrolments.values_list("ended_why", flat=True))


def test_who_asks_while_the_segment_enters_is_looked_after_by_the_next_look(
    workspace, monkeypatch
):
    tree = leaf("country", "is", "Chile")
    programme = programme_of("mail", segment=SegmentFactory(conditions=tree))
    LeadFactory(country="Chile")

    def ask(_programme, now):
        entering.ask_for_segment(programme=programme, actor=UserFactory(), now=now)
        return 0

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(entering, "_enter_by_segment", ask)
        entering.look(now=NOON)
    programme.refresh_from_db()

    assert programme.asked_at == NOON


def test_a_lead_goes_through_step_by_step(workspace, mailoutbox):
    programme = programme_of("mail", ("wait", {"days": 3}), "mail")
    lead = LeadFactory()
    enter(programme, lead)

    counts = []
    for days in (0, 2, 3, 4):
        run(days=days)
        counts.append(len(mailoutbox))

    assert counts == [1, 1, 2, 2]
    assert why_left(programme) == [Left.FINISHED]
    assert StepDone.objects.count() == 3


def test_leads_enter_by_the_segment_once(workspace):
    segment = SegmentFactory(conditions=leaf("country", "is", "Germany"))
    programme = programme_of(("wait", {"days": 1}), segment=segment)
    LeadFactory(country="Germany")
    LeadFactory(country="France")
    LeadFactory(country="Germany", do_not_mail_since=NOON)

    for days in (0, 2, 4):
        run(days=days)

    assert programme.enrolments.count() == 1
    assert why_left(programme) == [Left.FINISHED]


def test_a_lead_enters_again_after_the_days_of_the_rule(workspace):
    segment = SegmentFactory(conditions=leaf("country", "is_unknown"))
    programme = programme_of(("wait", {"days": 1}), segment=segment, reentry_days=5)
    LeadFactory()

    runs = []
    for days in (0, 1, 4, 7):
        run(days=days)
        runs.append(programme.enrolments.count())

    assert runs == [1, 1, 1, 2]


def test_who_sales_rejects_for_the_reason_enters(workspace):
    programme = programme_of(("wait", {"days": 9}), rejection_reason="No budget yet")
    leads = [LeadFactory(stage=Stage.SQL) for _number in range(2)]
    for lead, reason in zip(leads, ("No budget yet", "Nobody answers"), strict=True):
        wanted = Move(lead.pk, Stage.RECYCLED, Cause.DECISION, NOON + DAY, None, reason)
        lifecycle.move(wanted=wanted, now=NOON + DAY)

    run(days=2)

    assert [one.lead for one in programme.enrolments.all()] == leads[:1]


def test_a_lead_leaves_for_what_it_does(workspace):
    goal = SegmentFactory(conditions=leaf("done", "is", "demo_requested"))
    programme = programme_of(("wait", {"days": 5}), "mail", goal=goal)
    asks, answers, quits, moves, stays = leads = [LeadFactory() for _n in range(5)]
    enter(programme, *leads)
    run()
    later = NOON + DAY
    activities.record(
        activities=[
            NewActivity(asks.pk, ActivityKind.DEMO_REQUESTED, later),
            NewActivity(answers.pk, ActivityKind.EMAIL_REPLIED, later),
        ]
    )
    consents.forbid(
        lead_ids=[quits.pk],
        purpose=Purpose.MAIL,
        why="No",
        how=ConsentHow.UNSUBSCRIBED,
        at=later,
    )
    lifecycle.move(wanted=Move(moves.pk, Stage.MQL, Cause.PERSON, later), now=later)

    run(days=2)

    left = dict(programme.enrolments.values_list("lead", "ended_why"))
    assert [left[lead.pk] for lead in leads] == [
        Left.GOAL,
        Left.REPLY,
        Left.UNSUBSCRIBED,
        Left.STAGE,
        "",
    ]
    assert stays.pk in left


def test_a_branch_parts_leads(workspace, mailoutbox):
    programme = programme_of("branch", ("tag", {"words": "german"}), "mail")
    branch, _tag, mail = programme.steps.all()
    branch.conditions = leaf("country", "is", "Germany")
    branch.otherwise = mail
    branch.save()
    german, french = LeadFactory(country="Germany"), LeadFactory(country="France")
    enter(programme, german, french)

    run()

    assert [tag.name for tag in german.tags.all()] == ["german"]
    assert not french.tags.exists()
    assert len(mailoutbox) == 2
    branch.refresh_from_db()
    branch.otherwise = None
    branch.save()
    enter(programme, third := LeadFactory())
    run()
    assert programme.enrolments.get(lead=third).ended_why == Left.BRANCH


def test_a_lead_in_two_programmes_gets_a_mail_once(workspace, mailoutbox):
    template = MailTemplateFactory()
    lead = LeadFactory()
    for _number in range(2):
        enter(programme_of(("mail", {"template": template})), lead)

    run()

    assert len(mailoutbox) == 1
    assert set(Enrolment.objects.values_list("ended_why", flat=True)) == {Left.FINISHED}
    assert sorted(StepDone.objects.values_list("outcome", flat=True)) == [
        "done",
        "skipped",
    ]


def test_no_lead_gets_more_mails_than_the_cap_over_all_programmes(
    workspace, mailoutbox
):
    lead = LeadFactory()
    for _number in range(3):
        enter(programme_of("mail"), lead)

    run()
    waits = Enrolment.objects.active().get()
    assert (len(mailoutbox), waits.waits_for) == (2, "enough mails lately")
    run(days=6)
    assert len(mailoutbox) == 2
    run(days=8)

    assert len(mailoutbox) == 3


def test_mails_wait_for_the_hours(workspace, mailoutbox):
    programme = programme_of("mail", from_hour=14, to_hour=16, on_weekdays=True)
    enter(programme, LeadFactory(country="Germany"))

    run()

    waits = programme.enrolments.get()
    assert mailoutbox == []
    assert waits.next_at == NOON + timedelta(hours=1)


def test_a_pause_holds_everything(workspace, mailoutbox):
    programme = programme_of("mail")
    enter(programme, LeadFactory())
    building.pause(programme=programme, now=NOON)

    run()
    assert mailoutbox == []
    building.start(programme=programme, now=NOON)
    run()

    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("mute", "is_promotional", "is_assist", "is_mailed"),
    [
        (MuteLevel.ALL, False, False, False),
        (MuteLevel.ALL, True, True, True),
        (MuteLevel.PROMOTIONAL, True, False, False),
        (MuteLevel.PROMOTIONAL, False, False, True),
        (MuteLevel.NONE, True, False, True),
    ],
)
def test_while_sales_works_a_lead_is_spared(
    workspace, mailoutbox, mute, is_promotional, is_assist, is_mailed
):
    limits.save(said={"mute": mute, "most_mails": 2, "in_days": 7})
    template = MailTemplateFactory(is_promotional=is_promotional)
    programme = programme_of(
        ("mail", {"template": template}), is_sales_assist=is_assist
    )
    enter(programme, LeadFactory(stage=Stage.ACCEPTED))

    run()

    assert len(mailoutbox) == is_mailed
    if not is_mailed:
        assert programme.enrolments.get().waits_for == "sales is at work"


def test_a_mail_that_was_planned_before_sales_came_is_not_sent(workspace, mailoutbox):
    programme = programme_of("mail", exits_on_stage=False)
    enter(programme, lead := LeadFactory())
    running.run_due(now=NOON)
    lifecycle.move(wanted=Move(lead.pk, Stage.SQL, Cause.PERSON, NOON), now=NOON)

    sending.send_owed(now=NOON)

    assert mailoutbox == []
    assert Mail.objects.get().fate == MailFate.NOT_SENT


def test_the_owner_gets_a_task_and_news_and_sales_the_lead(workspace):
    rep = RepFactory()
    programme = programme_of(
        ("task", {"words": "Call about the fair", "days": 2}),
        ("notify", {"words": "Met at the fair"}),
        "hand_over",
    )
    lead = LeadFactory(stage=Stage.MQL)
    lifecycle.assign(lead=lead, owner=rep.user, team=rep.team)
    scored = {"s_never": 31, "model_version": active_model().version}
    Standing.objects.filter(lead=lead).update(grade=9, fit=70, **scored)
    enter(programme, lead)

    for _time in range(2):
        run()

    task = lead.tasks.get()
    assert (task.title, task.rep) == ("Call about the fair", rep.user)
    assert task.due_at == NOON + 2 * DAY
    news = Notification.objects.get(person=rep.user, kind="programme")
    assert "Met at the fair" in news.title
    change = lead.stage_changes.get(to_stage=Stage.SQL)
    assert (change.grade, change.engagement, change.fit) == (9, 31, 70)
    assert why_left(programme) == [Left.HANDED_OVER]


def test_a_trial_moves_the_clock_and_writes_nothing(workspace, mailoutbox):
    programme = programme_of("mail", ("wait", {"days": 1}), "mail", "mail", "hand_over")
    lead = LeadFactory(stage=Stage.MQL)

    tried = trial.try_on(programme=programme, lead=lead, now=NOON)

    days = [(one.at - NOON).days for one in tried]
    assert days == [0, 0, 1, 7, 7]
    assert mailoutbox == []
    assert not Enrolment.objects.exists()
    assert not Mail.objects.exists()


def test_a_trial_leaves_where_the_real_run_would(workspace):
    programme = programme_of("mail", ("wait", {"days": 1}), "mail")
    first = programme.steps.first()
    there = SegmentFactory(conditions=leaf("stage", "is", "mql"))
    spared, arrived, with_sales = (
        LeadFactory(do_not_mail_since=NOON),
        LeadFactory(stage=Stage.MQL),
        LeadFactory(stage=Stage.ACCEPTED),
    )
    programme.goal = there
    programme.save()

    tried = {
        lead: trial.try_on(programme=programme, lead=lead, now=NOON)
        for lead in (spared, arrived, with_sales)
    }

    assert [[one.step for one in steps] for steps in tried.values()] == [[first]] * 3
    assert [steps[0].note for steps in tried.values()] == [
        "Leaves before this step: Wants no mail",
        "Leaves before this step: Reached the goal",
        "Waits while sales is at work.",
    ]


def test_a_branch_never_leads_back(workspace):
    programme = programme_of("mail", "branch", started_at=None)
    mail, branch = programme.steps.all()

    with pytest.raises(ProgrammeError, match="never back"):
        building.save_step(programme=programme, step=branch, said={"otherwise": mail})


def test_steps_change_while_it_is_paused_and_leads_go_on(workspace, mailoutbox):
    programme = programme_of(("wait", {"days": 5}), "mail")
    wait, _mail = programme.steps.all()
    enter(programme, LeadFactory())
    run()
    running_step = programme.enrolments.get().step
    with pytest.raises(ProgrammeError, match="Pause"):
        building.remove_step(step=running_step)
    building.pause(programme=programme, now=NOON)

    building.remove_step(step=running_step)
    building.remove_step(step=Step.objects.get(pk=wait.pk))
    building.save_step(programme=programme, step=None, said={"kind": "hand_over"})
    building.start(programme=programme, now=NOON)
    run(days=6)

    assert why_left(programme) in ([Left.FINISHED], [Left.HANDED_OVER])


def test_ten_thousand_are_entered_and_planned_in_few_queries(
    workspace, django_assert_max_num_queries
):
    programme = programme_of("mail")
    enter(programme, *LeadFactory.create_batch(60))

    with django_assert_max_num_queries(45):
        assert running.run_due(now=NOON) == 60
