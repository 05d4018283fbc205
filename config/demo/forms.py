"""The forms of the invented company: who filled them in, and who looked around."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from config.demo import chance as chances
from config.demo import marketing
from config.demo.agenda import Agenda
from config.demo.course import DAYS
from leads.capture.hosted import building, fields, receiving
from leads.capture.hosted.building import Question
from leads.capture.hosted.choices import Control
from leads.capture.hosted.guarding import Sent
from leads.capture.models import HostedForm, Submission
from leads.capture.tracking import beacons
from leads.capture.tracking.beacons import Caller, PageView
from leads.choices import NURTURED, ActivityKind
from leads.models import Campaign, Lead, Standing, User

DEMO, PLAYBOOK = "Book a demo", "Get the operations playbook"
SIGN_UP, RAFFLE = "Webinar: register", "Fair raffle"
# How many filled one in within the last weeks, and looked around within the last days.
FILLED, VISITORS = 16, 9
FORM_FILLERS = 6  # so many of the visitors are among those who filled one in
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
FLEETS = ["Up to 20", "21 to 100", "More than 100"]
CONSENT = "You may write to me about route planning. I can take this back at any time."
SPAM: list[dict[str, Any]] = [
    {"answers": {"email": "seo@rank-faster.example"}, "trap": "+1 555 0100"},
    {"answers": {"email": "win@casino.example", "first_name": "WIN"}, "key": ""},
    {
        "answers": {"email": "lena.vogt@halden-foods.example", "first_name": "Lena"},
        "origin": "https://partner-portal.example",
    },
]


def plan(
    *, agenda: Agenda, marketer: User, campaigns: dict[str, Campaign], until: datetime
) -> None:
    """Let leads and others fill forms in over the last weeks, and visitors look around.

    Of the four forms two are in use, one is not published yet, one is archived.
    """
    forms = _built(marketer, campaigns, until - timedelta(days=DAYS))
    for number in range(FILLED):
        chance = chances.stream("forms", number)
        at = until - timedelta(days=number, hours=chance.randint(1, 20))
        agenda.add(at, partial(_fill_in, forms, number))
    for number, told in enumerate(SPAM):
        at = until - timedelta(days=1 + number, hours=5)
        agenda.add(at, partial(_spam, forms[DEMO], told))
    for number in range(VISITORS):
        at = until - timedelta(hours=3 + 7 * number)
        agenda.add(at, partial(_look_around, number))


def _built(
    marketer: User, campaigns: dict[str, Campaign], now: datetime
) -> dict[str, HostedForm]:
    kinds = {
        DEMO: ActivityKind.DEMO_REQUESTED,
        PLAYBOOK: ActivityKind.CONTENT_DOWNLOADED,
        SIGN_UP: ActivityKind.WEBINAR_REGISTERED,
        RAFFLE: ActivityKind.FORM_SUBMITTED,
    }
    forms = {
        name: building.create(name=name, kind=kind, actor=marketer, now=now)
        for name, kind in kinds.items()
    }
    for name in (DEMO, PLAYBOOK):
        _set_up(forms[name], campaigns.get("Operations playbook"), name == PLAYBOOK)
        building.publish(form=forms[name], now=now)
    building.archive(form=forms[RAFFLE], now=now)
    return forms


def _set_up(
    form: HostedForm, campaign: Campaign | None, is_double_opt_in: bool
) -> None:
    said = {name: getattr(form, name) for name in building.SETTINGS}
    said |= {
        "introduction": "See a week of your own tours planned in four minutes.",
        "consent_text": CONSENT,
        "is_double_opt_in": is_double_opt_in,
        "sites": [marketing.SITE],
        "redirect_url": "" if is_double_opt_in else f"{marketing.SITE}/thanks",
    }
    if is_double_opt_in:
        said |= {
            "introduction": "Forty pages on fewer empty miles, by mail.",
            "campaign": campaign,
        }
    building.save_settings(form=form, said=said)
    question = Question(
        name=fields.custom_name("Fleet size"),
        label="How many vehicles do you run?",
        control=Control.CHOICE,
        choices=FLEETS,
    )
    building.add_field(form=form, question=question)


def _fill_in(forms: dict[str, HostedForm], number: int, at: datetime) -> None:
    """A lead asks for the playbook, now and then for a demo; most of them confirm."""
    chance = chances.stream("filled", number)
    form = forms[DEMO if number % 7 == 6 else PLAYBOOK]
    lead = _somebody(number)
    if lead is None:
        return
    answers = {
        "email": lead.email,
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "custom.fleet_size": chance.choice(FLEETS),
    }
    told = {
        "answers": {name: value for name, value in answers.items() if value},
        "has_consented": number % 3 > 0,
        "visitor_key": _browser(number),
        "properties": {"utm_source": "newsletter"} if number % 2 else {},
    }
    submission = _send(form, told, at)
    if number % 4 != 1:
        receiving.confirm(submission=submission, now=at + timedelta(minutes=4))


def _somebody(number: int) -> Lead | None:
    """One of the nurtured leads with an address, always the same for the number."""
    nurtured = Standing.objects.filter(stage__in=NURTURED, held_since=None)
    with_address = nurtured.exclude(lead__email="").order_by("-ceiling", "pk")
    found = list(with_address.select_related("lead")[20:80])
    return chances.stream("filling in", number).choice(found).lead if found else None


def _spam(form: HostedForm, told: dict[str, Any], at: datetime) -> None:
    _send(form, told, at)


def _send(form: HostedForm, told: dict[str, Any], at: datetime) -> Submission:
    sent = Sent(**{"key": form.key, "user_agent": BROWSER, **told})
    return receiving.receive(form=form, sent=sent, now=at)


def _look_around(number: int, at: datetime) -> None:
    chance = chances.stream("visits", number)
    pages = chance.sample([*marketing.READING, *marketing.PRODUCT], 3)
    for place, path in enumerate([*pages, marketing.PRICING][: 2 + number % 3]):
        title = path.rsplit("/", 1)[-1].replace("-", " ").capitalize()
        view = PageView(
            visitor_key=_browser(number if number < FORM_FILLERS else 100 + number),
            view_key=f"view-{number:04}-{place:08}",
            url=f"{marketing.SITE}{path}",
            title=title,
            properties={},
        )
        caller = Caller(user_agent=BROWSER, address="", method="POST")
        beacons.record(view=view, caller=caller, now=at + timedelta(minutes=place))


def _browser(number: int) -> str:
    """The id of a browser; some of those who look around have filled in a form."""
    return f"{chances.stream('browser', number).getrandbits(64):020}"
