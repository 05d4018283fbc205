import pytest
from django.urls import reverse
from django.utils import timezone

from leads import consents, forgetting, particulars
from leads.capture.hosted import guarding
from leads.capture.hosted.choices import Box, Control
from leads.capture.models import Bucket, FormField, Submission
from leads.choices import ActivityKind, ConsentHow, Purpose, Role
from leads.models import Activity, Campaign, Lead
from tests import bad_inputs
from tests.capture.factories import SITE, HostedFormFactory, drain, filled, send
from tests.leads.factories import NOON, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def form():
    return HostedFormFactory()


def test_whoever_fills_it_in_becomes_a_lead_with_the_activity(client):
    form = HostedFormFactory(
        kind=ActivityKind.DEMO_REQUESTED, name="Book a demo", source="website"
    )

    answer = send(client, form, first_name="Maya", company="Northwind")

    assert answer.status_code == 303
    assert answer["Location"] == reverse("public:thanks", args=[form.slug])
    lead = Lead.objects.get()
    assert (lead.name, lead.account.name) == ("Maya", "Northwind")
    assert lead.account.domain == "northwind.example"
    assert lead.source == "website"
    assert lead.standing.stage == "new"
    client.force_login(UserFactory(role=Role.MANAGER))
    assert (
        "Came by a form"
        in client.get(reverse("leads:detail", args=[lead.pk])).content.decode()
    )
    activity = lead.activities.get()
    assert (activity.kind, activity.subject) == ("demo_requested", "Book a demo")
    submission = Submission.objects.get()
    assert (submission.lead, submission.box) == (lead, Box.COUNTED)


def test_the_page_sets_no_cookie_and_is_kept_from_search_and_caches(client, form):
    answer = client.get(reverse("public:form", args=[form.slug]))

    assert answer.status_code == 200
    assert not answer.cookies
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert "<script" not in answer.content.decode()


def test_only_the_sites_of_the_form_may_frame_its_embedded_page(client):
    form = HostedFormFactory(sites=[SITE])

    answer = client.get(reverse("public:embed", args=[form.slug]))

    assert f"frame-ancestors {SITE}" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert not answer.cookies


def test_a_form_without_sites_is_framed_by_nobody(client, form):
    answer = client.get(reverse("public:embed", args=[form.slug]))

    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("closed", [{"published_at": None}, {"archived_at": "now"}])
def test_a_form_that_is_not_open_is_not_found(client, closed):
    if "archived_at" in closed:
        closed = {"archived_at": timezone.now()}
    form = HostedFormFactory(**closed)

    assert client.get(reverse("public:form", args=[form.slug])).status_code == 404
    assert send(client, form).status_code == 404
    assert not Submission.objects.exists()


def test_what_is_missing_is_told_beside_the_field_and_nothing_is_kept(client, form):
    answer = send(client, form, email="", first_name="Maya")

    assert answer.status_code == 422
    html = answer.content.decode()
    assert "This field is required." in html
    assert 'value="Maya"' in html
    assert not Submission.objects.exists()


def test_the_stamp_of_the_first_showing_stays_through_corrections(client, form):
    posted = filled(form, now=timezone.now(), email="maya@")
    address = reverse("public:form", args=[form.slug])

    answer = client.post(address, posted)

    assert posted["stamp"] in answer.content.decode()


def test_the_same_showing_sent_twice_counts_once(client, form):
    posted = filled(form, now=timezone.now(), first_name="Maya")
    address = reverse("public:form", args=[form.slug])

    answers = [client.post(address, posted).status_code for _time in range(2)]

    assert answers == [303, 303]
    assert Submission.objects.count() == Lead.objects.count() == 1
    assert Activity.objects.count() == 1


def test_a_corrected_address_is_another_submission(client, form):
    posted = filled(form, now=timezone.now(), email="maya@northwind.exampel")
    address = reverse("public:form", args=[form.slug])
    client.post(address, posted)

    client.post(address, posted | {"email": "maya@northwind.example"})

    assert Lead.objects.count() == 2


def test_a_known_lead_learns_what_was_blank_and_keeps_the_rest(client):
    form = HostedFormFactory(fields=["first_name", "phone", "company"])
    lead = LeadFactory(email="Maya@Northwind.example", first_name="Maja", phone="")

    answer = send(client, form, first_name="Mallory", phone="+49 30 1", company="Acme")

    lead.refresh_from_db()
    assert (lead.first_name, lead.phone) == ("Maja", "+49 30 1")
    assert lead.account.name == "Acme"
    assert Lead.objects.count() == 1
    unknown = send(client, form, email="other@northwind.example")
    assert (answer.status_code, answer["Location"]) == (303, unknown["Location"])


def test_a_stranger_does_not_rename_the_company_of_a_lead(client):
    form = HostedFormFactory(fields=["company"])
    typed = dict.fromkeys([*particulars.TYPED, "company", "company_domain"], "")
    typed |= {"email": "maya@northwind.example", "company": "Northwind"}
    particulars.save_lead(
        lead=None, typed=typed | {"campaign": None}, now=timezone.now()
    )

    send(client, form, company="Pwned Ltd")

    assert Lead.objects.get().account.name == "Northwind"


def test_a_question_of_ones_own_fills_a_custom_field(client):
    form = HostedFormFactory(fields=["custom.team_size", "custom.role"])
    form.fields.filter(name="custom.role").update(
        control=Control.CHOICE, choices=["Buyer", "User"]
    )
    answers = {"custom.team_size": "40", "custom.role": "Buyer"}

    send(client, form, **answers)

    assert Lead.objects.get().custom == {"team_size": 40, "role": "Buyer"}


def test_a_choice_that_is_not_offered_is_refused(client):
    form = HostedFormFactory(fields=["custom.role"])
    form.fields.filter(name="custom.role").update(
        control=Control.CHOICE, choices=["Buyer", "User"]
    )

    answer = send(client, form, **{"custom.role": "Admin"})

    assert answer.status_code == 422
    assert not Submission.objects.exists()


def test_the_address_tells_campaign_and_source(client, form):
    campaign = Campaign.objects.create(name="Spring Fair", name_key="spring fair")
    page = reverse("public:form", args=[form.slug])
    shown = client.get(f"{page}?utm_source=LinkedIn&utm_campaign=spring+FAIR")
    assert 'name="utm_source" value="LinkedIn"' in shown.content.decode()

    send(client, form, utm_source="LinkedIn", utm_campaign="spring FAIR")

    lead = Lead.objects.get()
    assert (lead.source, lead.campaign) == ("linkedin", campaign)
    activity = lead.activities.get()
    assert activity.campaign == campaign
    assert activity.properties["utm_campaign"] == "spring FAIR"


def test_strangers_make_no_campaigns(client, form):
    send(client, form, utm_campaign="made up")

    assert not Campaign.objects.exists()
    assert Lead.objects.get().activities.get().properties["utm_campaign"] == "made up"


def test_the_wording_that_was_agreed_to_is_kept(client):
    form = HostedFormFactory(consent_text="You may write to me.", consent_version=3)

    send(client, form, consent="on")

    submission = Submission.objects.get()
    assert submission.consent_text == "You may write to me."
    assert submission.consent_version == 3


def test_a_consent_that_is_needed_is_asked_for(client):
    form = HostedFormFactory(consent_text="Yes?", is_consent_required=True)

    answer = send(client, form)

    assert answer.status_code == 422
    assert "Please tick this box" in answer.content.decode()


def test_two_hundred_unknown_fields_are_passed_over(client, form):
    extra = {f"x{number}": "y" for number in range(200)}

    answer = send(client, form, **extra)

    assert answer.status_code == 303
    assert Submission.objects.get().values == {"email": "maya@northwind.example"}


def test_too_many_from_one_address_are_told_to_wait(client, form):
    drain("form:address:127.0.0.1", guarding.BY_ADDRESS)

    answer = send(client, form)

    assert answer.status_code == 429
    assert "Try again in" in answer.content.decode()
    assert not Submission.objects.exists()


def test_too_many_in_the_name_of_one_e_mail_address_are_told_to_wait(client, form):
    drain("form:email:maya@northwind.example", guarding.BY_EMAIL)

    refused = send(client, form, email="Maya@Northwind.example")
    other = send(client, form, email="other@northwind.example")

    assert (refused.status_code, other.status_code) == (429, 303)
    assert int(refused["Retry-After"]) > 0


@pytest.mark.parametrize(
    "told", ["1.2.3.4", "'\"<>, , ,999.999.999.999,:::", "1.1.1.1, 2.2.2.2"]
)
def test_a_forwarded_address_is_not_believed_without_a_proxy(client, form, told):
    drain("form:address:127.0.0.1", guarding.BY_ADDRESS)

    answer = send(client, form, headers={"X-Forwarded-For": told})

    assert answer.status_code == 429


def test_the_embedded_page_thanks_inside_its_frame(client):
    form = HostedFormFactory(
        sites=[SITE], redirect_url=f"{SITE}/thanks", thanks="See you soon."
    )

    answer = send(client, form, on="embed")

    assert answer["Location"] == reverse("public:embedded_thanks", args=[form.slug])
    thanks = client.get(answer["Location"]).content.decode()
    assert "See you soon." in thanks
    assert 'target="_top"' in thanks


def test_the_page_goes_on_to_the_address_of_the_form(client):
    form = HostedFormFactory(sites=[SITE], redirect_url=f"{SITE}/thanks")
    shown = client.get(reverse("public:form", args=[form.slug]))
    assert f"form-action 'self' {SITE}" in shown["Content-Security-Policy"]

    assert send(client, form)["Location"] == f"{SITE}/thanks"


def test_a_return_address_in_the_request_leads_nowhere(client, form):
    answer = send(client, form, next="//evil.example", redirect_url="//evil.example")

    assert answer["Location"] == reverse("public:thanks", args=[form.slug])


def test_a_kill_before_the_commit_leaves_nothing(client, form, monkeypatch):
    class KilledError(Exception):
        pass

    def killed(**_given):
        raise KilledError

    monkeypatch.setattr("leads.capture.tracking.visitors.join", killed)
    with pytest.raises(KilledError):
        send(client, form)

    assert not Submission.objects.exists()
    assert not Lead.objects.exists()
    assert not Activity.objects.exists()


@pytest.mark.parametrize(("case", "expect"), bad_inputs.cases("email"))
def test_bad_addresses(client, form, case, expect):
    email = bad_inputs.value_of(case)

    answer = send(client, form, email=email)

    accepted = answer.status_code == 303
    assert answer.status_code in (303, 422)
    assert accepted or expect != "accept"
    assert not accepted or expect != "reject"
    assert Submission.objects.count() == Lead.objects.count() == int(accepted)


@pytest.mark.parametrize(("case", "expect"), bad_inputs.cases("text"))
def test_bad_text(client, case, expect):
    form = HostedFormFactory(fields=["title"])
    FormField.objects.create(form=form, name="custom.x", label="x", position=3)
    text = bad_inputs.value_of(case).encode("utf-8", "replace").decode()

    answer = send(client, form, title=text, utm_source=text, page=text, visitor=text)

    accepted = answer.status_code == 303
    assert answer.status_code in (303, 422)
    assert accepted or expect not in ("accept", "safe")
    assert not accepted or expect != "reject"
    assert Submission.objects.count() == int(accepted)
    Bucket.objects.all().delete()


@pytest.mark.parametrize(("case", "expect"), bad_inputs.cases("query_params"))
def test_bad_queries(client, form, case, expect):
    page = reverse("public:form", args=[form.slug])

    answer = client.get(page, QUERY_STRING=bad_inputs.query_of(case))

    assert answer.status_code in (200, 400)
    assert "<img src=x" not in answer.content.decode()


def test_a_tick_is_kept_as_a_consent_and_lifts_no_earlier_no(client):
    form = HostedFormFactory(consent_text="You may write to me.", consent_version=2)
    lead = LeadFactory(email="maya@northwind.example")
    consents.forbid(
        lead_ids=[lead.pk],
        purpose=Purpose.MAIL,
        why="Unsubscribed",
        how=ConsentHow.UNSUBSCRIBED,
        at=NOON,
    )

    send(client, form, consent="on")

    consent = lead.consents.get(is_given=True)
    assert (consent.text, consent.version) == ("You may write to me.", "2")
    assert consent.how == ConsentHow.FORM
    lead.refresh_from_db()
    assert lead.do_not_mail_since


def test_whoever_was_erased_comes_back_as_somebody_new(client, form):
    email = forgetting.by_email("maya@northwind.example")
    forgetting.remember(particulars=[email], now=NOON)

    send(client, form)

    assert Lead.objects.get().email == "maya@northwind.example"
    assert forgetting.forgotten(particulars=[email]) == set()
