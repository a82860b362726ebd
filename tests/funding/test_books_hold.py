"""The database itself keeps the books: whoever writes, with whatever tool, what is posted is square and stays so.

Everything here goes past the actions, in plain rows and SQL, as a hurried hand or a faulty program would.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction

from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, Delivery, WeekClose
from cageot.config import guards
from cageot.config.management.commands import flush
from cageot.core import triggers
from cageot.funding.models import Account, AgreementPayer, CapExemption, Charge, Entry, Posting, Seal, Share
from cageot.network.models import Edition, Garden, LogEvent
from tests import factories as make

pytestmark = pytest.mark.django_db
to_the_commit = pytest.mark.django_db(transaction=True)

SQLITE = connection.vendor == "sqlite"


class Draft:
    """An entry of one basket at 12,00 €, laid row by row: 3,60 € for the member, 8,40 € to be financed."""

    def __init__(self, garden: Garden, number: int = 1) -> None:
        self.garden, self.number = garden, number
        accounts = Account.objects.filter(garden=garden)
        if not accounts:
            Account.objects.bulk_create(
                Account(garden=garden, kind=kind) for kind in ("members", "to_allocate", "sale")
            )
        self.account = {account.kind: account for account in accounts.all()}

    def entry(self) -> None:
        Entry.objects.create(
            id=self.number,
            seal_id=self.number,
            kind="close",
            garden=self.garden,
            week=make.WEEK,
            day=make.WEEK.sunday,
            at=make.AT,
        )

    def post(self, **cents: int) -> None:
        for kind, amount in cents.items():
            Posting.objects.create(entry_id=self.number, account=self.account[kind], cents=amount)

    def charge(self, price: int = 1200, number: int | None = None, key: int | None = None) -> None:
        number = number or self.number
        Charge.objects.create(
            id=number, entry_id=self.number, key=key or number, garden=self.garden, week=make.WEEK, day=make.THURSDAY, household_key="a",
            in_programme=False, size_code="panier", state="collected", price_cents=price, member_cents=price,
        )  # fmt: skip

    def share(self, cents: int, rank: int = 0, charge: int | None = None) -> None:
        charge = charge or self.number
        Share.objects.create(charge_id=charge, rank=rank, by="member", cents=cents, asked_cents=cents, why="price")

    def seal(self) -> None:
        Seal.objects.create(id=self.number, previous="", hash=f"seal-{self.number}")

    def all(self) -> None:
        with transaction.atomic():
            self.entry()
            self.post(members=360, to_allocate=840, sale=-1200)
            self.charge()
            self.share(360)
            self.share(840, rank=1)
            self.seal()


@pytest.fixture
def draft() -> Draft:
    return Draft(make.make_garden())


@pytest.fixture
def sealed(draft: Draft) -> Draft:
    draft.all()
    return draft


def refused(act: Callable[[], object]) -> bool:
    """Whether the database refuses, at once or when it looks at what dangles, as at a commit."""
    try:
        with transaction.atomic():
            act()
            connection.check_constraints()
    except IntegrityError:
        return True
    return False


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


# --- An entry is square or is not -----------------------------------------------------------------


def test_a_square_entry_is_taken(sealed: Draft) -> None:
    assert Seal.objects.count() == 1


def test_an_entry_that_does_not_balance_is_refused(draft: Draft) -> None:
    def act() -> None:
        draft.entry()
        draft.post(members=1201, sale=-1200)
        draft.charge()
        draft.share(1200)
        draft.seal()

    assert refused(act)
    assert not Entry.objects.exists()


def test_an_entry_of_one_line_is_refused(draft: Draft) -> None:
    def act() -> None:
        draft.entry()
        draft.post(members=1200)
        draft.seal()

    assert refused(act)


def test_an_empty_entry_is_refused(draft: Draft) -> None:
    def act() -> None:
        draft.entry()
        draft.seal()

    assert refused(act)


def test_a_line_of_nothing_is_refused(draft: Draft) -> None:
    def act() -> None:
        draft.entry()
        draft.post(members=0)

    assert refused(act)


@to_the_commit
def test_an_entry_left_without_seal_is_refused_at_the_commit() -> None:
    draft = Draft(make.make_garden())
    with pytest.raises(IntegrityError), transaction.atomic():
        draft.entry()
        draft.post(members=1200, sale=-1200)
    assert not Posting.objects.exists()


def test_a_seal_alone_is_refused(draft: Draft) -> None:
    assert refused(draft.seal)


def test_an_entry_sealed_by_another_s_seal_is_refused(sealed: Draft) -> None:
    def act() -> None:
        Entry.objects.create(
            id=2, seal_id=1, kind="close", garden=sealed.garden, week=make.WEEK, day=make.WEEK.sunday, at=make.AT
        )

    assert refused(act)


@pytest.mark.parametrize("paid", [1199, 1201])
def test_a_basket_not_paid_to_the_cent_is_refused(draft: Draft, paid: int) -> None:
    def act() -> None:
        draft.entry()
        draft.post(members=1200, sale=-1200)
        draft.charge(1200)
        draft.share(paid)
        draft.seal()

    assert refused(act)


def test_a_basket_that_nobody_pays_is_refused(draft: Draft) -> None:
    def act() -> None:
        draft.entry()
        draft.post(members=1200, sale=-1200)
        draft.charge(1200)
        draft.seal()

    assert refused(act)


def test_income_without_a_basket_is_refused(draft: Draft) -> None:
    def act() -> None:
        draft.entry()
        draft.post(members=2400, sale=-2400)
        draft.charge(1200)
        draft.share(1200)
        draft.seal()

    assert refused(act)


def test_a_basket_without_income_is_refused(draft: Draft) -> None:
    def act() -> None:
        draft.entry()
        draft.post(members=1200, to_allocate=-1200)
        draft.charge(1200)
        draft.share(1200)
        draft.seal()

    assert refused(act)


def test_the_same_basket_is_not_charged_twice(sealed: Draft) -> None:
    def act() -> None:
        again = Draft(sealed.garden, number=2)
        again.entry()
        again.charge(number=3, key=1)

    assert refused(act)


def test_a_member_above_the_cap_is_refused(draft: Draft) -> None:
    def act() -> None:
        draft.entry()
        Charge.objects.create(
            id=1, entry_id=1, key=1, garden=draft.garden, week=make.WEEK, day=make.THURSDAY, household_key="a", in_programme=True,
            size_code="panier", state="collected", price_cents=1200, member_cents=361, cap_cents=360,
        )  # fmt: skip

    assert refused(act)


def test_a_member_s_part_that_hides_what_the_member_pays_is_refused(draft: Draft) -> None:
    """The cap is kept on the charge: 3,60 € said there, 12,00 € in the member's share."""

    def act() -> None:
        draft.entry()
        draft.post(members=1200, sale=-1200)
        Charge.objects.create(
            id=1, entry_id=1, key=1, garden=draft.garden, week=make.WEEK, day=make.THURSDAY, household_key="a", in_programme=True,
            size_code="panier", state="collected", price_cents=1200, member_cents=360, cap_cents=360,
        )  # fmt: skip
        draft.share(1200)
        draft.seal()

    assert refused(act)


# --- What is sealed takes nothing more ------------------------------------------------------------


def test_a_line_added_after_the_seal_is_refused(sealed: Draft) -> None:
    assert refused(lambda: sealed.post(members=1))


def test_a_line_added_after_the_seal_in_the_same_breath_is_refused(draft: Draft) -> None:
    def act() -> None:
        draft.all()
        draft.post(members=5, sale=-5)

    assert refused(act)
    assert not Entry.objects.exists()


def test_a_charge_added_after_the_seal_is_refused(sealed: Draft) -> None:
    assert refused(lambda: sealed.charge(price=0, number=99))


def test_a_share_added_after_the_seal_is_refused(sealed: Draft) -> None:
    assert refused(lambda: sealed.share(0, rank=7))


def test_a_line_laid_before_its_entry_is_refused(draft: Draft) -> None:
    """On PostgreSQL it would wait there for the entry that somebody else is about to seal."""
    assert refused(lambda: draft.post(members=1))
    assert refused(lambda: draft.charge(price=0))
    assert refused(lambda: draft.share(0))


# --- What is written stays ------------------------------------------------------------------------

BOOKS: list[type[models.Model]] = [Entry, Posting, Charge, Share, Seal]
BOOK_TABLES = {model._meta.db_table for model in BOOKS}


@pytest.mark.parametrize("model", BOOKS, ids=lambda model: model.__name__)
def test_the_books_cannot_be_edited(sealed: Draft, model: type[models.Model]) -> None:
    table = model._meta.db_table
    assert refused(lambda: run(f"UPDATE {table} SET id = id + 100"))
    assert refused(lambda: run(f"UPDATE {table} SET id = id"))


@pytest.mark.parametrize("model", BOOKS, ids=lambda model: model.__name__)
def test_the_books_cannot_be_emptied(sealed: Draft, model: type[models.Model]) -> None:
    table = model._meta.db_table
    assert refused(lambda: run(f"DELETE FROM {table}"))
    assert refused(lambda: model._default_manager.all()._raw_delete("default"))
    assert model._default_manager.exists()


@to_the_commit
@pytest.mark.skipif(SQLITE, reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("model", [*BOOKS, LogEvent, Basket, WeekClose], ids=lambda model: model.__name__)
def test_the_books_cannot_be_truncated(model: type[models.Model]) -> None:
    Draft(make.make_garden()).all()
    assert refused(lambda: run(f"TRUNCATE {model._meta.db_table} CASCADE"))


@pytest.mark.skipif(not SQLITE, reason="INSERT OR REPLACE is SQLite's")
@pytest.mark.parametrize("model", BOOKS, ids=lambda model: model.__name__)
def test_the_books_cannot_be_replaced(sealed: Draft, model: type[models.Model]) -> None:
    table = model._meta.db_table
    assert refused(lambda: run(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))


def test_an_account_keeps_what_it_stands_for(sealed: Draft) -> None:
    assert refused(lambda: Account.objects.filter(kind="sale").update(kind="grant"))


def test_a_payer_that_was_posted_keeps_its_name(sealed: Draft) -> None:
    payer = make.make_agreement(sealed.garden).payers.get()
    other = make.make_partner(name="Un autre payeur")
    rows = AgreementPayer.objects.filter(pk=payer.pk)
    assert not refused(lambda: rows.update(partner=other))  # nothing was paid yet
    Account.objects.create(garden=sealed.garden, kind="payer", payer=payer)
    assert refused(lambda: rows.update(partner=payer.partner))
    assert not refused(lambda: rows.update(used_baskets=1))


def test_the_log_says_for_ever_who_did_what(sealed: Draft) -> None:
    assert LogEvent.objects.exists()
    assert refused(lambda: LogEvent.objects.update(verb="nothing"))
    assert refused(lambda: LogEvent.objects.all()._raw_delete("default"))


def test_a_payer_is_not_spent_past_its_quota() -> None:
    payer = make.make_agreement(make.make_garden()).payers.get()
    AgreementPayer.objects.filter(pk=payer.pk).update(quota_baskets=1)
    assert refused(lambda: AgreementPayer.objects.filter(pk=payer.pk).update(used_baskets=2))


@to_the_commit
@pytest.mark.skipif(SQLITE, reason="SQLite makes its plans from the indexes alone")
def test_the_guards_never_read_the_books_from_end_to_end() -> None:
    """PostgreSQL was told that the books are empty; what is then written must not cost more and more."""
    garden = make.make_garden()
    for model in BOOKS:
        run(f"VACUUM ANALYZE {model._meta.db_table}")
    with transaction.atomic():
        for number in range(1, 30):
            Draft(garden, number).all()
        with connection.cursor() as cursor:
            cursor.execute("SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables WHERE relname LIKE 'funding_%'")
            read = dict(cursor.fetchall())
    assert {table: rows for table, rows in read.items() if table in BOOK_TABLES and rows} == {}


# --- A closed week --------------------------------------------------------------------------------


@pytest.fixture
def closed() -> WeekClose:
    """The Martins collected their basket, and the week was closed."""
    garden = make.make_garden()
    make.make_edition()
    household, size, depot = make.make_household(garden), make.make_size(garden), make.make_depot(garden)
    make.make_basket(household, make.make_delivery(garden), size, depot, state="collected")
    make.make_basket(household, make.make_delivery(garden, (make.WEEK + 1).day(4)), size, depot)
    return baskets.close_week(garden, make.WEEK, today=make.MONDAY_AFTER, by=None, at=make.AT)


def test_a_basket_of_a_closed_week_does_not_move(closed: WeekClose) -> None:
    basket = Basket.objects.filter(delivery__close=closed)
    later = Delivery.objects.get(close=None)
    assert refused(lambda: basket.update(state="cancelled"))
    assert refused(lambda: basket.update(delivery=later))
    assert refused(lambda: basket._raw_delete("default"))


def test_a_basket_does_not_enter_a_closed_week(closed: WeekClose) -> None:
    delivery = closed.deliveries.get()
    other = Basket.objects.get(delivery__close=None)
    stranger = make.make_household(closed.garden)
    assert refused(lambda: Basket.objects.filter(pk=other.pk).update(delivery=delivery))
    assert refused(lambda: make.make_basket(stranger, delivery, other.size, other.depot))


def test_baskets_to_come_still_change(closed: WeekClose) -> None:
    assert Basket.objects.filter(delivery__close=None).update(state="cancelled") == 1


def test_a_closed_delivery_keeps_its_day_and_its_close(closed: WeekClose) -> None:
    delivery = Delivery.objects.filter(close=closed)
    assert refused(lambda: delivery.update(close=None))
    assert refused(lambda: delivery.update(day=make.WEEK.day(5)))
    assert refused(lambda: delivery.update(week=make.WEEK + 1))
    assert refused(lambda: delivery._raw_delete("default"))


def test_the_figures_of_a_close_are_frozen(closed: WeekClose) -> None:
    close = WeekClose.objects.filter(pk=closed.pk)
    assert refused(lambda: close.update(members_cents=999))
    assert refused(lambda: close.update(members_cents=999, reopened_at=make.AT))
    assert refused(lambda: close.update(entry=None, reopened_at=make.AT))
    assert refused(lambda: close._raw_delete("default"))


def test_a_week_reopens_once_and_then_moves_again(closed: WeekClose) -> None:
    baskets.reopen_week(closed, reason="Un panier mal pointé", today=make.MONDAY_AFTER, by=None, at=make.AT)
    assert Basket.objects.filter(delivery__week=make.WEEK).update(state="unclaimed") == 1
    assert refused(lambda: WeekClose.objects.filter(pk=closed.pk).update(reopened_at=None))
    again = baskets.close_week(closed.garden, make.WEEK, today=make.MONDAY_AFTER, by=None, at=make.AT)
    assert again.revision == 2


def over_the_cap(garden: Garden, agreement: int) -> WeekClose:
    """A close in plain rows whose only charge gives itself a cap of its whole price: the member pays 12,00 € of 12,00 €."""
    one = Draft(garden)
    one.entry()
    one.post(members=1200, sale=-1200)
    Charge.objects.create(
        id=1, entry_id=1, key=1, garden=garden, week=make.WEEK, day=make.THURSDAY, household_key="a", in_programme=True,
        size_code="panier", state="collected", price_cents=1200, member_cents=1200, cap_cents=1200, agreement_id=agreement,
    )  # fmt: skip
    one.share(1200)
    one.seal()
    figures = dict.fromkeys(["ordinary_baskets", "solidarity_baskets", "max_member_bp", *baskets.FIGURE_OF.values()], 0)
    edition = Edition.objects.get(code="2017")
    return WeekClose.objects.create(
        garden=garden, edition=edition, week=make.WEEK, entry_id=1, fingerprint="x", at=make.AT, **figures
    )


def test_a_close_above_the_edition_s_cap_is_refused_whatever_the_charge_says() -> None:
    garden = make.make_garden()
    edition = make.make_edition()
    agreement = make.make_agreement(garden)
    asked = CapExemption.objects.create(
        edition=edition, agreement=agreement, max_member_bp=10_000, reason="Un essai", from_day=make.THURSDAY, until_day=make.THURSDAY
    )  # fmt: skip
    assert refused(lambda: over_the_cap(garden, agreement.pk))
    CapExemption.objects.filter(pk=asked.pk).update(status="granted")
    assert not refused(lambda: over_the_cap(garden, agreement.pk))


# --- The guards themselves ------------------------------------------------------------------------


@to_the_commit
def test_every_guard_stands_after_migrate() -> None:
    assert guards.missing() == []
    assert guards.check(["default"]) == []


@to_the_commit
def test_a_lost_guard_is_told_and_migrate_lays_it_again() -> None:
    trigger = guards.ALL[0].trigger
    run(f"DROP TRIGGER {trigger}" if SQLITE else f"DROP FUNCTION {trigger} CASCADE")
    assert guards.missing() == [guards.ALL[0].name]
    assert "migrate" in str(guards.check(["default"])[0].hint)
    call_command("migrate", verbosity=0)
    assert guards.missing() == []


@to_the_commit
def test_a_weakened_guard_is_told() -> None:
    guard = next(guard for guard in guards.ALL if guard.name == "seal_balances")
    weak = triggers.Guard(guard.name, guard.table, guard.verb, guard.message, "1 = 0")
    try:
        triggers.lay([one for one in guards.ALL if one is not guard] + [weak], connection)
        assert guards.missing() == [guard.name]
    finally:
        guards.lay()


@to_the_commit
def test_an_old_guard_does_not_outlive_its_version() -> None:
    old = triggers.Guard("of_old", "network_garden", "UPDATE", "no longer the rule")
    triggers.lay([*guards.ALL, old], connection)
    call_command("migrate", verbosity=0)
    assert Garden.objects.update(name="Autre nom") == 0
    garden = make.make_garden()
    assert Garden.objects.filter(pk=garden.pk).update(name="Autre nom") == 1


def test_nobody_flushes_a_real_database() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "NAME", "cageot")
        with pytest.raises(CommandError):
            flush.Command().handle(database="default", verbosity=0, interactive=False)
