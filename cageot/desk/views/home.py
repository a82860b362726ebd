"""The first page after signing in: straight to the work of the day."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from cageot.core.week import Week
from cageot.desk.queries.home import first_garden
from cageot.network.http import Request


def show(request: Request) -> HttpResponse:
    """A garden's people find their week; the network its programme; somebody without a role, a word."""
    if garden := first_garden(request.reach):
        return redirect("desk:week", garden=garden.code, week=Week.of(request.today))
    if request.reach.network:
        return redirect("desk:programme_now")
    if request.reach.refers:
        return redirect("desk:my_referrals")
    if request.reach.funds:
        return redirect("desk:funded")
    return render(request, "desk/nowhere.html")
