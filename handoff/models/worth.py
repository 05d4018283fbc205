"""What leads of a stage have been worth."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.choices import Stage


class StageWorth(models.Model):
    """What the leads that entered a stage brought since; `selling.worth` writes it.

    Of `entered` leads `won` were won, for `cents` altogether, in the currency in which
    reports are kept. One row a stage of the board, counted again every hour.
    """

    stage = models.CharField(_("stage"), max_length=12, choices=Stage, unique=True)
    entered = models.PositiveIntegerField()
    won = models.PositiveIntegerField()
    cents = models.BigIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.stage}: {self.cents}"
