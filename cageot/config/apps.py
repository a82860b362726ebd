from django.apps import AppConfig, apps
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate


class ConfigConfig(AppConfig):
    name = "cageot.config"

    def ready(self) -> None:
        """Lift the database's guards before `migrate`, lay them after.

        The one place with signals: `migrate` tells in no other way. They listen to one app, so that the
        guards move once and not for every app.
        """
        from cageot.config import guards

        sender = apps.get_app_config("network")
        pre_migrate.connect(guards.lift, sender=sender)
        post_migrate.connect(guards.lay, sender=sender)
        checks.register(guards.check, checks.Tags.database)
