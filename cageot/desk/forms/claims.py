"""What is typed of claims: an answer, a credit note, a payment and what it is for, how a partner wants to be asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import EurosField, choice, sometimes
from cageot.core.templatetags.cageot import euros
from cageot.desk.forms.fields import DayField
from cageot.desk.forms.settings import IdentifierField
from cageot.desk.queries.claims import Target
from cageot.funding.models import Agreement, Billing, ClaimTerms, Fund, Payment
from cageot.funding.queries.claiming import DUE_DAYS
from cageot.network.models import Partner
from cageot.network.rules import identifiers


class AnswerForm(forms.Form):
    """What the payer answered."""

    answer = forms.ChoiceField(label=_("Sa réponse"), widget=forms.RadioSelect)
    cents = sometimes(
        EurosField(label=_("Montant accepté"), required=False, help_text=_("Seulement s’il accepte en partie."))
    )
    reason = sometimes(
        forms.CharField(
            label=_("Sa raison"), max_length=300, required=False, help_text=_("S’il accepte en partie, ou conteste.")
        )
    )
    day = DayField(label=_("Répondu le"))

    def __init__(self, *args: Any, total_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.total_cents = total_cents
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            ("accepted", choice(gettext("Tout est accepté"), euros(total_cents))),
            (
                "partly",
                choice(gettext("Accepté en partie"), gettext("Un avoir de la différence est fait tout de suite.")),
            ),
            ("disputed", choice(gettext("Contesté"), gettext("Rien ne bouge jusqu’à une autre réponse, ou un avoir."))),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        answer, cents = data.get("answer"), data.get("cents")
        if answer in ("partly", "disputed") and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", gettext("Écrivez la raison du payeur : elle est gardée avec sa réponse."))
        if answer == "partly" and "cents" not in self.errors and not (cents and cents < self.total_cents):
            told = gettext("Écrivez ce qui est accepté : plus de zéro, et moins de %(limit)s.")
            self.add_error("cents", told % {"limit": euros(self.total_cents)})
        return data


class CreditForm(forms.Form):
    """Why a claim is taken back."""

    reason = forms.CharField(
        label=_("Raison"), max_length=300, help_text=_("Elle est imprimée sur l’avoir."),
        error_messages={"required": _("Écrivez la raison : elle est imprimée sur l’avoir.")},
    )  # fmt: skip


class PaymentForm(forms.Form):
    """Money that came in, as the bank says it."""

    cents = EurosField(label=_("Montant"), min_cents=1)
    day = DayField(label=_("Reçu le"))
    partner = forms.TypedChoiceField(label=_("De qui"), required=False, coerce=int, empty_value=None)
    reference = forms.CharField(
        label=_("Ce que dit la banque"), max_length=80, required=False,
        help_text=_("Recopiez le libellé : s’il contient un numéro de facture, Cageot le retrouve."),
    )  # fmt: skip
    means = forms.ChoiceField(
        label=_("Moyen de paiement"), choices=Payment.Means.choices, initial=Payment.Means.TRANSFER
    )
    back = forms.BooleanField(label=_("C’est de l’argent rendu au payeur"), required=False)
    once = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, payers: Iterable[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(payer.pk, payer.name) for payer in payers]
        self.fields["partner"].choices = [("", gettext("je ne sais pas encore")), *known]  # type: ignore[attr-defined]


class MatchForm(forms.Form):
    """How much of a payment goes to each claim or tranche that waits."""

    def __init__(self, *args: Any, targets: Iterable[Target], left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets, self.left = list(targets), left
        for one in self.targets:
            self.fields[one.key] = EurosField(
                label=one.label, required=False, initial=one.proposed or None, max_cents=abs(one.open_cents),
                error_messages={"max_cents": _("Il ne reste que %(limit)s.")},
            )  # fmt: skip

    @property
    def rows(self) -> list[tuple[Target, Any]]:
        return [(one, self[one.key]) for one in self.targets]

    @property
    def typed(self) -> dict[str, int | None]:
        return {one.key: self.cleaned_data.get(one.key) for one in self.targets}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.values()):
            raise forms.ValidationError(gettext("Écrivez un montant à côté d’une facture au moins."))
        return data


class BillingForm(forms.Form):
    """How a partner wants to be asked."""

    siret = sometimes(
        IdentifierField(
            identifiers.is_siret, _("Ce n’est pas un SIRET : il a quatorze chiffres, dont une clé."), label=_("SIRET"),
            help_text=_("Pour le portail de l’État, il en faut un."),
        )
    )  # fmt: skip
    legal_name = forms.CharField(
        label=_("Raison sociale"), max_length=160, required=False, help_text=_("Vide : le nom du partenaire.")
    )
    address = forms.CharField(label=_("Adresse"), max_length=200, required=False)
    postcode = forms.RegexField(
        r"^\d{5}$",
        label=_("Code postal"),
        required=False,
        error_messages={"invalid": _("Un code postal a cinq chiffres.")},
    )
    city = forms.CharField(label=_("Ville"), max_length=80, required=False)
    email = forms.EmailField(label=_("Adresse électronique pour les factures"), required=False)
    channel = forms.ChoiceField(
        label=_("Envoi"), choices=Billing.Channel.choices, initial=Billing.Channel.MAIL, widget=forms.RadioSelect
    )
    service_code = forms.RegexField(
        r"^[\w./ -]{1,60}$", label=_("Code service"), required=False, max_length=60,
        help_text=_("Demandé par beaucoup d’organismes publics : il est sur leur bon de commande."),
        error_messages={"invalid": _("Un code service a des lettres, des chiffres et des tirets.")},
    )  # fmt: skip
    engagement = forms.CharField(
        label=_("Numéro d’engagement"), max_length=60, required=False, help_text=_("Celui d’une convention, s’il est autre, se note sur elle.")
    )  # fmt: skip

    def __init__(self, *args: Any, partner: Partner, **kwargs: Any) -> None:
        found = Billing.objects.filter(partner=partner).first()
        start: dict[str, Any] = {
            "siret": partner.siret,
            "channel": Billing.Channel.PORTAL if partner.public else "mail",
        }
        if found:
            names = ("legal_name", "address", "postcode", "city", "email", "channel", "service_code", "engagement")
            start |= {name: getattr(found, name) for name in names}
        super().__init__(*args, **{"initial": start} | kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("channel") == Billing.Channel.PORTAL and not data.get("siret") and "siret" not in self.errors:
            self.add_error("siret", gettext("Le portail de l’État demande un SIRET."))
        return data


class TermsForm(forms.Form):
    """When the payers of an agreement are asked, and how long they have."""

    rhythm = forms.ChoiceField(label=_("Demander"), choices=Fund.Rhythm.choices, widget=forms.RadioSelect)
    due_days = forms.IntegerField(
        label=_("Délai de paiement, en jours"), min_value=0, max_value=120,
        help_text=_("Un organisme public a trente jours au plus."),
    )  # fmt: skip
    engagement = forms.CharField(label=_("Numéro d’engagement"), max_length=60, required=False)

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        found = ClaimTerms.objects.filter(agreement=agreement).first()
        start: dict[str, Any] = {"rhythm": Fund.Rhythm.QUARTER, "due_days": DUE_DAYS}
        if found:
            start = {"rhythm": found.rhythm, "due_days": found.due_days, "engagement": found.engagement}
        super().__init__(*args, **{"initial": start} | kwargs)
