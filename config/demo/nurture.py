"""The segments and mails of the invented company."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from config.demo import marketing
from leads.models import Lead, User
from leads.nurture import segments
from leads.nurture.choices import SegmentKind, StepKind, SuppressionWhy
from leads.nurture.mail import drafting, reactions, sending, suppressing
from leads.nurture.mail.links import Signed
from leads.nurture.models import Mail, MailTemplate, Programme, Segment
from leads.nurture.programmes import building, entering, running

FAIR = "Met at the fair"
CHOSEN = 14
SENT, SAYS_NO = 40, 7
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PLAYBOOK, CASE = "Playbook 1: fewer empty miles", "How Halden Foods did it"
LETTERS = [
    (
        PLAYBOOK,
        "{{ first_name | Hello }}, where do your empty miles come from?",
        "Forty pages, and a sheet to reckon with.",
        f"""# Fewer empty miles

Hi {{{{ first_name | there }}}},

one tour in four at companies like {{{{ company | yours }}}} drives home **empty**.
The playbook shows three ways out of that:

- plan the way back first
- share docks with neighbours
- let the planner see tomorrow

[Read the playbook]({marketing.SITE}/playbook)

If you would rather talk, just answer this mail.""",
    ),
    (
        "Playbook 2: plan a week in four minutes",
        "A week of tours in four minutes",
        "See it with your own stops.",
        f"""Hi {{{{ first_name | there }}}},

you read about empty miles. Here is the *other half*: the plan itself.

[See it with your own stops]({marketing.SITE}/demo)

Best regards,
{{{{ owner_name | The Baton team }}}}""",
    ),
    (
        CASE,
        "How Halden Foods plans 60 vans",
        "",
        f"""## A case from your trade

{{{{ first_name | Hello }}}}, since you are talking with us already: Halden Foods saved
eleven percent of its miles in the first quarter.

[Read how]({marketing.SITE}/cases/halden-foods)""",
    ),
]


def _is(field: str, value: Any, operator: str = "is") -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


BY_CONDITIONS: Sequence[tuple[str, str, dict[str, Any]]] = [
    (
        "Warm, and may be mailed",
        "Who gets the playbook series.",
        {"all": [_is("stage", "iql"), _is("may_mail", "yes")]},
    ),
    (
        "Asked for prices, not with sales yet",
        "Look at these before the weekly meeting.",
        {
            "all": [
                _is("done", "pricing_requested"),
                {"any": [_is("stage", "iql"), _is("stage", "mql")]},
            ]
        },
    ),
    (
        "Large companies that fit",
        "For invitations by name.",
        {"all": [_is("employees", 1000, "at_least"), _is("grade", "B", "at_least")]},
    ),
    (
        "Came back from sales",
        "Recycled leads that may be mailed.",
        {"all": [_is("stage", "recycled"), _is("may_mail", "yes")]},
    ),
]


def lay_out(*, marketers: Sequence[User], until: datetime) -> None:
    """Segments by conditions, one chosen by hand, and one that is done with."""
    for number, (name, description, tree) in enumerate(BY_CONDITIONS):
        segments.create(
            name=name,
            description=description,
            kind=SegmentKind.CONDITIONS,
            tree=tree,
            actor=marketers[number % len(marketers)],
            now=until - timedelta(days=30 - 5 * number),
        )
    fair = _list(FAIR, marketers[0], until - timedelta(days=9))
    met = Lead.objects.living().filter(standing__stage="mql").order_by("-pk")
    chosen = Lead.objects.filter(pk__in=list(met.values_list("pk", flat=True)[:CHOSEN]))
    segments.add(
        segment=fair, leads=chosen, actor=marketers[-1], now=until - timedelta(days=8)
    )
    old = _list("Webinar of last spring", marketers[0], until - timedelta(days=200))
    segments.archive(
        segment=old, is_off=False, actor=marketers[0], now=until - timedelta(days=100)
    )
    _write_mails(marketers[0], until)
    _send_mails(until)
    _lead_through(marketers[0], until)


def _lead_through(marketer: User, until: datetime) -> None:
    """A programme at work for ten days, one for sales, and one not started yet."""
    at = until - timedelta(days=10)
    by_name = {one.name: one for one in MailTemplate.objects.all()}
    series = _programme("Playbook series", marketer, at, segment=BY_CONDITIONS[0][0])
    mails = [by_name[name] for name, *_rest in LETTERS]
    clicked = _is("done", "email_clicked")
    for said in (
        {"kind": StepKind.MAIL, "template": mails[0]},
        {"kind": StepKind.WAIT, "days": 3},
        {"kind": StepKind.BRANCH, "conditions": clicked},
        {"kind": StepKind.TAG, "words": "reads the playbook"},
        {"kind": StepKind.MAIL, "template": mails[1]},
        {"kind": StepKind.BRANCH, "conditions": _is("grade", "A", "at_least")},
        {"kind": StepKind.UNTIL, "weekday": 1, "hour": 10},
        {"kind": StepKind.HAND_OVER},
    ):
        building.save_step(programme=series, step=None, said=said)
    building.start(programme=series, now=at)
    for days in (0, 3, 4):
        then = at + timedelta(days=days)
        entering.look(now=then)
        running.run_due(now=then)
        while sending.send_owed(now=then):
            pass
        _read_mails(Mail.objects.exclude(step=None), then)
    assist = _programme("Cases for open deals", marketer, at, is_sales_assist=True)
    said = {"kind": StepKind.MAIL, "template": mails[2]}
    building.save_step(programme=assist, step=None, said=said)
    building.start(programme=assist, now=at)
    _programme("Back from sales", marketer, at, segment=BY_CONDITIONS[3][0])


def _programme(
    name: str, actor: User, at: datetime, segment: str = "", **said: Any
) -> Programme:
    usual = {one: getattr(Programme(), one, None) for one in building.SETTINGS}
    usual["segment"] = Segment.objects.filter(name=segment).first()
    told = {**usual, "name": name, **said}
    return building.save(programme=None, said=told, actor=actor, now=at)


def _write_mails(marketer: User, until: datetime) -> None:
    for name, subject, preheader, body in LETTERS:
        said = {
            "name": name,
            "subject": subject,
            "preheader": preheader,
            "body": body,
            "is_promotional": name != CASE,
        }
        at = until - timedelta(days=12)
        drafting.save(template=None, said=said, actor=marketer, now=at)


def _send_mails(until: datetime) -> None:
    """A round of two days ago: some opened it, some followed the link, one said no."""
    at = until - timedelta(days=2)
    template = MailTemplate.objects.get(name=PLAYBOOK)
    warm = Segment.objects.get(name=BY_CONDITIONS[0][0])
    lead_ids = list(segments.members(warm).order_by("pk").values_list("pk", flat=True))
    sending.plan(lead_ids=lead_ids[:SENT], template=template, at=at, now=at)
    while sending.send_owed(now=at):
        pass
    _read_mails(Mail.objects.all(), at)
    # In a small workspace there may be nobody to say no.
    for no in Mail.objects.order_by("pk")[SAYS_NO : SAYS_NO + 1]:
        signed = Signed(no.pk, no.lead_id)
        reactions.unsubscribe(signed=signed, now=at + timedelta(hours=5))
    suppressing.suppress(
        email="office@closed-down.example",
        why=SuppressionWhy.BOUNCED,
        note="550 5.1.1 no such user",
        actor=None,
        now=at,
    )


def _read_mails(mails: QuerySet[Mail], at: datetime) -> None:
    """Some of those that were sent at this time are opened, and some links followed."""
    for number, mail in enumerate(mails.filter(handed_over_at=at).order_by("pk")):
        later = at + timedelta(minutes=7 + 13 * (number % 100))
        signed = Signed(mail.pk, mail.lead_id, f"{marketing.SITE}/playbook")
        if number % 2 == 0:
            reactions.opened(signed=signed, agent=BROWSER, method="GET", now=later)
        if number % 5 == 0:
            reactions.clicked(signed=signed, agent=BROWSER, method="GET", now=later)


def _list(name: str, actor: User, at: datetime) -> Segment:
    return segments.create(
        name=name, kind=SegmentKind.LIST, tree={}, actor=actor, now=at
    )
