from django.db import migrations, models


class Migration(migrations.Migration):
    """Of what a group needs, what its garden bears; money claimed and then taken back may be more than what is used."""

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
        migrations.AddIndex(
            model_name="settlementline", index=models.Index(fields=["settlement"], name="settled_by_settlement")
        ),
    ]
