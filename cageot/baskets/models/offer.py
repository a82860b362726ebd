"""What a garden offers: products, their sizes and prices, what a household may do when it is away, the garden's ways."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import one_of
from cageot.network.models import Garden


class Product(models.Model):
    """Something that a household subscribes to: the vegetable basket, eggs, bread. It comes in sizes.

    `first_week` and `last_week` bound the ISO weeks of the year in which it is delivered (May to October; the
    first after the last runs over the new year); null is the whole year. `in_agreements`: agreements pay for it.
    """

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="products")
    code = models.SlugField(_("code"), max_length=20)
    name = models.CharField(_("nom"), max_length=60)
    rank = models.PositiveSmallIntegerField(default=0)
    in_agreements = models.BooleanField(_("payé par les conventions"), default=True)
    first_week = models.PositiveSmallIntegerField(_("première semaine"), null=True, blank=True)
    last_week = models.PositiveSmallIntegerField(_("dernière semaine"), null=True, blank=True)
    # Rhythms offered, comma-separated values of Subscription.Frequency.
    rhythms = models.CharField(max_length=40, default="weekly,even,odd")
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["garden", "code"], name="product_once"),
            models.CheckConstraint(
                condition=Q(first_week__isnull=True, last_week__isnull=True)
                | Q(first_week__gte=1, first_week__lte=53, last_week__gte=1, last_week__lte=53),
                name="product_weeks",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BasketSize(models.Model):
    """A size in which a product is offered ("petit", "grand"). Agreements name it by its code."""

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="sizes")
    product = models.ForeignKey(Product, models.PROTECT, related_name="sizes")
    code = models.SlugField(_("code"), max_length=20)
    name = models.CharField(_("nom"), max_length=60)
    rank = models.PositiveSmallIntegerField(default=0)
    # For how many people it is meant, at most; null when nobody said.
    people = models.PositiveSmallIntegerField(_("pour combien de personnes"), null=True, blank=True)

    class Meta:
        ordering = ["product__rank", "rank", "pk"]
        constraints = [models.UniqueConstraint(fields=["garden", "code"], name="size_once")]

    def __str__(self) -> str:
        return self.name


class SizePrice(models.Model):
    """The price of a size in cents, from a day on."""

    size = models.ForeignKey(BasketSize, models.CASCADE, related_name="prices")
    from_day = models.DateField()
    cents = models.PositiveIntegerField()

    class Meta:
        ordering = ["from_day"]
        constraints = [models.UniqueConstraint(fields=["size", "from_day"], name="size_price_once_a_day")]


class AbsencePolicy(models.Model):
    """What a household may do about a basket of this product that it will not take, by itself.

    Staff may go past any limit, saying why. `quota`: baskets a year (null: no limit). `notice_days`: whole days before
    the delivery. `max_doubles`: most baskets taken back in one week by all households together, since the kitchen garden
    cannot double everybody's basket in the same week (null: no limit).
    """

    class Unused(models.TextChoices):
        LOST = "lost", _("ils sont perdus")
        GIVEN = "given", _("ils vont au pot commun")
        KEPT = "kept", _("ils sont reportés sur la période suivante")

    product = models.OneToOneField(Product, models.CASCADE, related_name="absences")
    may_cancel = models.BooleanField(_("annuler"), default=True)
    may_postpone = models.BooleanField(_("reporter à une autre semaine"), default=True)
    may_give = models.BooleanField(_("donner"), default=True)
    quota = models.PositiveSmallIntegerField(_("nombre par an"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("jours de délai"), default=2)
    max_doubles = models.PositiveSmallIntegerField(_("reprises par semaine, en tout"), null=True, blank=True)
    unused = models.CharField(_("paniers non repris à la fin"), max_length=5, choices=Unused, default=Unused.LOST)

    class Meta:
        constraints = [one_of("unused", ["lost", "given", "kept"], name="absence_unused")]


class Ways(models.Model):
    """A garden's own ways, where gardens differ: each has a default that suits most."""

    class Names(models.TextChoices):
        SHORT = "short", _("prénom et initiale (Amina B.)")
        NUMBER = "number", _("numéro")
        NICKNAME = "nickname", _("nom de liste choisi par le foyer")

    class Shown(models.TextChoices):
        NOWHERE = "nowhere", _("nulle part")
        MEMBERS = "members", _("aux adhérents")
        PUBLIC = "public", _("à tout le monde")

    class Next(models.TextChoices):
        WITHOUT = "without", _("à un foyer du dépôt sans panier ce jour-là, qui en a eu le moins")
        POT = "pot", _("au pot commun du jardin")
        ANYBODY = "anybody", _("à la personne que le bénévole choisit")

    garden = models.OneToOneField(Garden, models.CASCADE, related_name="ways", primary_key=True)
    names = models.CharField(_("noms sur les feuilles"), max_length=8, choices=Names, default=Names.SHORT)
    labels = models.CharField(_("planche d’étiquettes"), max_length=10, default="L7160")
    # A zone of `rules.holidays`, null for the garden's own département.
    holidays = models.CharField(_("jours fériés"), max_length=3, null=True, blank=True)  # noqa: DJ001 ("" is the mainland)
    content_shown = models.CharField(_("contenu montré"), max_length=8, choices=Shown, default=Shown.MEMBERS)
    content_weights = models.BooleanField(_("avec les quantités"), default=True)
    content_prices = models.BooleanField(_("avec les prix"), default=False)
    # How many vegetables of a basket a member may swap, 0 for none, until the end of the day so many days before.
    swaps = models.PositiveSmallIntegerField(_("légumes à échanger"), default=0)
    swap_days = models.PositiveSmallIntegerField(_("jours avant la livraison"), default=2)
    # An unclaimed basket may be handed to somebody else at the depot after the pick-up time.
    next_in_line = models.BooleanField(_("un panier non retiré est donné à la fin"), default=True)
    next_first = models.CharField(_("d’abord"), max_length=7, choices=Next, default=Next.WITHOUT)

    class Meta:
        constraints = [
            one_of("names", ["short", "number", "nickname"], name="ways_names"),
            one_of("content_shown", ["nowhere", "members", "public"], name="ways_content_shown"),
            one_of("next_first", ["without", "pot", "anybody"], name="ways_next_first"),
            models.CheckConstraint(condition=Q(swaps__lte=2, swap_days__range=(1, 7)), name="ways_swaps"),
        ]
