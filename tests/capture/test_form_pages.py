import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.capture.hosted.choices import Box
from leads.capture.models import FormField, HostedForm, Submission
from leads.choices import Role
from leads.models import Lead
from tests import bad_inputs
from tests.capture.factories import SITE, HostedFormFactory
from tests.leads.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db
PAGES = ("detail", "settings", "share", "preview", "submissions")


@pytest.fixture
def marketer(client):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def address(name, *args):
    return reverse(f"forms:{name}", args=args)


def settings_of(form, **changes):
    names = ("name", "slug", "heading", "button", "kind", "thanks", "introduction")
    said = {name: getattr(form, name) for name in names}
    return said | {"consent_text": form.consent_text, **changes}


def submit(form, count=1, *, box=Box.SPAM):
    return Submission.objects.bulk_create(
        Submission(
            form=form,
            once_key=f"{form.pk}-{box}-{number}",
            received_at=NOON,
            box=box,
            spam_reasons=["honeypot"] if box == Box.SPAM else [],
            values={"email": f"lead{number}@b.example", "first_name": "Maya"},
        )
        for number in range(count)
    )


def test_a_marketer_builds_publishes_and_closes_a_form(client, marketer):
    client.post(address("new"), {"name": "Book a demo", "kind": "demo_requested"})
    form = HostedForm.objects.get()
    assert [field.name for field in form.fields.all()] == [
        "first_name",
        "last_name",
        "email",
        "company",
    ]
    page = reverse("public:form", args=[form.slug])
    assert client.get(page).status_code == 404

    client.post(address("publish", form.pk))
    assert client.get(page).status_code == 200

    client.post(address("publish", form.pk), {"off": "1"})
    assert client.get(page).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_form_opens(client, marketer, name):
    form = HostedFormFactory(sites=[SITE])
    submit(form)

    assert client.get(address(name, form.pk)).status_code == 200
    assert client.get(address(name, 999_999)).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_reps_do_not_build_forms(client, name):
    form = HostedFormFactory()
    client.force_login(UserFactory(role=Role.REP))

    assert client.get(address(name, form.pk)).status_code == 403


def test_strangers_are_asked_to_sign_in(client):
    form = HostedFormFactory()

    for answer in (client.get(address("list")), client.get(address("detail", form.pk))):
        assert answer.status_code == 302
        assert "/auth/login/" in answer["Location"]


def test_two_forms_of_one_name_get_two_addresses(client, marketer):
    for _time in range(2):
        client.post(address("new"), {"name": "Webinar", "kind": "form_submitted"})

    slugs = HostedForm.objects.order_by("pk").values_list("slug", flat=True)
    assert [*slugs] == ["webinar", "webinar-2"]


def test_an_address_that_is_taken_is_told_beside_it(client, marketer):
    HostedFormFactory(slug="taken")
    form = HostedFormFactory()

    answer = client.post(address("settings", form.pk), settings_of(form, slug="taken"))

    assert answer.status_code == 422
    assert HostedForm.objects.filter(slug="taken").count() == 1


def test_another_wording_is_another_version_of_the_consent(client, marketer):
    form = HostedFormFactory()
    versions = []
    for text in ("Write to me.", "Write to me.", "Call me."):
        client.post(address("settings", form.pk), settings_of(form, consent_text=text))
        form.refresh_from_db()
        versions.append(form.consent_version)

    assert versions == [1, 1, 2]


def test_sites_are_kept_as_origins(client, marketer):
    form = HostedFormFactory()
    typed = "https://WWW.acme.example/\n\nhttp://localhost:8001"

    client.post(address("settings", form.pk), settings_of(form, sites=typed))

    form.refresh_from_db()
    assert form.sites == ["https://www.acme.example", "http://localhost:8001"]


@pytest.mark.parametrize(
    "site",
    ["acme", "https://acme.example/path", "https://*", "'self' *", "javascript:"],
)
def test_what_is_no_site_is_refused(client, marketer, site):
    form = HostedFormFactory()

    answer = client.post(address("settings", form.pk), settings_of(form, sites=site))

    assert answer.status_code == 422
    assert "is no site such as" in answer.content.decode()


@pytest.mark.parametrize(("case", "expect"), bad_inputs.cases("redirect_urls"))
def test_bad_return_addresses(client, marketer, case, expect):
    form = HostedFormFactory()
    target = bad_inputs.value_of(case).replace("{host}", "www.acme.example")
    said = settings_of(form, sites=SITE, redirect_url=target)

    answer = client.post(address("settings", form.pk), said)

    form.refresh_from_db()
    assert answer.status_code == (422 if expect == "reject" else 302)
    assert form.redirect_url == ""


def test_a_return_address_on_a_named_site_is_kept(client, marketer):
    form = HostedFormFactory()
    said = settings_of(form, sites=SITE, redirect_url=f"{SITE}/thanks?x=1")

    client.post(address("settings", form.pk), said)

    form.refresh_from_db()
    assert form.redirect_url == f"{SITE}/thanks?x=1"


def test_questions_are_added_worded_ordered_and_removed(client, marketer):
    form = HostedFormFactory(fields=["first_name"])
    client.post(address("question_add", form.pk), {"name": "phone"})
    own = {"label": "How large is your team?", "control": "choice"}
    client.post(
        address("question_new", form.pk), own | {"choices": "1–9\n10–99\n\n10–99"}
    )
    made = form.fields.get(name="custom.how_large_is_your_team")
    assert made.choices == ["1–9", "10–99"]

    client.post(address("question_move", made.pk), {"to": "1"})
    client.post(address("question", made.pk), own | {"choices": "a\nb", "label": "T?"})
    client.post(address("question_remove", form.fields.get(name="first_name").pk))

    asked = [(field.name, field.label) for field in form.fields.all()]
    assert asked == [
        ("custom.how_large_is_your_team", "T?"),
        ("email", "email"),
        ("phone", "Phone"),
    ]


def test_a_question_may_be_asked_in_any_script(client, marketer):
    form = HostedFormFactory(fields=[])

    client.post(
        address("question_new", form.pk),
        {"label": "Antal bilar – hur många?", "control": "line"},
    )

    assert form.fields.filter(name="custom.antal_bilar_hur_många").exists()


def test_a_question_is_asked_once(client, marketer):
    form = HostedFormFactory(fields=["phone"])

    answer = client.post(address("question_add", form.pk), {"name": "phone"})

    assert answer.status_code == 409
    assert "The form asks this already." in answer.content.decode()
    assert form.fields.count() == 2


def test_the_address_is_always_asked_and_needed(client, marketer):
    form = HostedFormFactory()
    field = form.fields.get(name="email")

    answer = client.post(address("question_remove", field.pk))
    client.post(address("question", field.pk), {"label": "Work e-mail"})

    field.refresh_from_db()
    assert answer.status_code == 409
    assert (field.label, field.is_required) == ("Work e-mail", True)


@pytest.mark.parametrize("name", ["", "stage", "owner", "email_key", "custom.x"])
def test_no_other_field_of_a_lead_can_be_asked_for(client, marketer, name):
    form = HostedFormFactory()

    answer = client.post(address("question_add", form.pk), {"name": name})

    assert answer.status_code == 400
    assert FormField.objects.count() == 3


def test_htmx_gets_the_questions_alone(client, marketer):
    form = HostedFormFactory()

    answer = client.post(
        address("question_add", form.pk),
        {"name": "phone"},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 200
    assert answer.content.decode().strip().startswith('<div id="questions"')


def test_a_copy_has_its_own_key_and_is_closed(client, marketer):
    form = HostedFormFactory(consent_text="Yes", consent_version=4)

    client.post(address("copy", form.pk))

    made = HostedForm.objects.latest("pk")
    assert made.published_at is None
    assert made.key != form.key
    assert made.slug != form.slug
    assert made.consent_version == 1
    assert made.fields.count() == form.fields.count()


def test_an_archived_form_is_closed_and_comes_back_closed(client, marketer):
    form = HostedFormFactory()

    client.post(address("archive", form.pk))
    assert form.name not in client.get(address("list")).content.decode()
    client.post(address("archive", form.pk), {"off": "1"})

    form.refresh_from_db()
    assert (form.archived_at, form.published_at) == (None, None)
    assert form.name in client.get(address("list")).content.decode()


def test_not_spam_goes_the_way_of_every_other_once(client, marketer):
    form = HostedFormFactory()
    [submission] = submit(form)

    for _time in range(2):
        client.post(address("not_spam", submission.pk))

    submission.refresh_from_db()
    lead = Lead.objects.get()
    assert (submission.box, submission.lead) == (Box.COUNTED, lead)
    assert submission.released_by == marketer
    assert lead.activities.count() == 1


def test_the_submissions_of_a_box_cost_a_fixed_number_of_queries(client, marketer):
    form = HostedFormFactory()
    submit(form, 1)
    page = address("submissions", form.pk) + "?box=spam"
    with CaptureQueriesContext(connection) as for_one:
        client.get(page)
    Submission.objects.all().delete()
    submit(form, 30)

    with CaptureQueriesContext(connection) as for_thirty:
        answer = client.get(page)

    assert "lead29@b.example" in answer.content.decode()
    assert len(for_thirty) == len(for_one)


def test_ten_forms_cost_as_many_queries_as_one(client, marketer):
    HostedFormFactory()
    with CaptureQueriesContext(connection) as for_one:
        client.get(address("list"))
    HostedFormFactory.create_batch(9)

    with CaptureQueriesContext(connection) as for_ten:
        client.get(address("list"))

    assert len(for_ten) == len(for_one)


def test_the_list_goes_on_on_the_next_page(client, marketer):
    form = HostedFormFactory()
    submit(form, 51)

    first = client.get(address("submissions", form.pk), {"box": "spam"})
    cursor = first.context["page"].next_cursor
    second = client.get(
        address("submissions", form.pk), {"box": "spam", "after": cursor}
    )

    assert len(second.context["page"].rows) == 1


def test_the_snippets_carry_key_and_address(client, marketer):
    form = HostedFormFactory(sites=[SITE])

    html = client.get(address("share", form.pk)).content.decode()

    assert f"/f/{form.slug}/embed/" in html
    assert form.key in html


def test_bad_queries_of_the_lists(client, marketer):
    form = HostedFormFactory()
    submit(form)
    for parameters in bad_inputs.cases("query_params"):
        query = bad_inputs.query_of(parameters.values[0])
        for page in (address("submissions", form.pk), address("list")):
            answer = client.get(page, QUERY_STRING=query)
            assert answer.status_code in (200, 400), parameters.id


def test_bad_text_in_the_settings(client, marketer):
    form = HostedFormFactory()
    for parameters in bad_inputs.cases("text"):
        text = bad_inputs.value_of(parameters.values[0])
        text = text.encode("utf-8", "replace").decode()
        said = settings_of(form, heading=text, thanks=text, source=text)

        answer = client.post(address("settings", form.pk), said)

        page = client.get(reverse("public:form", args=[form.slug])).content.decode()
        assert answer.status_code in (302, 422), parameters.id
        assert "<script" not in page, parameters.id
        assert "onload=alert(1)>" not in page, parameters.id
