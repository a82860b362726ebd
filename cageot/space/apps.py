"""The member's space."""

from django.apps import AppConfig


class SpaceConfig(AppConfig):
    name = "cageot.space"
