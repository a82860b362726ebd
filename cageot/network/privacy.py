"""What the network's tables tell of people, and the tables of Django and allauth that stand beside them."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from cageot.core.privacy import Fate, Table, moment
from cageot.network.models import Role

WHO = "says who acted; the person leaves with their own clock"


def gone(person: str, day: date) -> Q:
    """Whoever had a role, and has had none nor come in since that day. `person`: the field that names them."""
    theirs = Role.objects.filter(person=OuterRef(person))
    since = theirs.filter(Q(until_day__isnull=True) | Q(until_day__gte=day))
    login = "login" if person == "pk" else f"{person}__login"
    came = Q(**{f"{login}__last_login__gte": moment(day)})
    return Q(Exists(theirs)) & ~Q(Exists(since)) & ~came


TABLES = [
    Table("network.Installation", "Says what this base is for, and keys the pseudonyms of an edition.",
          none="id kind pseudonym_key recipe"),
    Table("network.Edition", "A year of the programme.",
          none="id code name from_day until_day goal_baskets member_cap_bp charter"),
    Table("network.BudgetLine", "An edition's budget.", none="id edition label cents assumed"),
    Table("network.Garden", "Who a garden is, as it tells everybody: an organisation's address and telephone.",
          none="id code name legal_name commune_code address postcode management_address phone email website siret iban bic ics vat_subject"),
    Table("network.GardenLogo", "A garden's picture.", none="garden kind content digest"),
    Table("network.GardenStatus", "Where a garden stands in the programme.", none="id garden status from_day until_day"),
    Table("network.Partner_gardens", "Which partner works with which garden.", none="id partner garden"),
    Table("network.Partner", "An organisation, and whom to ask for there.", "partner",
          personal="contact", blank="contact",
          none="id name kind level public funds refers hosts steers runs_workshops commune_code siret",
          due=lambda day: Q(agreements__isnull=False) & ~Q(agreements__until_day__isnull=True) & ~Q(agreements__until_day__gte=day)),
    Table("network.Person", "Somebody who acts in the programme for an organisation.", "person",
          personal="first_name last_name phone", blank="first_name last_name phone", none="id",
          due=lambda day: gone("pk", day)),
    Table("network.Login", "How somebody who acts comes in.", "person", Fate.GOES,
          personal="email", indirect="person last_login", none="id password is_active",
          due=lambda day: gone("person", day)),
    Table("network.Role", "What a person may do, where and when.",
          indirect="person", none="id kind garden partner from_day until_day"),
    Table("network.LogEvent", "Who did what, and who read what, when. It names rows, never people.", "log", Fate.GOES,
          indirect="by about", none="id at garden verb detail", due=lambda day: Q(at__lt=moment(day))),
    Table("network.Message", "What is told to people, until it has left and can be looked at.", "message", Fate.GOES,
          personal="to", indirect="about", free="subject body problem",
          none="id garden kind channel language digest once state tries made_at due_at claimed_at sent_at",
          about="about", due=lambda day: Q(made_at__lt=moment(day))),
    Table("network.Unreachable", "An address or a number that came back.", "message", Fate.GOES,
          personal="to", free="why", none="id channel at", due=lambda day: Q(at__lt=moment(day))),
    Table("network.NotWanted", "What somebody does not want to be told.", "household", Fate.GOES,
          indirect="about by", none="id kind at", about="about"),
    Table("network.Attempts", "How often a door was tried.", "passing", Fate.GOES,
          none="key since count", due=lambda day: Q(since__lt=moment(day))),
    # --- Not ours, but in our base ---
    Table("sessions.Session", "Who is signed in.", "passing", Fate.GOES,
          indirect="session_data", none="session_key expire_date", due=lambda day: Q(expire_date__lt=moment(day))),
    Table("account.EmailAddress", "The address of a way in, as allauth keeps it.", "person", Fate.GOES,
          personal="email", indirect="user", none="id verified primary", due=lambda day: gone("user__person", day)),
    Table("account.EmailConfirmation", "An address to confirm, as allauth keeps it: never used here.", "passing", Fate.GOES,
          indirect="email_address", none="id created sent key", due=lambda day: Q(created__lt=moment(day))),
    Table("auth.Permission", "Django's own, not used here.", none="id name content_type codename"),
    Table("auth.Group", "Django's own, not used here.", none="id name"),
    Table("auth.Group_permissions", "Django's own, not used here.", none="id group permission"),
    Table("contenttypes.ContentType", "Django's own: the names of the tables.", none="id app_label model"),
    Table("network.Findable", "A text that search finds: sheets, questions, chapters, recipes, sessions; nothing about members.",
          free="title text words title_words",
          keep=dict.fromkeys(("title", "text", "words", "title_words"), "a copy of what its own table says; it goes with it"),
          none="id kind key reach garden day"),
    Table("network.FindableWord", "A word that some such text uses.", none="word first length"),
]  # fmt: skip
