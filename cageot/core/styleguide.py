"""Invented figures for the style guide: every piece of the look, and a few whole screens. Development only."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cageot.core.charts import Line, Part, Point
from cageot.core.forms import DayField, EurosField, FileDrop, UnitInput, choice
from cageot.core.week import Week

PAGES = {
    "pieces": "core/styleguide.html",
    "semaine": "core/styleguide_week.html",
    "programme": "core/styleguide_programme.html",
    "adherent": "core/styleguide_member.html",
    "entrer": "core/styleguide_plain.html",
}


SHORT = {"Le programme": "Programme", "Financements": "Fonds"}


class Sample(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nom de la convention", help_text="Celui que vous dites entre vous.")
    part = EurosField(label="Part de l’adhérent", help_text="Par panier. Au plus 30 % du prix : 3,60 €.", max_cents=360)
    weight = forms.DecimalField(label="Poids", widget=UnitInput("kg"), required=False)
    start = DayField(label="Premier jour")
    depot = forms.ChoiceField(
        label="Dépôt", choices=[("", "Choisir…"), ("a", "Maison des Provinces"), ("b", "Au jardin")]
    )
    rest = forms.ChoiceField(
        label="Qui paie le reste ?",
        widget=forms.RadioSelect,
        choices=[
            ("caf", choice("CAF de Loir-et-Cher", "Pour les foyers allocataires, jusqu’à 40 paniers par an.")),
            ("net", choice("Le réseau", "Sur le financement national, tant qu’il en reste.")),
        ],
    )
    list_ = forms.FileField(
        label="Liste des foyers", widget=FileDrop(".csv,.xlsx,.ods"), help_text="Le tableau tel que vous l’avez."
    )
    note = forms.CharField(label="Remarque", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="La convention est signée")


def context(page: str) -> dict[str, Any]:
    """What the pages of the guide need, the same at every visit."""
    wrong = Sample({"name": "", "part": "4", "start": "2026-11-26", "rest": "caf"})
    return {
        "page": page,
        "menu": _menu(page),
        "place_name": "Jardin du Val de Loire",
        "person_name": "Léa Martin",
        "demo_banner": "Démonstration : les personnes et les sommes sont inventées.",
        "form": Sample(),
        "wrong": wrong,
        "week": Week(2026, 47),
        "steps": [
            {"label": "Compter", "detail": "214 paniers", "state": "done", "url": "#compter"},
            {"label": "Récolter", "detail": "9 légumes · 1 042 kg", "state": "done", "url": "#recolter"},
            {"label": "Composer", "detail": "3 tailles, aujourd’hui", "state": "current", "url": "#composer"},
            {"label": "Distribuer", "detail": "jeu. et ven., 6 dépôts", "state": "todo", "url": "#distribuer"},
            {"label": "Clôturer", "detail": "lundi 23", "state": "todo", "url": ""},
        ],
        "content": _content(),
        "payers": [
            Part("Adhérents", 18432),
            Part("Réseau (DGCS 2025–27)", 25344),
            Part("CCAS de Blois", 16896),
            Part("CAF, MSA", 16128),
        ],
        "weeks": _weeks(),
        "months": ["janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
        "lines": [
            Line("Paniers promis", [40, 48, 52, 60, 64, 70, 74, 74, 80, 84, 88, 92]),
            Line("Paniers financés", [40, 44, 50, 58, 64, 66, 70, 72, 76, 80, None, None]),
        ],
        "spark": [12, 14, 13, 17, 16, 19, 22, 21, 24],
        "crumbs": [("Adhérents", "#"), ("Foyer 214", None)],
    }


def _menu(page: str) -> list[dict[str, Any]]:
    if page == "programme":
        labels = [
            "Le programme",
            "Jardins",
            "Financements",
            "Partenaires",
            "Impact",
            "Collecte de dons",
            "Entraide et guide",
        ]
        icons = ["home", "map", "money", "partners", "chart", "leaf", "help"]
        badges = ["", "38", "", "", "", "", ""]
        return [{"label": None, "items": _items(labels, icons, badges)}]
    return [
        {
            "label": None,
            "items": _items(
                ["La semaine", "Adhérents", "Orientations", "Paniers", "Ateliers"],
                ["week", "people", "partners", "basket", "leaf"],
                ["", "", "2", "", ""],
            ),
        },
        {
            "label": "Argent",
            "items": _items(["Qui paie quoi", "Participations", "Conventions"], ["", "", ""], ["", "", ""]),
        },
        {"label": "Comprendre", "items": _items(["Impact", "Entraide"], ["", ""], ["", ""])},
    ]


def _items(labels: list[str], icons: list[str], badges: list[str]) -> list[dict[str, Any]]:
    current = {"La semaine", "Le programme"}
    return [
        {
            "label": label,
            "url": "#",
            "icon": icon,
            "badge": badge,
            "short": SHORT.get(label, ""),
            "current": label in current,
        }
        for label, icon, badge in zip(labels, icons, badges, strict=True)
    ]


def _content() -> list[tuple[str, str, list[str], str, str, str]]:
    rows = [
        ("Carottes", "", "0,8 kg|1,2 kg|1,8 kg", "241 kg", "ok", "leaf"),
        ("Poireaux", "", "0,6 kg|0,9 kg|1,3 kg", "180 kg", "ok", "leaf"),
        ("Courge musquée", "", "1 part|1 part|2 parts", "246 parts", "−12", "squash"),
        ("Mâche", "", "150 g|200 g|300 g", "41 kg", "ok", "leaf"),
        ("Betteraves", "", "0,5 kg|0,8 kg|1,0 kg", "151 kg", "ok", "leaf"),
        ("Oignons", "", "0,3 kg|0,5 kg|0,7 kg", "99 kg", "ok", "leaf"),
        ("Chou kale", "", "—|1 botte|1 botte", "128 bottes", "ok", "leaf"),
        ("Persil", "", "1 bouquet|1 bouquet|1 bouquet", "214", "ok", "leaf"),
        ("Pommes", "Verger Martin", "0,5 kg|1,0 kg|1,5 kg", "187 kg", "ok", "leaf"),
    ]
    return [(name, grower, sizes.split("|"), total, state, tone) for name, grower, sizes, total, state, tone in rows]


def _weeks() -> list[Point]:
    months = {1: "janv.", 10: "mars", 19: "mai", 27: "juil.", 36: "sept.", 45: "nov."}
    return [
        Point(f"semaine {n}", 380 + (n * 137) % 97 + 3 * n, tick=months.get(n, ""), muted=n > 47) for n in range(1, 53)
    ]


def styleguide(request: HttpRequest, page: str = "pieces") -> HttpResponse:
    """One page of the guide; 404 for a page that it has not."""
    if page not in PAGES:
        raise Http404
    return render(request, PAGES[page], context(page))
