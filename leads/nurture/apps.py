from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NurtureConfig(AppConfig):
    name = "leads.nurture"
    verbose_name = _("Nurture")

    def ready(self) -> None:
        from leads.nurture import condition_fields

        condition_fields.register()
