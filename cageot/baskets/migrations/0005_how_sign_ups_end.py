"""When a sign-up came into its state, and how it ended when nothing came of it."""

from django.db import migrations, models
from django.db.models import F, Q


def since_asked(apps, schema_editor):
    apps.get_model("baskets", "SignUp").objects.update(state_at=F("asked_at"))


class Migration(migrations.Migration):
    dependencies = [("baskets", "0004_photos_home_stops_and_fees")]

    operations = [
        migrations.AddField(
            "signup",
            "ended",
            models.CharField(
                blank=True,
                choices=[("refused", "place refusée"), ("expired", "pas de réponse"), ("dropped", "retirée")],
                default="",
                max_length=7,
            ),
            preserve_default=False,
        ),
        migrations.AddField("signup", "state_at", models.DateTimeField(null=True)),
        migrations.RunPython(since_asked, migrations.RunPython.noop, elidable=True),
        migrations.AlterField("signup", "state_at", models.DateTimeField()),
        migrations.AddConstraint(
            "signup",
            models.CheckConstraint(
                condition=Q(("ended__in", ["", "refused", "expired", "dropped"])), name="sign_up_ended"
            ),
        ),
        migrations.AddConstraint(
            "signup",
            models.CheckConstraint(
                condition=Q(("ended", ""), ("state", "dropped"), _connector="OR"), name="sign_up_ended_when_dropped"
            ),
        ),
    ]
