"""How members come in without a password: a code by mail or SMS, a printed card, or somebody who acts for them; and the
secret address where their calendar is read."""

from __future__ import annotations

from django.db import models

from cageot.core.models import in_order, one_of
from cageot.members.models.households import Member
from cageot.network.models import DatedQuerySet, Person


class MemberCard(models.Model):
    """A printed card: the household's number and a code. Only the code's print is kept; a new card ends the former."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="cards")
    digest = models.CharField(max_length=128, unique=True)
    made_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)


class MemberCode(models.Model):
    """A code sent to a member, good for a few minutes and a few tries."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="codes")
    channel = models.CharField(max_length=4)
    digest = models.CharField(max_length=128)
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [one_of("channel", ["mail", "sms"], name="member_code_channel")]
        indexes = [models.Index(fields=["until"], name="member_code_until")]


class Acting(models.Model):
    """Somebody may do in the member's space what the member may, from a day until another; each use is logged."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="acted_for_by")
    person = models.ForeignKey(Person, models.CASCADE, related_name="acts_for")
    from_day = models.DateField()
    until_day = models.DateField(null=True, blank=True)
    agreed_on = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("from_day", "until_day", name="acting_dates"),
            models.UniqueConstraint(fields=["member", "person", "from_day"], name="acting_once_a_day"),
        ]


class CalendarFeed(models.Model):
    """The secret address where a member's own calendar program reads when and where baskets are. Only its print is kept:
    a new one ends the former, and a member takes it back by deleting the row."""

    member = models.OneToOneField(Member, models.CASCADE, primary_key=True, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
