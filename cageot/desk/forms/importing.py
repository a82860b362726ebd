"""What is typed in the wizard: a file, what its columns hold, what its words mean, which look-alikes are not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cageot.core.forms import EurosField, FileDrop
from cageot.core.tabular.reading import BYTES
from cageot.desk import words_importing as words
from cageot.desk.queries.import_pages import CREATE, ColumnLine, MatchLine
from cageot.desk.rules.importing import KINDS


class UploadForm(forms.Form):
    """The file that a garden brings."""

    file = forms.FileField(
        label=_("Votre tableau"),
        help_text=_("Excel (.xlsx, .xls), LibreOffice (.ods) ou CSV. Rien n’est écrit avant que vous ayez tout relu."),
        allow_empty_file=True,  # said better by whoever opens it
        widget=FileDrop(".csv,.txt,.tsv,.xlsx,.xlsm,.xls,.xlsb,.ods"),
    )

    def clean_file(self) -> tuple[str, bytes]:
        """Its name and its content."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > BYTES:
            raise forms.ValidationError(_("Ce fichier est trop grand : %(limit)s Mo au plus. Gardez seulement le tableau utile."),
                                        params={"limit": BYTES // 1_000_000})  # fmt: skip
        return (file.name or "")[:120], file.read()


class ColumnsForm(forms.Form):
    """What each column of the file holds: one choice a column, "" to set it aside."""

    def __init__(self, lines: Sequence[ColumnLine], choices: Sequence[tuple[str, str]], *args: Any) -> None:
        super().__init__(*args)
        self.lines = lines
        for index, line in enumerate(lines):
            label = _("Ce que contient la colonne « %(name)s »") % {"name": line.header}
            self.fields[f"c{index}"] = forms.ChoiceField(choices=choices, required=False, initial=line.key, label=label)

    @property
    def unknown(self) -> int:
        """How many columns nobody has said anything of yet."""
        return sum(not line.recognised for line in self.lines)

    @property
    def rows(self) -> list[tuple[ColumnLine, forms.BoundField]]:
        return [(line, self[f"c{index}"]) for index, line in enumerate(self.lines)]

    def clean(self) -> dict[str, Any]:
        keys = [key for key in self.mapped.values() if key]
        labels = dict(self.fields["c0"].choices) if self.fields else {}  # type: ignore[attr-defined]
        for index in range(len(self.lines)):
            key = self.cleaned_data.get(f"c{index}")
            if key and keys.count(key) > 1:
                self.add_error(
                    f"c{index}", _("Deux colonnes disent « %(name)s » : n’en gardez qu’une.") % {"name": labels[key]}
                )
        if not {"last_name", "full_name"} & set(keys):
            self.add_error(None, _("Dites quelle colonne contient le nom : c’est la seule qui soit nécessaire."))
        return self.cleaned_data

    @property
    def mapped(self) -> dict[str, str]:
        """Header → key, for every column; remarks on people stay aside."""
        chosen = {line.header: self.cleaned_data.get(f"c{index}", "") for index, line in enumerate(self.lines)}
        return {
            line.header: line.key if line.unused and not chosen[line.header] else chosen[line.header]
            for line in self.lines
        }


def _matched(line: MatchLine) -> str:
    if not line.words:
        return ngettext("Case vide (%(lines)d ligne)", "Cases vides (%(lines)d lignes)", line.lines) % {
            "lines": line.lines
        }
    said = ngettext("« %(words)s » (%(lines)d ligne)", "« %(words)s » (%(lines)d lignes)", line.lines)
    return said % {"words": line.words, "lines": line.lines}


LATER = ("-", _("Je ne sais pas encore"))
CREATING = {
    "depot": _("Créer ce dépôt"),
    "size": _("Créer cette taille"),
    "partner": _("Ouvrir une convention d’après le fichier"),
}


class MatchesForm(forms.Form):
    """What the words of the file mean in this garden. A depot to create needs its day, a size its price."""

    def __init__(self, lines: Sequence[MatchLine], created: Mapping[str, Any], weekday: int | None, *args: Any) -> None:
        super().__init__(*args)
        self.lines = lines
        for index, line in enumerate(lines):
            create = [(CREATE, CREATING[line.kind])] if line.may_create else []
            self.fields[f"m{index}"] = forms.ChoiceField(
                choices=[LATER, *line.choices, *create], initial=line.chosen or LATER[0], label=_matched(line),
                help_text=_("Proposé d’après le nom : à vérifier.") if line.proposed else "",
            )  # fmt: skip
            if line.kind == "depot" and line.may_create:
                self.fields[f"d{index}"] = forms.TypedChoiceField(
                    choices=[("", "—"), *((day + 1, str(name).capitalize()) for day, name in WEEKDAYS.items())], coerce=int, required=False,
                    empty_value=None, initial=created.get(line.words, line.weekday or weekday), label=_("S’il est à créer, son jour de livraison"),
                )  # fmt: skip
            if line.kind == "size":
                self.fields[f"d{index}"] = EurosField(
                    required=False,
                    min_cents=1,
                    initial=created.get(line.words),
                    label=_("Si elle est à créer, son prix"),
                )

    def groups(self) -> list[tuple[str, list[list[forms.BoundField]]]]:
        """The questions by kind."""
        asked = [(kind, [index for index, line in enumerate(self.lines) if line.kind == kind]) for kind in KINDS]
        return [(str(words.KINDS[kind]), [self._fields(index) for index in some]) for kind, some in asked if some]

    def _fields(self, index: int) -> list[forms.BoundField]:
        return [self[name] for name in (f"m{index}", f"d{index}") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        for index, line in enumerate(self.lines):
            detail = f"d{index}"
            wanted = (
                self.cleaned_data.get(f"m{index}") == CREATE and detail in self.fields and detail not in self.errors
            )
            if wanted and not self.cleaned_data.get(detail):
                self.add_error(
                    detail,
                    _("Dites quel jour ce dépôt livre.")
                    if line.kind == "depot"
                    else _("Dites le prix de cette taille."),
                )
        return self.cleaned_data

    def said(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The answers, values by kind and what to create, over those given `before` to words that were not asked here."""
        asked = {(line.kind, line.words) for line in self.lines}
        values: dict[str, dict[str, str]] = {
            kind: {words: target for words, target in some.items() if (kind, words) not in asked}
            for kind, some in before.get("values", {}).items()
        }
        found: dict[str, Any] = {
            "values": values,
            **{f"{kind}s": {words: one for words, one in before.get(f"{kind}s", {}).items() if (kind, words) not in asked}
               for kind in ("depot", "size")},
            "agreements": [words for words in before.get("agreements", ()) if ("partner", words) not in asked],
        }  # fmt: skip
        for index, line in enumerate(self.lines):
            answer = self.cleaned_data[f"m{index}"]
            if answer == CREATE and line.kind == "partner":
                found["agreements"].append(line.words)
            elif answer == CREATE:
                found[f"{line.kind}s"][line.words] = self.cleaned_data[f"d{index}"]
            elif answer != LATER[0]:
                found["values"].setdefault(line.kind, {})[line.words] = answer
        return found


def kept_lines(data: Any, before: Collection[int], held: Collection[int]) -> list[int]:
    """The lines that somebody said are other households: all that are `held`, or those ticked, with those that were
    said `before` and that this page did not show."""
    if "tous" in data:
        return sorted({*before, *held})
    return sorted(set(before) - _lines(data, "vue") | _lines(data, "garder"))


def _lines(data: Any, name: str) -> set[int]:
    return {int(line) for line in data.getlist(name) if line.isascii() and line.isdigit() and len(line) < 9}
