from django.apps import AppConfig


class NurtureConfig(AppConfig):
    name = "leads.nurture"
    verbose_name = "Nurture"
