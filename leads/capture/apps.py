from django.apps import AppConfig


class CaptureConfig(AppConfig):
    name = "leads.capture"
    verbose_name = "Capture"
