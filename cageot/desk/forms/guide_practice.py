"""What is typed for other gardens: sheets, questions, answers. Texts are bounded, and checked for personal data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import FileDrop, LineField
from cageot.desk.forms.bounded import BoundedForm
from cageot.desk.words_exchange import not_posted, not_taken, what_is_personal
from cageot.guide.actions.practice import Draft
from cageot.guide.models import Digest, Sheet, SheetVersion
from cageot.guide.queries.personal import personal_in
from cageot.guide.rules import joined
from cageot.guide.rules.personal import Found
from cageot.network.models import Garden, Person

MOST_TAGS = 6
AROUND = 40
"""Signs shown before and after what is personal."""


def long(label: Any, rows: int = 5, **more: Any) -> forms.CharField:
    """A long answer."""
    return forms.CharField(label=label, widget=forms.Textarea({"rows": rows, "spellcheck": "true"}), **more)


@dataclass(frozen=True)
class Shown:
    """Something personal as it is shown: in which answer, on which line, and the words around it."""

    field: str
    line: int
    what: str
    before: str
    it: str
    after: str


class CheckedForm(BoundedForm):
    """What will be read by other gardens. Members of the garden are never posted; other contacts once they are said professional."""

    CHECKED: ClassVar[Sequence[str]] = ()

    sure = forms.BooleanField(
        label=_("Ce contact est professionnel, et la personne est d’accord pour qu’il soit publié."), required=False
    )

    def __init__(self, data: Any = None, *args: Any, by: Person, garden: Garden | None, **kwargs: Any) -> None:
        self.by, self.garden = by, garden
        self.personal: list[Shown] = []
        super().__init__(data, *args, **kwargs)
        self.ask_sure = False

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields to show in order; whether one is sure is asked beside what was found."""
        return [self[name] for name in self.fields if name != "sure"]

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        texts = {name: str(said.get(name) or "") for name in self.CHECKED}
        found = personal_in(texts, by=self.by, garden=self.garden)
        never = any(one.never for _name, one in found)
        if found and (never or not said.get("sure")):
            self.personal = [self._shown(name, one, texts[name]) for name, one in found]
            self.add_error(None, not_posted([one for _name, one in found]))
        self.ask_sure = bool(found) and not never
        if any(one.kind == "last" for _name, one in found):
            self["sure"].label = _("Ce n’est pas un adhérent du jardin, et la personne est d’accord pour être nommée.")  # fmt: skip
        return said

    def _shown(self, name: str, one: Found, text: str) -> Shown:
        before, after = text[max(0, one.start - AROUND) : one.start], text[one.end : one.end + AROUND]
        it = text[one.start : one.end]
        return Shown(str(self.fields[name].label), one.line, what_is_personal(one), before.rpartition("\n")[2], it, after.partition("\n")[0])  # fmt: skip


class TagsField(LineField):
    """Some words, separated by commas: small letters, once each."""

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return list(dict.fromkeys(one.strip().lower()[:40] for one in typed.split(",") if one.strip()))[:MOST_TAGS]

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


class SheetForm(CheckedForm):
    """A practice sheet."""

    LONG = {"problem": 4000, "done": 8000, "cost": 2000, "change": 4000}
    CHECKED: ClassVar[Sequence[str]] = ("title", "problem", "done", "cost", "change", "tags", "contact", "note")

    title = LineField(label=_("Titre"), max_length=140, help_text=_("Par exemple « Une navette de bénévoles pour les dépôts éloignés »."))  # fmt: skip
    problem = long(_("Le problème"), 4, help_text=_("Ce qui n’allait pas, en quelques phrases. Sans nommer personne."))
    done = long(_("Ce que nous avons fait"), 8, help_text=_("Étape par étape, comme vous le diriez à un autre jardin."))
    cost = long(_("Ce que ça a coûté"), 3, required=False, help_text=_("En temps, en argent, en matériel."))
    change = long(_("Ce que nous ferions autrement"), 3, required=False)
    tags = TagsField(label=_("Mots-clés"), max_length=200, required=False, help_text=_("Six au plus, séparés par des virgules."))  # fmt: skip
    contact = LineField(
        label=_("À qui écrire"), max_length=160, required=False,
        help_text=_("Votre contact professionnel, pour les autres jardins."),
    )  # fmt: skip
    note = LineField(label=_("Ce qui change"), max_length=160, required=False, help_text=_("Pour l’historique."))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    def __init__(
        self, data: Any = None, *, sheet: Sheet | None = None, last: SheetVersion | None = None, by: Person, garden: Garden | None
    ) -> None:  # fmt: skip
        start: dict[str, Any] = {"seen": 0}
        if sheet:
            start |= {"title": sheet.title, "tags": sheet.tags, "contact": sheet.contact}
        if last:
            start |= {name: getattr(last, name) for name in ("problem", "done", "cost", "change")} | {"seen": last.number}  # fmt: skip
        super().__init__(data, by=by, garden=garden, initial=start)
        if sheet is None:
            del self.fields["note"]

    @property
    def draft(self) -> Draft:
        said = self.cleaned_data
        return Draft(
            said["title"], said["problem"], said["done"], said["cost"], said["change"], said["tags"], said["contact"], said.get("note", "")
        )  # fmt: skip


class QuestionForm(CheckedForm):
    """A question to the other gardens."""

    LONG = {"body": 4000}
    CHECKED: ClassVar[Sequence[str]] = ("title", "body", "tags")

    title = LineField(label=_("Votre question"), max_length=160, help_text=_("En une phrase, comme vous la poseriez de vive voix."))  # fmt: skip
    body = long(_("En détail"), 6, required=False, help_text=_("Ce que vous avez déjà essayé. Sans nommer personne."))
    tags = TagsField(label=_("Mots-clés"), max_length=200, required=False, help_text=_("Six au plus, séparés par des virgules."))  # fmt: skip


class ReplyForm(CheckedForm):
    """An answer to a question."""

    LONG = {"body": 4000}
    CHECKED: ClassVar[Sequence[str]] = ("body",)

    body = long(_("Votre réponse"), 5)


class CommentForm(ReplyForm):
    """A comment under a sheet."""

    body = long(_("Votre commentaire"), 4)


class AlsoForm(CheckedForm):
    """We do this too."""

    CHECKED: ClassVar[Sequence[str]] = ("note",)

    note = LineField(label=_("Chez nous"), max_length=200, required=False, help_text=_("En une phrase : ce qui est pareil, ce qui change."))  # fmt: skip


class FlagForm(forms.Form):
    """Why the network should look."""

    reason = LineField(label=_("Pourquoi"), max_length=200, help_text=_("Le réseau seul le lit. Par exemple « on reconnaît un adhérent ».") )  # fmt: skip


class HideForm(forms.Form):
    """Why the network takes something away; its author reads it."""

    reason = LineField(label=_("Raison, dite à l’auteur"), max_length=200)


class FileForm(forms.Form):
    """A file to join to a sheet."""

    file = forms.FileField(
        label=_("Joindre un fichier"), widget=FileDrop(".pdf,.png,.jpg,.jpeg,.webp,.docx,.xlsx,.odt,.ods"), max_length=200, allow_empty_file=True,
        help_text=_("PDF, image, DOCX, XLSX, ODT ou ODS, 3 Mo au plus. Sans nom d’adhérent ni photo de personnes sans leur accord."),
    )  # fmt: skip

    def __init__(self, *args: Any, by: Person, garden: Garden | None, **kwargs: Any) -> None:
        self.by, self.garden = by, garden
        super().__init__(*args, **kwargs)

    def clean_file(self) -> tuple[str, bytes]:
        """Its name and content. Documents are read: a member named there is refused; contacts of others pass."""
        file = self.cleaned_data["file"]
        content: bytes = file.read(joined.BIGGEST + 1)
        try:
            text = joined.text_of(content, joined.media_type(content))
        except joined.NotTaken as error:
            raise forms.ValidationError(not_taken(error)) from error
        found = [one for _name, one in personal_in({"file": text}, by=self.by, garden=self.garden) if one.never]
        if found:
            raise forms.ValidationError(
                _("Ce document contient %(what)s : « %(it)s ». Retirez-le, puis joignez le document à nouveau."),
                params={"what": what_is_personal(found[0]), "it": text[found[0].start : found[0].end]},
            )
        return file.name, content


class DigestForm(forms.Form):
    """How often one wants the digest."""

    rhythm = forms.ChoiceField(
        label=_("Un courriel court, avec ce qui est nouveau"), choices=Digest.Rhythm.choices, widget=forms.RadioSelect
    )
