"""People's names as gardens write them: civility, name and first name in one cell or in several."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .table import Cell
from .values import BadValue, Read, parse_name, parse_text
from .words import plain

_CIVILITIES = {
    **dict.fromkeys(("mme", "madame", "mlle", "mademoiselle", "mrs", "ms", "miss", "f"), "Mme"),
    **dict.fromkeys(("m", "mr", "monsieur", "mister", "h"), "M."),
}
_COUPLE = "M. et Mme"
_NOT_KEPT = re.compile(r"(?:famille|fam\.|foyer|couple|docteur|dr\.?|maître|me|pr)(?=\s|$)", re.IGNORECASE)
"""What people write before a name and that is neither a civility nor a part of it."""
_BORN = re.compile(r"(?:,|\s)\s*(?:née?|nee|épouse|ép\.|veuve|vve|divorcée)\s+[\w'’-]+", re.IGNORECASE)
_WIDOW = re.compile(r"(?:veuve|vve)\b\.?\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\(([^()]*)\)")
_ONE = r"(?:madame|monsieur|mademoiselle|mme|mlle|mr|m\.|m(?=[\s&/])|m$)\.?"
_TITLE = re.compile(rf"{_ONE}(?:\s*(?:\bet\b|\bou\b|&|/)\s*{_ONE})?(?![\w'’-])", re.IGNORECASE)
_PARTICLES = frozenset(
    """de du des da das do dos di del della le la les el al ben bin bint abou abu van von der den ter
    saint st sainte""".split()
)


@dataclass(frozen=True, slots=True)
class FullName:
    """A person's name in its parts; each may be empty but the last name."""

    civility: str
    last_name: str
    first_name: str


def parse_civility(cell: Cell) -> Read[str]:
    """ "Mme", "M." or "M. et Mme", from any way of writing it; nothing, and told, from "Famille" or "Dr"."""
    text = parse_text(cell).value
    civility, rest = _without_title(text)
    if civility and not rest:
        return Read(civility)
    if _NOT_KEPT.fullmatch(text):
        return Read("", _("« %(text)s » n’est pas une civilité : laissé de côté.") % {"text": text})
    if plain(text) not in _CIVILITIES:
        raise BadValue(_("Écrivez Mme, M. ou M. et Mme, ou laissez la case vide."))
    return Read(_CIVILITIES[plain(text)])


def split_full_name(cell: Cell, *, first_name_first: bool = False) -> Read[FullName]:
    """A name in one cell, cut: "NOM Prénom", "Nom, Prénom", "Mme Dupont Claire", "Claire DUPONT".

    A comma or capitals decide; otherwise the order of the column does, and beyond two words the note says so.
    """
    civility, text = _bare(parse_name(cell, 200).value)
    if not text:
        raise BadValue(_("Il manque le nom. Écrivez par exemple DUPONT Claire."))
    if "," in text:
        return Read(_named(civility, *_around_comma(text)))
    words = text.split()
    if capitals := _capitals(words):
        return Read(_named(civility, *capitals))
    return _by_order(civility, words, first_name_first)


def first_names_first(cells: Iterable[Cell]) -> bool | None:
    """Whether a column of full names writes the first name first, told by the commonest of them; None: it does not tell.

    Names that say it themselves, by a comma or capitals, have no voice.
    """
    before = after = 0
    for cell in cells:
        words = _bare(cell)[1].split() if isinstance(cell, str) and "," not in cell else []
        if len(words) == 2 and not _capitals(words):
            known = [plain(word).partition(" ")[0] in _FIRST_NAMES for word in words]
            before, after = before + (known == [True, False]), after + (known == [False, True])
    if before + after < _VOICES or before == after:
        return None
    return before > after


_VOICES = 3
"""Fewer names say nothing of a column."""
_FIRST_NAMES = frozenset(
    """adrien agnes aicha alain alexandre alexandra alexis alice aline ali amadou amelie amina anais andre andrea angelique anna
    anne annie anthony antoine arnaud arthur audrey aurelie aurelien aziz baptiste beatrice benjamin bernadette bernard bertrand
    brigitte bruno camille carole caroline catherine cecile celine chantal charles charlotte chloe christelle christian
    christiane christine christophe claire claude claudine clement colette corinne cyril daniel danielle david delphine denis
    denise didier dominique edith elena eliane elisabeth elise elodie emilie emma emmanuel emmanuelle eric estelle etienne eva
    fabien fabrice fanny fatima fatou fatoumata florence florian francine francis franck francois francoise frederic frederique
    gabriel gaelle genevieve georges gerard gerald germaine gilbert gilles ginette gregory guillaume guy hassan helene henri
    herve hugo ibrahim ines irene isabelle jacqueline jacques jean jeanne jeannine jeremy jerome jessica joel joelle jonathan
    josette josiane joseph julia julie julien juliette justine karim karine kevin khadija laetitia laura laure laurence laurent
    lea leila liliane lisa loic louis louise luc lucas lucie lucien ludovic lydia lydie madeleine magali malika manon marc
    marcel marguerite maria mariam marianne marie marina marine marion marlene martin martine maryse mathilde matthieu mathieu
    maurice maxime melanie melissa michel michele mickael mireille mohamed mohammed monique morgane moussa muriel myriam
    nadege nadia nadine nathalie nicolas nicole noel noemie odette odile olga olivier omar oumar pascal pascale patrice patricia
    patrick paul paulette pauline philippe pierre quentin rachel rachid raphael raymond raymonde regine remi rene renee richard
    robert roger roland romain rose sabrina said salima samira samuel sandra sandrine sarah sebastien serge severine simon
    simone sofia solange sonia sophie stephane stephanie suzanne sylvain sylvie tatiana theo therese thibault thierry thomas
    tiphaine valentin valerie vanessa veronique victor vincent virginie viviane xavier yann yannick yasmina yves yvette yvonne
    youssef zoe zohra""".split()
)
"""The commonest first names of France, to tell in which order a column writes them, and nothing else."""


def without_civility(text: str) -> tuple[str, str]:
    """Civility and name of "Mme Dupont" or "Famille Dupont"; the text alone when it is only that."""
    civility, rest = _without_title(text)
    rest = rest[found.end() :].strip() if (found := _NOT_KEPT.match(rest)) else rest
    return (civility, rest) if rest else ("", text)


def _bare(text: str) -> tuple[str, str]:
    """The civility, wherever it stands, and the name without what is neither."""
    civility, text = _without_title(text)
    text = text[found.end() :].strip() if (found := _NOT_KEPT.match(text)) else text
    text = _BORN.sub("", _WIDOW.sub("", text, count=1) if _WIDOW.match(text) else text)
    around = _BRACKETS.search(text)
    if around:
        text = _BRACKETS.sub("", text).strip()
        civility = civility or _without_title(around[1].strip())[0]
    return civility, text.strip(" -,;/")


def _without_title(text: str) -> tuple[str, str]:
    found = _TITLE.match(text)
    if not found:
        return "", text
    return _CIVILITIES.get(plain(found[0]), _COUPLE), text[found.end() :].strip()


def _around_comma(text: str) -> tuple[str, str]:
    last, _comma, first = text.partition(",")
    return last.strip(), first.strip(" ,")


def _named(civility: str, last_name: str, first_name: str) -> FullName:
    """A single part is the last name, which nobody may lack."""
    return FullName(civility, last_name or first_name, first_name if last_name else "")


def _capitals(words: list[str]) -> tuple[str, str] | None:
    """The words in capitals are the last name, if some are and some are not; particles go with what follows them."""
    loud = [_leads_to_capitals(words[index:]) for index in range(len(words))]
    if all(loud) or not any(loud):
        return None
    parts = [
        " ".join(word for word, is_loud in zip(words, loud, strict=True) if is_loud is wanted)
        for wanted in (True, False)
    ]
    return parts[0], parts[1]


def _leads_to_capitals(words: list[str]) -> bool:
    """ "LA" and "TOUR" are in capitals; "de" before them goes along."""
    first = next((word for word in words if word.lower() not in _PARTICLES or word.isupper()), "")
    return first.isupper() and sum(letter.isalpha() for letter in first) > 1


def _by_order(civility: str, words: list[str], first_name_first: bool) -> Read[FullName]:
    particle = next((place for place, word in enumerate(words) if word in _PARTICLES), 0)
    if particle:  # "Jean de la Fontaine", whatever the column does
        first_name_first = True
    cut = particle or (1 if first_name_first else _end_of_last_name(words))
    before, after = " ".join(words[:cut]), " ".join(words[cut:])
    name = _named(civility, after, before) if first_name_first else _named(civility, before, after)
    if len(words) - cut <= 1:
        return Read(name)
    note = _("Nom et prénom séparés d’après leur ordre : nom %(last)s, prénom %(first)s.")
    return Read(name, note % {"last": name.last_name, "first": name.first_name})


def _end_of_last_name(words: list[str]) -> int:
    """How many words the last name takes when it comes first: its particles, and the word after them."""
    return next((index for index, word in enumerate(words, 1) if word.lower() not in _PARTICLES), len(words))
