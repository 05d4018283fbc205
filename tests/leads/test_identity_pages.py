import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from handoff.models import Deal
from leads import accounts, merging, particulars
from leads.choices import Role, Stage
from leads.models import Account, Consent, Distinct, Lead
from tests.bad_inputs import cases, value_of
from tests.handoff.factories import DealFactory, HandoffFactory
from tests.leads.factories import (
    NOON,
    AccountFactory,
    LeadFactory,
    RepFactory,
    UserFactory,
)
from tests.scoring.factories import ActivityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, workspace):
    manager = UserFactory(role=Role.MANAGER)
    client.force_login(manager)
    return manager


def person(**typed):
    lead = LeadFactory()
    typed = particulars.as_typed(lead) | typed
    return particulars.save_lead(lead=lead, typed=typed, now=NOON)


def duplicate(kept, merged):
    return reverse("leads:duplicate", args=[kept.pk, merged.pk])


@pytest.mark.parametrize(
    ("by", "typed"),
    [
        ("phone", [{"phone": "+49 30 1234567"}, {"phone": "030-1234567"}]),
        ("mailbox", [{"email": "a+x@b.example"}, {"email": "A@b.example"}]),
        (
            "person",
            [
                {"first_name": "Zoë", "last_name": "Ray", "company": "Acme"},
                {"first_name": "zoe", "last_name": "RAY", "company": "ACME"},
            ],
        ),
    ],
)
def test_two_that_may_be_one_are_found_until_told_apart(client, manager, by, typed):
    earlier, later = person(**typed[0]), person(**typed[1])
    person(phone="030 7654321", first_name="Zoë", last_name="Ray")

    page = client.get(reverse("leads:duplicates"), {"by": by})
    assert [(p.earlier, p.later) for p in page.context["pairs"]] == [(earlier, later)]

    client.post(duplicate(earlier, later), {"answer": "distinct"})

    assert Distinct.objects.count() == 1
    assert not client.get(page.request["PATH_INFO"], {"by": by}).context["pairs"]


def test_a_page_of_ten_pairs_costs_no_more_queries_than_one(
    client, manager, django_assert_num_queries
):
    for number in range(2):
        person(phone="030 1234567", first_name=f"A{number}")
    with CaptureQueriesContext(connection) as for_one:
        client.get(reverse("leads:duplicates"))
    for number in range(18):
        person(phone=f"030 12345{number // 2:02}")

    with django_assert_num_queries(len(for_one)):
        client.get(reverse("leads:duplicates"))


def test_a_merge_takes_the_chosen_values_and_the_old_page_leads_to_the_survivor(
    client, manager
):
    kept, merged = person(title="CTO"), person(title="CEO")
    form = client.get(duplicate(kept, merged)).context["form"]
    chosen = dict.fromkeys(form.fields, "kept") | {"title": "merged"}

    answer = client.post(duplicate(kept, merged), chosen | {"answer": "merge"})

    assert answer.status_code == 302
    kept.refresh_from_db()
    assert kept.title == "CEO"
    old = client.get(reverse("leads:detail", args=[merged.pk]))
    assert (old.status_code, old.url) == (302, reverse("leads:detail", args=[kept.pk]))
    assert client.post(duplicate(kept, merged), chosen).status_code == 404


def test_a_choice_that_no_page_offers_is_refused(client, manager):
    kept, merged = person(title="CTO"), person(title="CEO")

    answer = client.post(duplicate(kept, merged), {"title": "both"})

    assert answer.status_code == 422
    assert Lead.objects.count() == 2


@pytest.mark.parametrize("name", ["duplicates", "erase", "export"])
def test_a_rep_may_neither_merge_nor_erase_nor_export(client, workspace, name):
    rep = RepFactory()
    lead = HandoffFactory(rep=rep).lead
    client.force_login(rep.user)
    args = [] if name == "duplicates" else [lead.pk]

    assert client.get(reverse(f"leads:{name}", args=args)).status_code == 403


def test_erasing_asks_for_the_number_and_says_what_goes(client, manager):
    lead = ActivityFactory().lead
    address = reverse("leads:erase", args=[lead.pk])
    assert "Activities" in client.get(address).content.decode()

    assert client.post(address, {"number": "7777"}).status_code == 422
    lead.refresh_from_db()
    assert lead.email

    assert client.post(address, {"number": str(lead.pk)}).status_code == 302
    lead.refresh_from_db()
    assert lead.email == ""
    assert client.get(reverse("leads:detail", args=[lead.pk])).status_code == 410
    assert client.get(address).status_code == 404
    assert not client.get(reverse("leads:list")).context["page"].rows


def test_what_is_held_can_be_downloaded(client, manager):
    lead = LeadFactory()

    answer = client.get(reverse("leads:export", args=[lead.pk]))

    assert json.loads(answer.content)["lead"] == lead.pk
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize("word", ["no", "yes"])
def test_what_a_lead_said_is_noted_and_shown(client, manager, word):
    lead = LeadFactory()
    wish = {"purpose": "mail", "given": word, "words": "On the phone"}

    client.post(reverse("leads:wish", args=[lead.pk]), wish)

    lead.refresh_from_db()
    assert lead.do_not_mail == (word == "no")
    assert Consent.objects.get().actor == manager
    page = client.get(reverse("leads:detail", args=[lead.pk])).content.decode()
    assert ("Do not mail" in page) == (word == "no")


def test_who_edits_what_somebody_else_changed_sees_both(client, manager):
    lead = LeadFactory(title="CTO")
    address = reverse("leads:edit", args=[lead.pk])
    form = client.get(address).context["form"]
    mine = {name: form[name].value() or "" for name in form.fields} | {"title": "CEO"}
    Lead.objects.filter(pk=lead.pk).update(title="CFO")

    answer = client.post(address, mine)

    assert answer.status_code == 409
    assert [row[1:] for row in answer.context["theirs"]] == [("CFO", "CEO")]
    again = mine | {"seen": answer.context["form"]["seen"].value()}
    assert client.post(address, again).status_code == 302
    lead.refresh_from_db()
    assert lead.title == "CEO"


def test_an_account_shows_its_people_and_what_is_open(client, manager):
    account = AccountFactory(name="Acme")
    lead = LeadFactory(account=account, stage=Stage.SQL)
    HandoffFactory(lead=lead)
    DealFactory(lead=lead)
    ActivityFactory(lead=lead)

    page = client.get(reverse("leads:account", args=[account.pk]))

    assert page.context["figures"]["people"] == 1
    assert len(page.context["handoffs"]) == 1
    assert page.context["deals"][0] == Deal.objects.get()
    assert len(page.context["happened"]) == 1


def test_a_rep_sees_only_the_accounts_and_people_of_their_own_leads(client, workspace):
    rep = RepFactory()
    mine, other = AccountFactory(), AccountFactory()
    lead = LeadFactory(account=mine, stage=Stage.SQL)
    HandoffFactory(rep=rep, lead=lead)
    LeadFactory(account=mine)
    LeadFactory(account=other)
    client.force_login(rep.user)

    rows = client.get(reverse("leads:accounts")).context["rows"]
    page = client.get(reverse("leads:account", args=[mine.pk]))

    assert [account for account, _figures in rows] == [mine]
    assert page.context["people"].rows == [lead]
    assert client.get(reverse("leads:account", args=[other.pk])).status_code == 404
    assert client.get(reverse("leads:account-edit", args=[mine.pk])).status_code == 403


def test_a_list_of_ten_accounts_costs_no_more_queries_than_one(
    client, manager, django_assert_num_queries
):
    LeadFactory(account=AccountFactory())
    with CaptureQueriesContext(connection) as for_one:
        client.get(reverse("leads:accounts"))
    for account in AccountFactory.create_batch(9):
        LeadFactory(account=account)

    with django_assert_num_queries(len(for_one)):
        client.get(reverse("leads:accounts"))


def test_an_account_is_edited_unless_somebody_was_faster(client, manager):
    account = AccountFactory(name="Acme")
    lead = LeadFactory(account=account)
    address = reverse("leads:account-edit", args=[account.pk])
    typed = {"name": "Apex", "domain": "https://www.apex.example/x", "employees": 3}
    seen = {"seen": accounts.fingerprint(account)}

    assert client.post(address, typed | seen).status_code == 302
    assert client.post(address, typed | seen | {"name": "Else"}).status_code == 409

    account.refresh_from_db()
    lead.refresh_from_db()
    assert (account.name, account.domain) == ("Apex", "apex.example")
    assert "apex" in lead.search_text


def test_the_domain_of_another_account_is_refused_beside_the_field(client, manager):
    AccountFactory(domain="acme.com")
    account = AccountFactory()
    typed = {"name": "A", "domain": "acme.com", "seen": accounts.fingerprint(account)}

    answer = client.post(reverse("leads:account-edit", args=[account.pk]), typed)

    assert answer.status_code == 422
    assert "domain" in answer.context["form"].errors


def test_merged_accounts_are_one_with_the_people_of_both(client, manager):
    kept, merged = AccountFactory(), AccountFactory(industry="Toys", domain="t.example")
    lead = LeadFactory(account=merged)
    address = reverse("leads:account-merge", args=[kept.pk])

    assert client.post(address, {"other": merged.pk}).status_code == 302
    assert client.post(address, {"other": merged.pk}).status_code == 422

    lead.refresh_from_db()
    kept.refresh_from_db()
    assert (lead.account, kept.industry, kept.domain) == (kept, "Toys", "t.example")
    assert not Account.objects.filter(pk=merged.pk).exists()


@pytest.mark.parametrize(("case", "expect"), cases("ids"))
def test_no_id_of_any_form_breaks_a_page(client, manager, case, expect):
    lead, account = LeadFactory(), AccountFactory()
    value = str(value_of(case))[:3000] if "value" in case else "0"

    merge_page = reverse("leads:account-merge", args=[account.pk])
    erase_page = reverse("leads:erase", args=[lead.pk])
    assert client.post(merge_page, {"other": value}).status_code == 422
    assert client.get(reverse("leads:duplicates"), {"after": value}).status_code == 200
    assert client.get(reverse("leads:accounts"), {"owner": value}).status_code == 200
    if value.strip().lstrip("#") != str(lead.pk):
        assert client.post(erase_page, {"number": value}).status_code == 422


@pytest.mark.parametrize(("case", "expect"), [*cases("text"), *cases("email")])
def test_no_text_breaks_an_account_or_a_wish(client, manager, case, expect):
    account, lead = AccountFactory(), LeadFactory()
    value = value_of(case) if {"value", "repeat", "raw_json"} & case.keys() else "x"
    value = str(value).encode(errors="replace").decode()
    seen = accounts.fingerprint(account)
    wish = {"purpose": "call", "given": "no", "words": value}

    edited = client.post(
        reverse("leads:account-edit", args=[account.pk]),
        {"name": value, "domain": "", "seen": seen},
    )
    noted = client.post(reverse("leads:wish", args=[lead.pk]), wish)
    listed = client.get(reverse("leads:accounts"), {"q": value})

    assert {edited.status_code, noted.status_code} <= {302, 422}
    assert listed.status_code == 200


def test_after_a_merge_every_page_of_the_old_number_is_the_survivors(client, manager):
    kept, merged = LeadFactory(), LeadFactory()
    merging.merge(kept=kept, merged=merged, chosen={}, actor=manager, now=NOON)

    page = client.get(reverse("leads:edit", args=[merged.pk]))

    assert page.context["lead"] == kept
