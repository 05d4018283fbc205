import pytest

from leads import conditions
from leads.conditions import ConditionError
from leads.models import Activity, Campaign, Lead, Tag
from tests.leads.factories import NOON, AccountFactory, LeadFactory

INDUSTRY = {"field": "industry", "operator": "is", "value": "Health Care"}
TITLE = {"field": "title", "operator": "one_of", "value": ["VP", "CEO"]}
EMPLOYEES = {"field": "employees", "operator": "at_least", "value": 200}


def lead(**fields):
    account = fields.pop("account", None)
    tags = fields.pop("tags", [])
    if account is not None:
        fields["account"] = AccountFactory(**account)
    if "campaign" in fields:
        name = fields["campaign"]
        fields["campaign"] = Campaign.objects.create(name=name, name_key=name.lower())
    made = LeadFactory(**fields)
    made.tags.set([Tag.objects.create(name=name) for name in tags])
    return made


def leaf(field, operator, value=None):
    return {"field": field, "operator": operator, "value": value}


def matches(tree, subject="lead"):
    model = Lead if subject == "lead" else Activity
    return model.objects.filter(conditions.compile_q(tree, subject)).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "tree", "expected"),
    [
        ({"title": "VP Sales"}, leaf("title", "contains", "vp"), True),
        ({"title": "VP Sales"}, leaf("title", "is", "vp sales"), True),
        ({"title": "VP Sales"}, leaf("title", "starts_with", "Sales"), False),
        ({"title": "VP Sales"}, leaf("title", "is_not", "VP SALES"), False),
        ({"title": "100% Chief_X"}, leaf("title", "contains", "0% chief_"), True),
        ({"title": "100 Chief X"}, leaf("title", "contains", "0% chief_"), False),
        ({"title": ""}, leaf("title", "is_not", "VP"), False),
        ({"title": ""}, {"none": [leaf("title", "is", "VP")]}, True),
        ({"title": ""}, leaf("title", "is_unknown"), True),
        ({"country": "DE"}, leaf("country", "one_of", ["at", "de"]), True),
        ({"email_key": "a@gmail.com"}, leaf("email_domain", "is", "GMail.com"), True),
        ({"email_key": ""}, leaf("email_domain", "is_known"), False),
        ({"email_key": ""}, leaf("email_domain_type", "is", "company"), False),
        ({"email_key": "a@gmail.com"}, leaf("email_domain_type", "is", "free"), True),
        ({"email_key": "a@acme.io"}, leaf("email_domain_type", "is", "company"), True),
        ({"campaign": "Spring"}, leaf("campaign", "is", "SPRING"), True),
        ({}, leaf("campaign", "is_unknown"), True),
        ({"account": {"employees": 200}}, EMPLOYEES, True),
        ({"account": {"employees": 199}}, EMPLOYEES, False),
        ({"account": {"employees": None}}, EMPLOYEES, False),
        ({"account": {"employees": None}}, {"none": [EMPLOYEES]}, True),
        ({}, {"none": [EMPLOYEES]}, True),
        ({}, {"none": [INDUSTRY]}, True),
        ({}, leaf("industry", "is_not", "retail"), False),
        ({}, {"any": [INDUSTRY, leaf("industry", "is_unknown")]}, True),
        ({"account": {"industry": "HEALTH CARE"}}, {"all": [INDUSTRY]}, True),
        (
            {"account": {"industry": "HEALTH CARE"}},
            {"all": [INDUSTRY, EMPLOYEES]},
            False,
        ),
        ({"tags": ["Vip", "old"]}, leaf("tags", "is", "vip"), True),
        ({"tags": ["Vip", "old"]}, leaf("tags", "is_not", "vip"), False),
        ({"tags": []}, leaf("tags", "is_not", "vip"), False),
        ({"tags": []}, {"none": [leaf("tags", "is", "vip")]}, True),
        ({"tags": ["a", "b"]}, leaf("tags", "one_of", ["b", "c"]), True),
        ({"custom": {"plan": "Pro"}}, leaf("custom.plan", "is", "pro"), True),
        ({"custom": {"plan": None}}, leaf("custom.plan", "is_known"), False),
        ({"custom": {"a.b": "x"}}, leaf("custom.a.b", "is", "x"), True),
        ({"custom": {"seats": 60}}, leaf("custom.seats", "at_least", 60), True),
        ({"custom": {"seats": 60.5}}, leaf("custom.seats", "at_least", 60), True),
        ({"custom": {"seats": "60"}}, leaf("custom.seats", "at_least", 10), False),
        ({"custom": {"seats": True}}, leaf("custom.seats", "at_least", 0), False),
        ({"custom": {"seats": [90]}}, leaf("custom.seats", "at_least", 0), False),
        ({"custom": {"seats": {"a": 1}}}, leaf("custom.seats", "is_known"), False),
        ({"custom": {"seats": 10**400}}, leaf("custom.seats", "at_least", 5), True),
        ({"custom": {"seats": 60}}, leaf("custom.seats", "is", "60"), True),
        ({"custom": {"seats": 60}}, leaf("custom.seats", "is_not", 60), False),
        ({"custom": {}}, leaf("custom.seats", "is_not", 60), False),
        ({"custom": {}}, {"none": [leaf("custom.seats", "at_most", 60)]}, True),
        ({"custom": {"ok": True}}, leaf("custom.ok", "is", True), True),
        ({"custom": {"ok": False}}, leaf("custom.ok", "is", True), False),
        ({}, {}, True),
    ],
)
def test_a_lead_is_matched(fields, tree, expected):
    lead(**fields)

    assert matches(tree) is expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (leaf("url", "contains", "/PRICING"), True),
        (leaf("subject", "is", "cafe guide"), True),
        (leaf("source_system", "is", "crm"), True),
        (leaf("properties.seconds", "at_least", 61), False),
        (leaf("campaign", "is_unknown"), True),
    ],
)
def test_an_activity_is_matched(tree, expected):
    Activity.objects.create(
        lead=lead(),
        kind="page_view",
        occurred_at=NOON,
        external_id="1",
        source_system="CRM",
        url_key="https://acme.com/pricing?a=1",
        subject_key="cafe guide",
        properties={"seconds": 60},
    )

    assert matches(tree, "activity") is expected


@pytest.mark.parametrize(
    ("tree", "path", "message"),
    [
        ([], "", "no condition"),
        ({"some": []}, "", "one of “all”"),
        ({"all": []}, "", "needs a list"),
        ({"all": [INDUSTRY], "any": [INDUSTRY]}, "", "one of “all”"),
        ({"all": [INDUSTRY, {"field": "shoe"}]}, "all[1].field", "“shoe”"),
        (leaf("custom.", "is", "x"), "field", "“custom.”"),
        (leaf('custom.a"b', "is", "x"), "field", "Unknown field"),
        (leaf("custom.7", "is", "x"), "field", "Unknown field"),
        (leaf("title", "at_least", 3), "operator", "Unknown operator"),
        (leaf("title", "is", ""), "value", "a text"),
        (leaf("title", "is", "x" * 201), "value", "at most 200"),
        (leaf("title", "one_of", "x"), "value", "a list"),
        (leaf("title", "is_known", "x"), "value", "takes no value"),
        (leaf("employees", "at_least", "many"), "value", "a number"),
        (leaf("employees", "at_least", True), "value", "a number"),
        (leaf("employees", "at_least", float("nan")), "value", "a number"),
        (leaf("email_domain_type", "is", "x"), "value", "free, company"),
        (leaf("title", "is", "x") | {"unit": "m"}, "unit", "not expected"),
        ({"all": [INDUSTRY] * 51}, "", "More than 50"),
    ],
)
def test_a_senseless_tree_is_refused_by_path(tree, path, message):
    with pytest.raises(ConditionError, match=message) as refused:
        conditions.validate(tree, "lead")

    assert refused.value.path == path


def test_groups_may_be_nested_five_deep():
    tree = INDUSTRY
    for _ in range(5):
        tree = {"any": [tree]}
    conditions.validate(tree, "lead")

    with pytest.raises(ConditionError, match="deeper than 5"):
        conditions.validate({"any": [tree]}, "lead")


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({}, "Always"),
        (
            {"all": [INDUSTRY, EMPLOYEES]},
            "Industry is Health Care and employees at least 200",
        ),
        (
            {"none": [INDUSTRY, EMPLOYEES]},
            "Not (industry is Health Care or employees at least 200)",
        ),
        (
            {"all": [EMPLOYEES, {"any": [INDUSTRY, TITLE]}]},
            "Employees at least 200"
            " and (industry is Health Care or job title is one of VP, CEO)",
        ),
        (leaf("email_domain_type", "is", "free"), "E-mail address is free provider"),
        (leaf("custom.plan", "is_known"), "“plan” is known"),
    ],
)
def test_a_tree_is_said_in_plain_words(tree, words):
    assert conditions.describe(tree, "lead") == words


@pytest.mark.django_db
def test_a_condition_is_followed_through_a_prefix():
    made = lead(title="CTO", tags=["vip"])
    Activity.objects.create(lead=made, kind="chat", occurred_at=NOON, external_id="1")
    tree = {"all": [leaf("title", "is", "cto"), leaf("tags", "is", "vip")]}

    found = Activity.objects.filter(conditions.compile_q(tree, "lead", "lead__"))

    assert found.count() == 1
