"""The only place that reads the clock. Views and commands ask here and hand the day on as an argument."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """The day it is for this site: the demonstration's clock stands still, others follow the wall."""
    return settings.TODAY or timezone.localdate()


def now() -> datetime:
    """The moment, aware; on the demonstration's day when its clock stands still."""
    moment = timezone.localtime()
    if settings.TODAY:
        return moment.replace(year=settings.TODAY.year, month=settings.TODAY.month, day=settings.TODAY.day)
    return moment
