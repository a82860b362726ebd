"""Members may swap a vegetable, where the garden allows it: what may be given back, what is offered, what was chosen."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

UNITS = ["kg", "piece", "bunch", "handful", "tray", "bag", "jar", "box"]
NAMES = ["kg", "pièce", "botte", "bouquet", "barquette", "sachet", "pot", "boîte"]


class Migration(migrations.Migration):
    dependencies = [("baskets", "0006_weeks_counted_by_index")]

    operations = [
        migrations.AddField("ways", "swaps", models.PositiveSmallIntegerField("légumes à échanger", default=0)),
        migrations.AddField("ways", "swap_days", models.PositiveSmallIntegerField("jours avant la livraison", default=2)),
        migrations.AddConstraint(
            "ways", models.CheckConstraint(condition=Q(("swap_days__range", (1, 7)), ("swaps__lte", 2)), name="ways_swaps")
        ),
        migrations.AddField("contentline", "swappable", models.BooleanField(default=False)),
        migrations.CreateModel(
            "SwapOffer",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveSmallIntegerField(default=0)),
                ("milli", models.PositiveIntegerField()),
                ("unit", models.CharField(choices=list(zip(UNITS, NAMES, strict=True)), max_length=8)),
                (
                    "content",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="offers", to="baskets.content"
                    ),
                ),
                (
                    "produce",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="offers", to="baskets.produce"
                    ),
                ),
            ],
            options={
                "ordering": ["rank", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=["content", "produce"], name="swap_offer_once"),
                    models.CheckConstraint(condition=Q(("unit__in", UNITS)), name="swap_offer_unit"),
                    models.CheckConstraint(condition=Q(("milli__gt", 0)), name="swap_offer_holds_something"),
                ],
            },
        ),
        migrations.CreateModel(
            "Swap",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "away",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="baskets.produce"),
                ),
                (
                    "basket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="swaps", to="baskets.basket"
                    ),
                ),
                (
                    "taken",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="baskets.produce"),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=["basket", "away"], name="swap_once"),
                    models.CheckConstraint(condition=Q(("away", models.F("taken")), _negated=True), name="swap_is_another"),
                ],
            },
        ),
    ]
