"""`cageot user`: give somebody a way in."""

from __future__ import annotations

import argparse
import getpass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from cageot.config import opening
from cageot.config.verbs._help import Verbs, add_format, day, print_json, refuse, verb, whole
from cageot.core import clock
from cageot.network import actions, territory
from cageot.network.models import Garden, Login, Partner, Role


def add(verbs: Verbs) -> None:
    parser = verb(
        verbs, "user", run=run,
        help=_("Donner un accès à quelqu’un, lui ajouter un rôle, ou lister les accès."),
        example=_(
            "Exemples :\n"
            "  cageot user add lea@jardin.example --name Léa --role coordinator --garden blois\n"
            "  cageot user add lea@jardin.example --name Léa --role coordinator --garden blois --new-garden \"Jardin du Val\" --commune 41018\n"
            "  cageot user list"
        ),
    )  # fmt: skip
    parser.add_argument("what", choices=["add", "list"], help=_("add : donner un accès ou un rôle ; list : les lire"))
    parser.add_argument("email", nargs="?", help=_("l’adresse électronique, qui recevra les codes"))
    parser.add_argument("--name", default="", help=_("prénom, puis nom"))
    parser.add_argument(
        "--role",
        choices=Role.Kind.values,
        help=_("network, coordinator, helper, treasurer, auditor, referrer ou funder"),
    )
    parser.add_argument("--garden", metavar="CODE", help=_("le code du jardin, sauf pour le rôle network"))
    parser.add_argument(
        "--partner", metavar="NUMÉRO", type=whole(1), help=_("le numéro du partenaire, pour referrer et funder")
    )
    parser.add_argument("--until", metavar="JOUR", type=day, help=_("le dernier jour ; obligatoire pour auditor"))
    parser.add_argument("--new-garden", metavar="NOM", help=_("créer ce jardin, avec le code de --garden"))
    parser.add_argument("--commune", metavar="INSEE", help=_("la commune du nouveau jardin : code INSEE, ou nom"))
    parser.add_argument("--password", action="store_true", help=_("demander un mot de passe (facultatif)"))
    add_format(parser, _("text pour lire, json pour une machine"))


def run(options: argparse.Namespace) -> int:
    return _list(options) if options.what == "list" else _add(options)


def _list(options: argparse.Namespace) -> int:
    roles = Role.objects.on(clock.today()).select_related("person__login", "garden", "partner").order_by("pk")
    rows = [
        {"name": str(role.person), "email": role.person.login.email if hasattr(role.person, "login") else "",
         "role": role.kind, "garden": role.garden.code if role.garden else None, "partner": role.partner_id,
         "until": role.until_day}
        for role in roles
    ]  # fmt: skip
    if options.format == "json":
        print_json(rows)
    for row in rows if options.format == "text" else []:
        print(f"{row['email'] or '—'}  {row['name']}  {row['role']}  {row['garden'] or row['partner'] or ''}".rstrip())
    return 0


def _add(options: argparse.Namespace) -> int:
    if problem := _problem(options):
        return refuse(problem, 2, options)
    opening.begin()
    if not options.name and not Login.objects.filter(email__iexact=options.email).exists():
        return refuse(_("Donnez un nom avec --name."), 2, options)
    garden = Garden.objects.filter(code=options.garden).first()
    if options.garden and garden is None and not options.new_garden:
        return refuse(
            _("Aucun jardin n’a le code « %(code)s ». Ajoutez --new-garden et --commune pour le créer.")
            % {"code": options.garden},
            1, options,
        )  # fmt: skip
    partner = Partner.objects.filter(pk=options.partner).first() if options.partner else None
    if options.partner and partner is None:
        return refuse(_("Aucun partenaire n’a le numéro %(pk)s.") % {"pk": options.partner}, 1, options)
    password = getpass.getpass(_("Mot de passe : ")) if options.password else None
    with transaction.atomic():
        if options.garden and garden is None:
            garden = actions.open_garden(code=options.garden, name=options.new_garden, commune_code=_commune(options.commune).code,
                                         on=clock.today(), by=None, at=clock.now())  # fmt: skip
        login, made = actions.give_access(
            email=options.email,
            name=options.name,
            role=options.role,
            garden=garden,
            partner=partner,
            until=options.until,
            password=password,
            on=clock.today(),
            by=None,
            at=clock.now(),
        )
    if options.format == "json":
        print_json({"email": login.email, "new": made, "role": options.role, "garden": garden.code if garden else None})
    else:
        print(_("%(who)s peut entrer avec %(email)s.") % {"who": login.person, "email": login.email})
    return 0


def _commune(text: str) -> territory.Commune:
    try:
        return territory.commune(text)
    except KeyError:
        found = territory.commune_named(text)
        assert found
        return found


def _problem(options: argparse.Namespace) -> str | None:
    """What is missing or wrong in what was asked, in a sentence; None when all is there."""
    try:
        validate_email(options.email or "")
    except ValidationError:
        return _("Donnez une adresse électronique, par exemple lea@jardin.example.")
    if not options.role:
        return _("Donnez un rôle avec --role : network, coordinator, helper, treasurer, auditor, referrer ou funder.")
    of_partner = options.role in (Role.Kind.REFERRER, Role.Kind.FUNDER)
    if of_partner != bool(options.partner):
        return _("Les rôles referrer et funder demandent --partner NUMÉRO ; les autres vont sans.")
    if (options.role == Role.Kind.NETWORK or of_partner) == bool(options.garden):
        return _("Les rôles network, referrer et funder vont sans jardin ; les autres demandent --garden CODE.")
    if options.role == Role.Kind.AUDITOR and not options.until:
        return _("Un contrôle a une fin : donnez son dernier jour avec --until.")
    if options.new_garden and not _known_commune(options.commune):
        return _("Donnez la commune du jardin avec --commune : son code INSEE (41018), ou son nom s’il est unique.")
    return None


def _known_commune(text: str | None) -> bool:
    if not text:
        return False
    try:
        territory.commune(text)
    except KeyError:
        return territory.commune_named(text) is not None
    return True
