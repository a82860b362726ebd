"""What is typed about swaps: what may go, what is offered instead, one vegetable more for each size."""

from __future__ import annotations

from django.http import QueryDict
from django.utils.translation import gettext as _

from cageot.baskets.content import Offer
from cageot.baskets.rules.content import Unreadable, read_quantity
from cageot.desk import words_content as words
from cageot.desk.queries.content import Facts
from cageot.desk.queries.swaps import Typed, candidates, offered


def read_swaps(data: QueryDict, here: Facts) -> Typed:
    """The form as typed, for the sizes that have a content; vegetables that are not on the page are left aside."""
    _going, kept = offered(here)
    ticked = frozenset(name for name in data if name.startswith("g"))
    texts: dict[str, str] = {}
    errors: dict[str, str] = {}
    going: dict[int, list[int]] = {}
    offers: dict[int, list[Offer]] = {}
    for size in here.marks:
        held = [line.produce for line in here.lines if here.round and (line.round, line.size) == (here.round.pk, size)]
        going[size] = [pk for pk in held if f"g{size}_{pk}" in ticked]
        offers[size] = []
        fields = [
            (f"o{size}_{pk}", pk, unit) for pk, (unit, _milli) in candidates(here, size, kept.get(size, [])).items()
        ]
        more = data.get(f"plus{size}", "")
        produce = here.produce.get(int(more)) if more.isascii() and more.isdigit() and len(more) < 19 else None
        texts[f"plus{size}"] = str(produce.pk) if produce else ""
        if produce:
            fields.append((f"q{size}", produce.pk, produce.unit))
        for name, pk, unit in fields:
            texts[name] = data.get(name, "")[:20]
            try:
                milli = read_quantity(texts[name], unit)
            except Unreadable as refusal:
                errors[name] = str(words.UNREADABLE[refusal.why])
                continue
            if name == f"q{size}" and not milli:
                errors[name] = _("Écrivez combien on peut en prendre.")
            if milli and pk not in {one.produce for one in offers[size]}:
                offers[size].append(Offer(pk, milli, unit))
    return Typed(going, offers, ticked, texts, errors)
