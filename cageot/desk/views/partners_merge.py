"""A partner that becomes another: what follows it, and what keeps its name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cageot.desk.access import network_only, partner_for
from cageot.desk.actions import partners as actions
from cageot.desk.forms.partners_merge import MergeForm
from cageot.funding.actions import merging
from cageot.network.http import Request, acting


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Request, pk: int) -> HttpResponse:
    """Two partners become one, from a day on."""
    network_only(request)
    one = partner_for(request, pk, edit=True)
    form = MergeForm(request.POST or None, partner=one, today=request.today)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            actions.merge(one, form.partner, on=form.cleaned_data["on"], by=by, at=at)
        except merging.AlreadyMerged as refusal:
            form.add_error("into", _("C’est déjà fait : il est devenu « %(name)s ».") % {"name": refusal.into})
        except merging.ReferencesMeet as refusal:
            form.add_error("into", _(
                "Les deux ont donné le même numéro, %(number)s, à un financement. Corrigez d’abord celui de « %(name)s »."
            ) % {"number": refusal.fund.reference, "name": refusal.fund.name})  # fmt: skip
        except merging.SamePartner:
            form.add_error("into", _("Choisissez un autre partenaire."))
        else:
            messages.success(request, _("C’est fait. Ses conventions, ses financements et ses dépôts suivent."))
            return redirect("desk:partner", form.partner.pk)
    return render(
        request, "desk/partners_merge.html", {"form": form, "partner": one}, status=422 if form.errors else 200
    )
