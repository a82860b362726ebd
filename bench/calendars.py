"""What a garden's calendar costs. Asked: a year in 100 ms, read without a warning by an independent parser.

    uv run python bench/calendars.py        52 and 300 sessions in the year

Milliseconds through the whole stack, the best of ten; then the file is read by `vobject`, warnings being errors.
"""

from __future__ import annotations

import sys
import time
import warnings
from datetime import date, timedelta

from _base import django_with

django_with()

from django.conf import settings

settings.ALLOWED_HOSTS = ["testserver"]
settings.TODAY = date(2018, 3, 14)

import vobject
from django.test import Client

from cageot.core import clock
from cageot.network.models import Garden
from cageot.workshops.models import Place, Session, Workshop


def main(counts: list[int]) -> None:
    now = clock.now()
    garden = Garden.objects.create(code="val", name="Jardin du Val", commune_code="41018")
    place = Place.objects.create(garden=garden, name="La cuisine", address="rue du Marché", commune_code="41018")
    workshop = Workshop.objects.create(
        garden=garden, title="Cuisiner le panier", summary="On goûte.", bring="Un tablier"
    )
    for count in counts:
        Session.objects.all().delete()
        Session.objects.bulk_create(
            Session(
                workshop=workshop,
                garden=garden,
                place=place,
                starts_at=start,
                ends_at=start + timedelta(hours=2),
                seats=12,
            )
            for start in (now + timedelta(days=360 * n / count) for n in range(count))
        )
        client, took = Client(), []
        for _try in range(10):
            begun = time.perf_counter()
            data = client.get("/ateliers/val/agenda.ics").content
            took.append(time.perf_counter() - begun)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read = len(vobject.readOne(data.decode()).vevent_list)
        print(f"{count} sessions: {min(took) * 1000:.1f} ms, {len(data)} bytes, {read} events read")


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [52, 300])
