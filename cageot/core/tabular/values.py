"""Cells as people write them, read: dates, amounts, phones, postcodes, names.

Every reader takes a cell and returns `Read(value, note)`, where the note says in French what was mended (empty when
the cell was right as it stood), or raises `BadValue`, whose message says what to do. None accepts an empty cell:
ask `is_blank` first, or go through `optional`.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Generic, Literal, TypeVar

from django.utils.translation import gettext as _

from .safe import looks_like_formula
from .table import Cell, text_of
from .words import plain, unaccented

T = TypeVar("T")
Frequency = Literal["weekly", "even", "odd", "monthly"]

CENTURY_PIVOT = 70
"""Years on two figures: 00 to 69 are 2000 to 2069, 70 to 99 are 1970 to 1999 (as POSIX does)."""
YEARS = range(1900, 2101)
AMOUNT_LIMIT = 100_000_000
"""A million euros, in cents: no amount of a household is above."""

_EXCEL_DAY_ZERO = date(1899, 12, 30)
_EXCEL_DAYS = range(25_569, 73_051)  # 1970 to 2099
_LONGEST = 2_000  # no reader is given more to chew on
_SPACES = re.compile(r"[\s\u200b\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A value, and what was mended to get it, as a French sentence (empty: nothing)."""

    value: T
    note: str = ""


class BadValue(ValueError):
    """A cell that cannot be read. `message` says what to do; `suggestion` is a text to put instead, or empty."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        super().__init__(message)
        self.message, self.suggestion = message, suggestion


_DASHES = re.compile(r"[\s\-–—−_./\\|?*~·…:;,'\"()\u200b\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a price, in basis points: 3000 is 30 %."""

    bp: int


def is_blank(cell: Cell) -> bool:
    """Whether nothing is written there: spaces, or the dash, slash or question mark that people put instead."""
    return not cell or (isinstance(cell, str) and not cell[0].isalnum() and bool(_DASHES.fullmatch(cell)))


_NOTHING = frozenset(
    (*"neant aucun aucune rien vide ras nc na x xx xxx inconnu inconnue sans non".split(), "n c", "n a", "non renseigne",
     "non renseignee", "non communique", "non communiquee", "non connu", "pas connu", "sans objet", "liste rouge")
)  # fmt: skip


def says_nothing(cell: Cell) -> bool:
    """Whether words say that there is nothing to write: "néant", "NC", "non renseigné"."""
    return isinstance(cell, str) and len(cell) < 30 and plain(cell) in _NOTHING


def optional(reader: Callable[[Cell], Read[T]], cell: Cell) -> Read[T] | None:
    """What `reader` makes of the cell, or None when it is blank."""
    return None if is_blank(cell) else reader(cell)


def _tidy(text: str) -> str:
    return " ".join(text.split()) if text.isascii() else _SPACES.sub(" ", text).strip()


def written(cell: Cell) -> str:
    """The text of a cell, tidied, its figures 0 to 9 whatever the script; refuses a blank or endless one."""
    text = _tidy(text_of(cell))
    if not text:
        raise BadValue(_("Cette case est vide. Remplissez-la."))
    if len(text) > _LONGEST:
        raise _too_long(len(text), _LONGEST)
    return text if text.isascii() else "".join(str(int(letter)) if letter.isdecimal() else letter for letter in text)


def parse_text(cell: Cell, limit: int = 200) -> Read[str]:
    """Words on one line. Refuses a formula, and more than `limit` characters."""
    text = _tidy(text_of(cell))
    text = text if text.isprintable() else "".join(letter for letter in text if letter.isprintable())
    if not text:
        raise BadValue(_("Cette case est vide. Remplissez-la."))
    if looks_like_formula(text):
        raise BadValue(_("Cette case contient une formule. Écrivez à la place le texte ou le nombre voulu."))
    if len(text) > limit:
        raise _too_long(len(text), limit)
    return Read(text)


def parse_name(cell: Cell, limit: int = 80) -> Read[str]:
    """A person's name: words with a letter at least, which a number that slipped into the column has not."""
    read = parse_text(cell, limit)
    if not any(letter.isalpha() for letter in read.value):
        raise BadValue(_("Ce n’est pas un nom. Les cases de cette ligne sont peut-être décalées : vérifiez-la."))
    return read


def _too_long(found: int, limit: int) -> BadValue:
    message = _("Ce texte est trop long : %(found)s caractères, %(limit)s au plus. Raccourcissez-le.")
    return BadValue(message % {"found": found, "limit": limit})


# Dates

_DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ]+(\d{1,2})[/.\- ]+(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_COMPACT_DAY_FIRST = re.compile(r"(\d{2})(\d{2})(\d{4})")
_IN_WORDS = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+) (\d{4}|\d{2})")
_MONTH_ONLY = re.compile(r"(?:(\d{1,2})[/.\-]|([a-z]+) )(\d{4}|\d{2})")
_NO_YEAR = re.compile(r"(\d{1,2}) (\d{1,2}|[a-z]{3,})")
_WITHIN = re.compile(r"(?<![\w/.\-])(?:\d{1,2}[/.\-]\d{1,2}[/.\-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?![\w/\-])")
_DAY_SAID = re.compile(r"(?:le|du|des le|depuis(?: le)?|a partir du|jusqu au|au|fin|debut) (.+)")
_CLOCK = re.compile(r"[T ](\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_MONTHS = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split()


def parse_date(cell: Cell) -> Read[date]:
    """A day: 31/12/2016, 31-12-16, 2016-12-31, "1er mars 2017", an Excel day number. The day comes before the month."""
    if isinstance(cell, date):
        return Read(_in_range(cell))
    text, clock = _without_clock(written(cell))
    found = _numeric_date(text) or _worded_date(text) or _serial_date(text) or _date_within(text)
    if found is None:
        raise _not_a_date(text)
    return Read(_in_range(found.value), found.note or clock)


def _without_clock(text: str) -> tuple[str, str]:
    clock = _CLOCK.search(text)
    if not clock:
        return text, ""
    told = any(int(part or 0) for part in clock.groups())
    return text[: clock.start()].strip(), _("L’heure a été laissée de côté.") if told else ""


def _numeric_date(text: str) -> Read[date] | None:
    if found := _YEAR_FIRST.fullmatch(text) or _compact(text):
        return Read(_day(int(found[1]), int(found[2]), int(found[3])))
    if found := _DAY_FIRST.fullmatch(text) or _COMPACT_DAY_FIRST.fullmatch(text):
        return _dated(found[3], int(found[2]), int(found[1]))
    return None


def _compact(text: str) -> re.Match[str] | None:
    found = _COMPACT.fullmatch(text)
    return found if found and int(found[1]) in YEARS and int(found[2]) <= 12 else None


def _worded_date(text: str) -> Read[date] | None:
    found = _IN_WORDS.fullmatch(plain(text))
    month = _month(found[2]) if found else 0
    return _dated(found[3], month, int(found[1])) if found and month else None


def _date_within(text: str) -> Read[date] | None:
    """The one day that a few words hold: "payé le 03/01/2017", "depuis le 1er mars 2017"."""
    if (said := _DAY_SAID.fullmatch(plain(text))) and (worded := _worded_date(said[1])):
        return worded
    days = _WITHIN.findall(text)
    read = _numeric_date(days[0]) if len(days) == 1 and len(text) < 60 else None
    return Read(read.value, read.note or _("Lu le %(date)s.") % {"date": text_of(read.value)}) if read else None


def _month(word: str) -> int:
    """1 to 12 from three letters or more: "janv", "fevrier", "sept"; 0 for any other word, "jui" included."""
    found = [number for number, name in enumerate(_MONTHS, 1) if len(word) >= 3 and name.startswith(word)]
    return found[0] if len(found) == 1 else 0


def _dated(year: str, month: int, day: int) -> Read[date]:
    if len(year) == 4:
        return Read(_day(int(year), month, day))
    read = _day(int(year) + (2000 if int(year) < CENTURY_PIVOT else 1900), month, day)
    return Read(read, _("Année sur deux chiffres : lue %(year)s.") % {"year": read.year})


def _serial_date(text: str) -> Read[date] | None:
    found = _SERIAL.fullmatch(text)
    if not found or int(found[1]) not in _EXCEL_DAYS:
        return None
    read = _EXCEL_DAY_ZERO + timedelta(days=int(found[1]))
    return Read(read, _("Nombre de jours d’Excel : lu %(date)s.") % {"date": text_of(read)})


def _day(year: int, month: int, day: int) -> date:
    """That day, or the reason why there is none."""
    if not 1 <= month <= 12:
        swapped = f"{month:02}/{day:02}/{year}" if 1 <= day <= 12 and month <= 31 else ""
        raise BadValue(
            _("Il n’y a pas de mois %(month)s. Écrivez le jour, puis le mois, puis l’année.") % {"month": month},
            swapped,
        )
    if year not in YEARS:
        raise BadValue(_("L’année %(year)s n’est pas possible. Écrivez une date comme 31/12/2016.") % {"year": year})
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise BadValue(
            _("Le %(day)s/%(month)s/%(year)s n’existe pas : ce mois-là a %(last)s jours. Corrigez la date.")
            % {"day": f"{day:02}", "month": f"{month:02}", "year": year, "last": last},
            f"{last:02}/{month:02}/{year}" if day > last else "",
        )
    return date(year, month, day)


def _in_range(day: date) -> date:
    if day.year not in YEARS:
        raise BadValue(
            _("L’année %(year)s n’est pas possible. Écrivez une date comme 31/12/2016.") % {"year": day.year}
        )
    return day


def _not_a_date(text: str) -> BadValue:
    if found := _MONTH_ONLY.fullmatch(plain(text) if text[:1].isalpha() else text):
        month, year = int(found[1] or 0) or _month(found[2] or ""), found[3] if len(found[3]) == 4 else f"20{found[3]}"
        if 1 <= month <= 12:
            return BadValue(_("Il manque le jour. Écrivez une date comme 31/12/2016."), f"01/{month:02}/{year}")
    if (found := _NO_YEAR.fullmatch(plain(text))) and 1 <= (
        int(found[2]) if found[2].isdigit() else _month(found[2])
    ) <= 12:
        return BadValue(_("Il manque l’année. Écrivez une date comme 31/12/2016."))
    return BadValue(_("Ce n’est pas une date. Écrivez-la comme 31/12/2016."))


# Amounts

_CURRENCY = re.compile(r"€|\beuros?\b|\beur\b", re.IGNORECASE)
_EACH = re.compile(r"\s*(?:(?:/|par|le)\s*panier|ttc|net)\.?$|[.,]-{1,2}$", re.IGNORECASE)
"""What may follow an amount without changing it: an amount a week or a month is another thing."""
_DECIMAL = re.compile(r"(\d*)(?:[.,](\d*))?")
_GROUPED = re.compile(r"\d{1,3}(?:[., ’'](?:\d{3}))+[.,]\d{1,2}|\d{1,3}(?:[ ’']\d{3})+")
_FREE = frozenset(("gratuit", "gratuite", "offert", "offerte", "exonere", "exoneree"))


def parse_cents(cell: Cell) -> Read[int]:
    """An amount in euros, as whole cents: "3,60 €", "3€60", "1 234,50". Refuses less than 0 and part cents."""
    text = written(cell)
    if plain(text) in _FREE:
        return Read(0, _("« %(text)s » : lu 0 €.") % {"text": text})
    figure = _figure(text)
    if figure.startswith(("-", "−", "(")):
        raise BadValue(_("Un montant ne peut pas être négatif. Écrivez-le sans signe moins."), figure.strip("-−() "))
    return Read(_cents(_ungrouped(figure)))


_SHARE = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))? ?%")


def parse_part(cell: Cell) -> Read[int | Share]:
    """What somebody pays of a basket: an amount in cents, or a share of its price, "30 %"."""
    if isinstance(cell, str) and (found := _SHARE.fullmatch(_tidy(cell))) and int(found[1]) <= 100:
        return Read(Share(int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))))
    read = parse_cents(cell)
    return Read(read.value, read.note)


def amount_text(cents: int) -> str:
    """Cents as an amount to write in a file: "3,60"."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02}"


def _figure(text: str) -> str:
    """ "3€60" becomes "3,60"; any other sign of euros goes, and what says that it is the price of a basket."""
    text = _EACH.sub("", text)
    text = re.sub(r"(\d)\s*(?:€|eur(?:os?)?)\s*(\d{1,2})$", r"\1,\2", text, flags=re.IGNORECASE)
    return _CURRENCY.sub("", text).strip().removeprefix("+")


def _ungrouped(figure: str) -> str:
    if _GROUPED.fullmatch(figure):
        whole, mark, cents = figure.rpartition("," if figure.rfind(",") > figure.rfind(".") else ".")
        return re.sub(r"\D", "", whole or cents) + (f",{cents}" if mark else "")
    return figure


def _cents(figure: str) -> int:
    found = _DECIMAL.fullmatch(figure)
    if not found or not (found[1] or found[2]):
        raise BadValue(_("Ce n’est pas un montant. Écrivez-le en euros, par exemple 3,60."), _amount_within(figure))
    whole, cents = found[1] or "0", (found[2] or "").ljust(2, "0")
    if len(cents) > 2:  # 1.234 may be thousands
        raise BadValue(
            _("Un montant a deux chiffres au plus après la virgule. Écrivez-le comme 3,60."), f"{whole},{cents[:2]}"
        )
    amount = int(whole[:15]) * 100 + int(cents)
    if amount > AMOUNT_LIMIT or len(whole) > 15:
        raise BadValue(_("Ce montant est trop grand pour être juste. Vérifiez-le."))
    return amount


def _amount_within(text: str) -> str:
    found = re.findall(r"\d+(?:[.,]\d{1,2})?", text)
    return found[0].replace(".", ",") if len(found) == 1 and "%" not in text else ""


# Whole numbers, yes and no

_COUNT = re.compile(r"(\d{1,9})(?:[.,]0+)?(?: ?[a-z.]+)?", re.IGNORECASE)
BRACKETS = re.compile(r"\s*\([^()]*\)?")
NUMBERS = {
    word: number
    for number, words in enumerate("zero aucun aucune/un une/deux/trois/quatre/cinq/six/sept/huit/neuf/dix".split("/"))
    for word in words.split()
}
"""Numbers that people write in letters."""
_YES = frozenset(("oui", "o", "yes", "y", "x", "vrai", "true", "1", "ok", "v"))
_NO = frozenset(("non", "n", "no", "faux", "false", "0"))


def parse_int(cell: Cell, least: int = 0, most: int = 1_000_000) -> Read[int]:
    """A whole number between two limits: "2", "2,0", "2 enfants", "deux", "3 (2, 5 et 9 ans)", "aucun"."""
    if isinstance(cell, date):
        raise BadValue(_("Le tableur a changé ce nombre en date. Écrivez de nouveau le nombre seul."))
    text = BRACKETS.sub("", unaccented(written(cell))) or written(cell)
    found = _COUNT.fullmatch(text)
    said = NUMBERS.get(next(iter(plain(text).split()), "")) if len(text.split()) <= 2 else None
    if not found and said is None:
        raise BadValue(_("Ce n’est pas un nombre entier. Écrivez-le en chiffres, par exemple 2."))
    value = int(found[1]) if found else said or 0
    if not least <= value <= most:
        raise BadValue(_("Ce nombre doit être entre %(least)s et %(most)s.") % {"least": least, "most": most})
    return Read(value)


def parse_yes_no(cell: Cell) -> Read[bool]:
    """Oui or non, and the usual crosses and figures."""
    text = written(cell)
    word = plain(text) or text
    if word in _YES or text in ("✓", "✔", "☑", "✗", "☒"):
        return Read(True)
    if word in _NO or text in ("☐", "-"):
        return Read(False)
    raise BadValue(_("Écrivez oui ou non."))


# Ways to reach people

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
_AROUND = re.compile(r"^(?:mailto:)|[<>()\[\]\"]|[.,;:]+$", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"(?:pas|sans|aucun|neant|non|rien|n a pas|x|nc)\b.*")


def parse_email(cell: Cell) -> Read[str]:
    """One e-mail address, in lower case. Of two, the first is kept and the note names the other."""
    text = re.sub(r" ?@ ?", "@", BRACKETS.sub("", written(cell)) or written(cell))
    if "@" not in text:
        raise BadValue(_no_email(text))
    addresses = _EMAIL.findall(text) if len(re.findall("@", text)) > 1 else [_AROUND.sub("", _inner(text)).strip()]
    if not addresses or not _plausible(addresses[0]):
        raise BadValue(
            _("Cette adresse électronique n’est pas complète. Corrigez-la, ou laissez la case vide."), _better(text)
        )
    note = (
        _("Deux adresses dans la case : %(other)s n’a pas été gardée.") % {"other": addresses[1]}
        if addresses[1:]
        else ""
    )
    return Read(addresses[0].lower(), note)


def _no_email(text: str) -> str:
    if not plain(text) or _NO_ADDRESS.fullmatch(plain(text)):
        return _("Ce n’est pas une adresse électronique. S’il n’y en a pas, laissez la case vide.")
    return _("Ce n’est pas une adresse électronique : il manque le signe @. Corrigez-la, ou laissez la case vide.")


def _inner(text: str) -> str:
    """The address of "Claire Dupont <claire@example.org>"."""
    found = re.search(r"<([^<>]+)>", text)
    return found[1] if found else text


def _plausible(address: str) -> bool:
    local = address.partition("@")[0]
    return bool(_EMAIL.fullmatch(address)) and len(address) <= 254 and ".." not in local and local.strip(".") == local


def _better(text: str) -> str:
    """The address without accents nor spaces, its comma a dot, if that makes it right."""
    mended = unaccented(_AROUND.sub("", _inner(text))).replace(" ", "").replace(",", ".").replace(";", ".").lower()
    return mended if _plausible(mended) else ""


_POSTCODE = re.compile(r"(?:F-?)?(\d{2}) ?(\d{2,3})(?: ?cedex ?\d*)?", re.IGNORECASE)
_CORSICA = re.compile(r"2[ab]", re.IGNORECASE)
_NO_DEPARTMENT = frozenset(("00", "96", "99"))


def parse_postcode(cell: Cell) -> Read[str]:
    """Five figures, of a department that exists. Four are taken for a lost leading zero, and told."""
    text = written(cell)
    if _CORSICA.match(text):
        raise BadValue(_("En Corse, un code postal commence par 20 et n’a que des chiffres. Corrigez-le."))
    found = _POSTCODE.fullmatch(text.removesuffix(",0").removesuffix(".0"))
    if not found:
        raise BadValue(_("Un code postal a cinq chiffres, par exemple 41000. Corrigez-le, ou laissez la case vide."))
    code = found[1] + found[2]
    full = code.rjust(5, "0")
    if full[:2] in _NO_DEPARTMENT:
        raise BadValue(_("Aucun code postal français ne commence par %(start)s. Corrigez-le.") % {"start": full[:2]})
    note = (
        _("Code postal à quatre chiffres : lu %(code)s, le zéro du début manquait.") % {"code": full}
        if code != full
        else ""
    )
    return Read(full, note)


# Words with a set of meanings

_FORTNIGHT = re.compile(
    r"quinzaine|sur 2|sur deux|\b1 (?:s |sem |semaine )?2\b|15 jours|quinze jours|2 semaine|deux semaine|bi ?mensuel"
    r"|fortnight|2 fois par mois|two weeks"
)
_MONTH = re.compile(r"mensuel|mois|monthly|(?:4|quatre) semaine")
_OFTEN = re.compile(
    r"(?:[2-9]|deux|trois|quatre) (?:fois|paniers?) (?:par|au) mois|(?:3|trois|[5-9]|cinq|six) semaine|trimestr|bimestr"
)
"""Rhythms that no garden offers: three times a month, every three weeks, every quarter."""
_WEEK = re.compile(r"hebdo|toute|tous|chaque|weekly|every week|par semaine|^h$|^t$|^1 1$|1 semaine 1")


def parse_frequency(cell: Cell) -> Read[Frequency]:
    """Every week, even weeks, odd weeks or once a month. Refuses a fortnight that does not say which, and other rhythms."""
    words = plain(written(cell))
    odd, even = (bool(re.search(r"\bimpair|\bodd\b|^i$", words)), bool(re.search(r"\bpair|\beven\b|^p$", words)))
    if odd and even:
        return Read("weekly", _("Semaines paires et impaires : lu toutes les semaines."))
    if odd or even:
        return Read("odd" if odd else "even")
    if _FORTNIGHT.search(words):
        raise BadValue(
            _("Une semaine sur deux, mais lesquelles ? Écrivez semaines paires ou semaines impaires."),
            _("semaines paires"),
        )
    if _MONTH.search(words) and not _OFTEN.search(words):
        note = _("Toutes les quatre semaines : lu une fois par mois.") if "semaine" in words else ""
        return Read("monthly", note)
    if not _OFTEN.search(words) and _WEEK.search(words):
        return Read("weekly")
    raise BadValue(
        _(
            "Ce rythme n’est pas compris. Écrivez toutes les semaines, semaines paires, semaines impaires ou une fois par mois."
        )
    )


_WEEKDAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
_WEEKDAYS_IN_ENGLISH = "monday tuesday wednesday thursday friday saturday sunday".split()


def parse_weekday(cell: Cell) -> Read[int]:
    """A day of the week, 1 for Monday: "jeudi", "Jeudi soir", "jeu."."""
    if isinstance(cell, date):
        return Read(cell.isoweekday())
    words = plain(written(cell)).split()
    for names in (_WEEKDAYS, _WEEKDAYS_IN_ENGLISH):
        days = {
            names.index(name) + 1
            for word in words
            for name in names
            if len(word) > 2 and name.startswith(word.removesuffix("s"))
        }
        if len(days) == 1:
            return Read(days.pop())
    raise BadValue(_("Ce n’est pas un jour de la semaine. Écrivez par exemple jeudi."))


_LANGUAGE_NAMES = """
fr francais french / en anglais english / ar arabe arabic / tr turc turque turkish / pt portugais portuguese
es espagnol spanish / uk ukrainien ukrainian / ru russe russian / ps pachto pashto / fa persan farsi dari persian
ka georgien georgian / sq albanais albanian / so somali / ti tigrigna tigrinya / am amharique / bn bengali bangla
zh chinois chinese / ro roumain romanian / pl polonais polish / it italien italian / de allemand german / vi vietnamien
km khmer / ff peul pular / bm bambara / wo wolof / ln lingala / sw swahili / ku kurde kurdish / hy armenien armenian
sr serbe serbian / bg bulgare bulgarian / nl neerlandais / ta tamoul tamil / kab kabyle / ber berbere / snk soninke
rom romani / mg malgache / ur ourdou urdu / hi hindi
"""
_LANGUAGES = {
    name: names.split()[0] for names in re.split("[/\n]", _LANGUAGE_NAMES) if names.strip() for name in names.split()
}


def parse_language(cell: Cell) -> Read[str]:
    """The ISO code of a language named in French or English; of several, the first."""
    text = written(cell)
    words = [plain(text)] if plain(text) in _LANGUAGES else [word for word in plain(text).split() if len(word) > 3]
    codes = [_LANGUAGES[word] for word in words if word in _LANGUAGES]
    if not codes:
        raise BadValue(
            _("Cette langue n’est pas connue. Écrivez par exemple français, arabe ou turc, ou laissez la case vide.")
        )
    note = _("Plusieurs langues : la première a été gardée.") if len(set(codes)) > 1 else ""
    return Read(codes[0], note)


def one_of(cell: Cell, choices: Mapping[str, T]) -> Read[T]:
    """The choice whose name this is, whatever its case and accents. Refuses any other and lists them."""
    text = written(cell)
    named: dict[str, Sequence[T]] = {}
    for name, value in choices.items():
        named[plain(name)] = (*named.get(plain(name), ()), value)
    found = named.get(plain(text), ())
    if len(found) == 1:
        return Read(found[0])
    raise BadValue(
        _("« %(text)s » n’est pas connu ici. Choix possibles : %(choices)s.")
        % {"text": text, "choices": ", ".join(choices)},
        next(iter(get_close_matches(text, choices, n=1, cutoff=0.75)), ""),
    )
