"""What the guide says when something cannot be read, in words that tell what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cageot.guide.rules import exchange, markup
from cageot.guide.rules.blocks import BadBlocks
from cageot.guide.rules.exchange import NotAGuide
from cageot.guide.rules.fields import UnknownField
from cageot.guide.rules.word_file import NotReadable


def too_long(length: int) -> str:
    """A chapter that is too long."""
    return _("Ce texte a %(length)s signes. Un chapitre en a %(most)s au plus : faites-en deux chapitres.") % {
        "length": f"{length:,}".replace(",", "\u202f"),
        "most": f"{markup.LONGEST:,}".replace(",", "\u202f"),
    }


def unknown_field(error: UnknownField) -> str:
    """A field that nobody knows."""
    if error.near:
        return _("Le champ « %(name)s » n’existe pas. Vouliez-vous écrire %(near)s ?") % {
            "name": error.name[:60],
            "near": _(" ou ").join(f"« {one} »" for one in error.near),
        }
    return _("Le champ « %(name)s » n’existe pas. Voyez la liste des champs de la boîte à outils.") % {
        "name": error.name[:60]
    }


def not_readable(error: NotReadable) -> str:
    """A file that is no paper."""
    return {
        "big": _("Ce fichier dépasse 5 Mo. Retirez les images, puis déposez-le à nouveau."),
        "not_docx": _("Ce fichier n’est pas un document DOCX. Dans votre logiciel, choisissez « Enregistrer sous », puis DOCX."),
        "old_word": _("Ce document est dans l’ancien format de Word, ou protégé par un mot de passe. Enregistrez-le en DOCX, sans mot de passe."),
        "bomb": _("Une fois ouvert, ce fichier est beaucoup trop gros. Repartez du modèle à télécharger ici."),
        "macros": _("Ce document contient des macros : Cageot ne les accepte pas. Enregistrez-le en DOCX simple."),
        "damaged": _("Ce fichier est abîmé. Ouvrez-le dans votre logiciel, enregistrez-le, puis déposez-le à nouveau."),
        "tracked": _("Ce document garde des modifications en suspens. Dans votre logiciel, acceptez-les ou refusez-les, puis enregistrez."),
    }[error.why]  # fmt: skip


def bad_blocks(error: BadBlocks) -> str:
    """A paper that holds nothing, or too much."""
    return {
        "empty": _("Ce document est vide. Rien n’a changé."),
        "many": _("Ce document a trop de parties, ou un tableau trop grand. Partagez-le en deux documents."),
        "long": _("Un paragraphe de ce document est trop long. Coupez-le en plusieurs."),
        "shape": _("Ce document a une forme que Cageot ne connaît pas. Repartez du modèle à télécharger ici."),
    }[error.why]


def not_a_guide(error: NotAGuide) -> str:
    """A file that is no guide."""
    if error.why == "newer":
        return _("Ce guide est fait par une version plus récente de Cageot : mettez à jour Cageot, puis recommencez.")
    if error.why == "field":
        return unknown_field(UnknownField(error.where)) + " " + _("Rien n’a été importé.")
    return {
        "big": _("Ce fichier dépasse %(most)s Mo : ce n’est pas un guide de Cageot.") % {"most": exchange.BIGGEST_FILE // 2**20},
        "not_json": _("Ce fichier n’est pas un guide de Cageot. Choisissez le fichier « guide.json » d’un autre réseau."),
        "other": _("Ce fichier n’est pas un guide de Cageot. Choisissez le fichier « guide.json » d’un autre réseau."),
        "damaged": _("Ce fichier a été abîmé en chemin. Demandez-le à nouveau au réseau qui l’a fait."),
        "shape": _("Une partie de ce fichier n’est pas comprise (%(where)s). Rien n’a été importé.") % {"where": error.where},
    }[error.why]  # fmt: skip
