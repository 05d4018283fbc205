"""Who the leads are: particulars, companies, campaigns, tags."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from leads.models.campaign import Campaign
from leads.querysets import AccountQuerySet, LeadQuerySet

# What the name of a lead is made of.
NAMED_BY = ("pk", "first_name", "last_name", "email", "external_id", "erased_at")


def name_of(
    pk: int,
    first_name: str,
    last_name: str,
    email: str,
    external_id: str,
    erased_at: datetime | None,
) -> str:
    """The name of a lead, or what else tells it from another."""
    if erased_at is not None:
        return gettext("Erased person #{number}").format(number=pk)
    full = f"{first_name} {last_name}".strip()
    return full or email or external_id or f"#{pk}"


def initials_of(first_name: str, last_name: str, name: str) -> str:
    """The two letters of a lead; without first and last name those of its name."""
    letters = [word[0] for word in (first_name, last_name) if word]
    return "".join(letters or [*name.lstrip("#")][:2]).upper()


class Account(models.Model):
    """A company. Found again by its domain, or without one by its name and country.

    Names are folded. `country_key` is the country that told it apart when it was made.
    """

    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=200, editable=False)
    domain = models.CharField(_("domain"), max_length=253, blank=True)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True)
    country_key = models.CharField(max_length=100, blank=True, editable=False)
    owner = models.ForeignKey(
        "leads.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "domain", condition=~Q(domain=""), name="one_account_a_domain"
            ),
            models.UniqueConstraint(
                "name_key",
                "country_key",
                condition=Q(domain=""),
                name="one_account_a_name_and_country",
            ),
        ]
        indexes = [models.Index(fields=["name_key"], name="account_name_key")]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that people file leads under."""

    name = models.CharField(_("name"), max_length=50, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Lead(models.Model):
    """A person who may buy. Where the lead stands is `standing`, a row of its own."""

    external_id = models.CharField(_("external id"), max_length=200, blank=True)
    source_system = models.CharField(_("source system"), max_length=50, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True, editable=False)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    title = models.CharField(_("job title"), max_length=200, blank=True)
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, blank=True, related_name="leads"
    )
    country = models.CharField(_("country"), max_length=100, blank=True)
    source = models.CharField(
        _("source"),
        max_length=100,
        blank=True,
        help_text=_("Where the lead came from, in lower case: “organic search”."),
    )
    campaign = models.ForeignKey(
        Campaign,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="leads",
        db_index=False,
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="leads")
    custom = models.JSONField(_("custom fields"), default=dict, blank=True)
    # What a person typed, by `particulars`; an import leaves it alone.
    typed_fields = models.JSONField(default=list, blank=True, editable=False)
    search_text = models.TextField(blank=True, editable=False)
    # By these, duplicates are found; derived as `search_text` is.
    phone_key = models.CharField(max_length=9, blank=True, editable=False)
    mailbox_key = models.CharField(max_length=254, blank=True, editable=False)
    person_key = models.CharField(max_length=201, blank=True, editable=False)
    # Written by `leads.consents`: since when, and why.
    do_not_mail_since = models.DateTimeField(null=True, blank=True, editable=False)
    do_not_mail_why = models.CharField(max_length=200, blank=True, editable=False)
    do_not_call_since = models.DateTimeField(null=True, blank=True, editable=False)
    do_not_call_why = models.CharField(max_length=200, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects = LeadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("view_all_leads", "Can see every lead"),
            ("move_lead", "Can move a lead on the nurture board"),
            ("import_leads", "Can import leads, activities and deals"),
            ("merge_leads", "Can merge leads and accounts"),
            ("export_lead", "Can download everything that is held about a lead"),
            ("erase_lead", "Can erase a lead for good"),
            ("view_reports", "Can read the reports"),
        ]
        constraints = [
            models.UniqueConstraint(
                "source_system",
                "external_id",
                condition=~Q(external_id=""),
                name="one_lead_an_external_id",
            ),
            models.UniqueConstraint(
                "email_key", condition=~Q(email_key=""), name="one_lead_an_email"
            ),
        ]
        indexes = [
            models.Index(
                fields=["erased_at"],
                name="lead_erased",
                condition=Q(erased_at__isnull=False),
            ),
            models.Index(fields=["-created_at", "-id"], name="lead_newest"),
            # By these the board asks whether a lead has a source or a campaign.
            models.Index(fields=["source", "id"], name="lead_source"),
            models.Index(fields=["campaign", "id"], name="lead_campaign"),
            # All that reports split by, so that the wide rows need not be read.
            models.Index(
                fields=[
                    "id",
                    "source",
                    "campaign",
                    "account",
                    "country",
                    "created_at",
                    "erased_at",
                ],
                name="lead_splits",
            ),
            models.Index(
                fields=["phone_key"], name="lead_phone", condition=~Q(phone_key="")
            ),
            models.Index(
                fields=["mailbox_key"],
                name="lead_mailbox",
                condition=~Q(mailbox_key=""),
            ),
            models.Index(
                fields=["person_key", "account"],
                name="lead_person",
                condition=~Q(person_key=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name, or what else tells this lead from another."""
        return name_of(*(getattr(self, column) for column in NAMED_BY))

    @property
    def do_not_mail(self) -> bool:
        return self.do_not_mail_since is not None

    @property
    def do_not_call(self) -> bool:
        return self.do_not_call_since is not None

    @property
    def initials(self) -> str:
        return initials_of(self.first_name, self.last_name, self.name)

    @property
    def role_and_company(self) -> str:
        company = self.account.name if self.account else ""
        return " · ".join(part for part in (self.title, company) if part)
