"""What gardens tell each other in the demonstration: sheets, questions and answers, national offers taken up and told.

Invented, and drawn from what such gardens live. Everything is written in bulk, and found by the search.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.timezone import get_current_timezone

from cageot.demo.cast import FUNDERS, MARK
from cageot.demo.season import Stage
from cageot.guide.actions import offers, practice
from cageot.guide.models import AlsoDone, Flag, Offer, OfferPlace, Question, Reply, Sheet, SheetVersion, Uptake
from cageot.guide.rules import offering
from cageot.network import territory
from cageot.network.models import Garden, Partner, Person


@dataclass(frozen=True)
class Told:
    """A sheet: its title, tags, and what it says. `also`: what other gardens say of it; `said`: comments."""

    title: str
    tags: Sequence[str]
    problem: str
    done: str
    cost: str
    change: str
    also: Sequence[str] = ()
    said: Sequence[str] = ()


SHEETS = (
    Told("Une navette de bénévoles pour les dépôts éloignés", ("dépôts", "bénévoles"),
         "Nos deux dépôts en campagne sont à 25 km. Le camion passait une fois, et la moitié des paniers restait sur place.",
         "Quatre bénévoles se relaient, un jeudi chacun. Le planning est affiché au dépôt. Le jardin paie l’essence.",
         "Deux heures par semaine de bénévolat, 12 euros d’essence. Une demi-journée pour écrire le planning.",
         "Prévoir une cinquième personne : en août, nous étions deux.",
         ("Avec trois conductrices, une semaine sur trois.", "À vélo-cargo en ville, même principe."),
         ("Qui assure les bénévoles au volant ?", "Notre assureur a demandé une liste des conducteurs, sans supplément.")),
    Told("Le casier frais à la médiathèque", ("dépôts", "horaires"), "Les familles travaillent le jeudi soir et ne peuvent pas venir entre 17 h et 19 h.",
         "La médiathèque prête une armoire froide. Les paniers y restent jusqu’au samedi midi, avec un numéro par panier.",
         "600 euros d’armoire d’occasion, une convention d’une page avec la mairie.", "Étiqueter plus gros : les numéros se lisaient mal.",
         ("Chez nous c’est l’épicerie qui garde les paniers.",), ("La médiathèque y gagne aussi : les gens empruntent des livres.",)),
    Told("Accueillir sans demander de justificatif au comptoir", ("accueil", "dignité"),
         "Demander un papier devant tout le monde faisait fuir. Trois familles ne sont jamais revenues.",
         "Le partenaire vérifie avant. Au jardin, on demande seulement le prénom et la taille du panier. Le reste est dans l’orientation.",
         "Rien, sauf une réunion avec l’équipe.", "L’écrire dès le départ dans l’accord avec le partenaire."),
    Told("Expliquer la part de chacun en une page dessinée", ("accueil", "lecture facile"), "Nos nouveaux adhérents ne comprenaient pas qui payait quoi.",
         "Une page avec trois dessins : le panier, la part du foyer, la part du partenaire. Relue par un groupe d’apprenants en français.",
         "Deux ateliers de deux heures.", "Faire relire plus tôt.", ("Traduite en quatre langues chez nous.",)),
    Told("Un temps d’essai de quatre paniers", ("accueil", "durée"), "Des familles arrêtaient au bout de deux semaines, sans dire pourquoi.",
         "Quatre paniers pour essayer, puis un appel : « ça vous va ? ». On change le dépôt ou la taille si besoin.",
         "Dix minutes d’appel par famille.", "Appeler après le deuxième panier, pas après le quatrième.",
         ("Nous faisons six paniers.",), ("L’appel a tout changé chez nous aussi.",)),
    Told("Cuisiner sans four : dix recettes testées", ("ateliers", "cuisine"), "La moitié de nos familles n’a qu’une plaque.",
         "Chaque recette du panier a une version à la poêle ou à la casserole. Testées en atelier, notées sur le bon de la semaine.",
         "Un atelier par mois.", "Noter aussi le temps de cuisson au gaz."),
    Told("Garder les enfants pendant l’atelier", ("ateliers", "enfants"), "Les parents seuls ne venaient pas aux ateliers.",
         "Deux étudiantes en animation s’occupent des enfants dans la pièce d’à côté. Les enfants font une soupe.",
         "40 euros par atelier, payés par la CAF.", "Prévenir l’assurance : nous l’avons fait après.",
         ("Avec les grands-parents du quartier.",)),
    Told("Ouvrir la serre un samedi par mois", ("visites", "bénévoles"), "Nos adhérents n’avaient jamais vu où poussent leurs légumes.",
         "Un samedi par mois, deux heures, un jardinier raconte. On repart avec un plant.", "Une demi-journée d’un salarié.", "Prévoir des bottes d’enfants."),
    Told("Le comité de pilotage en une heure, debout", ("partenaires", "pilotage"), "Nos comités duraient trois heures et plus personne ne venait.",
         "Une heure, au milieu des planches, avec une page de chiffres. Chaque décision a un nom et une date.", "Rien.", "Prévoir un repli en cas de pluie.",
         ("Avec un café.",), ("La page de chiffres du comité aide beaucoup.",)),
    Told("Convaincre une mairie en trois chiffres", ("partenaires", "financement"), "La mairie trouvait le projet « cher ».",
         "Nous avons montré trois chiffres : foyers servis, paniers, ateliers. Et une lettre d’une adhérente, anonyme, lue à voix haute.",
         "Une demi-journée.", "Venir avec un élu qui connaît déjà le jardin."),
    Told("Travailler avec une épicerie sociale", ("partenaires", "orientation"), "Nous touchions toujours les mêmes familles.",
         "L’épicerie propose le panier à ses clients. Une bénévole vient le premier jeudi pour l’accueil.",
         "Une réunion par trimestre.", "Signer un accord écrit dès le début."),
    Told("Former les travailleurs sociaux au panier", ("orientation", "partenaires"), "Les assistantes sociales orientaient sans connaître le jardin.",
         "Une matinée au jardin : récolte, préparation, repas. Depuis, les orientations sont justes.", "Une matinée par an, 15 personnes.",
         "La refaire chaque année : les équipes changent.", ("Nous les invitons à la fête d’automne.",)),
    Told("Annoncer une fin de prise en charge trois mois avant", ("durée", "accompagnement"), "La fin tombait d’un coup, et la famille partait.",
         "Trois mois avant, un échange : continuer, changer de taille, rester comme adhérent, bénévole. Une proposition écrite.",
         "Vingt minutes par famille.", "Le faire avec le référent social, ensemble."),
    Told("Que deviennent les familles après ?", ("durée", "évaluation"), "Nous ne savions rien de l’après.",
         "Un appel à six mois, trois questions, avec accord. Un tiers reste adhérent.", "Une journée par an.", "Demander l’accord dès l’accueil."),
    Told("Un panier d’été plus petit", ("composition", "été"), "En juillet, les familles partent ou reçoivent ; le grand panier se perdait.",
         "Deux mois en petit panier, au choix, décidé en juin.", "Rien.", "Le proposer par SMS plutôt que sur une feuille."),
    Told("Le troc de légumes au dépôt", ("composition", "dépôts"), "Les blettes revenaient toutes à la poubelle.",
         "Une caisse « je laisse, je prends », tenue par une adhérente.", "Une caisse.", "La placer après la table, pas avant.",
         ("Ça marche très bien à l’université.",)),
    Told("Des étiquettes avec un dessin du légume", ("composition", "lecture facile"), "Beaucoup ne connaissaient ni le panais ni le rutabaga.",
         "Un dessin, le nom, une façon de le cuire. Collé sur la caisse.", "Une imprimante couleur.", "Plastifier."),
    Told("Le café des adhérents avant la distribution", ("dignité", "dépôts"), "On prenait son panier et on repartait.",
         "Une table, un thermos, une demi-heure avant. Les gens se parlent, quel que soit leur panier.", "5 euros par semaine.", "Trouver deux personnes pour l’installer."),
    Told("Recruter des bénévoles chez les adhérents", ("bénévoles",), "Toujours les trois mêmes personnes.",
         "Nous demandons une chose précise, courte, avec une date : « jeudi, une heure, peser les carottes ».", "Rien.", "Remercier le jour même.",
         ("Une liste de tâches courtes au dépôt.",)),
    Told("Assurer les trajets partagés", ("bénévoles", "transport"), "Un bénévole avait peur de transporter une voisine.",
         "Notre assurance couvre les trajets bénévoles. Une note d’une page l’explique.", "Une lettre à l’assureur.", "Demander une attestation écrite."),
    Told("Un groupe d’échange qui ne remplace pas l’accueil", ("communication",), "Le groupe de messages excluait ceux qui n’ont pas de téléphone récent.",
         "Tout ce qui est dit dans le groupe est aussi affiché au dépôt et dit par SMS.", "Un quart d’heure par semaine.", "Nommer une personne qui recopie."),
    Told("Le bilan de l’année en quatre photos", ("évaluation", "communication"), "Le rapport de vingt pages n’était pas lu.",
         "Quatre photos sans visage, quatre chiffres, quatre phrases d’adhérents.", "Deux jours.", "Demander les phrases toute l’année."),
    Told("Peser moins, compter plus vite", ("préparation",), "La préparation prenait cinq heures.",
         "Les légumes réguliers se comptent, on ne pèse que les irréguliers. Trois heures au lieu de cinq.", "Une balance de plus.", "Tester d’abord sur dix paniers."),
    Told("Quand un partenaire change d’interlocuteur", ("partenaires",), "Six mois perdus quand la conseillère est partie.",
         "Deux contacts de chaque côté, écrits dans l’accord. Une visite du nouveau dès le premier mois.", "Rien.", "Garder les comptes rendus au même endroit."),
    Told("Rater une collecte, et la refaire", ("collecte", "bénévoles"), "Notre première collecte en magasin : pluie, deux bénévoles, 30 kg.",
         "La seconde : un samedi de début de mois, dix bénévoles par relais de deux heures, une liste courte de produits.", "Une journée.",
         "Demander au magasin une annonce au micro chaque heure.", ("Avec le lycée agricole.",)),
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question: its answers, and the number of the one that helped (None: none did)."""

    title: str
    body: str
    tags: Sequence[str]
    answers: Sequence[str] = ()
    helped: int | None = None


QUESTIONS = (
    Asked("Comment faire quand une famille ne vient pas trois fois de suite ?", "Nous n’osons pas appeler.", ("accueil",),
          ("Nous appelons dès la deuxième fois, pour demander si tout va bien. Jamais pour reprocher.", "Le référent social appelle, c’est dans l’accord."), 0),
    Asked("Qui a déjà un dépôt dans un lycée ?", "Le proviseur est d’accord, mais les vacances nous font peur.", ("dépôts",),
          ("Nous basculons au centre social pendant les vacances.",), 0),
    Asked("Peut-on proposer un panier à des étudiants ?", "L’université nous sollicite.", ("étudiants", "partenaires"),
          ("Oui, avec un petit panier et une cuisine collective le mercredi.", "Attention aux mois de mai et juin : ils partent."), 1),
    Asked("Quelle balance pour peser vite ?", "La nôtre met dix secondes.", ("préparation", "matériel"), ("Une balance à 5 g près suffit, la lecture est immédiate.",)),
    Asked("Comment remercier les bénévoles ?", "", ("bénévoles",), ("Un repas en juin, cuisiné par l’équipe.", "Nous leur offrons les surplus."), 0),
    Asked("Faut-il un agrément pour cuisiner avec des adhérents ?", "Nous voulons faire goûter.", ("ateliers", "cuisine"),
          ("Pour un atelier où chacun mange ce qu’il a cuisiné, non. Lavez-vous les mains, notez les allergies.",), 0),
    Asked("Un partenaire veut la liste des familles. Que répondre ?", "Il finance, il demande les noms.", ("partenaires", "dignité"),
          ("Non : un nombre, une période, un territoire. Jamais un nom.", "Nous envoyons le relevé, il n’y a que des numéros."), 0),
    Asked("Comment parler du projet à la presse ?", "", ("communication",), ("Sans photo de visage, et avec des adhérents volontaires seulement.",)),
    Asked("Que mettre dans un panier de janvier ?", "Nos familles se lassent des racines.", ("composition",),
          ("Une courge, des pommes du voisin, et une recette par panier.", "Un légume lactofermenté fait en atelier."), 0),
    Asked("Vous avez un modèle de charte simple ?", "", ("accueil",), ("Celle de la boîte à outils, en une page.",), 0),
    Asked("Comment faire avec une adhérente qui ne lit pas ?", "", ("lecture facile", "accueil"), ("Les pictogrammes du bon, et un message vocal.", "Une bénévole appelle la veille.")),
    Asked("Quelqu’un a acheté un camion frigorifique d’occasion ?", "Budget serré.", ("matériel",)),
    Asked("Les ateliers du soir marchent-ils ?", "Nous n’avons personne après 18 h.", ("ateliers",), ("Oui, avec un repas et la garde des enfants.",)),
    Asked("Comment compter les bénévoles dans le bilan ?", "", ("évaluation", "bénévoles")),
    Asked("Qui travaille avec une maison de santé ?", "Elle veut orienter des patients.", ("partenaires", "orientation"),
          ("Nous, depuis un an : la diététicienne anime un atelier par mois. Rien de médical n’arrive au jardin.",)),
)  # fmt: skip


@dataclass(frozen=True)
class Given:
    """A national offer of a partner."""

    partner: str
    kind: str
    title: str
    text: str
    asks: str
    places: int | None
    from_day: date
    until_day: date
    shop: str = ""


AGREEMENT = """Entre {{jardin.nom}}, {{jardin.adresse}} {{jardin.commune}}, et {{partenaire.nom}}, {{offre.lieu}} ({{offre.commune}}).

Action : {{offre.titre}}. Jour : {{offre.jour}}.

Le partenaire
- donne l’accès au lieu et prévient son équipe ;
- nomme une personne à qui parler.

Le jardin
- vient avec des bénévoles qui portent son badge ;
- ne nomme ni ne photographie aucun adhérent ;
- dit à la fin : {{offre.demande}}, et une phrase.

Contact au jardin : {{jardin.contact}}, {{jardin.telephone}}. Fait le {{date.jour}}."""

OFFERS = (
    Given("biocoop", Offer.Kind.COLLECTION, "Collecte en magasin, printemps", "Un samedi de collecte à l’entrée du magasin : les clients offrent un produit d’épicerie, le jardin le distribue avec ses paniers.",
          "Kilos collectés ; kg\nBénévoles présents ; personnes", 20, date(2017, 3, 1), date(2017, 6, 30), "Magasin"),
    Given("biocoop", Offer.Kind.COLLECTION, "Collecte en magasin, rentrée", "Deux samedis de collecte. Le magasin annonce au micro et double les dons.",
          "Kilos collectés ; kg\nBénévoles présents ; personnes", 25, date(2018, 2, 1), date(2018, 6, 30), "Magasin"),
    Given("naturalia", Offer.Kind.VOLUNTEERS, "Une journée de salariés au jardin", "Six à douze salariés viennent une journée : récolte, débroussaillage, préparation. Ils apportent leur repas.",
          "Personnes venues ; personnes\nHeures données ; heures", 30, date(2017, 9, 1), date(2018, 12, 31), "Magasin"),
    Given("terre", Offer.Kind.EQUIPMENT, "Une armoire froide pour un dépôt", "La fondation prête une armoire froide pour trois ans, livrée et branchée.",
          "Paniers gardés par mois ; paniers", 8, date(2017, 10, 1), date(2018, 9, 30)),
    Given("ccmsa", Offer.Kind.TRAINING, "Deux jours pour animer un atelier de cuisine", "Une formation de deux jours pour deux personnes du jardin : recettes, hygiène, parole.",
          "Personnes formées ; personnes", None, date(2018, 1, 1), date(2018, 12, 31)),
)  # fmt: skip

REPORTS = (
    "Beaucoup de clients ont découvert le jardin, trois veulent devenir bénévoles.",
    "Pluvieux mais chaleureux : l’équipe du magasin veut recommencer.",
    "Il faudra venir à dix, nous étions six et c’était long.",
    "Très bon accueil, et une belle rencontre avec nos adhérents.",
)


def play(stages: Sequence[Stage], *, officer: Person, on: date, seed: int) -> None:
    """Write all of it, as it stands on a day."""
    chance = random.Random(f"{seed} exchange")
    with transaction.atomic():
        sheets = _sheets(stages, on, chance)
        _questions(stages, on, chance)
        _offers(stages, on, chance)
        if len(stages) > 1 and len(sheets) > 3:
            _moderation(stages, sheets, officer, on)


def _at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), get_current_timezone())


def _days(count: int, on: date) -> list[date]:
    """Days over the year before today, the first the oldest; the last ones are of this month."""
    step = 380 // count
    return [on - timedelta(days=2 + step * (count - 1 - n)) for n in range(count)]


def _sheets(stages: Sequence[Stage], on: date, chance: random.Random) -> list[Sheet]:
    rows, versions, also, replies = [], [], [], []
    order = chance.sample(range(len(SHEETS)), len(SHEETS))
    for n, (day, told) in enumerate(zip(_days(len(SHEETS), on), [SHEETS[one] for one in order], strict=True)):
        stage = stages[n % len(stages)]
        at = _at(day)
        rows.append(Sheet(garden=stage.garden, title=told.title, tags=list(told.tags), state=Sheet.State.PUBLISHED, by=stage.by, at=at, changed_at=at))  # fmt: skip
    made = Sheet.objects.bulk_create(rows)
    said: list[tuple[Sheet, SheetVersion]] = []
    for n, sheet in enumerate(made):
        told = SHEETS[order[n]]
        first = SheetVersion(sheet=sheet, number=1, problem=told.problem, done=told.done, cost=told.cost, by=sheet.by, at=sheet.at)  # fmt: skip
        last = SheetVersion(
            sheet=sheet, number=2, problem=told.problem, done=told.done, cost=told.cost, change=told.change, by=sheet.by,
            note="ce que nous ferions autrement", at=sheet.at + timedelta(hours=5),
        )  # fmt: skip
        versions += [first, last]
        said.append((sheet, last))
        others = _others(stages, n, len(told.also) + len(told.said))
        # In a demonstration of few gardens the same one comes round again: it does it too once.
        doing = list({stage.garden.pk: stage for stage in others if stage.garden != sheet.garden}.values())
        for stage, note in zip(doing, told.also, strict=False):
            also.append(AlsoDone(sheet=sheet, garden=stage.garden, note=note, by=stage.by, on=sheet.at.date()))
        for stage, body in zip(reversed(others), told.said, strict=False):
            replies.append(Reply(sheet=sheet, garden=stage.garden, body=body, by=stage.by, at=sheet.at + timedelta(hours=20)))  # fmt: skip
    SheetVersion.objects.bulk_create(versions)
    AlsoDone.objects.bulk_create(also)
    Reply.objects.bulk_create(replies)
    practice.find_sheets(said)
    return made


def _others(stages: Sequence[Stage], n: int, count: int) -> list[Stage]:
    """Other gardens than the one that wrote, in an order of its own."""
    mine = n % len(stages)
    return [stages[(mine + 1 + step * 5) % len(stages)] for step in range(count) if (1 + step * 5) % len(stages)]


def _questions(stages: Sequence[Stage], on: date, chance: random.Random) -> None:
    rows, replies = [], []
    days = _days(len(QUESTIONS), on)
    for n, asked in enumerate(QUESTIONS):
        stage = stages[(n * 3 + 2) % len(stages)]
        state = Question.State.OPEN if asked.helped is None else Question.State.ANSWERED
        rows.append(Question(garden=stage.garden, title=asked.title, body=asked.body, tags=list(asked.tags), state=state, by=stage.by, at=_at(days[n], 9)))  # fmt: skip
    made = Question.objects.bulk_create(rows)
    for n, question in enumerate(made):
        asked = QUESTIONS[n]
        for rank, body in enumerate(asked.answers):
            stage = stages[(n * 3 + 5 + rank * 4) % len(stages)]
            at = question.at + timedelta(hours=20 + chance.randrange(20))
            replies.append(Reply(question=question, garden=stage.garden, body=body, helped=asked.helped == rank, by=stage.by, at=at))  # fmt: skip
    Reply.objects.bulk_create(replies)
    practice.find_questions(made)


def _offers(stages: Sequence[Stage], on: date, chance: random.Random) -> None:
    partners = {key: Partner.objects.get(name=FUNDERS[key][0] + MARK) for key in {one.partner for one in OFFERS}}
    for n, one in enumerate(OFFERS):
        if one.from_day > on:
            continue
        written = offers.Written(
            partner=partners[one.partner], kind=one.kind, title=one.title, text=one.text, agreement=AGREEMENT, departments=[], from_day=one.from_day,
            until_day=one.until_day, places=one.places, asks=offering.asks(one.asks), contact="", spots=_spots(one, stages),
        )  # fmt: skip
        offer = offers.write_offer(written, by=None, at=_at(one.from_day, 8))
        _taken(offer, stages, n, on, chance)


def _spots(one: Given, stages: Sequence[Stage]) -> list[tuple[str, str]]:
    """Shops in the main towns of the gardens' départements, so that each has one near, and some far."""
    if not one.shop:
        return []
    found: dict[str, str] = {}
    for stage in stages:
        for place in territory.largest(stage.garden.commune.department, 2):
            found[place.code] = place.name
    return [(f"{one.shop} {name}", code) for code, name in found.items()]


def _taken(offer: Offer, stages: Sequence[Stage], n: int, on: date, chance: random.Random) -> None:
    rows = []
    spots = list(offer.spots.all())
    chosen = [stage for rank, stage in enumerate(stages) if rank and (rank + n) % 3 == 0][: (offer.places or 12) - 1]
    for rank, stage in enumerate(chosen):
        day = min(offer.from_day + timedelta(days=20 + rank * 9), offer.until_day or on)
        spot = _nearest(spots, stage.garden)
        state = Uptake.State.DONE if day < on - timedelta(days=4) else Uptake.State.AGREED if rank % 2 else Uptake.State.PREPARING  # fmt: skip
        uptake = Uptake(
            offer=offer, garden=stage.garden, spot=spot, state=state, on_day=day, at=_at(min(day - timedelta(days=14), on), 11), by=stage.by,
            agreement=offering.filled(AGREEMENT, {"jardin.nom": stage.garden.name, "partenaire.nom": offer.partner.name, "offre.lieu": spot.name if spot else ""}),
        )  # fmt: skip
        if state == Uptake.State.DONE:
            uptake.answers = {one["code"]: _number(one["unit"], chance) for one in offer.asks}
            uptake.report, uptake.reported_on = REPORTS[rank % len(REPORTS)], day + timedelta(days=3)
        rows.append(uptake)
    Uptake.objects.bulk_create(rows)
    Offer.objects.filter(pk=offer.pk).update(taken=len(rows))


def _number(unit: str, chance: random.Random) -> int:
    """A believable number of what is counted so."""
    first, last = {"kg": (60, 340), "personnes": (4, 12), "heures": (24, 70)}.get(unit, (20, 60))
    return chance.randint(first, last)


def _nearest(spots: Sequence[OfferPlace], garden: Garden) -> OfferPlace | None:
    home = garden.commune
    here = (home.longitude, home.latitude)

    def away(spot: OfferPlace) -> float:
        place = territory.commune(spot.commune_code)
        return offering.kilometres(here, (place.longitude, place.latitude))

    return min(spots, key=away, default=None)


def _moderation(stages: Sequence[Stage], sheets: Sequence[Sheet], officer: Person, on: date) -> None:
    """One thing that waits, one that was looked at and left."""
    other = stages[1]
    Flag.objects.create(sheet=sheets[-2], reason="le titre donne le nom d’un quartier, on peut deviner qui", by=other.by, at=_at(on - timedelta(days=1)))  # fmt: skip
    Flag.objects.create(
        sheet=sheets[2], reason="le chiffre me semble faux", by=other.by, at=_at(on - timedelta(days=40)), settled_by=officer,
        settled_at=_at(on - timedelta(days=39)), outcome="laissé tel quel",
    )  # fmt: skip
