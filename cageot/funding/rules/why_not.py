"""Why a fund does not pay (more of) a basket: the first thing that stands in the way, as a word that a page turns into a sentence.

| word         | what stands in the way                                            |
|--------------|-------------------------------------------------------------------|
| before       | the basket's day is before the fund's first                       |
| after        | it is after the fund's last                                       |
| gardens      | the fund is for other gardens                                     |
| communes     | for another territory                                             |
| audiences    | for another audience                                              |
| affiliations | for another affiliation                                           |
| cap          | it pays its most per basket                                       |
| share        | it pays its most of the price                                     |
| match        | local partners pay too little for it to pay more                  |
| budget       | it has no money left, nor can any be freed elsewhere              |
| met          | nothing: the basket needs no more                                 |
"""

from __future__ import annotations

from cageot.funding.rules.allocating import Fund, Group

WORDS = (
    "before",
    "after",
    "gardens",
    "communes",
    "audiences",
    "affiliations",
    "cap",
    "share",
    "match",
    "budget",
    "met",
)


def why_not(fund: Fund, group: Group, *, paid: int, missing: int) -> str:
    """A word of `WORDS`: why the fund pays `paid` cents of the group and no more, `missing` cents being still to find."""
    if group.day < fund.from_day:
        return "before"
    if group.day > fund.until_day:
        return "after"
    places = (
        ("gardens", group.garden),
        ("communes", group.commune),
        ("audiences", group.audience),
        ("affiliations", group.affiliation),
    )
    for word, value in places:
        some = getattr(fund, word)
        if some is not None and value not in some:
            return word
    if missing <= 0:
        return "met"
    most = fund.most(group.price_cents, group.local_cents)
    if most is None or paid < most * group.baskets:
        return "budget"
    if fund.cap_cents == most:
        return "cap"
    by_share = fund.share_bp is not None and group.price_cents * fund.share_bp // 10_000 == most
    return "share" if by_share else "match"
