"""What a lead agreed to, what is held about it, and erasing it."""

import json

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from config.htmx import HtmxRequest
from leads import consents, erasing, exporting
from leads.choices import ConsentHow, Purpose
from leads.views.lead_page import visible_lead


class WishForm(forms.Form):
    """What the lead told one of us about mail or calls."""

    purpose = forms.ChoiceField(label=gettext_lazy("About"), choices=Purpose)
    given = forms.TypedChoiceField(
        label=gettext_lazy("The lead says"),
        choices=[("no", gettext_lazy("No")), ("yes", gettext_lazy("Yes"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("In which words, and where"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Kept as the proof, with your name and the time."),
    )


class EraseForm(forms.Form):
    """The number of the lead, typed as the confirmation."""

    number = forms.CharField(max_length=20)

    def __init__(self, data: object = None, *, number: int) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.expected = str(number)
        label = _("Type {number} to erase this lead for good")
        self.fields["number"].label = label.format(number=number)

    def clean_number(self) -> str:
        typed: str = self.cleaned_data["number"]
        if typed.strip().lstrip("#") != self.expected:
            text = _("This is not the number of the lead; nothing was erased.")
            raise forms.ValidationError(text)
        return typed


@require_http_methods(["GET", "POST"])
def note_wish(request: HtmxRequest, pk: int) -> HttpResponse:
    """Note what the lead said about mail or calls."""
    lead = visible_lead(request, pk)
    form = WishForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        consents.record(
            lead=lead,
            purpose=Purpose(form.cleaned_data["purpose"]),
            text=form.cleaned_data["words"],
            version=None,
            given=form.cleaned_data["given"],
            how=ConsentHow.PERSON,
            source="",
            at=timezone.now(),
            actor=request.user,
        )
        messages.success(request, _("It is noted."))
        return redirect("leads:detail", pk=lead.pk)
    status = 422 if form.errors else 200
    context = {"lead": lead, "form": form}
    return render(request, "leads/lead_wish.html", context, status=status)


@permission_required("leads.export_lead", raise_exception=True)
@require_GET
def export_lead(request: HtmxRequest, pk: int) -> HttpResponse:
    """Everything that is held about the lead, as a file."""
    lead = visible_lead(request, pk)
    held = exporting.export(lead=lead, now=timezone.now())
    text = json.dumps(held, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="lead-{lead.pk}.json"'
    return response


@permission_required("leads.erase_lead", raise_exception=True)
@require_http_methods(["GET", "POST"])
def erase_lead(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show what will go, and erase once the number is typed."""
    lead = visible_lead(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = EraseForm(posted, number=lead.pk)
    if form.is_valid():
        erasing.erase(lead=lead, actor=request.user, now=timezone.now())
        text = _("Lead #{number} is erased.").format(number=lead.pk)
        messages.success(request, text)
        return redirect("leads:list")
    context = {"lead": lead, "form": form, "held": erasing.what_goes(lead=lead)}
    status = 422 if form.errors else 200
    return render(request, "leads/lead_erase.html", context, status=status)
