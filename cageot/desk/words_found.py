"""What search finds, in words: each kind of text with its label and the page it leads to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cageot.network.finding import Found


@dataclass(frozen=True)
class FoundKind:
    """A kind of text: one, several, its icon, and the page of one of them."""

    one: str | Promise
    several: str | Promise
    icon: str
    page: Callable[[Found, str], str]


def _by_key(name: str) -> Callable[[Found, str], str]:
    return lambda found, _garden: reverse(f"desk:{name}", args=[found.key])


KINDS: dict[str, FoundKind] = {
    "recipe": FoundKind(_("recette"), _("recettes"), "leaf", _by_key("recipe")),
    "session": FoundKind(
        _("atelier"), _("ateliers"), "week", lambda found, garden: reverse("desk:session", args=[garden, found.key])
    ),
    "sheet": FoundKind(_("fiche"), _("fiches"), "agreement", _by_key("sheet")),
    "question": FoundKind(_("question"), _("questions"), "mail", _by_key("question")),
    "chapter": FoundKind(_("chapitre du guide"), _("chapitres du guide"), "next", _by_key("chapter")),
    "template": FoundKind(_("modèle de document"), _("modèles de documents"), "agreement", _by_key("template")),
}
