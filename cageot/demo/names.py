"""Invented people: first names, family names, languages, ways to be reached.

Written for the demonstration. Telephone numbers are in ranges kept for fiction, mail at example.org.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass

_WOMEN = """
Adèle Aïcha Agathe Aminata Anaïs Andrée Aurore Awa Bérénice Bernadette Blandine Camille Carmen Cécile Chantal
Clémence Colette Coumba Danièle Delphine Dilek Édith Éléonore Élodie Fadila Fatoumata Flora Francine Ghislaine
Hanane Hélène Henriette Imane Inès Iryna Jacqueline Joséphine Kadiatou Khadija Laurence Leïla Linh Louise Lucette
Madeleine Maëlle Magali Marguerite Maria-Luz Marie-Thérèse Maryse Mireille Nadège Nour Oksana Paulette Raymonde
Rosalie Roza Salimata Simone Soizic Solange Suzanne Sylvie Thi-Mai Violette Yasmina Yvette Zoé
"""

_MEN = """
Abdoulaye Adam Adrien Alain Ali Amadou Anatole Antoine Armand Aurélien Baptiste Basile Bernard Boubacar Cédric
Christian Daniel Désiré Émile Emre Étienne Fabrice Félix Fernand Gaël Georges Gérard Gildas Guy Hakim Henri Hocine
Ibrahima Idriss Ismaël Jean-Luc Jean-Marie Joaquim Jules Karim Lucien Mamadou Marcel Mehmet Moussa Mykola Norbert
Octave Oleksandr Omar Pablo Paulin Quentin Raoul René Roland Salif Serge Tariq Théo Tomás Valentin Yanis Youssef Zacharie
"""

WOMEN, MEN = _WOMEN.split(), _MEN.split()

FAMILY = [
    "Abadie", "Achard", "Aguilera", "Al-Khatib", "Alavoine", "Amrouche", "Anquetil", "Arnoux", "Aubrun", "Ba", "Badin",
    "Barreto da Silva", "Baudry", "Bazin", "Belhadj", "Ben Youssef", "Bessière", "Billard", "Bocquet", "Bondarenko",
    "Bonnafous", "Boulanger-Peyre", "Bourdin", "Brochard", "Cadet", "Calvez", "Camara", "Cassagne", "Castaing", "Çelik",
    "Chabert", "Chauvet-Lemoine", "Choukri", "Cissokho", "Coquelin", "Corre", "Coulibaly", "Courtade", "Cruchet",
    "Dandrieux", "De Almeida", "Delacroix-Montfort", "Delpech", "Demir", "Desbordes", "Diagne", "Diallo", "Doucouré",
    "Du Plessis", "Duchemin", "Echeverría", "El Amrani", "Escoffier", "Estève", "Etcheverry", "Fauvel", "Ferreira",
    "Fonteneau", "Fouquet", "Gaborit", "Gallois", "Garrigues", "Gaubert", "Ghezali", "Gicquel", "Grandjean", "Guéguen",
    "Guerroudj", "Haddad", "Hoareau", "Hovhannisyan", "Hristova", "Imbert", "Ionescu", "Jacquemin", "Jaouen", "Joubert",
    "Kaczmarek", "Keïta", "Kerbrat", "Kovalenko", "Kouassi", "L’Hostis", "Labbé", "Lacombe", "Lafarge", "Lamotte-Beuvron",
    "Le Bihan", "Le Dantec", "Lebreton", "Legendre", "Lemercier", "Loubet", "Maïga", "Malandain", "Marchandeau",
    "Maréchal-Ferrand", "Mbemba", "Meziane", "Millet", "Montagnac", "Moreira", "Mouchet", "N’Guessan", "Ndiaye", "Nguyễn",
    "Nourrisson", "Ó Súilleabháin", "Özdemir", "Pagès", "Panchenko", "Pasquier", "Pelletan", "Perez-Navarro", "Phạm",
    "Picquet", "Pommier", "Quéméner", "Rabarison", "Rakotomalala", "Ravel", "Rebours", "Renaudin", "Rigaud", "Rolland-Vasseur",
    "Roussin", "Sabatier", "Saïdi", "Salgueiro", "Sangaré", "Sauvageot", "Sénéchal", "Shevchenko", "Sissoko", "Soubeyran",
    "Stojanović", "Tardy", "Tchoupa", "Tessier", "Thébault", "Touré", "Tran", "Traoré", "Urrutia", "Vandenberghe", "Vasquez",
    "Verdier", "Vidalenc", "Villeneuve-Roche", "Wójcik", "Yıldız", "Zanetti", "Zerrouki",
]  # fmt: skip

STREETS = [
    "rue des Lilas", "rue du Lavoir", "allée des Tilleuls", "impasse du Puits", "rue Haute", "rue des Écoles",
    "place du Marché", "chemin des Prés", "rue de la Fontaine", "avenue de la Gare", "rue du Four", "quai des Pêcheurs",
    "résidence Les Noisetiers", "cité des Cerisiers", "rue des Tanneurs", "route du Moulin", "rue de l’Abreuvoir",
    "boulevard des Platanes", "rue des Jardiniers", "sente des Vignes", "rue du Pont-Neuf", "rue des Fauvettes",
    "allée du Verger", "chemin de la Grange", "rue du 8-Mai", "square des Peupliers", "rue des Maraîchers", "cour du Sabotier",
]  # fmt: skip

LANGUAGES = ["fr"] * 76 + ["ar"] * 7 + ["pt"] * 4 + ["tr"] * 4 + ["uk"] * 3 + ["es"] * 3 + ["en"] * 3

THROUGH = [
    "Par courrier", "Par courrier", "Par courrier", "Sa voisine, Mme Ravel", "Sa fille, le soir", "L’accueil du centre social",
    "Le gardien de la résidence", "Son assistante sociale", "Un mot au dépôt",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody invented, and how to reach them. `through` is set when neither mail nor phone will do."""

    civility: str
    first_name: str
    last_name: str
    email: str
    phone: str
    mobile: str
    language: str
    adults: int
    children: int
    address: str
    through: str = ""


def identity(rng: random.Random) -> Identity:
    woman = rng.random() < 0.62
    first, last = rng.choice(WOMEN if woman else MEN), rng.choice(FAMILY)
    reach = rng.random()
    adults, children = household(rng)
    return Identity(
        civility=rng.choice(["Mme" if woman else "M.", "Mme" if woman else "M.", ""]),
        first_name=first,
        last_name=last,
        email=mail(first, last) if reach < 0.74 else "",
        phone=phone("02 61 91", rng) if 0.55 < reach < 0.93 else "",
        mobile=phone("06 39 98", rng) if reach < 0.86 else "",
        language=rng.choice(LANGUAGES),
        adults=adults,
        children=children,
        address=f"{rng.randint(1, 148)}, {rng.choice(STREETS)}",
        through=rng.choice(THROUGH) if reach >= 0.93 else "",
    )


def household(rng: random.Random) -> tuple[int, int]:
    """Adults and children, as households come: many people alone, some large families."""
    adults = rng.choice([1, 1, 2, 2, 2, 3])
    return adults, rng.choice([0, 0, 1, 2] if adults == 1 else [0, 0, 1, 2, 2, 3, 4])


def phone(start: str, rng: random.Random) -> str:
    return f"{start} {rng.randint(0, 99):02} {rng.randint(0, 99):02}"


def mail(first: str, last: str) -> str:
    return f"{plain(first)}.{plain(last)}@example.org"


def plain(text: str) -> str:
    """Letters, digits and hyphens only: what a mail address and a code are made of."""
    folded = unicodedata.normalize("NFKD", text.replace("ı", "i").casefold())
    kept = "".join(c if c.isascii() and c.isalnum() else "-" if c in " -’'" else "" for c in folded)
    return kept.strip("-")
