"""People and their roles: a garden's team, everybody for the network head, giving a role and ending it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cageot.core.templatetags.cageot import day as said
from cageot.desk.access import garden_for, network_only, person_for
from cageot.desk.forms import settings_people as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.queries import settings_people as queries
from cageot.network import actions
from cageot.network.http import Request, acting
from cageot.network.models import Garden, Person, Role
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


@require_safe
def of_garden(request: Request, garden: str) -> HttpResponse:
    """A garden's team."""
    return _list(request, garden_for(request, garden, Can.EDIT_GARDEN))


@require_http_methods(WRITING)
def of_network(request: Request) -> HttpResponse:
    """Everybody who has a role, for the network head. A name that is looked for comes by POST: no address keeps it."""
    network_only(request)
    return _list(request, None)


def _list(request: Request, garden: Garden | None) -> HttpResponse:
    asked = {name: request.GET.get(word, "") for name, word in (("state", "role"), ("number", "page"))}
    asked["text"] = request.POST.get("q", "").strip()[:80]
    return render(request, "desk/settings_people.html", {"list": queries.people_page(garden, request.today, **asked)})


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """Somebody, and their roles."""
    page = queries.person_page(person_for(request, pk), request.reach, request.today)
    return render(request, "desk/settings_person.html", {"page": page})


# --- Giving --------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def give(request: Request, garden: str) -> HttpResponse:
    """Give somebody a role in a garden."""
    return _give(request, garden_for(request, garden, Can.EDIT_GARDEN))


@require_http_methods(WRITING)
def give_anywhere(request: Request) -> HttpResponse:
    """Give somebody a role in any garden, or at the network head."""
    network_only(request)
    return _give(request, None)


def _give(request: Request, garden: Garden | None) -> HttpResponse:
    place = Garden.objects.filter(code=request.GET.get("jardin", "")).first() if garden is None else None
    start = {"from_day": request.today, "email": _asked_for(request), "place": place and place.pk}
    form = forms.RoleForm(request.POST or None, garden=garden, initial=start)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        data = form.cleaned_data
        login, made = actions.give_access(
            email=data["email"], name=form.name, role=data["kind"], garden=form.where, on=data["from_day"], until=data["until_day"],
            partner=data.get("partner"), by=by, at=at,
        )  # fmt: skip
        told = (
            _("%(name)s peut entrer avec %(email)s : un code lui est envoyé à chaque fois.")
            if made
            else _("%(name)s, déjà connu avec %(email)s, a ce rôle en plus.")
        )
        messages.success(request, told % {"name": login.person, "email": login.email})
        return redirect("desk:person", login.person_id)
    back = reverse("desk:team", args=[garden.code]) if garden else reverse("desk:all_people")
    context = {"form": form, "garden": garden, "back": back}
    return render(request, "desk/settings_role.html", context, status=422 if form.errors else 200)


def _asked_for(request: Request) -> str:
    """The address of the person that the page comes from, named by a row number."""
    pk = request.GET.get("personne", "")
    found = Person.objects.reachable(request.reach).filter(pk=pk).first() if pk.isdecimal() and len(pk) < 10 else None
    return queries.email_of(found) if found else ""


# --- Ending --------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def end(request: Request, pk: int) -> HttpResponse:
    """End a role; one that has not begun is taken back."""
    role = _role_for(request, pk)
    form = forms.EndRoleForm(request.POST or None, role=role, today=request.today)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        last = form.cleaned_data["last_day"]
        try:
            actions.end_role(role, last_day=last, by=by, at=at)
        except actions.LastOne:
            refuse(form, _last_one(role), "last_day")
        else:
            messages.success(
                request,
                _("Ce rôle finit le %(day)s.") % {"day": said(last, "year")}
                if last >= role.from_day
                else _("Ce rôle est retiré."),
            )
            return _after(request, role)
    context = {"form": form, "role": role, "line": queries.role_line(role, request.today)}
    return render(request, "desk/settings_role_end.html", context, status=422 if form.errors else 200)


def _role_for(request: Request, pk: int) -> Role:
    """A role still to end, where this person gives roles."""
    role: Role = get_object_or_404(Role.objects.select_related("person", "garden", "partner"), pk=pk)
    if not request.reach.network and not (role.garden_id and request.reach.can(Can.EDIT_GARDEN, role.garden_id)):
        raise Http404
    if role.until_day and role.until_day < request.today:
        raise Http404
    return role


def _last_one(role: Role) -> str:
    if role.garden:
        return _("Personne d’autre ne coordonne %(garden)s après ce jour. Donnez d’abord ce rôle à quelqu’un.") % {
            "garden": role.garden
        }
    return _("Personne d’autre n’est à la tête de réseau après ce jour. Donnez d’abord ce rôle à quelqu’un.")


def _after(request: Request, role: Role) -> HttpResponse:
    """To the person, or home for somebody who has just ended the role that let them see it."""
    if role.person_id == request.user.person_id:
        return redirect("desk:home")
    return redirect("desk:person", role.person_id) if role.person.roles.exists() else redirect("desk:home")


# --- Correcting ----------------------------------------------------------------------------------


@require_http_methods(WRITING)
def edit(request: Request, pk: int) -> HttpResponse:
    """Correct somebody's name, telephone or address."""
    person = person_for(request, pk)
    if not queries.may_correct(person, request.reach):
        raise Http404
    form = forms.PersonForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            changed = actions.change_person(person, form.values, email=form.cleaned_data.get("email"), by=by, at=at)
        except actions.AddressTaken:
            refuse(form, _("Quelqu’un d’autre entre avec cette adresse."), "email")
        else:
            messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
            return redirect("desk:person", person.pk)
    context = {"form": form, "person": person}
    return render(request, "desk/settings_person_form.html", context, status=422 if form.errors else 200)
