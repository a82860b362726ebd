import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

from cageot.core.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('network', '0001_first'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Chapter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('slug', models.SlugField(max_length=60, unique=True)),
                    ('rank', models.PositiveSmallIntegerField(default=0)),
                    ('title', models.CharField(max_length=160, verbose_name='titre')),
                    ('summary', models.CharField(blank=True, max_length=300, verbose_name='en une phrase')),
                    ('tags', models.JSONField(blank=True, default=list, verbose_name='mots-clés')),
                    ('archived_on', models.DateField(blank=True, null=True)),
                    ('declined', models.CharField(blank=True, default='', max_length=12)),
                ],
                options={
                    'ordering': ['rank', 'title'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='chapter_is_named')],
                },
            ),
            migrations.CreateModel(
                name='CommitteeMember',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120, verbose_name='nom')),
                    ('function', models.CharField(blank=True, max_length=120, verbose_name='fonction')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique')),
                    ('for_members', models.BooleanField(default=False, verbose_name='siège pour les adhérents')),
                    ('from_day', models.DateField(verbose_name='depuis le')),
                    ('until_day', models.DateField(blank=True, null=True, verbose_name='jusqu’au')),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='committee', to='network.garden')),
                    ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sits', to='network.partner', verbose_name='partenaire')),
                ],
                options={
                    'ordering': ['name'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gte', models.F('from_day')), _connector='OR'), name='committee_dates'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='committee_member_is_named')],
                },
            ),
            migrations.CreateModel(
                name='Digest',
                fields=[
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='digest', serialize=False, to='network.person')),
                    ('rhythm', models.CharField(choices=[('week', 'chaque semaine'), ('month', 'chaque mois'), ('never', 'jamais')], default='month', max_length=5, verbose_name='le résumé')),
                    ('told_until', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('rhythm__in', ['week', 'month', 'never'])), name='digest_rhythm')],
                },
            ),
            migrations.CreateModel(
                name='Event',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=140, verbose_name='titre')),
                    ('text', models.TextField(blank=True, max_length=4000, verbose_name='présentation')),
                    ('region', models.CharField(blank=True, max_length=3, verbose_name='région')),
                    ('place', models.CharField(max_length=200, verbose_name='lieu')),
                    ('commune_code', models.CharField(max_length=5, verbose_name='commune')),
                    ('access', models.TextField(blank=True, max_length=1000, verbose_name='comment venir')),
                    ('first_day', models.DateField(verbose_name='premier jour')),
                    ('last_day', models.DateField(verbose_name='dernier jour')),
                    ('seats', models.PositiveIntegerField(blank=True, null=True, verbose_name='places')),
                    ('seats_taken', models.PositiveIntegerField(default=0, editable=False)),
                    ('register_until', models.DateField(blank=True, null=True, verbose_name='inscription jusqu’au')),
                    ('state', models.CharField(choices=[('draft', 'en préparation'), ('open', 'inscriptions ouvertes'), ('closed', 'inscriptions closes'), ('held', 'passé'), ('cancelled', 'annulé')], default='draft', max_length=9)),
                    ('minutes', models.TextField(blank=True, max_length=20000, verbose_name='compte rendu')),
                    ('hours', models.PositiveSmallIntegerField(default=0, verbose_name='heures, pour l’attestation')),
                    ('cancelled_because', models.CharField(blank=True, max_length=200)),
                ],
                options={
                    'ordering': ['-first_day'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('last_day__isnull', True), ('last_day__gte', models.F('first_day')), _connector='OR'), name='event_dates'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'open', 'closed', 'held', 'cancelled'])), name='event_state'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='event_is_named'), models.CheckConstraint(condition=models.Q(('seats__isnull', True), ('seats_taken__lte', models.F('seats')), _connector='OR'), name='event_within_its_seats'), models.CheckConstraint(condition=django.db.models.lookups.In(django.db.models.functions.text.Length('commune_code'), (5,)), name='event_commune')],
                },
            ),
            migrations.CreateModel(
                name='Meeting',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(verbose_name='quand')),
                    ('place', models.CharField(blank=True, max_length=200, verbose_name='où')),
                    ('agenda', models.TextField(blank=True, max_length=4000, verbose_name='ordre du jour')),
                    ('notes', models.TextField(blank=True, max_length=20000, verbose_name='compte rendu')),
                    ('brief_from', models.DateField(blank=True, null=True, verbose_name='chiffres du')),
                    ('brief_until', models.DateField(blank=True, null=True, verbose_name='au')),
                    ('convened_at', models.DateTimeField(blank=True, null=True)),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='network.garden')),
                    ('present', models.ManyToManyField(blank=True, related_name='meetings', to='guide.committeemember', verbose_name='présents')),
                ],
                options={
                    'ordering': ['-at'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('brief_until__isnull', True), ('brief_until__gte', models.F('brief_from')), _connector='OR'), name='meeting_brief_dates')],
                },
            ),
            migrations.CreateModel(
                name='Decision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', models.CharField(max_length=300, verbose_name='décision')),
                    ('owner', models.CharField(blank=True, max_length=120, verbose_name='qui s’en charge')),
                    ('due_on', models.DateField(blank=True, null=True, verbose_name='pour le')),
                    ('done_on', models.DateField(blank=True, null=True, verbose_name='fait le')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='guide.meeting')),
                ],
                options={
                    'ordering': ['due_on', 'pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='decision_says_something')],
                },
            ),
            migrations.CreateModel(
                name='Offer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('collection', 'collecte en magasin'), ('volunteers', 'bénévoles'), ('equipment', 'matériel'), ('training', 'formation'), ('other', 'autre')], max_length=10, verbose_name='genre')),
                    ('title', models.CharField(max_length=140, verbose_name='titre')),
                    ('text', models.TextField(max_length=4000, verbose_name='ce qui est proposé')),
                    ('agreement', models.TextField(blank=True, max_length=8000, verbose_name='modèle d’accord local')),
                    ('departments', models.JSONField(blank=True, default=list, verbose_name='départements')),
                    ('from_day', models.DateField(verbose_name='du')),
                    ('until_day', models.DateField(blank=True, null=True, verbose_name='au')),
                    ('places', models.PositiveIntegerField(blank=True, null=True, verbose_name='jardins, au plus')),
                    ('asks', models.JSONField(blank=True, default=list, verbose_name='ce qu’on demandera au jardin')),
                    ('contact', models.CharField(blank=True, max_length=160, verbose_name='contact')),
                    ('closed_on', models.DateField(blank=True, null=True)),
                    ('at', models.DateTimeField()),
                    ('taken', models.PositiveIntegerField(default=0, editable=False)),
                    ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='network.partner', verbose_name='partenaire')),
                ],
                options={
                    'ordering': ['-from_day', 'title'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gte', models.F('from_day')), _connector='OR'), name='offer_dates'), models.CheckConstraint(condition=models.Q(('kind__in', ['collection', 'volunteers', 'equipment', 'training', 'other'])), name='offer_kind'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='offer_is_named'), models.CheckConstraint(condition=models.Q(('places__isnull', True), ('taken__lte', models.F('places')), _connector='OR'), name='offer_not_taken_too_often')],
                },
            ),
            migrations.CreateModel(
                name='OfferPlace',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120)),
                    ('commune_code', models.CharField(max_length=5)),
                    ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='spots', to='guide.offer')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('offer', 'name', 'commune_code'), name='offer_place_once')],
                },
            ),
            migrations.CreateModel(
                name='Question',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=160, verbose_name='question')),
                    ('body', models.TextField(blank=True, max_length=4000, verbose_name='en détail')),
                    ('tags', models.JSONField(blank=True, default=list, verbose_name='mots-clés')),
                    ('state', models.CharField(choices=[('open', 'ouverte'), ('answered', 'répondue'), ('hidden', 'retirée par la modération')], default='open', max_length=8)),
                    ('hidden_because', models.CharField(blank=True, max_length=200)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('garden', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='network.garden')),
                ],
                options={
                    'ordering': ['-at', '-pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='question_is_asked'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'answered', 'hidden'])), name='question_state')],
                },
            ),
            migrations.CreateModel(
                name='Sheet',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=140, verbose_name='titre')),
                    ('tags', models.JSONField(blank=True, default=list, verbose_name='mots-clés')),
                    ('contact', models.CharField(blank=True, max_length=160, verbose_name='à qui écrire')),
                    ('state', models.CharField(choices=[('draft', 'brouillon'), ('published', 'publiée'), ('hidden', 'retirée par la modération')], default='draft', max_length=9)),
                    ('hidden_because', models.CharField(blank=True, max_length=200)),
                    ('at', models.DateTimeField()),
                    ('changed_at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sheets', to='network.person')),
                    ('garden', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sheets', to='network.garden')),
                ],
                options={
                    'ordering': ['-changed_at', '-pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='sheet_is_named'), models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'published', 'hidden'])), name='sheet_state')],
                },
            ),
            migrations.CreateModel(
                name='Reply',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('body', models.TextField(max_length=4000, verbose_name='votre réponse')),
                    ('helped', models.BooleanField(default=False)),
                    ('hidden_because', models.CharField(blank=True, max_length=200)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('garden', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.garden')),
                    ('question', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='guide.question')),
                    ('sheet', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='guide.sheet')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('question__isnull', False), ('sheet__isnull', True)), models.Q(('question__isnull', True), ('sheet__isnull', False)), _connector='OR'), name='reply_to_one_thing'), models.CheckConstraint(condition=models.Q(('body', ''), _negated=True), name='reply_says_something')],
                },
            ),
            migrations.CreateModel(
                name='Flag',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(max_length=200, verbose_name='pourquoi')),
                    ('at', models.DateTimeField()),
                    ('settled_at', models.DateTimeField(blank=True, null=True)),
                    ('outcome', models.CharField(blank=True, max_length=200)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('question', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='guide.question')),
                    ('reply', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='guide.reply')),
                    ('sheet', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='guide.sheet')),
                ],
                options={
                    'ordering': ['settled_at', 'at'],
                },
            ),
            migrations.CreateModel(
                name='Attachment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120)),
                    ('media_type', models.CharField(max_length=80)),
                    ('content', models.BinaryField()),
                    ('digest', models.CharField(max_length=12)),
                    ('at', models.DateTimeField()),
                    ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='guide.sheet')),
                ],
                options={
                    'ordering': ['name'],
                },
            ),
            migrations.CreateModel(
                name='AlsoDone',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='chez nous')),
                    ('on', models.DateField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.garden')),
                    ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='also', to='guide.sheet')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('sheet', 'garden'), name='also_done_once')],
                },
            ),
            migrations.CreateModel(
                name='SheetVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('problem', models.TextField(max_length=4000, verbose_name='le problème')),
                    ('done', models.TextField(max_length=8000, verbose_name='ce que nous avons fait')),
                    ('cost', models.TextField(blank=True, max_length=2000, verbose_name='ce que ça a coûté (temps, argent)')),
                    ('change', models.TextField(blank=True, max_length=4000, verbose_name='ce que nous ferions autrement')),
                    ('note', models.CharField(blank=True, max_length=160, verbose_name='ce qui change dans cette version')),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='guide.sheet')),
                ],
                options={
                    'ordering': ['-number'],
                    'constraints': [models.UniqueConstraint(fields=('sheet', 'number'), name='sheet_version_once')],
                },
            ),
            migrations.CreateModel(
                name='Slot',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('from_time', models.TimeField(verbose_name='de')),
                    ('until_time', models.TimeField(verbose_name='à')),
                    ('title', models.CharField(max_length=140, verbose_name='titre')),
                    ('speaker', models.CharField(blank=True, max_length=160, verbose_name='avec')),
                    ('room', models.CharField(blank=True, max_length=80, verbose_name='salle')),
                    ('text', models.CharField(blank=True, max_length=300, verbose_name='en une phrase')),
                    ('chosen', models.BooleanField(default=False, verbose_name='sur inscription')),
                    ('seats', models.PositiveIntegerField(blank=True, null=True, verbose_name='places')),
                    ('seats_taken', models.PositiveIntegerField(default=0, editable=False)),
                    ('minutes', models.TextField(blank=True, max_length=8000, verbose_name='compte rendu')),
                    ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slots', to='guide.event')),
                ],
                options={
                    'ordering': ['day', 'from_time', 'title'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('until_time__gt', models.F('from_time'))), name='slot_times'), models.CheckConstraint(condition=models.Q(('seats__isnull', True), ('seats_taken__lte', models.F('seats')), _connector='OR'), name='slot_within_its_seats')],
                },
            ),
            migrations.CreateModel(
                name='Registration',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('first_name', models.CharField(max_length=80, verbose_name='prénom')),
                    ('last_name', models.CharField(max_length=80, verbose_name='nom')),
                    ('organisation', models.CharField(blank=True, max_length=160, verbose_name='organisme')),
                    ('email', models.EmailField(max_length=254, verbose_name='adresse électronique')),
                    ('meals', models.BooleanField(default=True, verbose_name='prend le repas')),
                    ('needs', models.CharField(blank=True, max_length=200, verbose_name='à savoir (régime, accès…)')),
                    ('travel', models.CharField(choices=[('none', 'rien à partager'), ('offers', 'propose des places'), ('seeks', 'cherche une place')], default='none', max_length=6, verbose_name='trajet')),
                    ('travel_from', models.CharField(blank=True, max_length=5, verbose_name='commune de départ')),
                    ('travel_seats', models.PositiveSmallIntegerField(default=0, verbose_name='places proposées')),
                    ('travel_note', models.CharField(blank=True, max_length=120, verbose_name='heure, moyen…')),
                    ('share_contact', models.BooleanField(default=False, verbose_name='mon adresse peut être donnée pour le trajet')),
                    ('state', models.CharField(choices=[('coming', 'vient'), ('waiting', 'en attente'), ('cancelled', 'ne vient plus'), ('came', 'venu'), ('absent', 'absent')], default='coming', max_length=9)),
                    ('at', models.DateTimeField()),
                    ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registrations', to='guide.event')),
                    ('garden', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.garden')),
                    ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('slots', models.ManyToManyField(blank=True, related_name='registrations', to='guide.slot')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'constraints': [models.UniqueConstraint(fields=('event', 'email'), name='registered_once'), models.CheckConstraint(condition=models.Q(('state__in', ['coming', 'waiting', 'cancelled', 'came', 'absent'])), name='registration_state'), models.CheckConstraint(condition=models.Q(('travel__in', ['none', 'offers', 'seeks'])), name='registration_travel'), models.CheckConstraint(condition=models.Q(('last_name', ''), _negated=True), name='registration_is_somebody')],
                },
            ),
            migrations.CreateModel(
                name='StartTick',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('step', models.SlugField(max_length=60)),
                    ('on', models.DateField()),
                    ('note', models.CharField(blank=True, max_length=200)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='start_ticks', to='network.garden')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('garden', 'step'), name='start_tick_once')],
                },
            ),
            migrations.CreateModel(
                name='Template',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=60)),
                    ('title', models.CharField(max_length=160, verbose_name='titre')),
                    ('purpose', models.CharField(blank=True, max_length=300, verbose_name='à quoi il sert')),
                    ('blocks', models.JSONField(default=list)),
                    ('version', models.PositiveIntegerField(default=1)),
                    ('note', models.CharField(blank=True, max_length=160, verbose_name='ce qui change')),
                    ('origin', models.CharField(blank=True, default='', max_length=160)),
                    ('declined', models.CharField(blank=True, default='', max_length=12)),
                    ('base', models.PositiveIntegerField(blank=True, null=True)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('garden', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='templates', to='network.garden')),
                ],
                options={
                    'ordering': ['title', '-version'],
                    'constraints': [models.UniqueConstraint(fields=('garden', 'code', 'version'), name='garden_template_version_once'), models.UniqueConstraint(condition=models.Q(('garden__isnull', True)), fields=('code', 'version'), name='network_template_version_once'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='template_is_named')],
                },
            ),
            migrations.CreateModel(
                name='Uptake',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('preparing', 'accord à signer'), ('agreed', 'en cours'), ('done', 'terminé, raconté'), ('dropped', 'abandonné')], default='preparing', max_length=9)),
                    ('agreement', models.TextField(blank=True, max_length=8000, verbose_name='accord local')),
                    ('on_day', models.DateField(blank=True, null=True, verbose_name='quand')),
                    ('answers', models.JSONField(blank=True, default=dict)),
                    ('report', models.CharField(blank=True, max_length=300, verbose_name='en une phrase')),
                    ('reported_on', models.DateField(blank=True, null=True)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uptakes', to='network.garden')),
                    ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uptakes', to='guide.offer')),
                    ('spot', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='uptakes', to='guide.offerplace')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'dropped'), _negated=True), fields=('offer', 'garden'), name='uptake_once'), models.CheckConstraint(condition=models.Q(('state__in', ['preparing', 'agreed', 'done', 'dropped'])), name='uptake_state')],
                },
            ),
            migrations.CreateModel(
                name='ChapterVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveIntegerField()),
                    ('text', models.TextField(max_length=100000, verbose_name='texte')),
                    ('note', models.CharField(blank=True, max_length=160, verbose_name='ce qui change')),
                    ('origin', models.CharField(blank=True, max_length=160)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='network.person')),
                    ('chapter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='guide.chapter')),
                ],
                options={
                    'ordering': ['-number'],
                    'constraints': [models.UniqueConstraint(fields=('chapter', 'number'), name='chapter_version_once')],
                },
            ),
        ]),
    ]
