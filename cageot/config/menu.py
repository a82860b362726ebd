"""The rail on the left: what this person may open, grouped by task, and where they are."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from cageot.baskets.models import WeekClose
from cageot.core.week import Week
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach

Group = dict[str, Any]


def menu(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the menu, the place, the person, and the demonstration's banner. Two queries at most."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"menu": [], "demo_banner": _banner()}
    reach: Reach = request.reach  # type: ignore[attr-defined]
    closed = WeekClose.objects.filter(garden=OuterRef("pk"))
    gardens = list(Garden.objects.filter(pk__in=reach.gardens).annotate(started=Exists(closed)))
    match = request.resolver_match
    code = match.kwargs.get("garden") if match else None
    garden = next((one for one in gardens if one.code == code), gardens[0] if gardens else None)
    groups = (_garden_groups(garden, reach, request) if garden else []) + (_network_groups() if reach.network else [])
    groups += _shared_groups() if garden or reach.network else []
    groups += _referrer_groups() if reach.refers else []
    groups += _groups((None, [_item(_("Vos chiffres"), "chart", "funded")])) if reach.funds else []
    for item in (item for group in groups for item in group["items"]):
        item["current"] = _leads_here(item.pop("names"), (match and match.url_name) or "")
    others = [one for one in gardens if one != garden]
    return {
        "menu": groups,
        "place_name": garden.name if garden else _("Tête de réseau") if reach.network else "",
        "other_gardens": [(one.name, _week(one, request)) for one in others],
        "person_name": str(user.person),
        "demo_banner": _banner(),
    }


def _week(garden: Garden, request: HttpRequest) -> str:
    return reverse("desk:week", args=[garden.code, Week.of(request.today)])  # type: ignore[attr-defined]


def _garden_groups(garden: Garden, reach: Reach, request: HttpRequest) -> list[Group]:
    def may(what: Can) -> bool:
        return reach.can(what, garden.pk)

    work = [
        may(Can.SEE_WEEK) and _item(_("La semaine"), "week", "week", "week", "week_now", "marking", "closing", "reopening", "who_pays", "content", "papers", "changes", "handover",
                                    url=_week(garden, request)),
        may(Can.SEE_HOUSEHOLDS) and _item(_("Foyers"), "people", "households", "household", "household_new", "household_edit",
                                          "import_start", "cards", "acting", garden=garden),
        may(Can.SEE_HOUSEHOLDS) and not may(Can.EDIT_HOUSEHOLDS) and _item(_("Agir pour quelqu’un"), "people", "acting_mine"),
        may(Can.EDIT_HOUSEHOLDS) and _item(_("Messages"), "mail", "messages", "message", garden=garden),
    ]  # fmt: skip
    work.append(
        may(Can.SEE_WORKSHOPS) and _item(_("Ateliers"), "clock", "workshops", "workshop", "session", garden=garden)
    )
    work.append(may(Can.WELCOME) and _item(_("Inscriptions"), "check", "signups", "signup", "welcomed", garden=garden))
    work.append(
        may(Can.WELCOME) and _item(_("Orientations"), "next", "referrals", "referral", "welcome", garden=garden)
    )
    money = [
        may(Can.SEE_MONEY)
        and _item(
            _("Conventions"), "agreement", "agreements", "agreement", "agreement_new", "agreement_edit", garden=garden
        ),
        may(Can.SEE_MONEY) and _item(_("Fins à venir"), "week", "ends", "supports_move", garden=garden),
        may(Can.SEE_MONEY) and _item(_("Qui paie quoi"), "chart", "money_split", garden=garden),
        may(Can.SEE_MONEY) and _item(_("Relevés"), "money", "statements", "statement", garden=garden),
        may(Can.SEE_MONEY) and _item(_("Factures"), "print", "claims", "claim", "payments", "payment", garden=garden),
        may(Can.SEE_MONEY) and _item(_("Financements"), "basket", "funds", "fund", "tranche", garden=garden),
        may(Can.SEE_MONEY) and _item(_("Subventions"), "file", "grants", "grant", garden=garden),
        may(Can.SEE_MONEY) and _item(_("Prévisions"), "clock", "forecast", "garden_what_if", garden=garden),
        may(Can.SEE_MONEY) and _item(_("Comptes"), "book", "books", garden=garden),
        may(Can.SEE_MONEY) and _item(_("Partenaires"), "partners", "partners", "partner", garden=garden),
    ]
    place = [
        may(Can.SEE_MONEY) and _item(_("Pilotage"), "partners", "steering", garden=garden),
        may(Can.SEE_WEEK) and _item(_("Légumes"), "leaf", "produce", garden=garden),
        may(Can.EDIT_GARDEN) and not garden.started and _item(_("Démarrer"), "check", "start", garden=garden),  # type: ignore[attr-defined]
        may(Can.EDIT_GARDEN)
        and _item(_("Réglages"), "settings", "settings", "team", "role", "person", "charter", garden=garden),
    ]
    return _groups((None, work), (_("Argent"), money), (_("Jardin"), place))


def _referrer_groups() -> list[Group]:
    """For those who refer people for an organisation."""
    asked = _item(_("Demandes des jardins"), "week", "renewals", "renewal_answer")
    return _groups((None, [_item(_("Orientations"), "next", "my_referrals", "my_referral", "referral_new"), asked]))


def _shared_groups() -> list[Group]:
    """What every garden reads and writes for the others."""
    shared = [
        _item(_("Chercher"), "search", "search"),
        _item(_("Recettes"), "carrot", "recipes", "recipe"),
        _item(_("Fiches et questions"), "people", "sheets", "sheet", "questions", "question"),
        _item(_("Offres nationales"), "partners", "offers", "offer", "uptake"),
        _item(_("Rencontres"), "week", "events", "event"),
        _item(_("Le guide"), "agreement", "guide", "chapter", "templates", "template", "garden_papers", "garden_paper"),
    ]
    return _groups((_("Entraide"), shared))


def _network_groups() -> list[Group]:
    programme = [
        _item(_("Le programme"), "chart", "programme_now", "programme", "programme_workshops"),
        _item(_("Jardins"), "leaf", "gardens", "garden_card", "garden_status"),
        _item(_("Conventions"), "agreement", "all_agreements", "all_agreement", "agreement", "exemption"),
        _item(_("Fins à venir"), "week", "all_ends"),
        _item(_("Financements"), "basket", "all_funds", "all_fund", "fund", "tranche"),
        _item(_("Appels à projets"), "file", "calls", "call", "network_grant"),
        _item(_("Relevés"), "money", "all_statements", "all_statement"),
        _item(_("Factures"), "print", "all_claims", "claim", "all_payments", "payment"),
        _item(_("Règlement"), "check", "settling", "settlement"),
        _item(_("Comptes"), "book", "all_books"),
        _item(_("À surveiller"), "warning", "watch"),
        _item(_("Et si ?"), "speech", "what_if"),
    ]
    network = [
        _item(_("Partenaires"), "partners", "all_partners", "all_partner", "partner"),
        _item(
            _("Réglages du réseau"),
            "settings",
            "settings_network",
            "settings_edition",
            "garden_new",
            "all_people",
            "all_role",
            "person",
            "role",
        ),
    ]
    return _groups((None, programme), (_("Réseau"), network))


def _groups(*groups: tuple[str | None, list[Any]]) -> list[Group]:
    kept = [(label, [item for item in items if item]) for label, items in groups]
    return [{"label": label, "items": items} for label, items in kept if items]


def _item(
    label: str, icon: str, name: str, *names: str, garden: Garden | None = None, url: str | None = None
) -> dict[str, Any] | None:
    """One line of the menu; None when that page does not exist."""
    try:
        target = url or reverse(f"desk:{name}", args=[garden.code] if garden else [])
    except NoReverseMatch:
        return None
    return {"label": label, "icon": icon, "url": target, "names": {name, *names}}


def _leads_here(names: set[str], here: str) -> bool:
    """Whether a line of the menu is where we are: its own pages, or one below ("household" holds "household_edit")."""
    return here in names or any(here.startswith(f"{name}_") for name in names)


def _banner() -> str:
    if not settings.DEMO:
        return ""
    return _("Démonstration : les personnes et les organisations sont inventées.")
