"""What gardens write for each other: professional life, checked for names of members before it is posted."""

from django.db.models import Q

from cageot.core.privacy import Fate, Table

SHARED = "written to be read by the other gardens, and checked for names of members"
A_PAPER = "a model of a paper, without names"

TABLES = [
    Table("guide.Sheet", "A practice sheet.", indirect="by", free="contact hidden_because", keep=dict.fromkeys(("contact", "hidden_because"), SHARED),
          none="id garden title tags state at changed_at"),
    Table("guide.SheetVersion", "What it said.", indirect="by", free="problem done cost change note",
          keep=dict.fromkeys(("problem", "done", "cost", "change", "note"), SHARED), none="id sheet number at"),
    Table("guide.Attachment", "A file joined to a sheet.", indirect="content", none="id sheet name media_type digest at"),
    Table("guide.AlsoDone", "A garden that does it too.", indirect="by", free="note", keep={"note": SHARED}, none="id sheet garden on"),
    Table("guide.Question", "A question to the other gardens.", indirect="by", free="title body hidden_because",
          keep=dict.fromkeys(("title", "body", "hidden_because"), SHARED), none="id garden tags state at"),
    Table("guide.Reply", "An answer or a comment.", indirect="by", free="body hidden_because",
          keep=dict.fromkeys(("body", "hidden_because"), SHARED), none="id question sheet garden helped at"),
    Table("guide.Flag", "Something to look at.", indirect="by settled_by", free="reason outcome",
          keep=dict.fromkeys(("reason", "outcome"), SHARED), none="id sheet question reply at settled_at"),
    Table("guide.Digest", "Whether somebody wants the digest.", indirect="person", none="rhythm told_until"),
    Table("guide.Offer", "What a national partner offers.", free="contact", keep={"contact": "a service of the partner, published to gardens"},
          none="id partner kind title text agreement departments from_day until_day places asks closed_on at taken"),
    Table("guide.OfferPlace", "A shop or branch.", none="id offer name commune_code"),
    Table("guide.Uptake", "A garden that takes an offer up.", indirect="by", free="agreement report",
          keep=dict.fromkeys(("agreement", "report"), A_PAPER), none="id offer garden spot state on_day answers reported_on at"),
    Table("guide.Event", "A meeting of the network.", free="minutes cancelled_because", keep=dict.fromkeys(("minutes", "cancelled_because"), SHARED),
          none="id title text region place commune_code access first_day last_day seats seats_taken register_until state hours"),
    Table("guide.Slot", "A session of a meeting.", free="speaker minutes", keep=dict.fromkeys(("speaker", "minutes"), "it is announced"),
          none="id event day from_time until_time title room text chosen seats seats_taken"),
    Table("guide.Registration", "Somebody who comes to a meeting.", "person", Fate.GOES,
          personal="first_name last_name email", indirect="person garden travel_from organisation", free="needs travel_note",
          none="id event meals travel travel_seats share_contact state at", due=lambda day: Q(event__last_day__lt=day)),
    Table("guide.Registration_slots", "What they chose.", none="id registration slot"),
    Table("guide.CommitteeMember", "Who sits in a garden's committee.", "partner", Fate.GOES,
          personal="name email", free="function", none="id garden partner for_members from_day until_day", due=lambda day: Q(until_day__lt=day)),
    Table("guide.Meeting", "A meeting of a committee.", free="agenda notes", keep=dict.fromkeys(("agenda", "notes"), "minutes of a committee of organisations"),
          none="id garden at place brief_from brief_until convened_at"),
    Table("guide.Meeting_present", "Who came.", none="id meeting committeemember"),
    Table("guide.Decision", "What was decided.", indirect="by", free="text owner", keep=dict.fromkeys(("text", "owner"), "minutes of a committee of organisations"),
          none="id meeting due_on done_on"),
    Table("guide.Chapter", "A chapter of the guide.", none="id slug rank title summary tags archived_on declined"),
    Table("guide.ChapterVersion", "What it said.", indirect="by", none="id chapter number text note origin at"),
    Table("guide.Template", "A paper to adapt.", indirect="by", none="id garden code title purpose blocks version note origin declined base at"),
    Table("guide.StartTick", "A step that a garden ticked.", indirect="by", free="note", keep={"note": A_PAPER}, none="id garden step on"),
]  # fmt: skip
