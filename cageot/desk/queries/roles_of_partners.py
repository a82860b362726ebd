"""What a partner's money did, for the people of that partner: figures, small groups folded, never a household."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from cageot.desk.queries import statements
from cageot.desk.queries.statements import Payer, StatementPage
from cageot.funding.queries import Period
from cageot.network.models import Partner
from cageot.network.rules.reach import Reach


def partners(reach: Reach) -> list[Partner]:
    """The partners whose figures this person reads."""
    return list(Partner.objects.filter(pk__in=reach.funds))


def payer_of(partner: Partner) -> Payer:
    return Payer(str(partner.pk), str(partner), partner)


def page(partner: Partner, period: Period, today: date, several: bool) -> StatementPage:
    """A partner's statement over all gardens, as the network reads it, with files of its own."""
    query = statements.query_of(period)
    files = [(form, reverse("desk:funded_file", args=[partner.pk, form]) + query) for form in ("pdf", "xlsx", "csv")]
    back = reverse("desk:funded") if several else ""
    return StatementPage(
        statements.statement(payer_of(partner), None, period), statements.presets(today, period), files, back
    )
