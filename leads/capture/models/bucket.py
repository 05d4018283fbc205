"""How much somebody may still ask for."""

from django.db import models


class Bucket(models.Model):
    """Tokens left at an instant, in seconds since 1970; `limits` writes it.

    `key` is a keyed hash of who is limited, so that no address is kept.
    """

    key = models.CharField(max_length=64, primary_key=True)
    tokens = models.FloatField()
    filled_at = models.FloatField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.tokens:.1f}"
