from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0003_ends_and_moves"),
    ]

    operations = [
        migrations.AddField(
            model_name="referrallink",
            name="reach",
            field=models.CharField(blank=True, max_length=254, verbose_name="où répondre"),
        ),
        migrations.AddField(
            model_name="referral",
            name="person_digest",
            field=models.CharField(blank=True, max_length=64, null=True, unique=True),
        ),
    ]
