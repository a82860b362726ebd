import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

from cageot.core.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('funding', '0001_first'),
        ('members', '0001_first'),
        ('network', '0001_first'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Place',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120, verbose_name='nom')),
                    ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                    ('commune_code', models.CharField(max_length=5, verbose_name='commune')),
                    ('access', models.TextField(blank=True, max_length=600, verbose_name='comment venir')),
                    ('step_free', models.BooleanField(default=False, verbose_name='accessible en fauteuil')),
                    ('equipment', models.JSONField(blank=True, default=list, verbose_name='équipement')),
                    ('archived_on', models.DateField(blank=True, null=True)),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='network.garden')),
                ],
                options={
                    'ordering': ['name'],
                    'constraints': [models.UniqueConstraint(fields=('garden', 'name'), name='place_name_once'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='place_is_named'), models.CheckConstraint(condition=django.db.models.lookups.In(django.db.models.functions.text.Length('commune_code'), (5,)), name='place_commune')],
                },
            ),
            migrations.CreateModel(
                name='Recipe',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=60, unique=True)),
                    ('title', models.CharField(max_length=120, verbose_name='titre')),
                    ('months', models.JSONField(default=list, verbose_name='mois')),
                    ('minutes', models.PositiveSmallIntegerField(verbose_name='temps en tout, en minutes')),
                    ('active_minutes', models.PositiveSmallIntegerField(verbose_name='temps de travail, en minutes')),
                    ('servings', models.PositiveSmallIntegerField(verbose_name='personnes')),
                    ('cents_per_serving', models.PositiveIntegerField(verbose_name='coût par personne')),
                    ('equipment', models.JSONField(default=list, verbose_name='matériel')),
                    ('difficulty', models.PositiveSmallIntegerField(default=1, verbose_name='difficulté')),
                    ('diet', models.JSONField(default=list, verbose_name='régimes')),
                    ('allergens', models.JSONField(default=list, verbose_name='allergènes')),
                    ('ingredients', models.JSONField(default=list, verbose_name='ingrédients')),
                    ('steps', models.JSONField(default=list, verbose_name='étapes')),
                    ('keep', models.CharField(blank=True, max_length=300, verbose_name='conserver')),
                    ('swap', models.CharField(blank=True, max_length=300, verbose_name='remplacer')),
                    ('tip', models.CharField(blank=True, max_length=300, verbose_name='astuce')),
                    ('archived_on', models.DateField(blank=True, null=True)),
                    ('origin', models.CharField(blank=True, default='', editable=False, max_length=12)),
                    ('at', models.DateTimeField(blank=True, null=True)),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('garden', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='recipes', to='network.garden')),
                ],
                options={
                    'ordering': ['title'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='recipe_is_named'), models.CheckConstraint(condition=models.Q(('difficulty__gte', 1), ('difficulty__lte', 3)), name='recipe_difficulty'), models.CheckConstraint(condition=models.Q(('servings__gte', 1)), name='recipe_servings')],
                },
            ),
            migrations.CreateModel(
                name='RecipeProduce',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=40)),
                    ('rank', models.PositiveSmallIntegerField(default=0)),
                    ('recipe', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='produce', to='workshops.recipe')),
                ],
                options={
                    'ordering': ['rank'],
                    'indexes': [models.Index(fields=['code'], name='recipe_by_produce')],
                    'constraints': [models.UniqueConstraint(fields=('recipe', 'code'), name='recipe_produce_once')],
                },
            ),
            migrations.CreateModel(
                name='Workshop',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('cooking', 'cuisine'), ('gardening', 'jardinage'), ('nutrition', 'bien manger'), ('visit', 'visite'), ('meal', 'repas partagé'), ('film', 'film, débat'), ('training', 'formation'), ('assembly', 'assemblée, réunion'), ('other', 'autre rencontre')], default='cooking', max_length=9, verbose_name='genre')),
                    ('title', models.CharField(max_length=120, verbose_name='titre')),
                    ('summary', models.CharField(blank=True, max_length=200, verbose_name='en une phrase')),
                    ('details', models.TextField(blank=True, max_length=2000, verbose_name='ce qu’on y fait')),
                    ('bring', models.CharField(blank=True, max_length=200, verbose_name='à apporter')),
                    ('languages', models.JSONField(blank=True, default=list, verbose_name='langues parlées')),
                    ('childcare', models.CharField(choices=[('none', 'pas de garde d’enfants'), ('with', 'les enfants viennent avec vous'), ('care', 'les enfants sont gardés sur place')], default='none', max_length=4, verbose_name='enfants')),
                    ('youngest', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='âge le plus jeune')),
                    ('transport', models.CharField(blank=True, max_length=200, verbose_name='transport')),
                    ('seats', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='places')),
                    ('fee_cents', models.PositiveIntegerField(default=0, verbose_name='participation demandée')),
                    ('open_door', models.BooleanField(default=False, verbose_name='entrée libre, sans inscription')),
                    ('public', models.BooleanField(default=True, verbose_name='annoncé à tous, sur une page publique')),
                    ('facilitators', models.CharField(blank=True, max_length=200, verbose_name='qui anime')),
                    ('archived_on', models.DateField(blank=True, null=True)),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='workshops', to='network.garden')),
                    ('partners', models.ManyToManyField(blank=True, related_name='workshops', to='network.partner', verbose_name='partenaires')),
                    ('recipes', models.ManyToManyField(blank=True, related_name='workshops', to='workshops.recipe', verbose_name='recettes')),
                ],
                options={
                    'ordering': ['title'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='workshop_is_named'), models.CheckConstraint(condition=models.Q(('kind__in', ['cooking', 'gardening', 'nutrition', 'visit', 'meal', 'film', 'training', 'assembly', 'other'])), name='workshop_kind'), models.CheckConstraint(condition=models.Q(('childcare__in', ['none', 'with', 'care'])), name='workshop_childcare')],
                },
            ),
            migrations.CreateModel(
                name='Session',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('starts_at', models.DateTimeField(verbose_name='début')),
                    ('ends_at', models.DateTimeField(verbose_name='fin')),
                    ('series', models.CharField(blank=True, max_length=32)),
                    ('seats', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='places')),
                    ('seats_taken', models.PositiveSmallIntegerField(default=0, editable=False)),
                    ('state', models.CharField(choices=[('planned', 'prévu'), ('held', 'tenu'), ('cancelled', 'annulé')], default='planned', max_length=9)),
                    ('moved_from', models.DateTimeField(blank=True, null=True)),
                    ('cancelled_because', models.CharField(blank=True, max_length=200, verbose_name='raison')),
                    ('adults', models.PositiveSmallIntegerField(default=0, verbose_name='adultes')),
                    ('children', models.PositiveSmallIntegerField(default=0, verbose_name='enfants')),
                    ('came', models.PositiveIntegerField(default=0, editable=False)),
                    ('report', models.TextField(blank=True, max_length=1000, verbose_name='ce qu’on en retient')),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='network.edition')),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='network.garden')),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='workshops.place')),
                    ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='workshops.workshop')),
                ],
                options={
                    'ordering': ['starts_at', 'pk'],
                    'indexes': [models.Index(fields=['garden', 'starts_at'], name='session_by_garden')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='session_times'), models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'held', 'cancelled'])), name='session_state'), models.CheckConstraint(condition=models.Q(('seats__isnull', True), ('seats_taken__lte', models.F('seats')), _connector='OR'), name='session_within_its_seats'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'cancelled'), _negated=True), models.Q(('cancelled_because', ''), _negated=True), _connector='OR'), name='session_cancelled_says_why')],
                },
            ),
            migrations.CreateModel(
                name='Enrolment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('adults', models.PositiveSmallIntegerField(default=1, verbose_name='adultes')),
                    ('children', models.PositiveSmallIntegerField(default=0, verbose_name='enfants')),
                    ('state', models.CharField(choices=[('enrolled', 'inscrit'), ('waiting', 'en attente'), ('cancelled', 'ne vient pas'), ('came', 'venu'), ('absent', 'pas venu')], default='enrolled', max_length=9)),
                    ('source', models.CharField(choices=[('space', 'par son espace'), ('public', 'par la page publique'), ('staff', 'par le jardin'), ('referrer', 'par qui l’accompagne')], default='staff', max_length=8)),
                    ('at', models.DateTimeField()),
                    ('changed_at', models.DateTimeField(blank=True, null=True)),
                    ('came_adults', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('came_children', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('household', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='members.household')),
                    ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.partner')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='workshops.session')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'indexes': [models.Index(fields=['session', 'state', 'at'], name='enrolment_in_order')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('household__isnull', False)), fields=('session', 'household'), name='enrolled_once'), models.CheckConstraint(condition=models.Q(('state__in', ['enrolled', 'waiting', 'cancelled', 'came', 'absent'])), name='enrolment_state'), models.CheckConstraint(condition=models.Q(('source__in', ['space', 'public', 'staff', 'referrer'])), name='enrolment_source'), models.CheckConstraint(condition=models.Q(('adults__gte', 1)), name='no_child_without_an_adult')],
                },
            ),
            migrations.CreateModel(
                name='EnrolmentDetails',
                fields=[
                    ('enrolment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='details', serialize=False, to='workshops.enrolment')),
                    ('first_name', models.CharField(blank=True, max_length=80, verbose_name='prénom')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique')),
                    ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                    ('needs', models.CharField(blank=True, max_length=200, verbose_name='à savoir (transport, accès…)')),
                    ('code', models.CharField(blank=True, db_index=True, max_length=64)),
                ],
            ),
            migrations.CreateModel(
                name='Opinion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('face', models.PositiveSmallIntegerField(choices=[(3, 'content'), (2, 'moyen'), (1, 'pas content')])),
                    ('sentence', models.CharField(blank=True, max_length=200, verbose_name='en une phrase')),
                    ('once', models.CharField(max_length=64, unique=True)),
                    ('on', models.DateField()),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opinions', to='workshops.session')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('face__gte', 1), ('face__lte', 3)), name='opinion_face')],
                },
            ),
            migrations.CreateModel(
                name='SessionCost',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('nature', models.CharField(choices=[('606', 'matériel, fournitures'), ('607', 'ingrédients achetés'), ('613', 'location d’une salle, d’un car'), ('622', 'intervenant payé'), ('625', 'trajets, repas'), ('658', 'autre dépense')], default='606', max_length=3, verbose_name='genre de dépense')),
                    ('label', models.CharField(max_length=120, verbose_name='dépense')),
                    ('cents', models.PositiveBigIntegerField(verbose_name='montant')),
                    ('posted_on', models.DateField(blank=True, null=True)),
                    ('reason', models.CharField(blank=True, max_length=200)),
                    ('once', models.BigIntegerField(editable=False, null=True, unique=True)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('reverses', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reversed_by', to='workshops.sessioncost')),
                    ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='costs', to='workshops.session')),
                    ('tranche', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='funding.tranche')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('cents__gt', 0), models.Q(('label', ''), _negated=True)), name='session_cost_is_something'), models.CheckConstraint(condition=models.Q(('nature__in', ['606', '607', '613', '622', '625', '658'])), name='session_cost_nature'), models.CheckConstraint(condition=models.Q(('reverses__isnull', True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='session_cost_back_says_why')],
                },
            ),
            migrations.CreateModel(
                name='Material',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('sheet', 'document'), ('photo', 'photo')], max_length=5)),
                    ('name', models.CharField(max_length=120, verbose_name='nom')),
                    ('media_type', models.CharField(max_length=80)),
                    ('content', models.BinaryField()),
                    ('digest', models.CharField(max_length=12)),
                    ('consent', models.CharField(choices=[('nobody', 'personne n’est reconnaissable'), ('given', 'chaque personne a donné son accord écrit'), ('unknown', 'accord à demander')], default='unknown', max_length=7)),
                    ('consent_until', models.DateField(blank=True, null=True, verbose_name='accord valable jusqu’au')),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('session', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='materials', to='workshops.session')),
                    ('workshop', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='materials', to='workshops.workshop')),
                ],
                options={
                    'ordering': ['name'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['sheet', 'photo'])), name='material_kind'), models.CheckConstraint(condition=models.Q(('consent__in', ['nobody', 'given', 'unknown'])), name='material_consent'), models.CheckConstraint(condition=models.Q(('kind', 'sheet'), ('media_type__in', ['image/png', 'image/jpeg', 'image/webp']), _connector='OR'), name='photo_is_a_picture')],
                },
            ),
        ]),
    ]
