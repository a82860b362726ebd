"""Personal data in what is about to be posted to other gardens: where it stands, and whether it can be posted at all.

What is looked for: e-mail addresses, telephone numbers, bank accounts, and members of the garden by first and last name together,
or by their last name after « Mme », « M. » or an initial; further in the list that a title begins too (« Mmes Vidal et Benali »). A
first name alone passes: « Amina nous a aidés » says nobody. Names are read to be compared and are kept nowhere.

| found | may be posted |
|---|---|
| a member's name, address or number | never |
| a bank account | never |
| the author's or the garden's own address or number | yes, it is not even found |
| any other address or number | once the author says that it is a professional contact |
| a member's last name after a title or an initial | once the author says that it is somebody else |
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from cageot.core.tabular.words import unaccented

EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
PHONE = re.compile(
    r"(?<![\w+])(?:(?:(?:\+|00)\s?(?:33|262|590|594|596)[\s.\-]?(?:\(0\)[\s.\-]?)?|0)[1-9](?:[\s.\-]{0,2}\d\d){4}(?!\d)"
    r"|0[ \u00a0\u202f.\-][1-9](?:[ \u00a0\u202f.\-]\d){8}(?![ \u00a0\u202f.\-]?\d))"
)
"""Two figures at a time, or one by one."""
IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \u00a0\u202f]?[A-Za-z0-9]){11,30}")
WORD = re.compile(r"[^\W\d_]+")
GAP = re.compile(r"(?:[ \u00a0\u202f\t,’'\-]|\.(?!\s)){1,3}")
"""What may stand between two parts of a name; a full stop only where no space follows it."""
LINKS = frozenset("epouse ep nee ne veuve divorcee dite dit alias".split())
"""Words that may stand between a first name and a last one."""
TITLES = frozenset(
    "mme mmes mlle mlles mr mrs madame mesdames mademoiselle mesdemoiselles monsieur messieurs famille familles m mm".split()
)
PLURALS = frozenset("mmes mlles mesdames messieurs mesdemoiselles familles mm".split())
"""Titles of several people: what follows « et » is a name, even when it is also a word."""
PARTICLES = frozenset(
    "le la les l de du des d da do dos das di del della van von der den ter ten ben bin ibn el al ait ould mac mc".split()
)
"""Words that lead to a last name and are none alone."""
AND = frozenset(("et", "ou"))
COMMA = re.compile(r"[,&/]")
IN_LIST = re.compile(r"[ \u00a0\u202f\t,&/()’'\-]{1,4}")
"""What may stand between two words of a list of names."""
LONGEST = 16
"""Words of a list that are read back before its title is given up."""
AFTER_TITLE = re.compile(r"\.?[ \u00a0\u202f\t]{0,2}")
AFTER_INITIAL = re.compile(r"\.[ \u00a0\u202f\t]{0,2}")
LETTERED = frozenset(
    "plan vitamine vitamines type classe groupe categorie salle batiment zone option lot point partie annexe version niveau case lettre "
    "equipe ligne serie bloc porte hall quai panneau taille".split()
)
"""Words after which a letter is no initial: « vitamine C. »"""

ORDINARY = frozenset(
    """
    rose petit petite grand grande blanc blanche noir roux brun brune marron vert bleu gris legrand lejeune leblanc leroux
    bon bonne beau belle bel fort leger long court gros maigre vieux jeune ancien nouveau nouvelle doux sage
    france marguerite prune olive clementine anis violette hortense iris jasmin capucine garance melisse fleur
    jardin jardinier marchand marche boulanger berger meunier fournier charpentier tisserand mercier
    mars avril mai juin aout janvier lundi mercredi printemps ete automne hiver noel pascal
    pierre roche bois rivière riviere pont maison moulin champ pre prairie verger vigne colline montagne
    paris nantes tours lyon marseille orange vienne sable roi leroi cure abbe maire prevost
    ange dieu saint sainte joie esperance constance prudence felicite victoire aime merci
    poireau poirot carotte chou choux navet radis persil
    """.split()
)  # fmt: skip
"""Names that are also words: told from words by their capitals alone."""


@dataclass(frozen=True)
class Names:
    """Names of people, ready to be compared. `pairs`: all the words of first and last names, folded, by the first word; `lasts`: the
    words of last names by the first one, each with the first letters of the first names that it goes with."""

    pairs: Mapping[str, Collection[tuple[str, ...]]] = field(default_factory=dict)
    lasts: Mapping[str, Mapping[tuple[str, ...], Collection[str]]] = field(default_factory=dict)


def folded(text: str) -> str:
    """A word without case and accents."""
    return unaccented(text).casefold()


def _words(text: str) -> tuple[str, ...]:
    return tuple(folded(word) for word in WORD.findall(text))


def names(people: Iterable[tuple[str, str]], *, but: Iterable[tuple[str, str]] = ()) -> Names:
    """The names to look for: first and last names of members, `but` those of people who act for gardens.

    Somebody without a first name is looked for after a title only; a last name of one letter is not looked for. Nor is one that
    somebody who acts for gardens has too, without its first name.
    """
    acting = [(_words(first), _words(last)) for first, last in but]
    known, theirs = {one + other for one, other in acting}, {other for _one, other in acting}
    pairs: dict[str, set[tuple[str, ...]]] = {}
    lasts: dict[str, dict[tuple[str, ...], set[str]]] = {}
    for first, last in people:
        one, other = _words(first), _words(last)
        if len("".join(other)) < 2 or one + other in known:
            continue
        if other not in theirs:
            lasts.setdefault(other[0], {}).setdefault(other, set()).update(word[0] for word in one)
        if len("".join(one)) < 2:
            continue
        for order in (one + other, other + one):
            pairs.setdefault(order[0], set()).add(order)
    return Names(pairs, lasts)


@dataclass(frozen=True)
class Found:
    """Something personal in a text. `kind`: "email", "phone", "iban", "name", "last" (a last name alone, perhaps a member's); `key`: as it is compared (an address in small
    letters, a number as "+33612345678"); `start`, `end`: where; `line`: its line, from 1."""

    kind: str
    key: str
    start: int
    end: int
    line: int

    @property
    def never(self) -> bool:
        """Whether it can be posted by nobody, whatever they say."""
        return self.kind in ("iban", "name", "member")


def find(text: str, known: Names, *, own: Collection[str] = ()) -> list[Found]:
    """What is personal in a text, in its order; `own` are keys of the author's and the garden's own addresses and numbers."""
    found = [
        *(_at("email", one.group().casefold(), one.start(), one.end(), text) for one in EMAIL.finditer(text)),
        *(_at("phone", phone_key(one.group()), one.start(), one.end(), text) for one in PHONE.finditer(text)),
        *(_at("iban", "", one.start(), one.start() + length, text) for one in IBAN.finditer(text) if (length := _iban(one.group()))),
        *_named(text, known),
    ]  # fmt: skip
    return sorted((one for one in found if one.key not in own or one.kind not in ("email", "phone")), key=lambda one: (one.start, one.end))  # fmt: skip


def _at(kind: str, key: str, start: int, end: int, text: str) -> Found:
    return Found(kind, key, start, end, text.count("\n", 0, start) + 1)


def phone_key(number: str) -> str:
    """A number as it is compared: "06 12 34 56 78" and "+33 (0)6 12 34 56 78" are one."""
    digits = re.sub(r"\D", "", number.replace("(0)", ""))
    if number.lstrip().startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else f"+33{digits[1:]}"


def _iban(text: str) -> int:
    """How many signs of the text make an account number that proves itself (ISO 7064, MOD 97-10); 0 when none do.

    Words may follow the number: its end is tried from the longest on.
    """
    signs = [place for place, sign in enumerate(text) if sign.isalnum()]
    for count in range(len(signs), 14, -1):
        number = "".join(text[place] for place in signs[:count]).upper()
        if number.isascii() and int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1:
            return signs[count - 1] + 1
    return 0


def _named(text: str, known: Names) -> Iterable[Found]:
    words = list(WORD.finditer(text))
    plain = [folded(word.group()) for word in words]
    place = 0
    while place < len(words):
        length = max((_stands(pair, text, words, plain, place) for pair in known.pairs.get(plain[place], ())), default=0)  # fmt: skip
        kind = "name"
        if not length:
            kind = "last"
            lasts = known.lasts.get(plain[place], {})
            length = max((len(last) for last, letters in lasts.items() if _called(last, letters, text, words, plain, place, known)), default=0)  # fmt: skip
        if length:
            yield _at(kind, "", words[place].start(), words[place + length - 1].end(), text)
        place += length or 1


def _stands(pair: tuple[str, ...], text: str, words: list[re.Match[str]], plain: list[str], place: int) -> int:
    """How many words a name takes from this one on, 0 when it does not stand here: its words one after the other (« épouse » may come
    between), with capitals when one of them is also a word."""
    here: list[re.Match[str]] = []
    at = place
    for word in pair:
        if here and at < len(plain) and plain[at] != word and plain[at] in LINKS:
            at += 1
        if at >= len(plain) or plain[at] != word:
            return 0
        here.append(words[at])
        at += 1
    whole = words[place:at]
    if not all(GAP.fullmatch(text[one.end() : other.start()]) for one, other in zip(whole, whole[1:], strict=False)):
        return 0
    if ORDINARY.intersection(pair) and not all(word.group()[0].isupper() for word in here):
        return 0
    return at - place


def _called(last: tuple[str, ...], letters: Collection[str], text: str, words: list[re.Match[str]], plain: list[str], place: int, known: Names) -> bool:  # fmt: skip
    """Whether somebody is called by this last name here: after « Mme » or « M. », or beside the initial of a first name that goes with it.

    A last name that is also a word (Petit, Blanc…) is told from it by its capital; an initial then begins no line (« A. Petit panier »).
    """
    end = place + len(last)
    here = words[place:end]
    if tuple(plain[place:end]) != last:
        return False
    if not all(GAP.fullmatch(text[one.end() : other.start()]) for one, other in zip(here, here[1:], strict=False)):
        return False
    if re.match(r"-[^\W\d_]", text[here[-1].end() : here[-1].end() + 2]):
        return False  # half of a double name, which is another one
    ordinary = bool(ORDINARY.intersection(last))
    if ordinary and not here[-1].group()[0].isupper():
        return False
    if _titled(text, words, plain, place, ordinary) or _listed(text, words, plain, place, ordinary, known):
        return True
    before = words[place - 1] if place else None
    if before and _initial(before, letters) and AFTER_INITIAL.fullmatch(text[before.end() : here[0].start()]):
        line = text[text.rfind("\n", 0, before.start()) + 1 : before.start()]
        lettered = place > 1 and plain[place - 2] in LETTERED
        return not lettered and not (ordinary and not line.strip(" \t-–—•*"))
    after = words[end] if end < len(words) else None
    return bool(
        after and not ordinary and _initial(after, letters) and text[after.end() : after.end() + 1] == "."
        and GAP.fullmatch(text[here[-1].end() : after.start()])
    )  # fmt: skip


def _titled(text: str, words: list[re.Match[str]], plain: list[str], place: int, ordinary: bool) -> bool:
    """Whether a title stands just before this word."""
    if not place:
        return False
    title = plain[place - 1]
    between = text[words[place - 1].end() : words[place].start()]
    if title not in TITLES or not AFTER_TITLE.fullmatch(between):
        return False
    if title in ("m", "mm"):  # a metre, a size: an initial without its full stop
        return words[place - 1].group().isupper() and ("." in between or not ordinary)
    return bool(between)


def _listed(text: str, words: list[re.Match[str]], plain: list[str], place: int, ordinary: bool, known: Names) -> bool:  # fmt: skip
    """Whether a title stands further back: before « née », or before other names of a list, known or with a capital.

    After « et » or a comma, a name that is also a word needs a title of several people (« Mme Vidal et Rose » calls nobody Rose).
    """
    if not place:
        return False
    linked = plain[place - 1] in LINKS
    gap = text[words[place - 1].end() : words[place].start()]
    if not (linked or plain[place - 1] in AND or COMMA.search(gap)):
        return False
    at, small = place, not linked and words[place].group()[0].islower()
    while at and place - at < LONGEST:
        between = text[words[at - 1].end() : words[at].start()]
        if at < place and _titled(text, words, plain, at, ordinary):
            return linked or not ordinary or plain[at - 1] in PLURALS
        shortened = len(words[at - 1].group()) == 1 or plain[at - 1] in LINKS  # « A. », « ép. »
        if not (IN_LIST.fullmatch(between) or (shortened and AFTER_TITLE.fullmatch(between))):
            return False
        if length := _last_before(plain, at, known):
            at -= length
        elif plain[at - 1] in LINKS | AND | PARTICLES or not (small or words[at - 1].group()[0].islower()):
            at -= 1
        else:
            return False
    return False


def _last_before(plain: list[str], at: int, known: Names) -> int:
    """How many words of a known last name end just before this one."""
    return max((length for length in range(1, min(at, 5) + 1) if tuple(plain[at - length : at]) in known.lasts.get(plain[at - length], {})), default=0)  # fmt: skip


def _initial(word: re.Match[str], letters: Collection[str]) -> bool:
    said = word.group()
    return len(said) == 1 and said.isupper() and folded(said) in letters
