import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

from cageot.core.migrating import CreateModels


# SQLite: an FTS5 table that holds the stems alone, kept true by triggers. A later migration that rebuilds network_findable
# must lay these triggers again.
SQLITE = [
    "CREATE VIRTUAL TABLE network_found USING fts5(title_words, words, content='network_findable', content_rowid='id')",
    "CREATE TRIGGER found_insert AFTER INSERT ON network_findable BEGIN"
    " INSERT INTO network_found(rowid, title_words, words) VALUES (NEW.id, NEW.title_words, NEW.words); END",
    "CREATE TRIGGER found_delete AFTER DELETE ON network_findable BEGIN"
    " INSERT INTO network_found(network_found, rowid, title_words, words) VALUES ('delete', OLD.id, OLD.title_words, OLD.words); END",
    "CREATE TRIGGER found_update AFTER UPDATE ON network_findable BEGIN"
    " INSERT INTO network_found(network_found, rowid, title_words, words) VALUES ('delete', OLD.id, OLD.title_words, OLD.words);"
    " INSERT INTO network_found(rowid, title_words, words) VALUES (NEW.id, NEW.title_words, NEW.words); END",
]
# PostgreSQL: a column that the database itself computes, so that a question ranks what it finds without reading texts again.
POSTGRESQL = [
    "ALTER TABLE network_findable ADD COLUMN found tsvector GENERATED ALWAYS AS"
    " (setweight(to_tsvector('simple', title_words), 'A') || setweight(to_tsvector('simple', words), 'D')) STORED",
    # Kept in the row itself: a word of every text would fetch each from aside.
    "ALTER TABLE network_findable ALTER COLUMN found SET STORAGE MAIN",
    "CREATE INDEX network_found ON network_findable USING gin (found)",
]


def make(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement, params=None)


def unmake(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE network_findable DROP COLUMN found")
        return
    for name in ("found_insert", "found_delete", "found_update"):
        editor.execute(f"DROP TRIGGER {name}")
    editor.execute("DROP TABLE network_found")


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Attempts',
                fields=[
                    ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                    ('since', models.DateTimeField(db_index=True)),
                    ('count', models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='Garden',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                    ('name', models.CharField(max_length=120, verbose_name='nom d’usage')),
                    ('legal_name', models.CharField(blank=True, max_length=160, verbose_name='raison sociale')),
                    ('commune_code', models.CharField(max_length=5, verbose_name='commune')),
                    ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse du siège')),
                    ('postcode', models.CharField(blank=True, max_length=5, verbose_name='code postal')),
                    ('management_address', models.CharField(blank=True, max_length=200, verbose_name='adresse de gestion, si elle est autre')),
                    ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone public')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique publique')),
                    ('website', models.URLField(blank=True, verbose_name='site')),
                    ('siret', models.CharField(blank=True, max_length=14, verbose_name='SIRET')),
                    ('iban', models.CharField(blank=True, max_length=34, verbose_name='IBAN')),
                    ('bic', models.CharField(blank=True, max_length=11, verbose_name='BIC')),
                    ('ics', models.CharField(blank=True, max_length=13, verbose_name='identifiant de créancier (ICS)')),
                    ('vat_subject', models.BooleanField(default=False, verbose_name='assujetti à la TVA')),
                ],
                options={
                    'ordering': ['name'],
                    'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('code'), name='garden_code_once'), models.CheckConstraint(condition=django.db.models.lookups.In(django.db.models.functions.text.Length('commune_code'), (5,)), name='garden_commune'), models.CheckConstraint(condition=django.db.models.lookups.In(django.db.models.functions.text.Length('postcode'), (0, 5)), name='garden_postcode'), models.CheckConstraint(condition=django.db.models.lookups.In(django.db.models.functions.text.Length('siret'), (0, 14)), name='garden_siret'), models.CheckConstraint(condition=django.db.models.lookups.In(django.db.models.functions.text.Length('iban'), (0, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34)), name='garden_iban'), models.CheckConstraint(condition=django.db.models.lookups.In(django.db.models.functions.text.Length('bic'), (0, 8, 11)), name='garden_bic'), models.CheckConstraint(condition=django.db.models.lookups.In(django.db.models.functions.text.Length('ics'), (0, 13)), name='garden_ics')],
                },
            ),
            migrations.CreateModel(
                name='Findable',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=12)),
                    ('key', models.CharField(max_length=60)),
                    ('title', models.CharField(max_length=200)),
                    ('text', models.TextField()),
                    ('words', models.TextField()),
                    ('title_words', models.TextField()),
                    ('reach', models.CharField(choices=[('all', 'all'), ('garden', 'garden'), ('network', 'network')], default='all', max_length=7)),
                    ('day', models.DateField(blank=True, null=True)),
                    ('garden', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.garden')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('kind', 'key'), name='findable_once'), models.CheckConstraint(condition=models.Q(('reach__in', ['all', 'garden', 'network'])), name='findable_reach')],
                },
            ),
            migrations.CreateModel(
                name='GardenStatus',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('status', models.CharField(choices=[('candidate', 'candidat'), ('preparing', 'en préparation'), ('active', 'actif'), ('suspended', 'suspendu'), ('left', 'sorti')], max_length=10)),
                    ('from_day', models.DateField()),
                    ('until_day', models.DateField(blank=True, null=True)),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statuses', to='network.garden')),
                ],
                options={
                    'ordering': ['from_day'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gte', models.F('from_day')), _connector='OR'), name='garden_status_dates'), models.CheckConstraint(condition=models.Q(('status__in', ['candidate', 'preparing', 'active', 'suspended', 'left'])), name='garden_status_known'), models.UniqueConstraint(fields=('garden', 'from_day'), name='garden_status_once_a_day')],
                },
            ),
            migrations.CreateModel(
                name='Installation',
                fields=[
                    ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                    ('kind', models.CharField(choices=[('real', 'réel'), ('demo', 'démonstration')], max_length=4)),
                    ('pseudonym_key', models.CharField(max_length=64)),
                    ('recipe', models.JSONField(blank=True, default=dict)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='installation_is_one_row'), models.CheckConstraint(condition=models.Q(('kind__in', ['real', 'demo'])), name='installation_kind')],
                },
            ),
            migrations.CreateModel(
                name='Message',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('about', models.CharField(max_length=60)),
                    ('kind', models.SlugField(max_length=40)),
                    ('channel', models.CharField(choices=[('mail', 'courriel'), ('sms', 'SMS'), ('letter', 'courrier')], max_length=6)),
                    ('to', models.CharField(max_length=320)),
                    ('language', models.CharField(default='fr', max_length=8)),
                    ('subject', models.CharField(blank=True, max_length=200)),
                    ('body', models.TextField()),
                    ('digest', models.CharField(blank=True, max_length=60)),
                    ('once', models.CharField(max_length=120, unique=True)),
                    ('state', models.CharField(choices=[('waiting', 'en attente'), ('leaving', 'en train de partir'), ('sent', 'parti'), ('to_print', 'à imprimer'), ('failed', 'n’est pas parti'), ('dropped', 'retiré')], default='waiting', max_length=8)),
                    ('problem', models.CharField(blank=True, max_length=200)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('made_at', models.DateTimeField()),
                    ('due_at', models.DateTimeField()),
                    ('claimed_at', models.DateTimeField(blank=True, null=True)),
                    ('sent_at', models.DateTimeField(blank=True, null=True)),
                    ('garden', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='network.garden')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='message_waiting'), models.Index(fields=['about'], name='message_about'), models.Index(fields=['garden', 'state'], name='message_of_garden')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('channel__in', ['mail', 'sms', 'letter'])), name='message_channel'), models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'leaving', 'sent', 'to_print', 'failed', 'dropped'])), name='message_state'), models.CheckConstraint(condition=models.Q(('state', 'sent'), ('sent_at__isnull', True), _connector='OR'), name='message_sent_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'leaving'), _negated=True), ('claimed_at__isnull', False), _connector='OR'), name='message_leaving_says_since')],
                },
            ),
            migrations.CreateModel(
                name='Partner',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=160, verbose_name='nom')),
                    ('kind', models.CharField(choices=[('ccas', 'CCAS'), ('caf', 'CAF'), ('msa', 'MSA'), ('department', 'Département'), ('region', 'Région'), ('state', 'État'), ('municipality', 'commune ou intercommunalité'), ('association', 'association'), ('foundation', 'fondation'), ('company', 'entreprise'), ('university', 'université'), ('other', 'autre')], max_length=12, verbose_name='genre')),
                    ('level', models.CharField(choices=[('local', 'local'), ('national', 'national')], default='local', max_length=8, verbose_name='échelle')),
                    ('public', models.BooleanField(default=False, verbose_name='organisme public')),
                    ('funds', models.BooleanField(default=False, verbose_name='finance')),
                    ('refers', models.BooleanField(default=False, verbose_name='oriente des personnes')),
                    ('hosts', models.BooleanField(default=False, verbose_name='accueille un dépôt')),
                    ('steers', models.BooleanField(default=False, verbose_name='participe au pilotage')),
                    ('runs_workshops', models.BooleanField(default=False, verbose_name='anime des ateliers')),
                    ('commune_code', models.CharField(blank=True, max_length=5, verbose_name='commune')),
                    ('siret', models.CharField(blank=True, max_length=14, verbose_name='SIRET')),
                    ('contact', models.CharField(blank=True, max_length=160, verbose_name='contact')),
                    ('gardens', models.ManyToManyField(blank=True, related_name='partners', to='network.garden', verbose_name='jardins')),
                ],
                options={
                    'ordering': ['name'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='partner_is_named'), models.CheckConstraint(condition=django.db.models.lookups.In(django.db.models.functions.text.Length('siret'), (0, 14)), name='partner_siret'), models.CheckConstraint(condition=models.Q(('level__in', ['local', 'national'])), name='partner_level'), models.CheckConstraint(condition=models.Q(('kind__in', ['ccas', 'caf', 'msa', 'department', 'region', 'state', 'municipality', 'association', 'foundation', 'company', 'university', 'other'])), name='partner_kind')],
                },
            ),
            migrations.CreateModel(
                name='Person',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('first_name', models.CharField(max_length=80, verbose_name='prénom')),
                    ('last_name', models.CharField(blank=True, max_length=80, verbose_name='nom')),
                    ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ],
            ),
            migrations.CreateModel(
                name='Login',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('email', models.EmailField(max_length=254, unique=True, verbose_name='adresse électronique')),
                    ('is_active', models.BooleanField(default=True)),
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='login', to='network.person')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='login_email_once')],
                },
            ),
            migrations.CreateModel(
                name='LogEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('verb', models.CharField(max_length=60)),
                    ('about', models.CharField(blank=True, max_length=60)),
                    ('detail', models.JSONField(default=dict)),
                    ('garden', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.garden')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ],
                options={
                    'indexes': [models.Index(models.F('garden'), models.OrderBy(models.F('at'), descending=True), name='log_by_garden'), models.Index(models.F('about'), models.OrderBy(models.F('at'), descending=True), name='log_by_thing')],
                },
            ),
            migrations.CreateModel(
                name='NotWanted',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('about', models.CharField(max_length=60)),
                    ('kind', models.SlugField(max_length=40)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('about', 'kind'), name='not_wanted_once')],
                },
            ),
            migrations.CreateModel(
                name='Role',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('network', 'réseau'), ('coordinator', 'coordination du jardin'), ('helper', 'aide au jardin'), ('treasurer', 'trésorerie du jardin'), ('auditor', 'contrôle, en lecture seule'), ('referrer', 'orientation'), ('funder', 'financement, chiffres seuls')], max_length=12)),
                    ('from_day', models.DateField()),
                    ('until_day', models.DateField(blank=True, null=True)),
                    ('garden', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='network.garden')),
                    ('partner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='network.partner')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='roles', to='network.person')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['network', 'coordinator', 'helper', 'treasurer', 'auditor', 'referrer', 'funder'])), name='role_kind'), models.CheckConstraint(condition=models.Q(models.Q(('garden__isnull', True), ('kind', 'network'), ('partner__isnull', True)), models.Q(('garden__isnull', True), ('kind__in', ['referrer', 'funder']), ('partner__isnull', False)), models.Q(('garden__isnull', False), ('kind__in', ['coordinator', 'helper', 'treasurer', 'auditor']), ('partner__isnull', True)), _connector='OR'), name='role_has_its_place'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'auditor'), _negated=True), ('until_day__isnull', False), _connector='OR'), name='audit_ends'), models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gte', models.F('from_day')), _connector='OR'), name='role_dates'), models.UniqueConstraint(fields=('person', 'kind', 'garden', 'from_day'), name='role_once_a_day'), models.UniqueConstraint(condition=models.Q(('kind', 'network')), fields=('person', 'from_day'), name='network_role_once_a_day'), models.UniqueConstraint(fields=('person', 'kind', 'partner', 'from_day'), name='partner_role_once_a_day')],
                },
            ),
            migrations.CreateModel(
                name='Unreachable',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(choices=[('mail', 'courriel'), ('sms', 'SMS'), ('letter', 'courrier')], max_length=6)),
                    ('to', models.CharField(max_length=320)),
                    ('why', models.CharField(max_length=200)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('channel', 'to'), name='unreachable_once')],
                },
            ),
            migrations.CreateModel(
                name='Edition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(max_length=20, unique=True, verbose_name='code')),
                    ('name', models.CharField(max_length=120, verbose_name='nom')),
                    ('from_day', models.DateField(verbose_name='début')),
                    ('until_day', models.DateField(verbose_name='fin')),
                    ('goal_baskets', models.PositiveIntegerField(verbose_name='objectif, en paniers')),
                    ('member_cap_bp', models.PositiveIntegerField(default=3000, verbose_name='part la plus haute de l’adhérent, en centièmes de pour cent')),
                    ('charter', models.TextField(blank=True, verbose_name='charte')),
                ],
                options={
                    'ordering': ['from_day'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gte', models.F('from_day')), _connector='OR'), name='edition_dates'), models.CheckConstraint(condition=models.Q(('member_cap_bp__lte', 10000)), name='edition_cap_at_most_the_price')],
                },
            ),
            migrations.CreateModel(
                name='BudgetLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('label', models.CharField(max_length=120)),
                    ('cents', models.PositiveBigIntegerField()),
                    ('assumed', models.BooleanField(default=False)),
                    ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='budget', to='network.edition')),
                ],
                options={
                    'ordering': ['pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='budget_line_is_named')],
                },
            ),
            migrations.CreateModel(
                name='FindableWord',
                fields=[
                    ('word', models.CharField(max_length=40, primary_key=True, serialize=False)),
                    ('first', models.CharField(max_length=1)),
                    ('length', models.PositiveSmallIntegerField()),
                ],
                options={
                    'indexes': [models.Index(fields=['first', 'length'], name='findable_word_near')],
                },
            ),
            migrations.CreateModel(
                name='GardenLogo',
                fields=[
                    ('garden', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='logo', serialize=False, to='network.garden')),
                    ('kind', models.CharField(choices=[('image/png', 'PNG'), ('image/jpeg', 'JPEG'), ('image/webp', 'WebP')], max_length=10)),
                    ('content', models.BinaryField()),
                    ('digest', models.CharField(max_length=12)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['image/png', 'image/jpeg', 'image/webp'])), name='garden_logo_kind')],
                },
            ),
        ]),
        migrations.RunPython(make, unmake),
    ]
