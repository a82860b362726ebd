"""The accountant's books: legal entities, their years, and entries on numbered accounts.

What happens elsewhere (a week closed, a claim sent, money received…) is written here once, in the same transaction, by
`funding/journal.py`. Append-only, numbered without gaps within a year, balanced by the database (`triggers.py`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order, one_of
from cageot.funding.rules import fec
from cageot.network.models import Garden, Partner, Person
from cageot.network.models.programme import as_long_as


class Entity(models.Model):
    """A legal person that keeps books: an association with one garden or several, or the network head."""

    name = models.CharField(_("raison sociale"), max_length=160)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True)
    rna = models.CharField(_("numéro RNA"), max_length=10, blank=True)
    address = models.CharField(_("adresse"), max_length=250, blank=True)
    vat_number = models.CharField(_("numéro de TVA"), max_length=20, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    head = models.BooleanField(default=False)

    class Meta:
        ordering = ["-head", "name"]
        constraints = [
            models.UniqueConstraint(fields=["head"], condition=Q(head=True), name="one_network_head"),
            models.CheckConstraint(condition=~Q(name=""), name="entity_is_named"),
            as_long_as("siren", 0, 9, name="entity_siren"),
        ]

    def __str__(self) -> str:
        return self.name


class EntityGarden(models.Model):
    """Which legal person a garden belongs to."""

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="places")
    garden = models.OneToOneField(Garden, models.PROTECT, related_name="in_entity")


class FiscalYear(models.Model):
    """A year of an entity's books. Closed, nothing enters it any more.

    What opens it is numbered apart (AN1, AN2…) from what happens in it (1, 2…): decision 0040.
    """

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="years")
    first = models.DateField(_("premier jour"))
    last = models.DateField(_("dernier jour"))
    last_number = models.PositiveIntegerField(default=0)
    last_opening = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    earmarked = models.JSONField(default=list)  # once closed, its dedicated money line by line, as it was then
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["entity", "first"]
        constraints = [
            models.UniqueConstraint(fields=["entity", "first"], name="fiscal_year_once"),
            in_order("first", "last", name="fiscal_year_dates"),
        ]


class BookEntry(models.Model):
    """One entry: its number in the year, its day, what it is about. `source` and `source_id` say what it was made of, once.

    `ordinary`: it tells what happens in the year. Else it opens the year: it has a number of its own and is read first.
    """

    class Journal(models.TextChoices):
        SALES = "VE", _("Ventes")
        BANK = "BQ", _("Banque")
        GRANTS = "SU", _("Subventions")
        NETWORK = "RE", _("Réseau")
        OTHER = "OD", _("Opérations diverses")
        OPENING = "AN", _("À-nouveaux")

    id = models.BigIntegerField(primary_key=True)
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="book_entries", db_index=False)
    year = models.ForeignKey(FiscalYear, models.PROTECT, related_name="entries", db_index=False)
    ordinary = models.BooleanField(default=True)
    number = models.PositiveIntegerField()
    journal = models.CharField(max_length=2, choices=Journal)
    day = models.DateField()
    label = models.CharField(max_length=200)
    piece = models.CharField(max_length=60)
    piece_day = models.DateField()
    source = models.CharField(max_length=20)
    source_id = models.BigIntegerField()
    mirrors = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="mirrored_by")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "ordinary", "number"], name="book_entry_number_once"),
            models.UniqueConstraint(fields=["entity", "source", "source_id"], name="book_entry_source_once"),
            one_of("journal", ["VE", "BQ", "SU", "RE", "OD", "AN"], name="book_entry_journal"),
            models.CheckConstraint(
                condition=Q(journal="AN", ordinary=False) | (~Q(journal="AN") & Q(ordinary=True)),
                name="book_entry_opens",
            ),
            models.CheckConstraint(condition=~Q(label="") & ~Q(piece=""), name="book_entry_says_what"),
        ]

    @property
    def shown(self) -> str:
        """Its number as people and the tax office's file read it."""
        return fec.shown(self.number, opens=not self.ordinary)


class BookLine(models.Model):
    """One line of an entry, in cents: positive debits the account, negative credits it. `account`: a number of the chart."""

    entry = models.ForeignKey(BookEntry, models.PROTECT, related_name="lines")
    account = models.CharField(max_length=10)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    garden = models.ForeignKey(Garden, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    other = models.ForeignKey(Entity, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(cents=0), name="book_line_not_zero"),
            models.CheckConstraint(condition=~Q(account=""), name="book_line_has_an_account"),
        ]
        indexes = [models.Index(fields=["account"], name="book_line_by_account")]
