"""The agreements of the demonstration: who pays what, as real programmes do it.

Each function gives the agreements of one garden, and the local partners they need. Amounts in cents.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

FIRST = date(2016, 1, 1)
LAST = date(2018, 12, 31)


@dataclass(frozen=True)
class PartnerCast:
    """A local partner, invented. `does`: funds, refers, hosts, steers, runs_workshops."""

    key: str
    name: str
    kind: str
    does: tuple[str, ...] = ("funds", "refers")
    public: bool = True


@dataclass(frozen=True)
class PayerCast:
    """A payer, in order. `who`: key of a local partner or national funder; `network`; `garden`.

    `enough` gives it a quota for the edition, in percent of what the season needs (93 runs out before the
    end); `in_euros` counts it in euros rather than in baskets.
    """

    who: str
    enough: int | None = None
    in_euros: bool = False


@dataclass(frozen=True)
class LineCast:
    """A basket size at a price: the member part, then each payer's. A share is cents, or None for the rest.

    With `percent`, member and shares are basis points of the price.
    """

    size: str
    price: int
    member: int
    shares: tuple[int | None, ...]
    percent: bool = False


@dataclass(frozen=True)
class AgreementCast:
    """One agreement of one garden; `weight`: how many of its households rest on it, relative to the others."""

    name: str
    partner: str
    payers: tuple[PayerCast, ...]
    lines: tuple[LineCast, ...]
    weight: int = 1
    audience: str = "Personnes aux minima sociaux"
    affiliation: str = "any"
    classification: str = "sale"
    given_on: str = "as_collected"
    in_programme: bool = True
    from_day: date = FIRST
    until_day: date = LAST
    ended_on: date | None = None  # the partner leaves early, after that day
    ended_because: str = ""


@dataclass(frozen=True)
class Takeover:
    """From `start`, the households of agreement number `old` rest on number `new`."""

    old: int
    new: int
    start: date


@dataclass(frozen=True)
class Scheme:
    """All that a garden's supported baskets rest on. `sizes`: (code, name, price in cents)."""

    sizes: tuple[tuple[str, str, int], ...]
    partners: tuple[PartnerCast, ...]
    agreements: tuple[AgreementCast, ...]
    takeover: Takeover | None = None


@dataclass(frozen=True)
class Place:
    """Where a garden is, for the names of its partners: "Auch", "du Gers", "MSA Midi-Pyrénées Sud"."""

    town: str
    department: str
    msa: str
    funder: str  # the national funder that stands beside the local ones
    enough: int | None = None  # quota of the local payer, in percent of what the season needs


def of(town: str) -> str:
    """A town after "de": "d’Auch", "de Blois"."""
    return f"d’{town}" if town[0] in "AÉEIOUÎ" else f"de {town}"


def ccas(place: Place) -> PartnerCast:
    return PartnerCast("ccas", f"CCAS {of(place.town)}", "ccas", ("funds", "refers", "steers"))


def msa(place: Place) -> PartnerCast:
    return PartnerCast("msa", place.msa, "msa")


def caf(place: Place) -> PartnerCast:
    return PartnerCast("caf", f"CAF {place.department}", "caf")


def department(place: Place) -> PartnerCast:
    return PartnerCast("department", f"Département {place.department}", "department")


PANIER = "panier"
PETIT, MOYEN, GRAND = "petit", "moyen", "grand"


def thirds(place: Place) -> Scheme:
    """12,00 €: 3,60 € for the member, 4,20 € for the CCAS, 4,20 € for a national funder."""
    agreement = AgreementCast(
        f"CCAS {of(place.town)}", "ccas", (PayerCast("ccas", place.enough), PayerCast(place.funder)),
        (LineCast(GRAND, 1200, 360, (420, 420)), LineCast(PETIT, 800, 240, (280, 280))),
    )  # fmt: skip
    return Scheme(((PETIT, "Petit", 800), (GRAND, "Grand", 1200)), (ccas(place),), (agreement,))


def thirds_taken_over(place: Place) -> Scheme:
    """The same, until the CCAS withdraws in May 2017; the intermunicipal body takes over in July."""
    before = thirds(place)
    first = replace(
        before.agreements[0], until_day=date(2018, 12, 31), ended_on=date(2017, 5, 31),
        ended_because="Le budget voté en avril ne prévoit plus la convention.",
    )  # fmt: skip
    then = PartnerCast("community", f"Communauté d’agglomération {of(place.town)}", "municipality", ("funds", "steers"))
    second = replace(
        before.agreements[0], name=f"Agglomération {of(place.town)}", partner="community", from_day=date(2017, 7, 1),
        payers=(PayerCast("community"), PayerCast(place.funder)), classification="grant",
    )  # fmt: skip
    return replace(
        before, partners=(*before.partners, then), agreements=(first, second), takeover=Takeover(0, 1, date(2017, 7, 1))
    )


def thirds_ending(place: Place) -> Scheme:
    """The same, with an agreement that ends on 31 May 2018 and is signed again in time."""
    before = thirds(place)
    first = replace(before.agreements[0], name=f"{before.agreements[0].name} 2016-2018", until_day=date(2018, 5, 31))
    second = replace(before.agreements[0], name=f"{before.agreements[0].name} 2018-2020", from_day=date(2018, 6, 1))
    second = replace(second, until_day=date(2020, 5, 31))
    return replace(before, agreements=(first, second), takeover=Takeover(0, 1, date(2018, 6, 1)))


def percents(place: Place) -> Scheme:
    """A quarter for the member, 40 % for the CCAS, 35 % for a national funder, whatever the size."""
    sizes = ((PETIT, "Petit", 700), (MOYEN, "Moyen", 1000), (GRAND, "Grand", 1300))
    agreement = AgreementCast(
        f"CCAS {of(place.town)}", "ccas", (PayerCast("ccas", place.enough, in_euros=True), PayerCast(place.funder)),
        (LineCast("", 1000, 2500, (4000, 3500), percent=True),), classification="grant",
        audience="Familles, quotient familial sous 600 €",
    )  # fmt: skip
    return Scheme(sizes, (ccas(place),), (agreement,))


def percents_and_students(place: Place) -> Scheme:
    """The same, and an offer to students beside the programme: 7,00 €, 4,50 € for the student."""
    before = percents(place)
    university = PartnerCast("university", f"Université {of(place.town)}", "university", ("funds", "hosts"))
    offer = AgreementCast(
        f"Offre étudiante {of(place.town)}", "university", (PayerCast("university"),),
        (LineCast(PETIT, 700, 450, (None,)),), weight=0, audience="Étudiants", in_programme=False, classification="grant",
    )  # fmt: skip
    return replace(before, partners=(*before.partners, university), agreements=(*before.agreements, offer))


def network_and_msa(place: Place) -> Scheme:
    """10,00 €: 2,00 € for the member, 4,00 € for a national funder, 4,00 € for the MSA."""
    agreement = AgreementCast(
        place.msa, "msa", (PayerCast("msa", place.enough), PayerCast(place.funder)), (LineCast(PANIER, 1000, 200, (400, 400)),),
        audience="Ressortissants du régime agricole", affiliation="msa", classification="scheme",
    )  # fmt: skip
    return Scheme(((PANIER, "Panier", 1000),), (msa(place),), (agreement,))


def by_affiliation(place: Place) -> Scheme:
    """16,00 €: 1,60 € for the member; the CAF or the MSA pays the balance, by the person's affiliation."""
    lines = (LineCast(PANIER, 1600, 160, (None,)),)
    agreements = (
        AgreementCast(
            f"CAF {place.department}",
            "caf",
            (PayerCast("caf", place.enough),),
            lines,
            affiliation="caf",
            classification="scheme",
        ),
        AgreementCast(place.msa, "msa", (PayerCast("msa"),), lines, affiliation="msa", classification="scheme"),
    )
    return Scheme(((PANIER, "Panier familial", 1600),), (caf(place), msa(place)), agreements)


def three_partners(place: Place) -> Scheme:
    """16,00 €: 2,00 € for the member, the rest from three local partners."""
    charity = PartnerCast(
        "charity", f"Secours Catholique, équipe {of(place.town)}", "association", ("funds", "refers"), public=False
    )
    foundation = PartnerCast(
        "foundation", f"Fondation des Deux-Rives {of(place.town)}", "foundation", ("funds",), public=False
    )
    agreement = AgreementCast(
        f"Trois partenaires {of(place.town)}", "charity",
        (PayerCast("charity"), PayerCast("ccas", place.enough), PayerCast("foundation")),
        (LineCast(PANIER, 1600, 200, (600, 500, None)),), classification="grant", given_on="without_member",
        audience="Personnes sans droit ouvert à l’aide alimentaire",
    )  # fmt: skip
    return Scheme(((PANIER, "Panier", 1600),), (charity, ccas(place), foundation), (agreement,))


def county_and_network(place: Place) -> Scheme:
    """9,00 €: 2,00 € for the member, 4,00 € for the Département, the rest for the network."""
    agreement = AgreementCast(
        f"Département {place.department}", "department", (PayerCast("department", place.enough), PayerCast("network")),
        (LineCast(PANIER, 900, 200, (400, 300)),), classification="grant",
    )  # fmt: skip
    return Scheme(((PANIER, "Panier", 900),), (department(place),), (agreement,))


def county_alone(place: Place) -> Scheme:
    """9,00 €: 2,00 € for the member and all the rest for one payer: the garden is fragile."""
    agreement = AgreementCast(
        f"Département {place.department}", "department", (PayerCast("department"),), (LineCast(PANIER, 900, 200, (None,)),),
        classification="grant",
    )  # fmt: skip
    return Scheme(((PANIER, "Panier", 900),), (department(place),), (agreement,))


def own_box(place: Place) -> Scheme:
    """11,00 €: 3,00 € for the member (6,00 €: 1,50 €); members' gifts in the garden's box pay half the rest."""
    foundation = PartnerCast(
        "foundation", f"Fondation Terroirs {of(place.town)}", "foundation", ("funds",), public=False
    )
    agreement = AgreementCast(
        f"Caisse de solidarité {of(place.town)}", "foundation", (PayerCast("foundation", place.enough), PayerCast("garden")),
        (LineCast(GRAND, 1100, 300, (400, None)), LineCast(PETIT, 600, 150, (225, None))),
        audience="Salariés en insertion et leurs proches", given_on="garden",
    )  # fmt: skip
    return Scheme(((PETIT, "Petit", 600), (GRAND, "Grand", 1100)), (foundation,), (agreement,))


def ten_and_three(place: Place) -> Scheme:
    """10,00 €: 3,00 € for the member, 4,00 € for the CCAS, 3,00 € for the network."""
    agreement = AgreementCast(
        f"CCAS {of(place.town)}", "ccas", (PayerCast("ccas", place.enough), PayerCast("network")),
        (LineCast(PANIER, 1000, 300, (400, 300)),),
    )  # fmt: skip
    return Scheme(((PANIER, "Panier", 1000),), (ccas(place),), (agreement,))


def blois(place: Place) -> Scheme:
    """The main garden: four payers side by side, one that leaves and is replaced, one whose quota runs out."""
    since = date(2016, 9, 1)

    def lines(second: int | None) -> tuple[LineCast, ...]:
        small = None if second is None else 280
        return (LineCast(GRAND, 1200, 360, (420, second)), LineCast(PETIT, 800, 240, (280, small)))

    charity = PartnerCast(
        "charity", "Secours Catholique, équipe de Blois", "association", ("funds", "refers"), public=False
    )
    foundation = PartnerCast("foundation", "Fondation du Val", "foundation", ("funds",), public=False)
    centre = PartnerCast(
        "centre", "Maison des Provinces", "association", ("refers", "hosts", "runs_workshops"), public=False
    )
    partners = (ccas(place), PartnerCast("caf", "CAF 41", "caf"), msa(place), charity, foundation, centre)
    agreements = (
        AgreementCast("CCAS de Blois", "ccas", (PayerCast("ccas"), PayerCast("dgcs")), lines(420), weight=4, from_day=since),
        AgreementCast(
            "CAF 41", "caf", (PayerCast("caf", enough=88, in_euros=True), PayerCast("naturalia")), lines(420), weight=3, from_day=since,
            affiliation="caf", classification="scheme", audience="Familles allocataires",
        ),
        AgreementCast(
            "MSA Berry-Touraine", "msa", (PayerCast("ccmsa"), PayerCast("msa")), lines(None), weight=2, from_day=since,
            affiliation="msa", classification="scheme", audience="Ressortissants du régime agricole",
        ),
        AgreementCast(
            "Secours Catholique, équipe de Blois", "charity", (PayerCast("charity"), PayerCast("secours")), lines(420),
            from_day=since, audience="Personnes sans droit ouvert", given_on="without_member", ended_on=date(2017, 5, 31),
            ended_because="L’équipe ferme son fonds d’aide au 31 mai.",
        ),
        AgreementCast(
            "Fondation du Val", "foundation", (PayerCast("foundation"), PayerCast("secours")), lines(420),
            from_day=date(2017, 7, 1), audience="Personnes sans droit ouvert", classification="grant",
            given_on="without_member",
        ),
    )  # fmt: skip
    sizes = ((PETIT, "Petit", 800), (GRAND, "Grand", 1200))
    return Scheme(sizes, partners, agreements, Takeover(3, 4, date(2017, 7, 1)))
