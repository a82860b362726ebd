"""An offer counts the gardens that take it up, and a garden takes it up once at a time: two clicks give one place."""

from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("guide", "0002_shipped_texts")]

    operations = [
        migrations.AddField(
            "offer", "at", models.DateTimeField(default=datetime(2017, 1, 1, tzinfo=UTC)), preserve_default=False
        ),
        migrations.AddField("offer", "taken", models.PositiveIntegerField(default=0, editable=False)),
        migrations.AddConstraint(
            "offer",
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(taken__lte=F("places")), name="offer_not_taken_too_often"
            ),
        ),
        migrations.RemoveConstraint("uptake", "uptake_once"),
        migrations.AddConstraint(
            "uptake",
            models.UniqueConstraint(fields=["offer", "garden"], condition=~Q(state="dropped"), name="uptake_once"),
        ),
    ]
