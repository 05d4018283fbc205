import pytest
from django.core.management import CommandError, call_command

from leads.models import Standing
from scoring import defaults
from scoring.models import ScoringModel
from tests.leads.factories import LeadFactory
from tests.scoring.factories import ModelFactory

pytestmark = pytest.mark.django_db


def test_rescore_scores_the_named_leads_alone(capsys):
    model = ModelFactory()
    named, other = LeadFactory(), LeadFactory()

    call_command("rescore", "--lead", str(named.pk))

    assert capsys.readouterr().out == "Scored 1 leads.\n"
    assert Standing.objects.get(lead=named).model_version == model.version
    assert Standing.objects.get(lead=other).model_version is None


@pytest.mark.parametrize(("options", "scored"), [([], 2), (["--all"], 2)])
def test_rescore_scores_who_is_owed_it_or_everybody(options, scored, capsys):
    ModelFactory()
    LeadFactory.create_batch(2)

    call_command("rescore", *options)

    assert capsys.readouterr().out == f"Scored {scored} leads.\n"


def test_rescore_refuses_a_lead_that_is_not_there():
    ModelFactory()

    with pytest.raises(CommandError, match="--lead 7: there is no such lead"):
        call_command("rescore", "--lead", "7")


def test_rescore_refuses_to_work_without_a_model():
    with pytest.raises(CommandError, match="No scoring model is active"):
        call_command("rescore", "--all")


def test_the_first_model_is_made_once():
    defaults.ensure_model()
    defaults.ensure_model()

    assert ScoringModel.objects.get().status == "active"
