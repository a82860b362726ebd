"""What is typed of the guide: a chapter, a paper edited elsewhere, another network's guide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import FileDrop, LineField
from cageot.desk.words_guide import too_long
from cageot.guide.actions.book import Draft
from cageot.guide.models import Chapter
from cageot.guide.rules import exchange, markup, word_file

MOST_TAGS = 8


class ChapterForm(forms.Form):
    """A chapter. A text that is too long comes back cut where the limit is: what can be kept is not lost."""

    title = LineField(label=_("Titre"), max_length=160)
    summary = LineField(label=_("En une phrase"), max_length=300, required=False)
    tags = LineField(label=_("Mots-clés"), max_length=200, required=False, help_text=_("Séparés par des virgules."))
    text = forms.CharField(
        label=_("Texte"), widget=forms.Textarea({"rows": 24, "spellcheck": "true"}), strip=False,
        help_text=_("## fait un titre, - une liste, **gras**, [[tarifs]] mène au chapitre « tarifs »."),
    )  # fmt: skip
    note = LineField(label=_("Ce qui change"), max_length=160, required=False, help_text=_("Pour l’historique."))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def __init__(self, data: Any = None, *, chapter: Chapter | None = None, text: str = "", seen: int = 0) -> None:
        start = {"title": chapter.title, "summary": chapter.summary, "tags": ", ".join(chapter.tags)} if chapter else {}
        self.cut = 0
        typed = data.get("text", "") if data is not None else ""
        if len(typed) > markup.LONGEST:
            self.cut = len(typed)
            data = data.copy()
            data["text"] = typed[: markup.LONGEST]
        super().__init__(data, initial={"text": text, "seen": seen} | start)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if self.cut:
            raise forms.ValidationError(too_long(self.cut))
        if not text.strip():
            raise forms.ValidationError(_("Écrivez le texte du chapitre."))
        return text

    @property
    def draft(self) -> Draft:
        said = self.cleaned_data
        tags = [one.strip()[:40] for one in said["tags"].split(",") if one.strip()][:MOST_TAGS]
        return Draft(said["title"], said["summary"], tags, said["text"], said["note"])


class PaperFileForm(forms.Form):
    """A paper that was edited in a word processor."""

    file = forms.FileField(
        label=_("Votre document"), widget=FileDrop(".docx"), max_length=200, allow_empty_file=True,
        help_text=_("Le fichier DOCX que vous avez modifié, 5 Mo au plus."),
    )  # fmt: skip

    def content(self) -> bytes:
        """What was sent, one byte past the limit at most."""
        read: bytes = self.cleaned_data["file"].read(word_file.BIGGEST_FILE + 1)
        return read


class GuideFileForm(forms.Form):
    """Another network's guide."""

    file = forms.FileField(
        label=_("Le guide d’un autre réseau"), widget=FileDrop(".json"), max_length=200, allow_empty_file=True,
        help_text=_("Le fichier « guide.json » que cet autre réseau a exporté de son Cageot."),
    )  # fmt: skip

    def content(self) -> bytes:
        read: bytes = self.cleaned_data["file"].read(exchange.BIGGEST_FILE + 1)
        return read
