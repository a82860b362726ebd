"""What is typed about a household: who they are, their basket, their membership, their support."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models import BasketSize, Depot, Product, Subscription
from cageot.baskets.rules.subscribing import SLOTS
from cageot.core.forms import EurosField, choice
from cageot.core.templatetags.cageot import day as said
from cageot.desk.forms.fields import DayField, PhoneField, refuse
from cageot.desk.languages import LANGUAGES
from cageot.desk.queries.household import Offer, Place
from cageot.desk.queries.subscriptions import Offering, last_day_of, slot_words
from cageot.funding.models import Tariff
from cageot.members.models import Household, Member, Membership, Support
from cageot.members.rules.after import TERMS, term_end
from cageot.network import territory
from cageot.network.models import Garden

Section = tuple[str, str, list[BoundField]]


# --- Who they are --------------------------------------------------------------------------------


CONTACT = ("civility", "first_name", "last_name", "phone", "mobile", "email")
CIVILITIES = ("M.", "Mme")
DETAILS = ("number", "adults", "children", "language", "address", "postcode", "town", "reach_through", "joined_on")


def civilities(current: str) -> list[tuple[str, str]]:
    """The civilities; one that a file brought and that is not among them stays as it is."""
    known = [*CIVILITIES, *([current] if current and current not in CIVILITIES else [])]
    return [("", "—"), *((one, one) for one in known)]


class HouseholdForm(forms.Form):
    """A household and its contact. A name to call them by is all that is asked."""

    civility = forms.ChoiceField(label=_("Civilité"), required=False)
    last_name = forms.CharField(label=_("Nom"), max_length=80)
    first_name = forms.CharField(label=_("Prénom"), max_length=80, required=False)
    number = forms.CharField(
        label=_("Numéro du foyer"), max_length=20, help_text=_("Celui de votre ancien tableau, ou le suivant.")
    )
    joined_on = DayField(label=_("Au jardin depuis le"), since=date(1980, 1, 1))
    phone = PhoneField(label=_("Téléphone"), required=False)
    mobile = PhoneField(label=_("Mobile"), required=False)
    email = forms.EmailField(label=_("Adresse électronique"), required=False)
    reach_through = forms.CharField(
        label=_("À joindre par quelqu’un d’autre"),
        max_length=120,
        required=False,
        help_text=_("Un voisin, une association… et son numéro."),
    )
    adults = forms.IntegerField(label=_("Adultes"), min_value=0, max_value=30, initial=1)
    children = forms.IntegerField(label=_("Enfants"), min_value=0, max_value=30, initial=0)
    language = forms.ChoiceField(
        label=_("Langue dans laquelle leur parler"), choices=list(LANGUAGES.items()), initial="fr"
    )
    address = forms.CharField(label=_("Adresse"), max_length=200, required=False)
    postcode = forms.CharField(
        label=_("Code postal"), max_length=5, required=False, widget=forms.TextInput({"inputmode": "numeric"})
    )
    town = forms.CharField(label=_("Commune"), max_length=80, required=False)

    def __init__(self, garden: Garden, *args: Any, household: Household | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.garden, self.household = garden, household
        self.fields["language"].choices = _languages(str(self.initial.get("language", "fr")))  # type: ignore[attr-defined]
        self.fields["civility"].choices = civilities(str(self.initial.get("civility", "")))  # type: ignore[attr-defined]

    @property
    def sections(self) -> list[Section]:
        return [
            (gettext("Qui"), "", [self[name] for name in ("last_name", "first_name", "civility", "number", "joined_on")]),
            (
                gettext("Comment les joindre"), gettext("Rien n’est obligatoire."),
                [self[name] for name in ("phone", "mobile", "email", "reach_through")],
            ),
            (gettext("Le foyer"), "", [self[name] for name in ("adults", "children", "language", "address", "postcode", "town")]),
        ]  # fmt: skip

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        others = Household.objects.filter(garden=self.garden, number=number)
        if self.household:
            others = others.exclude(pk=self.household.pk)
        if others.exists():
            raise forms.ValidationError(
                _("Un autre foyer porte le numéro %(number)s. Choisissez-en un autre."), params={"number": number}
            )
        return number

    def clean_joined_on(self) -> date:
        day: date = self.cleaned_data["joined_on"]
        if self.household and self.household.left_on and day > self.household.left_on:
            raise forms.ValidationError(
                _("Ce foyer est parti le %(day)s : l’arrivée vient avant."),
                params={"day": said(self.household.left_on, "plain")},
            )
        return day

    def clean_postcode(self) -> str:
        code: str = self.cleaned_data["postcode"].strip()
        if code and not (code.isascii() and code.isdigit() and len(code) in (4, 5)):
            raise forms.ValidationError(_("Un code postal a cinq chiffres, par exemple 41000."))
        return code.zfill(5) if code else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("adults") == data.get("children") == 0:
            refuse(self, gettext("Un foyer compte au moins une personne."), "adults")
        return data

    @property
    def contact(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in CONTACT}

    @property
    def details(self) -> dict[str, Any]:
        """The household's columns; its commune is found when the town can only be one."""
        found = {name: self.cleaned_data[name] for name in DETAILS}
        commune = territory.commune_named(found["town"], found["postcode"]) if found["town"] else None
        return found | {"commune_code": commune.code if commune else ""}


def _languages(current: str) -> list[tuple[str, Any]]:
    """The languages; one that a file brought and that is not among them stays as it is."""
    return list(LANGUAGES.items()) + ([] if current in LANGUAGES else [(current, current)])


def known(household: Household, contact: Member) -> dict[str, Any]:
    """What the form starts from."""
    return {name: getattr(contact, name) for name in CONTACT} | {name: getattr(household, name) for name in DETAILS}


class PersonForm(forms.Form):
    """Another person of a household. A name is all that is asked."""

    last_name = forms.CharField(label=_("Nom"), max_length=80)
    first_name = forms.CharField(label=_("Prénom"), max_length=80, required=False)
    civility = forms.ChoiceField(label=_("Civilité"), required=False)
    phone = PhoneField(label=_("Téléphone"), required=False)
    mobile = PhoneField(label=_("Mobile"), required=False)
    email = forms.EmailField(label=_("Adresse électronique"), required=False)

    def __init__(self, *args: Any, one: Member | None = None, **kwargs: Any) -> None:
        start = {name: getattr(one, name) for name in CONTACT} if one else {}
        super().__init__(*args, **{"initial": start} | kwargs)
        self.fields["civility"].choices = civilities(str(start.get("civility", "")))  # type: ignore[attr-defined]


class LastDayForm(forms.Form):
    """The last day of something: of a stay, a subscription, a support."""

    last_day = DayField(label=_("Dernier jour"))

    def __init__(self, *args: Any, first: date, last: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first, self.last = first, last

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if day < self.first:
            raise forms.ValidationError(
                _("Choisissez le %(day)s ou un jour d’après."), params={"day": said(self.first, "plain")}
            )
        if self.last and day > self.last:
            raise forms.ValidationError(
                _("Choisissez le %(day)s ou un jour d’avant."), params={"day": said(self.last, "plain")}
            )
        return day


# --- Their basket --------------------------------------------------------------------------------


class SubscriptionForm(forms.Form):
    """A regular basket of one product: size, depot and rhythm, from a day on; a trial; what it waits for."""

    size = forms.ModelChoiceField(
        BasketSize.objects.none(), label=_("Taille"), widget=forms.RadioSelect, empty_label=None
    )
    depot = forms.TypedChoiceField(label=_("Dépôt"), coerce=int)
    frequency = forms.ChoiceField(label=_("Rythme"), widget=forms.RadioSelect, initial="weekly")
    monthly_slot = forms.TypedChoiceField(
        label=_("Quelle livraison du mois"), required=False, coerce=int, empty_value=None,
        help_text=_("Pour « une fois par mois ». La moins chargée garde vos semaines égales."),
    )  # fmt: skip
    from_day = DayField(label=_("À partir du"))
    until_day = DayField(
        label=_("Jusqu’au"), required=False,
        help_text=_("Laissez vide : l’abonnement continue d’année en année, sans rien faire. Avec une fin, vous êtes prévenu quatre semaines avant."),
    )  # fmt: skip
    trial = forms.BooleanField(
        label=_("C’est un essai"), required=False, help_text=_("« Jusqu’au » est alors le dernier jour de l’essai.")
    )
    after_trial = forms.ChoiceField(
        label=_("Après l’essai"), required=False, widget=forms.RadioSelect, initial=Subscription.Renewal.TACIT,
        choices=[("tacit", _("l’abonnement continue sans rien faire")), ("alert", _("il s’arrête ; vous êtes prévenu deux semaines avant"))],
    )  # fmt: skip
    waits_for = forms.ChoiceField(
        label=_("Commence quand vous avez reçu"), required=False, widget=forms.RadioSelect, initial="nothing",
        choices=[("nothing", _("rien, il commence à sa date")), *Subscription.WaitsFor.choices[1:]],
        help_text=_("En attendant, aucun panier n’est posé et la place au dépôt est gardée."),
    )  # fmt: skip
    LATER = ("trial", "after_trial", "waits_for")

    def __init__(self, offered: Offering, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered, self.current = offered, offered.current
        self.depots = {place.depot.pk: place.depot for place in offered.places}
        sizes, rhythms = self.fields["size"], dict(Subscription.Frequency.choices)
        sizes.queryset = BasketSize.objects.filter(product=offered.product)  # type: ignore[attr-defined]
        sizes.choices = [(size.pk, choice(size.name, hint)) for size, hint in offered.sizes]  # type: ignore[attr-defined]
        self.fields["depot"].choices = [  # type: ignore[attr-defined]
            ("", gettext("Choisir…")),
            *((one.depot.pk, one.label) for one in offered.places),
        ]
        self.fields["frequency"].choices = [(one, rhythms[one]) for one in offered.rhythms]  # type: ignore[attr-defined]
        slots = [(slot, slot_words(slot)) for slot in SLOTS]
        self.fields["monthly_slot"].choices = [("", gettext("la moins chargée")), *slots]  # type: ignore[attr-defined]
        if "monthly" not in offered.rhythms:
            del self.fields["monthly_slot"]
        if self.current:
            del self.fields["waits_for"]

    @property
    def main(self) -> list[BoundField]:
        return [one for one in self if one.name not in self.LATER]

    @property
    def later(self) -> list[BoundField]:
        """What most subscriptions do without."""
        return [one for one in self if one.name in self.LATER]

    @property
    def later_open(self) -> bool:
        return bool(self["trial"].value() or any(one.errors for one in self.later))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_day"), data.get("until_day")
        if first and last and last < first:
            refuse(self, gettext("La fin vient avant le début."), "until_day")
        elif data.get("trial") and not last and "until_day" not in self.errors:
            refuse(self, gettext("Un essai a une fin : dites son dernier jour."), "until_day")
        if first:
            self._clean_first(first)
        return data

    def _clean_first(self, first: date) -> None:
        if self.current and first < self.current.subscription.from_day:
            began = said(self.current.subscription.from_day, "plain")
            refuse(
                self, gettext("Cet abonnement commence le %(day)s : choisissez ce jour ou un jour d’après.") % {"day": began},
                "from_day",
            )  # fmt: skip
        if self.current is None and (last := last_day_of(self.offered.household, self.offered.product, first)):
            refuse(
                self, gettext("Le foyer avait cet abonnement jusqu’au %(day)s : choisissez un jour d’après.") % {"day": said(last, "plain")},
                "from_day",
            )  # fmt: skip

    @property
    def then_goes_on(self) -> bool:
        """Whether a trial goes on by itself after its last day."""
        return bool(self.cleaned_data["trial"] and self.cleaned_data["after_trial"] != Subscription.Renewal.ALERT)

    @property
    def chosen(self) -> dict[str, Any]:
        """The subscription's columns. One that has an end, and does not go on by itself, is told before."""
        data, alert = self.cleaned_data, Subscription.Renewal.ALERT
        found = {
            "size": data["size"], "depot": self.depots[data["depot"]], "frequency": data["frequency"],
            "monthly_slot": data.get("monthly_slot"), "from_day": data["from_day"], "until_day": data["until_day"],
            "trial": data["trial"],
            "renewal": alert if data["until_day"] and not self.then_goes_on else Subscription.Renewal.TACIT,
        }  # fmt: skip
        return found if self.current else found | {"waits_for": data["waits_for"] or "nothing"}


class StopForm(LastDayForm):
    """The last day of one subscription, and of the household's others that are ticked."""

    products = forms.MultipleChoiceField(
        label=_("Ce qui s’arrête"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Cochez ce qui s’arrête.")},
    )  # fmt: skip
    field_order = ["products", "last_day"]

    def __init__(self, products: Sequence[Product], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.every = [one.pk for one in products]
        self.fields["products"].choices = [(str(one.pk), one.name) for one in products]  # type: ignore[attr-defined]
        if len(products) < 2:
            del self.fields["products"]

    @property
    def stopped(self) -> list[int]:
        """The products whose subscription stops."""
        ticked = self.cleaned_data.get("products")
        return self.every if ticked is None else [int(one) for one in ticked]


class BasketForm(forms.Form):
    """One basket, changed once."""

    size = forms.ModelChoiceField(
        BasketSize.objects.none(), label=_("Taille, cette fois"), widget=forms.RadioSelect, empty_label=None
    )
    depot = forms.ModelChoiceField(
        Depot.objects.none(),
        label=_("Dépôt, cette fois"),
        empty_label=None,
        help_text=_("Un dépôt d’un autre jour déplace le panier dans la même semaine."),
    )

    def __init__(self, product: int, places: Sequence[Place], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["size"].queryset = BasketSize.objects.filter(product=product)  # type: ignore[attr-defined]
        depots = self.fields["depot"]
        depots.queryset = Depot.objects.filter(pk__in=[one.depot.pk for one in places])  # type: ignore[attr-defined]
        depots.choices = [(one.depot.pk, one.label) for one in places]  # type: ignore[attr-defined]


# --- Membership and support ----------------------------------------------------------------------


class MembershipForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Type"), choices=Membership.Kind.choices, widget=forms.RadioSelect, initial="ordinary"
    )
    fee = EurosField(label=_("Cotisation"), max_cents=1_000_00)
    from_day = DayField(label=_("Du"))
    until_day = DayField(label=_("Au"), required=False)
    paid_on = DayField(label=_("Payée le"), required=False, help_text=_("Laissez vide si la cotisation reste à payer."))

    def __init__(self, household: Household, *args: Any, membership: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **({"initial": _membership_start(membership)} if membership else {}) | kwargs)
        self.household, self.membership = household, membership

    @property
    def values(self) -> dict[str, Any]:
        """The membership's columns."""
        data = self.cleaned_data
        return {name: data[name] for name in ("kind", "from_day", "until_day", "paid_on")} | {"fee_cents": data["fee"]}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_day"), data.get("until_day")
        others = Membership.objects.filter(household=self.household)
        if self.membership:
            others = others.exclude(pk=self.membership.pk)
        if first and last and last < first:
            refuse(self, gettext("La fin vient avant le début."), "until_day")
        elif first and (other := others.between(first, last or date.max).first()):
            refuse(
                self,
                gettext("Une adhésion court déjà %(dates)s. Commencez après sa fin.")
                % {"dates": dates(other.from_day, other.until_day)},
                "from_day",
            )
        return data


def _membership_start(one: Membership) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "fee": one.fee_cents,
        "from_day": one.from_day,
        "until_day": one.until_day,
        "paid_on": one.paid_on,
    }


class TermField(forms.ChoiceField):
    """So many months; none of them when the last day is written."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class EndField(DayField):
    """The last day; nothing when a term says it."""

    def validate(self, value: Any) -> None:
        return


class SupportForm(forms.Form):
    """Which tariff of which agreement, and between which days: a usual term, cut at the agreement's end, or a date.
    `open_end`: it may have no end."""

    open_end = False

    tariff = forms.ModelChoiceField(
        Tariff.objects.none(), label=_("Convention et tarif"), widget=forms.RadioSelect, empty_label=None
    )
    from_day = DayField(label=_("Du"))
    term = TermField(label=_("Durée"), widget=forms.RadioSelect)
    until_day = EndField(label=_("Au"), help_text=_("Le dernier jour pris en charge. Vous pourrez renouveler."))

    def __init__(self, offers: Sequence[Offer], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tariffs = self.fields["tariff"]
        tariffs.queryset = Tariff.objects.filter(pk__in=[one.tariff.pk for one in offers]).select_related("agreement")  # type: ignore[attr-defined]
        tariffs.choices = [(one.tariff.pk, choice(one.label, one.hint)) for one in offers]  # type: ignore[attr-defined]
        terms = [(str(n), gettext("%(n)s mois") % {"n": n}) for n in TERMS]
        self.fields["term"].choices = [*terms, ("", gettext("jusqu’au jour écrit dessous"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        tariff, first, last = data.get("tariff"), data.get("from_day"), data.get("until_day")
        if data.get("term") and first:
            end = tariff.agreement.until_day if tariff else None
            last = data["until_day"] = term_end(first, int(data["term"]), end if end and end >= first else None)
        if last is None and not self.open_end and not {"until_day", "from_day"} & self.errors.keys():
            refuse(self, gettext("Choisissez une durée, ou écrivez le dernier jour."), "until_day")
        if first and last and last < first:
            refuse(self, gettext("La fin vient avant le début."), "until_day")
        end = tariff.agreement.until_day if tariff else None
        if end and last and last > end:
            refuse(
                self,
                gettext("La convention finit le %(day)s : la prise en charge ne peut pas aller plus loin.")
                % {"day": said(end, "plain")},
                "until_day",
            )
        return data


def dates(first: date, last: date | None) -> str:
    """ "du 01/01/2018 au 30/06/2018"."""
    if last is None:
        return gettext("à partir du %(first)s") % {"first": said(first, "plain")}
    return gettext("du %(first)s au %(last)s") % {"first": said(first, "plain"), "last": said(last, "plain")}


def overlaps(existing: Support) -> str:
    """Why a support is refused: another one has some of these days."""
    return gettext("Une prise en charge court déjà %(dates)s. Choisissez d’autres jours, ou terminez-la d’abord.") % {
        "dates": dates(existing.from_day, existing.until_day)
    }
