"""Who plays the demonstration: gardens in real towns, invented people and partners, and the stories.

Nothing here comes from a real garden. Partners and legal names end with MARK, so that nobody is mistaken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cageot.demo import schemes
from cageot.demo.schemes import PartnerCast, Place, Scheme

MARK = " (démo)"

# --- The programme ------------------------------------------------------------------------------

GARDENS = 38
HOUSEHOLDS = 1_100
BASKETS = 25_500
LOCAL_PARTNERS = 100
BUDGET_CENTS = 335_000_00
GOAL = 30_000
CAP_BP = 3_000
"""The season 2017 as the programme reported it; for scale N, N times as much."""

BUDGET = [
    ("Paniers à prix réduit : part des financeurs", 228_000_00, False),
    ("Coordination dans les jardins (hypothèse)", 62_000_00, True),
    ("Ateliers et temps de rencontre (hypothèse)", 45_000_00, True),
]
"""What the 335,000 € cover was not published: the last two lines are guesses and say so."""

CHARTER = (
    "Le panier solidaire est le même panier que celui de tous les adhérents, retiré au même endroit.\n"
    "L’adhérent solidaire est un adhérent à part entière ; il paie au plus 30 % du prix de son panier.\n"
    "Le reste est payé par les partenaires du jardin et par le réseau.\n"
    "Personne n’a à dire au dépôt ce qu’il paie, ni pourquoi.\n"
    "Chaque jardin propose des temps de rencontre : cuisine, jardinage, repas partagés."
)

FUNDERS = {
    "dgcs": ("Direction générale de la cohésion sociale", "state", True),
    "secours": ("Secours Catholique", "association", False),
    "ccmsa": ("Caisse centrale de la MSA", "msa", True),
    "naturalia": ("Naturalia", "company", False),
    "terre": ("Fondation Terre de Sienne", "foundation", False),
    "biocoop": ("Biocoop", "company", False),
}
"""The six national funders: key → name, kind, public."""

# --- People who open the doors ------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """One account of the demonstration, offered as a button on the sign-in page."""

    email: str
    first_name: str
    line: str | Promise


@dataclass(frozen=True)
class PersonCast:
    """Somebody with an account: their role, and the garden where they hold it (none for the network)."""

    door: Door
    last_name: str
    role: str
    garden: str = ""


def people() -> list[PersonCast]:
    """One account per role, and the coordinator of a second garden."""
    return [
        PersonCast(Door("lea@example.org", "Léa", _("Léa, coordinatrice du jardin de Blois")), "Aubrun", "coordinator", "blois"),
        PersonCast(Door("samir@example.org", "Samir", _("Samir, aide au jardin de Blois")), "Haddad", "helper", "blois"),
        PersonCast(Door("odile@example.org", "Odile", _("Odile, trésorière du jardin de Blois")), "Tessier", "treasurer", "blois"),
        PersonCast(Door("nadia@example.org", "Nadia", _("Nadia, au réseau, suit tout le programme")), "Saïdi", "network"),
        PersonCast(Door("yann@example.org", "Yann", _("Yann, coordinateur du jardin de Lorient")), "Kerbrat", "coordinator", "lorient"),
    ]  # fmt: skip


REFERRER = Door("claire@example.org", "Claire", _("Claire, au CCAS de Blois, oriente des personnes"))
"""Somebody with a role in an organisation, not in a garden: `demo/orientations.py` lets her in."""
DOORS: list[Door] = [*(person.door for person in people()), REFERRER]

# --- Gardens ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DepotCast:
    """A place of collection; `host` is the key of a local partner, or nothing."""

    name: str
    weekday: int
    hours: str
    address: str
    capacity: int
    host: str = ""


@dataclass(frozen=True)
class GardenCast:
    """One garden. `weight` sizes its solidarity side, `ordinary` counts its other households.

    `rise`: cents that its prices take on 1 January 2018. `late`: how many weeks it is late in closing.
    `first_number`: its households are numbered from there.
    """

    code: str
    name: str
    town: str
    commune_code: str
    department: str
    msa: str
    scheme: Callable[[Place], Scheme]
    since: date = date(2013, 3, 1)
    funder: str = "dgcs"
    enough: int | None = None
    weight: int = 10
    ordinary: int = 44
    weekdays: tuple[int, ...] = (2, 4)
    rise: int = 0
    late: int = 0
    students: int = 0
    first_number: int = 1001
    clone: int = 1
    extra_partners: int = 1

    @property
    def place(self) -> Place:
        return Place(self.town, self.department, self.msa, self.funder, self.enough)

    @property
    def played(self) -> Scheme:
        return self.scheme(self.place)


def _garden(
    code: str,
    name: str,
    town: str,
    commune: str,
    department: str,
    msa: str,
    scheme: Callable[[Place], Scheme],
    **more: object,
) -> GardenCast:
    return GardenCast(code, name, town, commune, department, msa, scheme, **more)  # type: ignore[arg-type]


_CAST: list[GardenCast] = [
    _garden("blois", "Jardin du Clos-Joli", "Blois", "41018", "du Loir-et-Cher", "MSA Berry-Touraine", schemes.blois,
            since=date(2012, 4, 1), weight=20, ordinary=96, weekdays=(2, 4, 5), first_number=2001),
    _garden("lorient", "Jardin de la Lande-Claire", "Lorient", "56121", "du Morbihan", "MSA Portes de Bretagne", schemes.thirds,
            since=date(2011, 9, 1), weight=15, ordinary=60, weekdays=(2, 5), enough=88, rise=50),
    _garden("auch", "Jardin de la Combe-aux-Merles", "Auch", "32013", "du Gers", "MSA Midi-Pyrénées Sud", schemes.network_and_msa,
            funder="ccmsa", weekdays=(4,)),
    _garden("chalon", "Jardin des Trois-Sillons", "Chalon-sur-Saône", "71076", "de Saône-et-Loire", "MSA Bourgogne",
            schemes.by_affiliation, weight=12, ordinary=52, weekdays=(2, 5)),
    _garden("nevers", "Jardin du Vieux-Pressoir", "Nevers", "58194", "de la Nièvre", "MSA Bourgogne", schemes.three_partners, weight=8),
    _garden("saint-omer", "Jardin des Bleuets", "Saint-Omer", "62765", "du Pas-de-Calais", "MSA Nord-Pas de Calais",
            schemes.county_and_network, weight=13, ordinary=54),
    _garden("fougeres", "Jardin du Haut-Talus", "Fougères", "35115", "d’Ille-et-Vilaine", "MSA Portes de Bretagne", schemes.thirds,
            funder="biocoop", since=date(2016, 3, 1)),
    _garden("mende", "Jardin de la Draille", "Mende", "48095", "de la Lozère", "MSA du Languedoc", schemes.county_and_network,
            weight=7, ordinary=40, weekdays=(4,), enough=86),
    _garden("valence", "Jardin de l’Ormeau", "Valence", "26362", "de la Drôme", "MSA Ardèche Drôme Loire", schemes.percents,
            funder="terre", weight=12, ordinary=56, weekdays=(2, 4, 5), enough=86),
    _garden("chambery", "Jardin de la Mollière", "Chambéry", "73065", "de la Savoie", "MSA Alpes du Nord", schemes.thirds,
            funder="secours", enough=87, rise=50),
    _garden("quimper", "Jardin du Petit-Gwaz", "Quimper", "29232", "du Finistère", "MSA d’Armorique", schemes.thirds_ending,
            funder="naturalia", weight=11, ordinary=48),
    _garden("saint-brieuc", "Jardin de la Goutte-d’Eau", "Saint-Brieuc", "22278", "des Côtes-d’Armor", "MSA d’Armorique",
            schemes.network_and_msa, funder="ccmsa", since=date(2016, 2, 1), weekdays=(2, 5)),
    _garden("roanne", "Jardin des Aubépines", "Roanne", "42187", "de la Loire", "MSA Ardèche Drôme Loire", schemes.thirds,
            funder="dgcs", since=date(2016, 4, 1), late=1),
    _garden("vichy", "Jardin de la Boucle", "Vichy", "03310", "de l’Allier", "MSA Auvergne", schemes.ten_and_three, enough=85),
    _garden("limoges", "Jardin des Coudières", "Limoges", "87085", "de la Haute-Vienne", "MSA du Limousin",
            schemes.percents_and_students, funder="dgcs", weight=12, ordinary=54, students=9, weekdays=(2, 4)),
    _garden("angouleme", "Jardin de la Font-Belle", "Angoulême", "16015", "de la Charente", "MSA des Charentes", schemes.thirds,
            funder="terre", enough=108, rise=40),
    _garden("tarbes", "Jardin du Pas-de-l’Ours", "Tarbes", "65440", "des Hautes-Pyrénées", "MSA Midi-Pyrénées Sud",
            schemes.three_partners, since=date(2016, 5, 1), weight=7, ordinary=40),
    _garden("montauban", "Jardin des Trois-Noyers", "Montauban", "82121", "de Tarn-et-Garonne", "MSA Midi-Pyrénées Nord",
            schemes.network_and_msa, funder="ccmsa", enough=87),
    _garden("mont-de-marsan", "Jardin de la Passerelle", "Mont-de-Marsan", "40192", "des Landes", "MSA Sud Aquitaine", schemes.network_and_msa,
            funder="secours", since=date(2016, 6, 1), weight=7, ordinary=40, weekdays=(4,)),
    _garden("sens", "Jardin de la Vanne-Verte", "Sens", "89387", "de l’Yonne", "MSA Bourgogne", schemes.thirds_taken_over,
            funder="dgcs", weight=11, ordinary=48),
    _garden("bourges", "Jardin du Val-Fleuri", "Bourges", "18033", "du Cher", "MSA Beauce Cœur de Loire", schemes.thirds,
            funder="biocoop", weight=11, ordinary=48, late=2, enough=89),
    _garden("chateauroux", "Jardin de la Grenouillère", "Châteauroux", "36044", "de l’Indre", "MSA Berry-Touraine",
            schemes.ten_and_three, since=date(2016, 7, 1)),
    _garden("chartres", "Jardin des Épis", "Chartres", "28085", "d’Eure-et-Loir", "MSA Beauce Cœur de Loire", schemes.thirds_ending,
            funder="dgcs", rise=50),
    _garden("evreux", "Jardin de l’Iton-Doux", "Évreux", "27229", "de l’Eure", "MSA Haute-Normandie", schemes.own_box, weight=8),
    _garden("beauvais", "Jardin du Grand-Courtil", "Beauvais", "60057", "de l’Oise", "MSA de Picardie", schemes.thirds,
            funder="naturalia", enough=85),
    _garden("amiens", "Jardin des Rigoles", "Amiens", "80021", "de la Somme", "MSA de Picardie", schemes.county_and_network,
            weight=12, ordinary=52, weekdays=(2, 4, 5), enough=90),
    _garden("epinal", "Jardin de la Scierie", "Épinal", "88160", "des Vosges", "MSA Lorraine", schemes.county_alone,
            since=date(2016, 9, 1), weight=8, ordinary=40),
    _garden("belfort", "Jardin du Bas-Étang", "Belfort", "90010", "du Territoire de Belfort", "MSA Franche-Comté", schemes.own_box,
            weight=8, rise=40),
    _garden("dole", "Jardin des Salines-Vertes", "Dole", "39198", "du Jura", "MSA Franche-Comté", schemes.thirds, funder="terre"),
    _garden("vesoul", "Jardin de la Motte-Basse", "Vesoul", "70550", "de la Haute-Saône", "MSA Franche-Comté", schemes.ten_and_three,
            since=date(2016, 8, 1), weight=7, ordinary=40, weekdays=(5,)),
    _garden("colmar", "Jardin des Cigognes", "Colmar", "68066", "du Haut-Rhin", "MSA d’Alsace", schemes.percents, funder="naturalia",
            weight=11, ordinary=50, weekdays=(2, 5), enough=90),
    _garden("ales", "Jardin du Mas-Neuf", "Alès", "30007", "du Gard", "MSA du Languedoc", schemes.ten_and_three, enough=87),
    _garden("beziers", "Jardin des Sarments", "Béziers", "34032", "de l’Hérault", "MSA du Languedoc", schemes.thirds, funder="secours",
            since=date(2016, 10, 1)),
    _garden("carpentras", "Jardin de la Roubine", "Carpentras", "84031", "de Vaucluse", "MSA Alpes Vaucluse", schemes.ten_and_three,
            since=date(2016, 10, 1), weekdays=(2, 5)),
    _garden("pau", "Jardin du Gave-Clair", "Pau", "64445", "des Pyrénées-Atlantiques", "MSA Sud Aquitaine", schemes.percents,
            funder="biocoop", weight=11, ordinary=50, rise=50),
    _garden("niort", "Jardin des Conches", "Niort", "79191", "des Deux-Sèvres", "MSA Poitou", schemes.thirds, funder="dgcs",
            since=date(2016, 11, 1), enough=90),
    _garden("la-roche-sur-yon", "Jardin du Bocage-Bleu", "La Roche-sur-Yon", "85191", "de la Vendée",
            "MSA Loire-Atlantique – Vendée", schemes.own_box, weight=8, since=date(2016, 12, 1)),
    _garden("laval", "Jardin des Deux-Écluses", "Laval", "53130", "de la Mayenne", "MSA Mayenne-Orne-Sarthe", schemes.ten_and_three,
            since=date(2017, 1, 1)),
]  # fmt: skip


def gardens(count: int = GARDENS, scale: int = 1) -> list[GardenCast]:
    """The gardens that play: the first `count` of the cast, `scale` times, told apart by a number."""
    return [_numbered(garden, clone) for clone in range(1, scale + 1) for garden in _with_partners()[:count]]


def _numbered(garden: GardenCast, clone: int) -> GardenCast:
    if clone == 1:
        return garden
    return replace(garden, code=f"{garden.code}-{clone}", name=f"{garden.name} {clone}", clone=clone)


def _with_partners() -> list[GardenCast]:
    """Each garden with as many partners beside its payers as makes LOCAL_PARTNERS in all."""
    needed = LOCAL_PARTNERS - sum(len(garden.played.partners) for garden in _CAST)
    each, more = divmod(needed, len(_CAST))
    return [replace(garden, extra_partners=each + (n < more)) for n, garden in enumerate(_CAST)]


def partners(garden: GardenCast) -> list[PartnerCast]:
    """The local partners of a garden: its payers, then those who refer, host or run workshops."""
    town = schemes.of(garden.town)
    others = [
        PartnerCast(
            "social",
            f"Centre social des Deux-Rives {town}",
            "association",
            ("refers", "runs_workshops", "hosts"),
            public=False,
        ),
        PartnerCast(
            "grocery", f"Épicerie solidaire La Passerelle {town}", "association", ("refers", "hosts"), public=False
        ),
        PartnerCast("library", f"Médiathèque {town}", "municipality", ("hosts",)),
    ]
    start = len(garden.code) % 2
    chosen = (others[start:] + others[:start])[: garden.extra_partners]
    suffix = MARK if garden.clone == 1 else f" {garden.clone}{MARK}"
    return [replace(partner, name=f"{partner.name}{suffix}") for partner in (*garden.played.partners, *chosen)]


HOURS = ["16 h 30 – 19 h", "17 h – 19 h", "9 h – 12 h 30", "16 h – 18 h 30", "17 h 30 – 19 h 30"]

_BLOIS_DEPOTS = [
    DepotCast("Gare de Blois", 4, "16 h 30 – 19 h", "1, avenue de la Gare", 60),
    DepotCast("Maison des Provinces", 2, "16 h – 18 h 30", "4, rue des Lilas", 45, "centre"),
    DepotCast("Biocoop Blois", 5, "9 h – 19 h", "12, rue des Maraîchers", 50),
    DepotCast("Jardin", 4, "17 h – 19 h", "Chemin des Prés", 60),
]


def depots(garden: GardenCast) -> list[DepotCast]:
    """Where a garden's baskets wait: the garden itself, then two to four places in town."""
    if garden.code.split("-")[0] == "blois":
        return _BLOIS_DEPOTS
    hosts = {partner.key for partner in partners(garden)}
    places = [
        ("Jardin", "Chemin des Prés", ""),
        (f"Gare {schemes.of(garden.town)}", "1, avenue de la Gare", ""),
        ("Centre social", "4, rue des Écoles", "social"),
        ("Marché couvert", "Place du Marché", ""),
        ("Épicerie La Passerelle", "9, rue du Four", "grocery"),
    ]
    days = garden.weekdays
    chosen = places[: max(len(days), min(5, garden.ordinary // 14))]
    return [
        DepotCast(
            name, days[n % len(days)], HOURS[n % len(HOURS)], address, 40 if n else 70, host if host in hosts else ""
        )
        for n, (name, address, host) in enumerate(chosen)
    ]


COORDINATORS: Sequence[str] = (
    "Maëlle Corre", "Gildas Brochard", "Hélène Castaing", "Omar Ghezali", "Blandine Fauvel", "Étienne Delpech",
    "Fadila Amrouche", "Basile Renaudin", "Soizic Jaouen", "Tomás Salgueiro", "Clémence Picquet", "Idriss Ba",
    "Nadège Loubet", "Quentin Bocquet", "Ghislaine Estève", "Aurélien Tardy",
)  # fmt: skip
"""Who coordinates the gardens that have no door: they act in the log, and have no account."""

# --- Stories ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """One household whose path is written in advance, the same for every seed.

    `terms`: (agreement number, first month, months), months counted from January 2017 (0); one that starts
    before may be negative. `marks`: week of 2017 → state. `once`: week → depot number, that week only.
    `moves`: (first day, depot number), for good. `mistake`: a week closed with a wrong state, then reopened.
    """

    number: int
    first_name: str
    last_name: str
    about: str
    size: str
    depot: int
    terms: tuple[tuple[int, int, int], ...]
    stays: bool = False
    marks: tuple[tuple[int, str], ...] = ()
    once: tuple[tuple[int, int], ...] = ()
    moves: tuple[tuple[date, int], ...] = ()
    mistake: int | None = None
    through: str = ""


BLOIS = [
    Story(2001, "Aminata", "Keïta", "prise en charge renouvelée une fois, puis non : reste adhérente ordinaire",
          "grand", 0, ((0, 0, 6), (0, 6, 6)), stays=True),
    Story(2002, "Hocine", "Belhadj", "famille CAF : le même panier que le foyer 2003, un autre payeur",
          "grand", 0, ((1, -3, 6), (1, 3, 6), (1, 9, 6))),
    Story(2003, "Marie-Thérèse", "Garrigues", "famille MSA : le même panier que le foyer 2002, un autre payeur",
          "grand", 0, ((2, -2, 6), (2, 4, 6), (2, 10, 6))),
    Story(2004, "Joaquim", "Barreto da Silva", "trois mois sans renouvellement, puis s’en va", "petit", 3, ((0, 1, 3),)),
    Story(2005, "Oksana", "Kovalenko", "un panier non retiré en semaine 12", "petit", 1, ((0, 0, 6), (0, 6, 6), (0, 12, 3)),
          marks=((12, "unclaimed"),)),
    Story(2006, "Soizic", "Le Dantec", "un panier donné à un autre foyer en semaine 23", "grand", 0, ((0, -1, 6), (0, 5, 6)),
          marks=((23, "given_on"),)),
    Story(2007, "Mehmet", "Özdemir", "retire au jardin une fois (semaine 16), puis à Biocoop pour de bon (4 septembre)",
          "grand", 0, ((1, 0, 6), (1, 6, 6), (1, 12, 6)), once=((16, 3),), moves=((date(2017, 9, 4), 2),)),
    Story(2008, "Suzanne", "Lamotte-Beuvron", "jointe par courrier ; annule 48 h avant, semaines 30 et 31",
          "petit", 1, ((2, -1, 6), (2, 5, 6), (2, 11, 6)), marks=((30, "cancelled"), (31, "cancelled")), through="Par courrier"),
    Story(2009, "Linh", "Nguyễn", "notée absente par erreur en semaine 20 : la semaine est rouverte, puis close à nouveau",
          "petit", 2, ((0, 2, 6), (0, 8, 6)), mistake=20),
    Story(2010, "Fatoumata", "Diallo", "son partenaire s’en va fin mai, un autre prend la suite en juillet",
          "grand", 0, ((3, 1, 6), (4, 7, 6))),
]  # fmt: skip
"""The households of the garden of Blois whose stories README.md tells."""


def stories(garden: GardenCast) -> list[Story]:
    return BLOIS if garden.code.split("-")[0] == "blois" else []


EXEMPTION = {
    "reason": "Le jardin demande 4,00 € pour un panier à 12,00 € : la caisse ne tient plus les frais de livraison.",
    "answer": "Refusé : 4,00 € font 33,3 % du prix. La règle des 30 % tient pour tous ; 3,60 € au plus. "
    "Le réseau propose de revoir ensemble la part du CCAS.",
}
"""What the garden of Blois asked in February 2017, and what the network answered in March."""
