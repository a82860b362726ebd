from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("baskets", "0005_how_sign_ups_end")]

    operations = [
        migrations.RemoveIndex("basket", "basket_by_delivery"),
        migrations.AddIndex(
            "basket", models.Index(fields=["delivery", "depot", "size", "state"], name="basket_by_delivery")
        ),
    ]
