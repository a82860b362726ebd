"""What the members' tables tell of people: nearly all that there is to tell stands here."""

from datetime import date

from django.db.models import Q

from cageot.core.privacy import Fate, Table, moment

OPEN = ["sent", "asked", "waiting"]
"""States in which a referral still waits for an answer."""


def answered(day: date, referral: str = "") -> Q:
    """Referrals answered before a day. `referral`: the way to them, with its "__"."""
    return ~Q(**{f"{referral}state__in": OPEN}) & Q(**{f"{referral}state_at__lt": moment(day)})


TABLES = [
    Table("members.Household", "Who shares a basket; how to reach them; how many they are.", "household",
          personal="number address postcode town nickname", free="reach_through",
          indirect="secret adults children language commune_code joined_on left_on last_contact_on",
          blank="address postcode town nickname reach_through last_contact_on", month="joined_on left_on", random="number secret",
          none="id garden erased_on", contact=("joined_on", "left_on", "last_contact_on")),
    Table("members.Member", "Whom the garden speaks to, and how.", "household", Fate.GOES,
          personal="civility first_name last_name email phone mobile search", indirect="household person", none="id contact",
          of=("household",)),
    Table("members.Membership", "A household's adhesion to the association: its accounts rest on it.", "household", Fate.MOVES,
          indirect="household from_day until_day paid_on", month="from_day until_day paid_on", none="id kind fee_cents paid_by",
          of=("household",), moves="household", contact=("from_day..until_day", "paid_on")),
    Table("members.MembershipFee", "What an adhesion costs.", none="id garden kind cents from_day"),
    Table("members.Support", "Which agreement pays for a household, and for how long. Never why.", "household", Fate.MOVES,
          indirect="household renews step_after from_day until_day", month="from_day until_day", none="id agreement tariff",
          of=("household",), moves="household", contact=("from_day..until_day",)),
    Table("members.RenewalAsk", "Whether a support goes on, asked of whoever oriented the household.", "referral",
          personal="to", indirect="support by answered_by", blank="to", random="digest",
          none="id digest asked_at answer months answered_at", of=("support__household",),
          due=lambda day: Q(asked_at__lt=moment(day))),
    Table("members.Onward", "What was chosen after a support: counted, without a reason.", "household",
          indirect="support by on", month="on", none="id choice", of=("support__household",)),
    Table("members.EndWarning", "That a support's end was told, so that it is told once.", "household", Fate.GOES,
          indirect="support", none="id weeks on", of=("support__household",)),
    Table("members.OwnOffer", "A garden's own agreement beside the programme.", none="garden agreement"),
    Table("members.SupportMove", "Supports that went to another agreement together.",
          indirect="by", none="id garden source tariff day at undone_at"),
    Table("members.SupportMoved", "One support of such a move, as it was, while it may be undone.", "household", Fate.GOES,
          indirect="support made", none="id move tariff until_day", of=("support__household",)),
    Table("members.ImportMap", "What a garden's old files taught: their columns, their words for sizes and depots.",
          none="id garden columns values"),
    Table("members.Consent", "What somebody agreed to, in which words, when; and took back.", "household", Fate.GOES,
          indirect="household by", none="id kind version spoken given_on withdrawn_on",
          of=("household",), contact=("given_on", "withdrawn_on")),
    Table("members.DataRequest", "A correction or an erasure asked for, and its answer.", "household", Fate.GOES,
          free="words answer", indirect="household by", none="id kind state asked_at answered_at",
          of=("household",), contact=("asked_at",)),
    Table("members.Retention", "How long each class is kept.",
          free="held_why", keep={"held_why": "says why a purge is held; the form asks for no name"}, none="data_class months held"),
    Table("members.Purge", "One run of the purge: counts, no names.",
          none="id garden day started_at ended_at counts log_before"),
    Table("members.ReferralWays", "A garden's clocks for referrals.",
          none="garden remind_days expire_days waiting_days note_days welcome_text"),
    Table("members.ReferralLink", "A referring organisation's own way in.", "link",
          personal="label reach", indirect="by", blank="label reach", random="digest",
          none="id garden partner agreement digest from_day until_day revoked_at used_at at",
          due=lambda day: Q(until_day__lt=day) | Q(revoked_at__lt=moment(day))),
    Table("members.Referral", "Somebody oriented to a garden: what the answer needs, no more.", "referral",
          personal="referrer_name referrer_reach first_name last_name reach_at", free="note",
          indirect="sent_by language adults children commune_code depot_key reach_by consent_on sent_at state_at household merged_into",
          blank="referrer_name referrer_reach first_name last_name reach_at note depot_key person_digest", month="consent_on sent_at state_at",
          random="digest",
          none="id garden partner agreement link months consent_version consent_spoken tells_outcome digest person_digest state reminded_at erased_on",
          of=("household",), contact=("sent_at",), due=answered),
    Table("members.ReferralStep", "Each answer to a referral.", "referral",
          free="words", indirect="referral by", blank="words", none="id before after side at reason",
          of=("referral__household",), due=lambda day: answered(day, "referral__")),
    Table("members.MemberCard", "A printed card that lets a member in.", "household", Fate.GOES,
          indirect="member by", none="id digest made_at used_at revoked_at",
          of=("member__household",), contact=("used_at",)),
    Table("members.MemberCode", "A code sent to a member, good for minutes.", "passing", Fate.GOES,
          indirect="member", none="id channel digest made_at until tries used_at",
          of=("member__household",), contact=("used_at",), due=lambda day: Q(until__lt=moment(day))),
    Table("members.CalendarFeed", "The secret address where a member's calendar reads their baskets.", "household", Fate.GOES,
          indirect="member", none="digest made_at", of=("member__household",)),
    Table("members.Acting", "Who may act for a member.", "household", Fate.GOES,
          indirect="member person by", none="id from_day until_day agreed_on",
          of=("member__household",), contact=("agreed_on",)),
]  # fmt: skip
