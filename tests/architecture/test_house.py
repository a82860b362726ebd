"""The shape of the house, where import-linter cannot see: rows, templates, files, the clock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

import cageot

HOUSE = Path(cageot.__file__).parent
FLOORS = ["core", "network", "funding", "members", "baskets", "guide", "workshops", "space", "desk", "demo", "config"]
"""From the ground up: each may lean on those before it."""

LAYERS = {
    "models.py",
    "migrations",
    "rules",
    "queries",
    "actions",
    "forms",
    "views",
    "urls",
    "templates",
    "static",
    "triggers.py",
}
OF_ANY_APP = (
    LAYERS
    | {f"{layer}.py" for layer in ("queries", "actions", "forms", "views", "urls")}
    | {"models"}
    | {"__init__.py", "apps.py"}
)
OWN = {
    # What an app has beside the layers. A new name here asks: is it not a rule, a query or an action?
    "core": {"README.md", "cents.py", "charts.py", "clock.py", "converters.py", "faults.py", "fonts", "icons.py", "middleware.py", "migrating.py", "pictures.py", "privacy.py", "sankey.py", "sql.py", "styleguide.py",
             "tabular", "templatetags", "typography.py", "week.py"},
    "network": {"data", "http.py", "kinds.py", "limits.py", "outbox.py", "middleware.py", "privacy.py", "secrets.py", "sign_in.py", "sms.py", "territory.py", "finding.py"},
    "funding": {"audit.py", "data", "journal.py", "privacy.py"},
    "members": {"after.py", "bulk.py", "privacy.py", "retention.py", "referral_words.py", "referrals.py", "rights.py", "telling.py", "ways_in.py"},
    "baskets": {"absences.py", "audit.py", "bulk.py", "coming.py", "content.py", "data", "forecasting.py", "handover.py", "notices.py", "outlooks.py", "places.py", "privacy.py", "proposing.py", "said.py", "signups.py", "subscriptions.py", "swaps.py", "taking_back.py", "undoing.py"},
    "guide": {"data", "privacy.py"},
    "workshops": {"privacy.py", "data", "http.py"},
    "space": {"access.py", "languages.py", "locale", "middleware.py", "words.py"},
    "desk": {"access.py", "event_papers.py", "import_box.py", "invoices.py", "languages.py", "leaflet.py", "papers.py", "pdf.py", "reads.py", "steering_papers.py", "undo.py", "typst", "verbs.py", "words.py", "words_ahead.py", "words_books.py", "words_content.py", "words_funds.py", "words_guide.py", "words_importing.py", "words_referrals.py", "words_settling.py", "words_steering.py", "words_found.py", "words_grants.py", "words_exchange.py"},
    "demo": {"README.md", "arrivals.py", "build.py", "cast.py", "endings.py", "events.py", "funds.py", "guard.py", "habits.py", "kitchen.py", "life_around.py", "life_exchange.py", "life_guide.py", "life_steering.py", "life_public.py", "life_recipes.py", "life_workshops.py", "money_ahead.py", "money_books.py", "money_claims.py", "money_grants.py", "money_settling.py", "names.py", "orientations.py", "plan.py", "schemes.py", "season.py", "space.py"},
    "config": {"cli.py", "opening.py", "database.py", "guards.py", "management", "menu.py", "settings.py", "verbs", "wsgi.py"},
}  # fmt: skip


def python_files(*parts: str) -> list[Path]:
    return sorted(path for path in HOUSE.joinpath(*parts).rglob("*.py") if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return str(path.relative_to(HOUSE))


# --- Down only ------------------------------------------------------------------------------------


def test_rows_point_down_only() -> None:
    """A payer's row cannot name a household: its floor does not know there are any."""
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is not None
        if field.related_model._meta.app_label in FLOORS
        if FLOORS.index(field.related_model._meta.app_label) > FLOORS.index(model._meta.app_label)
    ]
    assert upward == []


REFERENCE = re.compile(r"""{%\s*(?:extends|include)\s+["']([^"'#]+)""")


def test_templates_lean_downward_only() -> None:
    floor_of = {
        str(path.relative_to(HOUSE / app / "templates")): FLOORS.index(app)
        for app in FLOORS
        for path in (HOUSE / app / "templates").rglob("*.*")
    }
    upward = [
        f"{template} → {other}"
        for template, floor in floor_of.items()
        for other in REFERENCE.findall((HOUSE / FLOORS[floor] / "templates" / template).read_text())
        if floor_of.get(other, 0) > floor
    ]
    assert floor_of
    assert upward == []


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_rules_know_neither_django_nor_rows_nor_the_clock() -> None:
    forbidden = re.compile(
        r"django\b|time\b|random\b|cageot\.core\.(clock|sql|models)\b|cageot\.\w+\.(models|queries|actions)\b"
    )
    rules = [path for app in FLOORS for path in python_files(app, "rules")]
    assert rules
    assert [f"{name_of(path)}: {name}" for path in rules for name in imports(path) if forbidden.match(name)] == []


# --- A place for each thing -----------------------------------------------------------------------


def test_every_app_is_a_floor() -> None:
    here = {path.name for path in HOUSE.iterdir() if path.is_dir() and path.name not in ("__pycache__", "locale")}
    assert here == set(FLOORS)
    assert {path.name for path in HOUSE.iterdir() if path.is_file()} == {"__init__.py"}


@pytest.mark.parametrize("app", FLOORS)
def test_every_file_is_in_its_place(app: str) -> None:
    there = {path.name for path in (HOUSE / app).iterdir()} - {"__pycache__"}
    assert there - OF_ANY_APP - OWN[app] == set()
    assert OWN[app] <= there, "a place that nobody uses any more"


# --- Habits ---------------------------------------------------------------------------------------

CLOCKS = {"now", "today", "utcnow", "localdate", "localtime"}


def asks_the_clock(path: Path) -> Iterator[str]:
    """Calls such as `date.today()` or `timezone.now()`; `clock.today()` is the way. `localtime(moment)` only converts."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in CLOCKS:
            continue
        owner = ast.unparse(node.func.value).split(".")[-1]
        if owner in {"date", "datetime", "timezone"} and (node.func.attr in {"now", "today"} or not node.args):
            yield f"{name_of(path)}:{node.lineno} {owner}.{node.func.attr}"


def test_one_file_alone_reads_the_clock() -> None:
    """Else the demonstration would not stand in March 2018, nor would a past week close as it did."""
    asking = [call for path in python_files() if path != HOUSE / "core" / "clock.py" for call in asks_the_clock(path)]
    assert asking == []
    assert list(asks_the_clock(HOUSE / "core" / "clock.py"))
    assert [name_of(path) for path in HOUSE.rglob("*.html") if "{% now" in path.read_text()] == []


def test_nothing_happens_behind_a_save() -> None:
    """No signal but those of `migrate`, no save() of ours (decision 0003)."""
    listening = [
        path
        for path in python_files()
        if any(name.startswith(("django.db.models.signals", "django.dispatch")) for name in imports(path))
    ]
    assert [name_of(path) for path in listening] == ["config/apps.py"]
    saving = [
        name_of(path)
        for path in python_files()
        if re.search(r"def save\(self", path.read_text()) and path.name == "models.py"
    ]
    assert saving == []


INLINE = re.compile(r"""<style|\sstyle=["']|<script(?![^>]*\bsrc=)|\son[a-z]+=["']|javascript:""")


def test_no_page_carries_style_or_script_of_its_own() -> None:
    """The content policy would refuse them, silently."""
    templates = [path for path in HOUSE.rglob("*.html") if INLINE.search(path.read_text())]
    assert [name_of(path) for path in templates] == []


def test_journeys_ask_the_page_from_outside() -> None:
    """`wait_for_function` breaks on our content policy whenever the first answer is no, so by chance: `wait_until`."""
    asking = [path for path in Path(__file__).parents[1].rglob("*.py") if ".wait_for_function(" in path.read_text()]
    assert [path.name for path in asking if path != Path(__file__)] == []
