"""What gardens tell each other, in words: why a garden is like mine, what cannot be posted, what cannot be joined."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.guide.rules.alike import Likeness
from cageot.guide.rules.joined import NotTaken
from cageot.guide.rules.offering import Reach
from cageot.guide.rules.personal import Found

PLACES: dict[str, str | Promise] = {
    "village": gettext_lazy("aussi dans un village"), "town": gettext_lazy("aussi dans une petite ville"),
    "middle": gettext_lazy("aussi dans une ville moyenne"), "large": gettext_lazy("aussi dans une grande ville"),
}  # fmt: skip
PAYERS: dict[str, str | Promise] = {
    "ccas": gettext_lazy("un CCAS paie aussi"), "caf": gettext_lazy("la CAF paie aussi"), "msa": gettext_lazy("la MSA paie aussi"),
    "department": gettext_lazy("le Département paie aussi"), "region": gettext_lazy("la Région paie aussi"),
    "state": gettext_lazy("l’État paie aussi"), "municipality": gettext_lazy("la commune paie aussi"),
    "association": gettext_lazy("une association paie aussi"), "foundation": gettext_lazy("une fondation paie aussi"),
    "company": gettext_lazy("une entreprise paie aussi"), "university": gettext_lazy("une université paie aussi"),
    "other": gettext_lazy("même genre de payeur"),
}  # fmt: skip


def why_alike(found: Likeness, place: str) -> str:
    """« même taille, aussi dans une ville moyenne, la CAF paie aussi »; `place`: the kind of place of both."""
    said = {"size": _("même taille"), "place": str(PLACES.get(place, "")), "region": _("même région"), "contract": _("même genre d’accord")}  # fmt: skip
    words = [said.get(one) or str(PAYERS.get(one.partition(":")[2], "")) for one in found.reasons]
    return ", ".join(word for word in words if word)


def too_long(length: int, most: int) -> str:
    """A text that is too long, and was cut where its limit is."""
    return _("Ce texte a %(length)s signes, et %(most)s au plus tiennent ici : la fin a été coupée. Relisez-le, raccourcissez-le.") % {
        "length": f"{length:,}".replace(",", "\u202f"), "most": f"{most:,}".replace(",", "\u202f"),
    }  # fmt: skip


def what_is_personal(found: Found) -> str:
    """What was found, in words."""
    return {
        "name": _("le nom d’une personne de votre jardin"),
        "last": _("peut-être le nom d’une personne de votre jardin"),
        "member": _("l’adresse ou le numéro d’un adhérent"),
        "iban": _("un numéro de compte (IBAN)"),
        "email": _("une adresse électronique"),
        "phone": _("un numéro de téléphone"),
    }[found.kind]


def not_posted(found: Sequence[Found]) -> str:
    """Why a text is not posted yet, and what to do."""
    if any(one.never for one in found):
        return _("Rien n’est publié : ce texte parle d’une personne qu’on peut reconnaître. Retirez ce qui est montré ci-dessous ; un prénom seul suffit.")  # fmt: skip
    if any(one.kind == "last" for one in found):
        return _("Rien n’est publié encore : quelqu’un, dans ce texte, a le nom d’un adhérent de votre jardin. Retirez ce nom, ou cochez la case si c’est une autre personne.")  # fmt: skip
    return _("Rien n’est publié encore : ce texte contient un contact. Vérifiez qu’il est professionnel, puis cochez la case.")  # fmt: skip


def not_taken(error: NotTaken) -> str:
    """A file that cannot be joined, and what to do."""
    return {
        "empty": _("Ce fichier est vide."),
        "big": _("Ce fichier dépasse 3 Mo. Réduisez-le, puis déposez-le à nouveau."),
        "kind": _("Ce fichier n’est pas d’un genre accepté : PDF, image (PNG, JPEG, WebP), DOCX, XLSX, ODT ou ODS. Son nom ne suffit pas : c’est le contenu qui compte."),
        "damaged": _("Ce fichier est abîmé. Ouvrez-le, enregistrez-le à nouveau, puis déposez-le."),
        "bomb": _("Une fois ouvert, ce fichier est beaucoup trop gros."),
        "macros": _("Ce fichier contient un programme : il n’est pas accepté. Enregistrez-le sans macros."),
    }[error.why]  # fmt: skip


def how_near(found: Reach) -> str:
    """« à 12 km », « chez vous », or that it is for everywhere."""
    if found.km is None:
        return _("partout") if found.near else _("pas dans votre département")
    if found.km == 0:
        return _("chez vous")
    return _("à %(km)s km") % {"km": found.km}
