import cageot.members.models.households
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from cageot.core.migrating import CreateModels


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('funding', '0001_first'),
        ('network', '0001_first'),
    ]

    operations = [
        CreateModels([
            migrations.CreateModel(
                name='Household',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=20, verbose_name='numéro')),
                    ('adults', models.PositiveSmallIntegerField(default=1, verbose_name='adultes')),
                    ('children', models.PositiveSmallIntegerField(default=0, verbose_name='enfants')),
                    ('language', models.CharField(default='fr', max_length=8, verbose_name='langue')),
                    ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                    ('postcode', models.CharField(blank=True, max_length=5, verbose_name='code postal')),
                    ('town', models.CharField(blank=True, max_length=80, verbose_name='commune')),
                    ('commune_code', models.CharField(blank=True, max_length=5)),
                    ('nickname', models.CharField(blank=True, max_length=40, verbose_name='nom sur les listes')),
                    ('reach_through', models.CharField(blank=True, max_length=120, verbose_name='à joindre par')),
                    ('joined_on', models.DateField(verbose_name='arrivée')),
                    ('left_on', models.DateField(blank=True, null=True, verbose_name='départ')),
                    ('last_contact_on', models.DateField(blank=True, null=True)),
                    ('erased_on', models.DateField(blank=True, null=True)),
                    ('secret', models.CharField(default=cageot.members.models.households.new_secret, editable=False, max_length=32, null=True)),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='households', to='network.garden')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('garden', 'number'), name='household_number_once'), models.CheckConstraint(condition=models.Q(('left_on__isnull', True), ('left_on__gte', models.F('joined_on')), _connector='OR'), name='household_dates'), models.CheckConstraint(condition=models.Q(('number', ''), _negated=True), name='household_is_numbered')],
                },
            ),
            migrations.CreateModel(
                name='Member',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('contact', models.BooleanField(default=True)),
                    ('civility', models.CharField(blank=True, max_length=10, verbose_name='civilité')),
                    ('first_name', models.CharField(blank=True, max_length=80, verbose_name='prénom')),
                    ('last_name', models.CharField(max_length=80, verbose_name='nom')),
                    ('email', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique')),
                    ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                    ('mobile', models.CharField(blank=True, max_length=20, verbose_name='mobile')),
                    ('search', models.CharField(editable=False, max_length=200)),
                    ('person', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='member', to='network.person')),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='members', to='members.household')),
                ],
                options={
                    'indexes': [models.Index(fields=['search'], name='member_search'), models.Index(django.db.models.functions.text.Lower('email'), name='member_email'), models.Index(fields=['mobile'], name='member_mobile'), models.Index(fields=['phone'], name='member_phone')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('contact', True)), fields=('household',), name='household_one_contact')],
                },
            ),
            migrations.CreateModel(
                name='Retention',
                fields=[
                    ('data_class', models.SlugField(max_length=40, primary_key=True, serialize=False)),
                    ('months', models.PositiveSmallIntegerField()),
                    ('held', models.BooleanField(default=False)),
                    ('held_why', models.CharField(blank=True, max_length=200)),
                ],
            ),
            migrations.CreateModel(
                name='CalendarFeed',
                fields=[
                    ('member', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='calendar_feed', serialize=False, to='members.member')),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('made_at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='DataRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('correction', 'correction'), ('erasure', 'effacement')], max_length=10)),
                    ('words', models.CharField(blank=True, max_length=300, verbose_name='ce qu’il faut corriger')),
                    ('state', models.CharField(choices=[('open', 'à traiter'), ('done', 'faite'), ('refused', 'refusée')], default='open', max_length=7)),
                    ('asked_at', models.DateTimeField()),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ('answer', models.CharField(blank=True, max_length=300)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='data_requests', to='members.household')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['correction', 'erasure'])), name='data_request_kind'), models.CheckConstraint(condition=models.Q(('state__in', ['open', 'done', 'refused'])), name='data_request_state')],
                },
            ),
            migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('referral', 'être orientée vers le jardin'), ('outcome', 'que la suite soit dite à qui oriente'), ('news', 'recevoir les nouvelles du jardin'), ('pictures', 'être photographiée'), ('study', 'répondre à l’étude'), ('acting', 'que quelqu’un agisse à sa place')], max_length=8)),
                    ('version', models.CharField(max_length=20)),
                    ('spoken', models.BooleanField(default=False)),
                    ('given_on', models.DateField()),
                    ('withdrawn_on', models.DateField(blank=True, null=True)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='members.household')),
                ],
                options={
                    'ordering': ['given_on', 'pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['referral', 'outcome', 'news', 'pictures', 'study', 'acting'])), name='consent_kind'), models.UniqueConstraint(condition=models.Q(('withdrawn_on__isnull', True)), fields=('household', 'kind'), name='consent_once')],
                },
            ),
            migrations.CreateModel(
                name='ImportMap',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('columns', models.JSONField(default=dict)),
                    ('values', models.JSONField(default=dict)),
                    ('garden', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='import_map', to='network.garden')),
                ],
            ),
            migrations.CreateModel(
                name='MemberCard',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=128, unique=True)),
                    ('made_at', models.DateTimeField()),
                    ('used_at', models.DateTimeField(blank=True, null=True)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cards', to='members.member')),
                ],
            ),
            migrations.CreateModel(
                name='MemberCode',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(max_length=4)),
                    ('digest', models.CharField(max_length=128)),
                    ('made_at', models.DateTimeField()),
                    ('until', models.DateTimeField()),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('used_at', models.DateTimeField(blank=True, null=True)),
                    ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='members.member')),
                ],
                options={
                    'indexes': [models.Index(fields=['until'], name='member_code_until')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('channel__in', ['mail', 'sms'])), name='member_code_channel')],
                },
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('ordinary', 'ordinaire'), ('solidarity', 'solidaire'), ('supporter', 'soutien')], default='ordinary', max_length=10, verbose_name='type')),
                    ('fee_cents', models.PositiveIntegerField(default=0, verbose_name='cotisation')),
                    ('from_day', models.DateField(verbose_name='début')),
                    ('until_day', models.DateField(blank=True, null=True, verbose_name='fin')),
                    ('paid_on', models.DateField(blank=True, null=True, verbose_name='payée le')),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to='members.household')),
                    ('paid_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.partner', verbose_name='payée par')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gte', models.F('from_day')), _connector='OR'), name='membership_dates'), models.CheckConstraint(condition=models.Q(('kind__in', ['ordinary', 'solidarity', 'supporter'])), name='membership_kind'), models.UniqueConstraint(fields=('household', 'from_day'), name='membership_once_a_day')],
                },
            ),
            migrations.CreateModel(
                name='MembershipFee',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('ordinary', 'ordinaire'), ('solidarity', 'solidaire'), ('supporter', 'soutien')], max_length=10, verbose_name='type')),
                    ('cents', models.PositiveIntegerField(verbose_name='cotisation')),
                    ('from_day', models.DateField(verbose_name='à partir du')),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='membership_fees', to='network.garden')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['ordinary', 'solidarity', 'supporter'])), name='membership_fee_kind'), models.UniqueConstraint(fields=('garden', 'kind', 'from_day'), name='membership_fee_once_a_day')],
                },
            ),
            migrations.CreateModel(
                name='OwnOffer',
                fields=[
                    ('garden', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='own_offer', serialize=False, to='network.garden')),
                    ('agreement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='own_offer_of', to='funding.agreement')),
                ],
            ),
            migrations.CreateModel(
                name='Purge',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('started_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('log_before', models.DateTimeField(blank=True, null=True)),
                    ('counts', models.JSONField(default=dict)),
                    ('garden', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.garden')),
                ],
            ),
            migrations.CreateModel(
                name='ReferralLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('label', models.CharField(max_length=80, verbose_name='pour qui')),
                    ('reach', models.CharField(blank=True, max_length=254, verbose_name='où répondre')),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('from_day', models.DateField()),
                    ('until_day', models.DateField(blank=True, null=True)),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('used_at', models.DateTimeField(blank=True, null=True)),
                    ('at', models.DateTimeField()),
                    ('agreement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='referral_links', to='funding.agreement')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='referral_links', to='network.garden')),
                    ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='referral_links', to='network.partner')),
                ],
                options={
                    'ordering': ['label'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gte', models.F('from_day')), _connector='OR'), name='referral_link_dates')],
                },
            ),
            migrations.CreateModel(
                name='Referral',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('referrer_name', models.CharField(max_length=80, verbose_name='votre nom')),
                    ('referrer_reach', models.CharField(max_length=254, verbose_name='vous joindre')),
                    ('first_name', models.CharField(max_length=200, verbose_name='prénom')),
                    ('last_name', models.CharField(blank=True, max_length=200, verbose_name='nom')),
                    ('reach_by', models.CharField(choices=[('referrer', 'par la personne qui oriente'), ('phone', 'par téléphone'), ('sms', 'par SMS'), ('mail', 'par courriel')], default='referrer', max_length=8, verbose_name='joindre la personne')),
                    ('reach_at', models.CharField(blank=True, max_length=254, verbose_name='numéro ou adresse')),
                    ('language', models.CharField(default='fr', max_length=8, verbose_name='langue')),
                    ('adults', models.PositiveSmallIntegerField(default=1, verbose_name='adultes')),
                    ('children', models.PositiveSmallIntegerField(default=0, verbose_name='enfants')),
                    ('commune_code', models.CharField(max_length=5, verbose_name='commune')),
                    ('months', models.PositiveSmallIntegerField(default=6, verbose_name='durée souhaitée, en mois')),
                    ('depot_key', models.PositiveBigIntegerField(blank=True, null=True)),
                    ('note', models.CharField(blank=True, max_length=200, verbose_name='un mot pour l’accueil')),
                    ('consent_version', models.CharField(max_length=20)),
                    ('consent_on', models.DateField()),
                    ('consent_spoken', models.BooleanField(default=False)),
                    ('tells_outcome', models.BooleanField(default=False)),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('person_digest', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                    ('state', models.CharField(choices=[('sent', 'envoyée'), ('asked', 'précision demandée'), ('waiting', 'liste d’attente'), ('accepted', 'accueillie'), ('declined', 'sans suite'), ('withdrawn', 'retirée'), ('expired', 'sans réponse')], default='sent', max_length=9)),
                    ('sent_at', models.DateTimeField()),
                    ('state_at', models.DateTimeField()),
                    ('reminded_at', models.DateTimeField(blank=True, null=True)),
                    ('erased_on', models.DateField(blank=True, null=True)),
                    ('agreement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='funding.agreement')),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='referrals', to='network.garden')),
                    ('household', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='referral', to='members.household')),
                    ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='merged', to='members.referral')),
                    ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='referrals', to='network.partner')),
                    ('sent_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('link', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='referrals', to='members.referrallink')),
                ],
                options={
                    'indexes': [models.Index(fields=['garden', 'state', 'state_at'], name='referral_inbox'), models.Index(fields=['partner', 'sent_at'], name='referral_of_partner')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['sent', 'asked', 'waiting', 'accepted', 'declined', 'withdrawn', 'expired'])), name='referral_state'), models.CheckConstraint(condition=models.Q(('reach_by__in', ['referrer', 'phone', 'sms', 'mail'])), name='referral_reach_by'), models.CheckConstraint(condition=models.Q(('adults__gte', 1), ('months__gte', 1), ('months__lte', 24)), name='referral_is_for_somebody'), models.CheckConstraint(condition=models.Q(('household__isnull', True), ('state', 'accepted'), _connector='OR'), name='referral_welcomed')],
                },
            ),
            migrations.CreateModel(
                name='ReferralStep',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('before', models.CharField(blank=True, max_length=9)),
                    ('after', models.CharField(choices=[('sent', 'envoyée'), ('asked', 'précision demandée'), ('waiting', 'liste d’attente'), ('accepted', 'accueillie'), ('declined', 'sans suite'), ('withdrawn', 'retirée'), ('expired', 'sans réponse')], max_length=9)),
                    ('side', models.CharField(choices=[('referrer', 'la personne qui oriente'), ('person', 'la personne orientée'), ('garden', 'le jardin'), ('clock', 'le délai')], max_length=8)),
                    ('at', models.DateTimeField()),
                    ('reason', models.CharField(blank=True, choices=[('no_place', 'plus de place'), ('far', 'hors du secteur du jardin'), ('no_depot', 'pas de dépôt accessible'), ('hours', 'jour ou heure impossible'), ('unreached', 'la personne n’a pas pu être jointe'), ('not_wanted', 'la personne ne souhaite pas continuer'), ('already', 'déjà adhérente'), ('twice', 'envoyée deux fois'), ('elsewhere', 'mieux accompagnée ailleurs'), ('agreement_full', 'la convention est complète')], max_length=16)),
                    ('words', models.CharField(blank=True, max_length=300)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('referral', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='members.referral')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('side__in', ['referrer', 'person', 'garden', 'clock'])), name='referral_step_side'), models.CheckConstraint(condition=models.Q(models.Q(('after', 'declined'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='declined_says_why')],
                },
            ),
            migrations.CreateModel(
                name='ReferralWays',
                fields=[
                    ('garden', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='referral_ways', serialize=False, to='network.garden')),
                    ('remind_days', models.PositiveSmallIntegerField(default=10, verbose_name='rappel, tous les … jours')),
                    ('expire_days', models.PositiveSmallIntegerField(default=30, verbose_name='sans réponse, prend fin après … jours')),
                    ('waiting_days', models.PositiveSmallIntegerField(default=60, verbose_name='liste d’attente relue tous les … jours')),
                    ('note_days', models.PositiveSmallIntegerField(default=30, verbose_name='mots libres effacés … jours après la réponse')),
                    ('welcome_text', models.TextField(blank=True, max_length=600, verbose_name='mot d’accueil')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('expire_days__gte', 1), ('remind_days__gte', 1), ('waiting_days__gte', 1)), name='referral_clocks_run')],
                },
            ),
            migrations.CreateModel(
                name='Support',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('from_day', models.DateField(verbose_name='début')),
                    ('until_day', models.DateField(blank=True, null=True, verbose_name='fin')),
                    ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supports', to='funding.agreement')),
                    ('household', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supports', to='members.household')),
                    ('renews', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='renewed_by', to='members.support')),
                    ('step_after', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='steps', to='members.support')),
                    ('tariff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supports', to='funding.tariff')),
                ],
                options={
                    'indexes': [models.Index(fields=['agreement', 'until_day'], name='support_ends')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gte', models.F('from_day')), _connector='OR'), name='support_dates'), models.UniqueConstraint(fields=('household', 'from_day'), name='support_once_a_day')],
                },
            ),
            migrations.CreateModel(
                name='RenewalAsk',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('to', models.CharField(max_length=254)),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('asked_at', models.DateTimeField()),
                    ('answer', models.CharField(blank=True, choices=[('granted', 'accordé'), ('refused', 'non renouvelé')], max_length=8)),
                    ('months', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('support', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='renewal_ask', to='members.support')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('answer__in', ['', 'granted', 'refused'])), name='renewal_answer')],
                },
            ),
            migrations.CreateModel(
                name='Onward',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('choice', models.CharField(choices=[('ordinary', 'prix ordinaire'), ('chosen', 'prix choisi'), ('volunteer', 'bénévolat'), ('other', 'autre dispositif'), ('left', 'ne continue pas')], max_length=9, verbose_name='et après')),
                    ('on', models.DateField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('support', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='onward', to='members.support')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('choice__in', ['ordinary', 'chosen', 'volunteer', 'other', 'left'])), name='onward_choice')],
                },
            ),
            migrations.CreateModel(
                name='EndWarning',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('weeks', models.PositiveSmallIntegerField()),
                    ('on', models.DateField()),
                    ('support', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='warnings', to='members.support')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('support', 'weeks'), name='end_warned_once')],
                },
            ),
            migrations.CreateModel(
                name='SupportMove',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('at', models.DateTimeField()),
                    ('undone_at', models.DateTimeField(blank=True, null=True)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('garden', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='support_moves', to='network.garden')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funding.agreement')),
                    ('tariff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funding.tariff')),
                ],
            ),
            migrations.CreateModel(
                name='SupportMoved',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('until_day', models.DateField(null=True)),
                    ('made', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='made_by_move', to='members.support')),
                    ('move', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='members.supportmove')),
                    ('support', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moved', to='members.support')),
                    ('tariff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='funding.tariff')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('move', 'support'), name='support_moved_once'), models.CheckConstraint(condition=models.Q(('made__isnull', True), models.Q(('made', models.F('support')), _negated=True), _connector='OR'), name='moved_is_another')],
                },
            ),
            migrations.CreateModel(
                name='Acting',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('from_day', models.DateField()),
                    ('until_day', models.DateField(blank=True, null=True)),
                    ('agreed_on', models.DateField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acts_for', to='network.person')),
                    ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acted_for_by', to='members.member')),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('until_day__isnull', True), ('until_day__gte', models.F('from_day')), _connector='OR'), name='acting_dates'), models.UniqueConstraint(fields=('member', 'person', 'from_day'), name='acting_once_a_day')],
                },
            ),
        ]),
    ]
