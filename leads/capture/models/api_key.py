"""Who may use the API, and what was answered to a request that may come again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models import User


class ApiKey(models.Model):
    """A key that acts with the rights of a person; `keys` writes it.

    Of the key itself only a hash is kept, and its first letters to tell it from
    others. `source_system` is that of records sent with it which name none.
    """

    name = models.CharField(_("name"), max_length=100)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_keys")
    scopes = models.JSONField(default=list)
    source_system = models.CharField(_("source system"), max_length=50, blank=True)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [("manage_integrations", "Can manage API keys and webhooks")]

    def __str__(self) -> str:
        return self.name


class KeptAnswer(models.Model):
    """The answer to a request with an `Idempotency-Key`; `idempotency` writes it.

    Kept for a day, in the transaction of what the request did.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    code = models.PositiveSmallIntegerField(default=0)
    content = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint("user", "key", name="one_answer_a_key")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.key}"
