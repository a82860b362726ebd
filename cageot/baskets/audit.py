"""Is every closed week as it should be? Reports, and never repairs."""

from __future__ import annotations

from collections.abc import Iterator

from cageot.baskets.rules.closing import COSTS
from cageot.funding.audit import Finding, found
from cageot.funding.models import CapExemption, Charge

_COSTS = ", ".join(f"'{state}'" for state in sorted(COSTS))


def audit() -> Iterator[Finding]:
    """Every finding about closed weeks: each basket settled once, no member above the cap, figures that agree."""
    yield from found("basket_not_settled_once", _NOT_ONCE)
    yield from found("settled_basket_not_closed", _NOT_CLOSED)
    yield from found("close_figures_differ", _FIGURES)
    yield from _above_the_cap()


_SETTLED = "(SELECT key, SUM(sign) AS n FROM funding_charge WHERE kind = 'basket' GROUP BY key)"

_NOT_ONCE = f"""
    SELECT b.id FROM baskets_basket b
    JOIN baskets_delivery d ON d.id = b.delivery_id LEFT JOIN {_SETTLED} c ON c.key = b.id
    WHERE d.close_id IS NOT NULL AND COALESCE(c.n, 0) <> CASE WHEN b.state IN ({_COSTS}) THEN 1 ELSE 0 END
"""  # noqa: S608 (no word of it comes from outside)

_NOT_CLOSED = f"""
    SELECT c.key FROM {_SETTLED} c LEFT JOIN baskets_basket b ON b.id = c.key LEFT JOIN baskets_delivery d ON d.id = b.delivery_id
    WHERE c.n <> 0 AND d.close_id IS NULL
"""  # noqa: S608

_FIGURES = """
    SELECT w.id FROM baskets_weekclose w LEFT JOIN (
        SELECT c.entry_id,
            SUM(CASE WHEN c.in_programme AND s.rank = 0 THEN 1 ELSE 0 END) AS baskets,
            SUM(CASE WHEN c.in_programme AND s.by = 'member' THEN s.cents ELSE 0 END) AS members,
            SUM(CASE WHEN c.in_programme AND s.by = 'local' THEN s.cents ELSE 0 END) AS locals,
            SUM(CASE WHEN c.in_programme AND s.by = 'national' THEN s.cents ELSE 0 END) AS nationals,
            SUM(CASE WHEN c.in_programme AND s.by = 'network' THEN s.cents ELSE 0 END) AS network,
            SUM(CASE WHEN c.in_programme AND s.by = 'garden' THEN s.cents ELSE 0 END) AS gardens,
            SUM(CASE WHEN c.in_programme AND s.by = 'uncovered' THEN s.cents ELSE 0 END) AS uncovered
        FROM funding_charge c JOIN funding_share s ON s.charge_id = c.id GROUP BY c.entry_id
    ) f ON f.entry_id = w.entry_id
    WHERE w.solidarity_baskets <> COALESCE(f.baskets, 0) OR w.members_cents <> COALESCE(f.members, 0)
        OR w.local_cents <> COALESCE(f.locals, 0) OR w.national_cents <> COALESCE(f.nationals, 0)
        OR w.network_cents <> COALESCE(f.network, 0) OR w.gardens_cents <> COALESCE(f.gardens, 0)
        OR w.uncovered_cents <> COALESCE(f.uncovered, 0)
"""


def _above_the_cap() -> Iterator[Finding]:
    """Against the edition's own cap, not the one that the charge says; an exemption of the day excuses."""
    above = """
        SELECT c.id, c.price_cents, c.member_cents, c.agreement_id, c.day FROM funding_charge c
        JOIN baskets_weekclose w ON w.entry_id = c.entry_id JOIN network_edition e ON e.id = w.edition_id
        WHERE c.in_programme AND c.member_cents * 10000 > c.price_cents * e.member_cap_bp
    """
    for charge in Charge.objects.raw(above):
        granted = CapExemption.objects.filter(agreement=charge.agreement_id, status=CapExemption.Status.GRANTED).on(
            charge.day
        )
        if not any(charge.member_cents * 10_000 <= charge.price_cents * one.max_member_bp for one in granted):
            yield Finding("member_above_the_cap", str(charge.pk))
