"""The outbox of a garden: what waits, what left, what did not; letters to print; what came back."""

from __future__ import annotations

from django.contrib import messages as told
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.core.templatetags.cageot import day as said
from cageot.desk.access import garden_for
from cageot.desk.forms.messages import BounceForm
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import messages as queries
from cageot.network import outbox
from cageot.network.http import Request, acting
from cageot.network.models import Garden, Message
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


def _garden(request: Request, garden: str) -> Garden:
    """Messages speak of everything: they are for who runs the garden."""
    return garden_for(request, garden, Can.EDIT_HOUSEHOLDS)


@require_safe
def index(request: Request, garden: str) -> HttpResponse:
    """What waits, what is to be printed, what left, what did not."""
    page = queries.outbox_page(
        _garden(request, garden), request.GET.get("voir", ""), request.GET.get("page", ""), clock.now()
    )
    return render(request, "desk/messages.html", {"page": page})


def _message(request: Request, garden: str, pk: int) -> Message:
    rows = queries.of_garden(_garden(request, garden)).select_related("garden")
    return get_object_or_404(rows, pk=pk)


@require_safe
def show(request: Request, garden: str, message: int) -> HttpResponse:
    """One message, as it is read."""
    found = _message(request, garden, message)
    [line] = queries.message_lines([found], clock.now())
    return render(request, "desk/messages_one.html", {"garden": found.garden, "line": line})


@require_POST
def resend(request: Request, garden: str, message: int) -> HttpResponse:
    """It leaves again, at the next hour that allows it."""
    by, at = acting(request)
    if outbox.resend(_message(request, garden, message), by=by, at=at):
        told.success(request, _("Il repart au prochain envoi."))
    else:
        told.error(request, _("Ce message ne peut pas repartir : il est déjà parti, ou en train de partir."))
    return redirect("desk:message", garden, message)


@require_POST
def drop(request: Request, garden: str, message: int) -> HttpResponse:
    """It does not leave."""
    by, at = acting(request)
    if outbox.drop(_message(request, garden, message), by=by, at=at):
        told.success(request, _("Ce message ne partira pas."))
    else:
        told.error(request, _("Trop tard : ce message est parti, ou en train de partir."))
    return redirect("desk:message", garden, message)


# --- Letters --------------------------------------------------------------------------------------


@require_safe
def letters(request: Request, garden: str) -> HttpResponse:
    """The letters to print, as one file."""
    place = _garden(request, garden)
    found = queries.letters(place)
    if not found:
        told.info(request, _("Aucune lettre à imprimer."))
        return redirect("desk:messages", garden)
    at = clock.now()
    headers = {"Content-Disposition": f'inline; filename="lettres-{request.today}.pdf"'}
    return HttpResponse(write_pdf("letter.typ", _pages(place, found, request), at=at), content_type="application/pdf", headers=headers)  # fmt: skip


def _pages(garden: Garden, found: list[Message], request: Request) -> dict[str, object]:
    today = request.today
    head = [garden.name, garden.address, f"{garden.postcode} {garden.commune.name}".strip(), garden.phone]
    return {
        "title": _("Lettres"), "garden": garden.name, "date": [today.year, today.month, today.day], "lang": "fr",
        "head": [line for line in head if line],
        "letters": [
            {"envelope": one.to.split("\n"), "subject": one.subject, "lang": one.language[:2], "day": said(today, "year"),
             "lines": [line for line in one.body.split("\n\n") if line.strip()]}
            for one in found
        ],
    }  # fmt: skip


@require_POST
def printed(request: Request, garden: str) -> HttpResponse:
    """The letters that were there when the file was made are printed."""
    place = _garden(request, garden)
    chosen = [int(pk) for pk in request.POST.getlist("letter") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    by, at = acting(request)
    count = outbox.printed([one for one in queries.letters(place) if one.pk in chosen], by=by, at=at)
    told.success(request, ngettext("%(n)s lettre notée comme partie.", "%(n)s lettres notées comme parties.", count) % {"n": count})  # fmt: skip
    return redirect("desk:messages", garden)


# --- What came back -------------------------------------------------------------------------------


@require_http_methods(WRITING)
def bounce(request: Request, garden: str) -> HttpResponse:
    """A message that came back, pasted or typed."""
    place = _garden(request, garden)
    form = BounceForm(place, request.POST or None)
    if request.method == "POST" and form.is_valid():
        channel, to = form.way
        outbox.bounce(channel, to, why=form.why or _("revenu, noté par le jardin"), at=clock.now())
        told.success(request, _("C’est noté : %(to)s ne marche plus. Les prochains messages partiront autrement.") % {"to": to})  # fmt: skip
        return redirect("desk:messages_lost", garden)
    return render(request, "desk/messages_bounce.html", {"garden": place, "form": form})


@require_safe
def lost(request: Request, garden: str) -> HttpResponse:
    """Those to reach otherwise."""
    place = _garden(request, garden)
    return render(request, "desk/messages_lost.html", {"garden": place, "lines": queries.unreachable(place)})
