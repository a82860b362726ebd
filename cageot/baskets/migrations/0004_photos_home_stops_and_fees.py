import django.db.models.deletion
from django.db import migrations, models


def home_stops_know_their_household(apps, schema_editor):
    """A depot that was only said to be at somebody's home becomes that household's stop, or is hidden from the public."""
    Depot = apps.get_model("baskets", "Depot")
    Subscription = apps.get_model("baskets", "Subscription")
    for depot in Depot.objects.filter(home=True):
        there = list(Subscription.objects.filter(depot=depot).values_list("household", flat=True).distinct()[:2])
        if len(there) == 1:
            Depot.objects.filter(pk=depot.pk).update(household=there[0])
        else:
            Depot.objects.filter(pk=depot.pk).update(kind="professional")
    if schema_editor.connection.vendor == "postgresql":  # no table changes while a reference is still to be checked
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ('baskets', '0003_sign_ups'),
        ('members', '0001_initial'),
        ('network', '0002_held_by_the_database'),
    ]

    operations = [
        migrations.CreateModel(
            name='DepotPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('image/png', 'PNG'), ('image/jpeg', 'JPEG'), ('image/webp', 'WebP')], max_length=10)),
                ('content', models.BinaryField()),
                ('digest', models.CharField(max_length=12)),
                ('alt', models.CharField(blank=True, max_length=120, verbose_name='ce que montre la photo')),
                ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='depot_photos', to='network.garden')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['image/png', 'image/jpeg', 'image/webp'])), name='depot_photo_kind')],
            },
        ),
        migrations.AddField(
            model_name='depot',
            name='photo',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='depots', to='baskets.depotphoto'),
        ),
        migrations.AddField(
            model_name='depot',
            name='household',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='home_stops', to='members.household', verbose_name='à domicile chez'),
        ),
        migrations.RunPython(home_stops_know_their_household, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(
            model_name='depot',
            name='home',
        ),
        migrations.AddField(
            model_name='basket',
            name='fee_cents',
            field=models.PositiveIntegerField(default=0, verbose_name='frais de livraison'),
        ),
        migrations.AddField(
            model_name='ways',
            name='next_first',
            field=models.CharField(choices=[('without', 'à un foyer du dépôt sans panier ce jour-là, qui en a eu le moins'), ('pot', 'au pot commun du jardin'), ('anybody', 'à la personne que le bénévole choisit')], default='without', max_length=7, verbose_name='d’abord'),
        ),
        migrations.AddConstraint(
            model_name='ways',
            constraint=models.CheckConstraint(condition=models.Q(('next_first__in', ['without', 'pot', 'anybody'])), name='ways_next_first'),
        ),
    ]
