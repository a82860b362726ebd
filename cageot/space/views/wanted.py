"""Which messages a member wants: by the signed address at the foot of a mail, or from the space."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cageot.core import clock
from cageot.members.telling import choices, choose, read_way_out
from cageot.space.access import MemberRequest, member_page


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """The address at the foot of a mail. Opening it changes nothing; a button says no, another yes again."""
    found = read_way_out(token)
    if found is None:
        return render(request, "space/refuse.html", {"known": False}, status=404)
    member, kind = found
    if request.method == "POST":
        choose(member, kind, "yes" in request.POST, by=None, at=clock.now())
        return redirect(request.path)
    [(label, wanted)] = [(label, wanted) for name, label, wanted in choices(member) if name == kind]
    return render(request, "space/refuse.html", {"known": True, "label": label, "wanted": wanted})


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def wanted(request: MemberRequest) -> HttpResponse:
    """Each kind of message that one may do without, with a button."""
    kinds = {name: wanted for name, _label, wanted in choices(request.member)}
    kind = request.POST.get("kind", "")
    if kind in kinds:
        choose(request.member, kind, not kinds[kind], by=request.acting, at=clock.now())
        return redirect("space:wanted")
    return render(request, "space/wanted.html", {"kinds": choices(request.member)})
