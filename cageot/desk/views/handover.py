"""The hand-over at the depot: the volunteer's list, opened by a code instead of an account; and the desk's side of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cageot.baskets import handover as actions
from cageot.baskets.actions import WeekIsClosed, change_ways
from cageot.baskets.handover import Event, Outcome
from cageot.baskets.models import Basket, Delivery, Depot, DepotLink
from cageot.baskets.undoing import watching
from cageot.core import clock
from cageot.core.week import Week
from cageot.desk.access import garden_for
from cageot.desk.forms import handover as forms
from cageot.desk.queries import handover as queries
from cageot.desk.undo import say_baskets
from cageot.network.http import Request, acting, origin
from cageot.network.rules.reach import Can
from cageot.network.secrets import digest

WRITING = ["GET", "HEAD", "POST"]
TRIES, SENDINGS = 30, 120
"""Wrong codes from one address in ten minutes; sendings of one phone in a minute."""
KEPT_DAYS = 400
"""How long a phone remembers its code, when the link has no end: what browsers allow."""


# --- Coming in with a code ------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(WRITING)
def enter(request: Request) -> HttpResponse:
    """A code, typed or read from the address by the page itself (after the #, which no server receives)."""
    if request.method != "POST":
        return render(request, "desk/handover_enter.html", {"wrong": False})
    tries = f"depot-tries:{origin(request)}"
    if _count(tries) >= TRIES:
        return _calm(request, 429)
    link = actions.enter(request.POST.get("code", "")[:80], today=request.today, at=clock.now())
    if link is None:
        _more(tries, 600)
        return _calm(request)
    answer = redirect("desk:handover_sheet", link.pk)
    _remember(answer, link, request.POST["code"][:80])
    return answer


def _calm(request: Request, status: int = 404) -> HttpResponse:
    """One page for a code that opens nothing, whatever the reason: unknown, ended, stopped, or mistyped too often."""
    return render(request, "desk/handover_enter.html", {"wrong": True}, status=status)


def _remember(answer: HttpResponse, link: DepotLink, code: str) -> None:
    """The phone keeps the code for the pages of this link alone; no script can read it."""
    end = link.until_day and datetime.combine(link.until_day + actions.LATE, datetime.min.time(), clock.now().tzinfo)
    age = int((end - clock.now()).total_seconds()) if end else KEPT_DAYS * 86400
    path = reverse("desk:handover_sheet", args=[link.pk])
    answer.set_cookie(
        _cookie(link.pk), code, max_age=max(age, 3600), path=path, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def _cookie(link: int) -> str:
    return f"depot-{link}"


def _link_for(request: Request, pk: int) -> DepotLink | None:
    """The link whose code this phone keeps, even ended: fetching is the permission."""
    code = request.COOKIES.get(_cookie(pk), "")
    rows = DepotLink.objects.filter(pk=pk, digest=digest(code))
    return rows.select_related("depot__garden").first()


def _opens(link: DepotLink | None, request: Request) -> bool:
    """Whether the link shows its list today."""
    return (
        link is not None
        and link.revoked_at is None
        and link.from_day <= request.today
        and (link.until_day is None or request.today <= link.until_day)
    )


def _count(name: str) -> int:
    return int(cache.get(name, 0))


def _more(name: str, seconds: int) -> int:
    """Count one more, forgotten after so many seconds."""
    if cache.add(name, 1, seconds):
        return 1
    try:
        return int(cache.incr(name))
    except ValueError:  # forgotten just now
        return 1


# --- The list ---------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(WRITING)
def sheet(request: Request, link: int) -> HttpResponse:
    """The depot's list today: who came, who did not; each button works without script."""
    found = _link_for(request, link)
    if found is None or not _opens(found, request):
        return _calm(request)
    if request.method == "POST":
        event = forms.said_in(request.POST, found, at := clock.now())
        if event:
            _say(request, found, [event], at)
        return redirect(reverse("desk:handover_sheet", args=[link]) + (f"#b{event.basket}" if event else ""))
    page = queries.sheet(found, request.today)
    more = page.line(request.GET.get("panier", "")) if page and page.writable else None
    now = int(clock.now().timestamp() * 1000)
    return render(request, "desk/handover_sheet.html", {"link": found, "page": page, "more": more, "now": now})


@login_not_required
@never_cache
@require_http_methods(WRITING)
def rest(request: Request, link: int) -> HttpResponse:
    """All the others did not come: asked once more, then written."""
    found = _link_for(request, link)
    page = queries.sheet(found, request.today) if found and _opens(found, request) else None
    if found is None or page is None or not page.writable:
        return _calm(request)
    if request.method == "POST":
        at = clock.now()
        waiting = [line for line in page.lines if line.waits]
        _say(request, found, [forms.stated(line.pk, "unclaimed", line.head, found, at) for line in waiting], at)
        return redirect("desk:handover_sheet", link)
    return render(request, "desk/handover_rest.html", {"link": found, "page": page})


def _say(request: Request, link: DepotLink, events: list[Event], at: datetime) -> None:
    """Write it, and tell plainly what did not become of it as said."""
    outcomes = set(actions.say(link, events, sent=at, at=at).values())
    for outcome, told in TOLD.items():
        if outcome in outcomes:
            messages.warning(request, told)


TOLD = {
    Outcome.OVERRULED: gettext_lazy("Quelqu’un d’autre l’a noté autrement : la liste montre ce qui est gardé."),
    Outcome.CLOSED: gettext_lazy("La semaine est close : rien n’a changé. Dites-le au jardin."),
    Outcome.GONE: gettext_lazy("Ce lien est arrêté : rien n’a changé. Dites-le au jardin."),
    Outcome.UNKNOWN: gettext_lazy("Ce panier n’est pas sur cette liste. Rien n’a changé."),
}


@login_not_required
@never_cache
@require_http_methods(WRITING)
def sync(request: Request, link: int) -> HttpResponse:
    """What a phone said since, all at once; answers what became of it, and where the list stands.

    404 when the link opens nothing any more; what it brings late is still taken in (`baskets.handover.LATE`).
    """
    found = _link_for(request, link)
    if found is None:
        return JsonResponse({}, status=404)
    if _more(f"depot-sendings:{link}", 60) > SENDINGS:
        return JsonResponse({}, status=429)
    outcomes = {}
    at = clock.now()
    if request.method == "POST":
        try:
            sending = forms.read_sending(request.body)
        except forms.BadSending:
            return JsonResponse({}, status=400)
        if not _too_late(found, at):
            outcomes = {
                str(key): one.value for key, one in actions.say(found, sending.events, sent=sending.sent, at=at).items()
            }
    if not _opens(found, request):
        return JsonResponse({"results": outcomes}, status=404)
    page = queries.sheet(found, request.today)
    answer = JsonResponse({
        "at": int(clock.now().timestamp() * 1000),
        "results": outcomes,
        "delivery": page.delivery.pk if page else 0,
        "total": page.total if page else 0,
        "closed": bool(page and page.delivery.close_id),
        "rows": queries.changes(page) if page else [],
    })  # fmt: skip
    answer["X-CSRFToken"] = get_token(request)  # the one of a page kept since this morning may be old
    return answer


def _too_late(link: DepotLink, at: datetime) -> bool:
    """Whether even what was said before the link ended comes too late."""
    return link.revoked_at is not None and link.revoked_at + actions.LATE < at


@login_not_required
@require_safe
def worker(request: Request) -> HttpResponse:
    """The service worker of the lists: it holds no name, and is the same for all."""
    answer = render(request, "desk/handover_worker.js", content_type="text/javascript")
    answer["Cache-Control"] = "no-cache"
    return answer


@login_not_required
@require_safe
def manifest(request: Request, link: int) -> HttpResponse:
    """What a phone needs to put the list on its home screen. Says nothing of the link but its number."""
    icons = [
        {"src": static(f"desk/handover-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
        for side in (192, 512)
        for purpose in ("any", "maskable")
    ]
    here = reverse("desk:handover_sheet", args=[link])
    about = {
        "name": _("Cageot, la liste du dépôt"), "short_name": _("Dépôt"), "start_url": here, "scope": here, "id": here,
        "display": "standalone", "background_color": "#faf7f0", "theme_color": "#1f6b3b", "icons": icons,
    }  # fmt: skip
    return JsonResponse(about, content_type="application/manifest+json")


# --- The desk: links --------------------------------------------------------------------------------


@require_safe
def links(request: Request, garden: str) -> HttpResponse:
    """The volunteers' links: who may open which list, and when it was last used."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    lines = queries.link_lines(place, request.today)
    return render(
        request, "desk/handover_links.html", {"garden": place, "lines": lines, "week": Week.of(request.today)}
    )


@never_cache
@require_http_methods(WRITING)
def new_link(request: Request, garden: str) -> HttpResponse:
    """Make a link; its address is shown in the answer, once, since only its print is kept."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    form = forms.LinkForm(place, request.today, request.POST or None, initial={"from_day": request.today})
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        link, code = actions.open_link(**form.cleaned_data, by=by, at=at)
        site = request.build_absolute_uri(reverse("desk:handover_enter"))
        address = f"{site}#{code}"
        shown = {"garden": place, "link": link, "code": code, "address": address, "site": site}
        return render(request, "desk/handover_link.html", shown | {"qr": queries.qr(address)})
    return render(request, "desk/handover_link_form.html", {"garden": place, "form": form})


@require_http_methods(WRITING)
def stop_link(request: Request, garden: str, pk: int) -> HttpResponse:
    """Stop a link, after saying what follows."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    link = get_object_or_404(DepotLink.objects.select_related("depot__garden"), pk=pk, depot__garden=place)
    if request.method == "POST":
        by, at = acting(request)
        stopped = actions.revoke_link(link, by=by, at=at)
        messages.success(request, _("Le lien est arrêté.") if stopped else _("Ce lien était déjà arrêté."))
        return redirect("desk:handover_links", place.code)
    return render(request, "desk/handover_link_stop.html", {"garden": place, "link": link})


@require_http_methods(WRITING)
def rest_ways(request: Request, garden: str) -> HttpResponse:
    """What volunteers do with a basket that nobody came for."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    form = forms.RestForm(queries.ways_of(place), request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        change_ways(place, form.cleaned_data, by=by, at=at)
        messages.success(request, _("C’est enregistré. Les listes ouvertes suivront dès qu’elles auront du réseau."))
        return redirect("desk:handover_links", place.code)
    return render(request, "desk/handover_ways.html", {"garden": place, "form": form})


# --- The desk: the week, and the paper sheet ----------------------------------------------------------


@require_safe
def week(request: Request, garden: str, week: Week) -> HttpResponse:
    """How the hand-over of the week goes, depot by depot, and what the volunteers want known."""
    place = garden_for(request, garden, Can.SEE_WEEK)
    page = queries.week_page(place, week, request.today)
    may = {
        "may_enter": request.reach.can(Can.RUN_WEEK, place.pk),
        "may_link": request.reach.can(Can.EDIT_GARDEN, place.pk),
    }
    return render(request, "desk/handover_week.html", {"page": page} | may)


@require_http_methods(WRITING)
def paper(request: Request, garden: str, week: Week, delivery: int, depot: int) -> HttpResponse:
    """ "Tous sauf…": enter the paper sheet of a depot, ticking only those who did not come."""
    place = garden_for(request, garden, Can.RUN_WEEK)
    found = get_object_or_404(Delivery, pk=delivery, garden=place, week=week, day__lte=request.today)
    where = get_object_or_404(Depot.objects.select_related("garden"), pk=depot, garden=place)
    if request.method == "POST":
        _enter_sheet(request, found, where)
        return redirect("desk:handover_week", place.code, week)
    return render(request, "desk/handover_paper.html", {"page": queries.paper_page(place, found, where)})


def _enter_sheet(request: Request, delivery: Delivery, depot: Depot) -> None:
    seen, except_ = forms.sheet_in(request.POST)
    by, at = acting(request)
    try:
        with watching(depot.garden, Basket.objects.filter(delivery=delivery, depot=depot)) as change:
            written, meanwhile = actions.enter_sheet(delivery, depot, seen=seen, except_=except_, by=by, at=at)
    except WeekIsClosed:
        messages.error(
            request, _("La semaine a été clôturée entre-temps : rien n’a été noté. Pour corriger, il faut la rouvrir.")
        )
        return
    counts = Counter(except_.values())
    here = reverse("desk:handover_paper", args=[depot.garden.code, delivery.week, delivery.pk, depot.pk])
    told = _sheet_words(depot, written, sum(counts.values()))
    say_baskets(request, told, depot.garden, delivery.week, change, here)
    if meanwhile:
        messages.warning(request, ngettext(
            "%(count)s panier avait été noté entre-temps : il n’a pas changé.",
            "%(count)s paniers avaient été notés entre-temps : ils n’ont pas changé.", meanwhile,
        ) % {"count": meanwhile})  # fmt: skip


def _sheet_words(depot: Depot, written: int, exceptions: int) -> str:
    said = ngettext("%(depot)s : %(count)s panier noté", "%(depot)s : %(count)s paniers notés", written) % {"depot": depot.name, "count": written}  # fmt: skip
    if not exceptions:
        return said + _(", tous retirés.")
    return said + ngettext(", dont %(count)s qui n’a pas été retiré.", ", dont %(count)s qui n’ont pas été retirés.", exceptions) % {"count": exceptions}  # fmt: skip
