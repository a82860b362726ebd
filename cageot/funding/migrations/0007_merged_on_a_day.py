from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("funding", "0006_money_ahead")]

    operations = [
        migrations.AddField(
            model_name="billing",
            name="merged_on",
            field=models.DateField(blank=True, null=True, verbose_name="depuis le"),
        ),
    ]
