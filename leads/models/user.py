"""People who sign in, and the teams that sell."""

from typing import Any
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    """Let through what this machine knows as an IANA time zone."""
    if name not in available_timezones():
        text = _("“%(name)s” is no time zone; write one such as Europe/Berlin.")
        raise ValidationError(text, code="time_zone", params={"name": name})


class UserManager(BaseUserManager["User"]):
    """Makes people; an e-mail address is stored casefolded, so it is found again."""

    def create_user(self, email: str, password: str | None, **fields: Any) -> "User":
        user = self.model(email=email.strip().casefold(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, password: str | None, **fields: Any
    ) -> "User":
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, **fields
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").casefold())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail address. The role is the one group."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("IANA name such as Europe/Berlin; empty is the workspace's zone."),
    )
    is_staff = models.BooleanField(_("may open the administration"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def sees_all_leads(self) -> bool:
        """Marketing and managers see every lead; a rep own and team-pool leads."""
        return self.has_perm("leads.view_all_leads")

    @property
    def team_id(self) -> int | None:
        """The sales team of which this person is a rep, if any."""
        rep = getattr(self, "rep", None)
        return rep.team_id if rep else None

    @property
    def initials(self) -> str:
        words = str(self).split("@")[0].replace(".", " ").split()
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()


class Team(models.Model):
    """Reps who share a pool of leads, and promise how soon they decide."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    is_default = models.BooleanField(_("takes leads that no routing rule names"))

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "is_default", condition=Q(is_default=True), name="one_default_team"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Rep(models.Model):
    """A person's place in a sales team."""

    user = models.OneToOneField(User, models.CASCADE, related_name="rep")
    team = models.ForeignKey(Team, models.PROTECT, related_name="reps")
    weight = models.PositiveIntegerField(
        _("weight"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("A rep of weight 2 gets twice as many leads as one of weight 1."),
    )
    capacity = models.PositiveIntegerField(
        _("capacity"),
        default=25,
        help_text=_("How many undecided hand-offs the rep may hold."),
    )
    is_available = models.BooleanField(_("takes new leads"), default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__gte=1), name="rep_weight_is_1_up"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)
