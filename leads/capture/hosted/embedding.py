"""What a marketer copies into another site to show a form there."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from leads.capture.hosted import public_form
from leads.capture.models import HostedForm

# Pixels, for the frame: above and below the questions, and for each of them.
_AROUND, _A_QUESTION = 330, 84


def address(form: HostedForm) -> str:
    """Where the form is on the web."""
    return _absolute("public:form", form)


def frame(form: HostedForm) -> str:
    """The form in a frame."""
    height = _AROUND + _A_QUESTION * form.fields.count()
    return format_html(
        '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy"></iframe>',
        _absolute("public:embed", form),
        form.heading,
        height,
    )


def plain_post(form: HostedForm) -> str:
    """The form as HTML that another site dresses itself."""
    filled = public_form.PublicForm(form, auto_id="baton_%s")
    context = {"form": form, "filled": filled, "trap": public_form.TRAP}
    context["address"] = address(form)
    html: str = render_to_string("hosted/plain_post.html", context)
    return "\n".join(line for line in html.splitlines() if line.strip())


def _absolute(name: str, form: HostedForm) -> str:
    site = str(settings.SITE_URL).rstrip("/")
    return site + reverse(name, args=[form.slug])
