from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoffConfig(AppConfig):
    name = "handoff"
    verbose_name = _("Handoff")

    def ready(self) -> None:
        from handoff import condition_fields
        from handoff.routing import condition_fields as routing_fields

        condition_fields.register()
        routing_fields.register()
