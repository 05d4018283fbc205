import pytest
from django.urls import reverse
from django.utils import timezone

from leads.choices import Role
from leads.nurture.mail import composing, markup, sending
from leads.nurture.mail.markup import Filling, MarkupError
from leads.nurture.models import Mail, MailTemplate
from tests import bad_inputs
from tests.leads.factories import AccountFactory, LeadFactory, UserFactory
from tests.nurture.factories import MailTemplateFactory, sendable

FILLING = Filling({"first_name": "Ann", "company": ""}, lambda url: f"/go/{url}")


@pytest.fixture
def marketer(client, workspace):
    user = UserFactory(role=Role.MARKETER)
    client.force_login(user)
    return user


def typed(**said):
    return {
        "name": "Playbook",
        "subject": "For you, {{ first_name | there }}",
        "preheader": "",
        "body": "Hello",
        "is_promotional": "on",
    } | said


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Hello", "<p>Hello</p>"),
        ("a\nb\n\nc", "<p>a<br>b</p>\n<p>c</p>"),
        ("# Big\n\n## Small", "<h1>Big</h1>\n<h2>Small</h2>"),
        ("- a\n- **b**", "<ul><li>a</li><li><strong>b</strong></li></ul>"),
        ("one *two* three", "<p>one <em>two</em> three</p>"),
        ("---", "<hr>"),
        (
            "[Read](https://a.example/?b=1&c=2)",
            '<p><a class="button" href="/go/https://a.example/?b=1&amp;c=2">Read</a></p>',
        ),
        ("Hi {{ first_name | there }}", "<p>Hi Ann</p>"),
        ("At {{company|your company}}", "<p>At your company</p>"),
        ("<script>1</script>", "<p>&lt;script&gt;1&lt;/script&gt;</p>"),
        ("[x](javascript:alert)", '<p><a class="button" href="/go/javascript:alert">x'),
    ],
)
def test_marks_become_html_and_the_rest_stays_text(text, html):
    assert markup.html(text, FILLING).startswith(html)


def test_the_text_part_keeps_words_and_links():
    text = "# Hi {{ first_name }}\n\nSee [this](https://a.example/) **now**"

    assert (
        markup.plain(text, FILLING) == "Hi Ann\n\nSee this: /go/https://a.example/ now"
    )


def test_a_name_cannot_hold_marks_or_html():
    name = "[x](https://evil.example) **b** <b> {{ email }}"
    filling = Filling({"first_name": name, "email": "secret"}, FILLING.link)

    html = markup.html("Hi {{ first_name }}", filling)

    assert html == ("<p>Hi [x](https://evil.example) **b** &lt;b&gt; {{ email }}</p>")


@pytest.mark.parametrize(
    "text",
    [
        "{{ password }}",
        "{{ }}",
        "{{ first_name",
        "{{ first_name.pk }}",
        "[x](ftp://a.example/)",
        "[x](https://user:word@a.example/)",
        "[x](https://a.example/{{email}})",
        "[x](/path)",
        "[x](https://)",
        "[x](https://[)",
        "[x](https://a.example/) " * 51,
    ],
)
def test_what_could_not_be_filled_in_is_refused(text):
    with pytest.raises(MarkupError):
        markup.check(text)


def test_an_unknown_field_refuses_to_save_beside_its_box(client, marketer):
    new = reverse("mail:template_new")

    answer = client.post(new, typed(body="Dear {{ nick_name }}"))

    assert answer.status_code == 422
    assert "There is no field “nick_name”" in str(answer.context["form"].errors["body"])
    assert not MailTemplate.objects.exists()


def test_a_template_is_written_and_looked_at(client, marketer):
    lead = LeadFactory(
        first_name="Ann", email="ann@acme.com", account=AccountFactory(name="Acme")
    )
    body = "Hi {{ first_name | there }}\n\n[Read](https://www.acme.com/x)"

    page = client.post(reverse("mail:template_new"), typed(body=body), follow=True)

    assert "For you, Ann" in page.content.decode()
    template = MailTemplate.objects.get()
    frame = reverse("mail:frame", args=[template.pk])
    light = client.get(f"{frame}?lead={lead.pk}")
    dark = client.get(f"{frame}?lead={lead.pk}&look=dark").content.decode()
    assert "Hi Ann" in light.content.decode()
    assert light["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src 'none'" in light["Content-Security-Policy"]
    assert "@media not all" in light.content.decode()
    assert "@media all" in dark
    assert "style=" in dark


def test_another_template_of_the_name_is_refused(client, marketer):
    MailTemplateFactory(name="PLAYBOOK")

    answer = client.post(reverse("mail:template_new"), typed())

    assert answer.status_code == 422
    assert "Another template has this name" in answer.content.decode()


def test_a_test_goes_to_oneself_and_not_to_the_lead(client, marketer, mailoutbox):
    template, lead = MailTemplateFactory(), LeadFactory(first_name="Ann")
    send = reverse("mail:send", args=[template.pk])

    for _time in range(2):
        client.post(send, {"lead": lead.pk, "to": "me"})
    sending.send_owed(now=timezone.now())

    assert [mail.to for mail in mailoutbox] == [[marketer.email]] * 2
    assert "Ann" in mailoutbox[0].body
    assert not lead.activities.exists()


def test_a_lead_gets_a_template_once(client, marketer, mailoutbox):
    template, lead = MailTemplateFactory(), LeadFactory()
    send = reverse("mail:send", args=[template.pk])

    for _time in range(2):
        page = client.post(send, {"lead": lead.pk, "to": "lead"}, follow=True)
        sending.send_owed(now=timezone.now())

    assert [mail.to for mail in mailoutbox] == [[lead.email]]
    assert "got this mail before" in page.content.decode()
    assert "Sent" in client.get(reverse("mail:outbox")).content.decode()


def test_the_message_has_html_and_text_and_unsubscribes_by_one_click(workspace):
    body = "Hi\n\n[Read](https://www.acme.com/x)"
    mail = Mail.objects.create(
        lead=LeadFactory(),
        template=MailTemplateFactory(body=body),
        created_at=timezone.now(),
        not_before=timezone.now(),
    )

    message = composing.message(mail=mail)

    headers = message.extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert "/m/" in address
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert address in html
    assert address in message.body
    assert "https://www.acme.com/x" not in message.body
    assert "/m/c/" in html
    assert "@media (prefers-color-scheme: dark)" in html


def test_reps_write_no_mail(client, workspace):
    template = MailTemplateFactory()
    client.force_login(UserFactory(role=Role.REP))

    for name in ("templates", "template_new", "outbox", "suppressed"):
        assert client.get(reverse(f"mail:{name}")).status_code == 403
    for name in ("template", "preview", "frame"):
        address = reverse(f"mail:{name}", args=[template.pk])
        assert client.get(address).status_code == 403


def test_hostile_inputs_never_break_the_pages(client, marketer):
    template = MailTemplateFactory()
    lead = LeadFactory()
    for case, _expect in bad_inputs.listed("text")[::2]:
        value = sendable(bad_inputs.value_of(case))
        said = typed(name=value, subject=value, preheader=value, body=value)
        for address, told in (
            (reverse("mail:template_new"), said),
            (reverse("mail:suppressed"), {"email": value, "note": value}),
            (reverse("mail:send", args=[template.pk]), {"lead": value, "to": value}),
        ):
            assert client.post(address, told).status_code < 500, case["id"]
    pages = [reverse(f"mail:{name}") for name in ("templates", "outbox", "suppressed")]
    pages += [
        reverse(f"mail:{name}", args=[one.pk])
        for one in MailTemplate.objects.all()
        for name in ("preview", "frame")
    ]
    for page in pages:
        assert client.get(page).status_code == 200
    for turn, (case, _expect) in enumerate(bad_inputs.listed("query_params")[::2]):
        address = f"{pages[turn % 5]}?{bad_inputs.query_of(case)}"
        assert client.get(address).status_code < 500, case["id"]
    client.post(
        reverse("mail:send", args=[template.pk]), {"lead": lead.pk, "to": "lead"}
    )
