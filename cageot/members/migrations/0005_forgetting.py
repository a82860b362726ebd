from django.db import migrations, models

import cageot.members.models.households


class Migration(migrations.Migration):
    dependencies = [("members", "0004_referral_ways_back")]

    operations = [
        # Households that are there keep the pseudonyms that the books know: no secret makes them.
        migrations.AddField(
            model_name="household",
            name="secret",
            field=models.CharField(default="", editable=False, max_length=32, null=True),
        ),
        migrations.AlterField(
            model_name="household",
            name="secret",
            field=models.CharField(
                default=cageot.members.models.households.new_secret, editable=False, max_length=32, null=True
            ),
        ),
        migrations.AddField(
            model_name="purge",
            name="log_before",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
