"""What the workshops' tables tell of people."""

from datetime import timedelta

from django.db.models import Q

from cageot.core.privacy import Fate, Table, moment

AFTER = timedelta(days=30)
"""How long who came from outside can still be written to."""
A_MEETING = "it is about a meeting; the form asks for no name"

TABLES = [
    Table("workshops.Place", "Where sessions are held.", free="access", keep={"access": A_MEETING},
          none="id garden name address commune_code step_free equipment archived_on"),
    Table("workshops.Workshop", "What is offered to all members.",
          free="summary details bring transport facilitators",
          keep=dict.fromkeys(("summary", "details", "bring", "transport", "facilitators"), "the garden announces it to everybody"),
          none="id garden kind title languages childcare youngest seats fee_cents open_door public archived_on"),
    Table("workshops.Workshop_partners", "Who runs a workshop with the garden.", none="id workshop partner"),
    Table("workshops.Workshop_recipes", "What is cooked there.", none="id workshop recipe"),
    Table("workshops.Session", "One time that a workshop is held.",
          free="cancelled_because report", keep={"cancelled_because": A_MEETING, "report": A_MEETING},
          none="id workshop garden edition place starts_at ends_at series seats seats_taken state moved_from adults children came version"),
    Table("workshops.Enrolment", "A household that comes to a session: counted for years without saying who.", "household", Fate.MOVES,
          indirect="household by partner",
          none="id session adults children state source at changed_at came_adults came_children",
          of=("household",), moves="household", contact=("at",)),
    Table("workshops.EnrolmentDetails", "Whom to write to, what to know, until the session is over.", "passing", Fate.GOES,
          personal="first_name email phone code", indirect="enrolment", free="needs",
          of=("enrolment__household",), due=lambda day: Q(enrolment__session__ends_at__lt=moment(day - AFTER))),
    Table("workshops.Opinion", "What somebody thought of a session; nobody can tell who.",
          free="sentence", keep={"sentence": "nothing says whose it is; the form asks for no name"}, none="id session face once on"),
    Table("workshops.Material", "A sheet or a photo; a photo goes when the agreement of who is on it ends.", "passing", Fate.GOES,
          indirect="by content", none="id workshop session kind name media_type digest consent consent_until at",
          due=lambda day: Q(kind="photo", consent_until__lt=day)),
    Table("workshops.SessionCost", "What a session costs.", indirect="by", free="reason", keep={"reason": A_MEETING},
          none="id session nature label cents tranche posted_on reverses once at"),
    Table("workshops.Recipe", "A recipe.", indirect="by",
          none="id garden code title months minutes active_minutes servings cents_per_serving equipment difficulty diet allergens "
               "ingredients steps keep swap tip archived_on origin at"),
    Table("workshops.RecipeProduce", "A vegetable of a recipe.", none="id recipe code rank"),
]  # fmt: skip
