"""Planning the mails that a programme owes: hours, cap, mute and leavers asked."""

from typing import Any

from config.benchmarking import measured, peak_memory_mb
from leads.nurture.benchmarks.enrolling import LeadsLostError, programme_of
from leads.nurture.choices import StepKind
from leads.nurture.models import Mail, MailTemplate
from leads.nurture.programmes import entering, running
from scoring.benchmarks import sample

MINUTE = 60


def run(*, leads: int, activities: int, rules: int, **_sizes: int) -> dict[str, Any]:
    """Measure in the empty database that is at hand; a mail to each lead is due.

    `mails_a_minute` is of this one worker. `memory_mb` is what the process grew by.
    """
    sample.make(leads=leads, activities=activities, rules=rules)
    template = MailTemplate.objects.create(
        name="Mail",
        name_key="mail",
        subject="For you, {{ first_name | there }}",
        body="Hello",
        created_at=sample.END,
        changed_at=sample.END,
    )
    programme_of(StepKind.MAIL, template=template)
    entering.look(now=sample.END)
    before = peak_memory_mb()
    with measured() as planned:
        while running.run_due(now=sample.END):
            pass
    if Mail.objects.count() != leads:
        raise LeadsLostError(f"{Mail.objects.count()} mails for {leads} leads.")
    return {
        "leads": leads,
        "seconds": round(planned.seconds, 3),
        "cpu_seconds": round(planned.cpu_seconds, 3),
        "mails_a_minute": round(leads / planned.seconds * MINUTE),
        "mails_a_cpu_minute": round(leads / planned.cpu_seconds * MINUTE),
        "memory_mb": round(peak_memory_mb() - before, 1),
        "peak_memory_mb": round(peak_memory_mb()),
    }
