from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Of what a group needs, what its garden bears, and how much of it is met; money claimed and then taken back may be more than what is used."""

    dependencies = [("funding", "0003_grants_followed")]

    operations = [
        migrations.RemoveConstraint(model_name="tranche", name="tranche_claims_what_it_used"),
        migrations.AddField(
            model_name="proposalline",
            name="uncovered_cents",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="settlementline",
            name="uncovered_cents",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="settlementline",
            name="to_garden_cents",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RemoveConstraint(model_name="settlementline", name="settlement_line_not_zero"),
        migrations.AddConstraint(
            model_name="settlementline",
            constraint=models.CheckConstraint(
                condition=~Q(("cents", 0), ("to_garden_cents", 0)), name="settlement_line_not_zero"
            ),
        ),
        migrations.AddIndex(
            model_name="settlementline", index=models.Index(fields=["settlement"], name="settled_by_settlement")
        ),
    ]
