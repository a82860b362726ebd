"""What the baskets' tables tell of people."""

from datetime import timedelta

from django.db.models import Q

from cageot.core.privacy import Fate, Table, moment

PUBLISHED = "the garden publishes it"

SILENT = timedelta(days=548)
"""How much longer a demand that nobody answered is kept, so that two years go by: the queue of a depot may be long."""

TABLES = [
    Table("baskets.Product", "What a garden offers.",
          none="id garden code name rank in_agreements first_week last_week rhythms archived_on"),
    Table("baskets.BasketSize", "A size.", none="id garden product code name rank people"),
    Table("baskets.SizePrice", "The price of a size.", none="id size from_day cents"),
    Table("baskets.AbsencePolicy", "What a household may do when it is away.",
          none="id product may_cancel may_postpone may_give quota notice_days max_doubles unused"),
    Table("baskets.Ways", "A garden's own ways.",
          none="garden names labels holidays content_shown content_weights content_prices swaps swap_days next_in_line next_first"),
    Table("baskets.Round", "A delivery round.", none="id garden name weekday colour rank packed_before archived_on"),
    Table("baskets.RoundShift", "A round that goes on another day.", none="id round week day reason"),
    Table("baskets.DepotPhoto", "A picture of a depot, once no depot shows it.", "passing", Fate.GOES,
          indirect="content", free="alt", none="id garden kind digest",
          due=lambda day: Q(depots__isnull=True)),
    Table("baskets.Depot", "Where baskets are collected, and whom to call there.", "depot",
          personal="address phone email website contact_name contact_phone contact_email", indirect="household commune_code photo",
          free="name description notes slot hours number",
          blank="address phone email website contact_name contact_phone contact_email photo description notes slot hours number",
          random="name",
          none="id garden round rank kind audience password client_category host fee_cents capacity closed_on",
          of=("household",), moves="household", due=lambda day: Q(closed_on__lt=day)),
    Table("baskets.DepotPause", "A depot closed for a while.", "note",
          free="note", blank="note", none="id depot from_day until_day replacement notice_days told_at reminded_at",
          due=lambda day: Q(until_day__lt=day)),
    Table("baskets.Produce", "A vegetable.", none="id garden code name unit grams unit_cents months allergens archived_on"),
    Table("baskets.Content", "What a size holds.", none="id round size week published_at packed_at"),
    Table("baskets.ContentLine", "A vegetable in a content.", none="id content produce rank milli packed_milli unit unit_cents swappable"),
    Table("baskets.SwapOffer", "A vegetable offered instead of another.", none="id content produce rank milli unit"),
    Table("baskets.Harvest", "What was harvested.", indirect="by", none="id garden week produce unit milli at"),
    Table("baskets.Slip", "The week's page of the garden.",
          indirect="by", free="news recipe_title recipe workshop",
          keep=dict.fromkeys(("news", "recipe_title", "recipe", "workshop"), PUBLISHED), none="id garden week at"),
    Table("baskets.WeekClose", "A closed week and its figures.", indirect="by",
          none="id ordinary_baskets solidarity_baskets members_cents local_cents national_cents network_cents gardens_cents uncovered_cents "
               "max_member_bp garden edition week revision entry fingerprint at reopened_at"),
    Table("baskets.GardenSum", "Closed weeks of a garden, added up.",
          none="id ordinary_baskets solidarity_baskets members_cents local_cents national_cents network_cents gardens_cents uncovered_cents "
               "max_member_bp edition garden closes"),
    Table("baskets.WeekSum", "A week of all gardens, added up.",
          none="id ordinary_baskets solidarity_baskets members_cents local_cents national_cents network_cents gardens_cents uncovered_cents "
               "max_member_bp edition week closes"),
    Table("baskets.Delivery", "A delivery day.", none="id garden day week close"),
    Table("baskets.Subscription", "What a household asks for, week after week.", "household", Fate.GOES,
          indirect="household", none="id size depot frequency monthly_slot from_day until_day trial waits_for ready_on renewal",
          of=("household",), late=True, contact=("from_day..until_day",)),
    Table("baskets.Basket", "One basket: what the books rest on.", "household", Fate.MOVES,
          indirect="household given_to subscription",
          none="id garden delivery product size depot fee_cents state size_kept depot_kept kind copy origin pot",
          of=("household", "given_to"), moves="household given_to", contact=("delivery__day",)),
    Table("baskets.Swap", "A vegetable that a household gives back for another.", "note", Fate.GOES,
          indirect="basket", none="id away taken at",
          of=("basket__household",), due=lambda day: Q(at__lt=moment(day))),
    Table("baskets.DepotLink", "A volunteer's way in to one depot's list.", "link",
          personal="label", indirect="by", blank="label", random="digest",
          none="id depot digest from_day until_day revoked_at at",
          due=lambda day: Q(until_day__lt=day) | Q(revoked_at__lt=moment(day))),
    Table("baskets.HandOver", "What was said of a basket at the depot.", "note",
          indirect="basket link by", free="note", blank="note", none="id key state said_at received_at overruled",
          of=("basket__household",), due=lambda day: Q(said_at__lt=moment(day))),
    Table("baskets.Door", "A garden's page where people sign up.", none="garden open words offer_days lead_days"),
    Table("baskets.SignUp", "Somebody who asks for a basket.", "sign_up", Fate.GOES,
          personal="first_name last_name email mobile address postcode town",
          indirect="referral commune_code language adults children household by",
          none="id garden size depot frequency membership from_day state ended asked_at state_at offered_until digest",
          of=("household",), contact=("asked_at", "state_at"),
          due=lambda day: Q(state__in=["welcomed", "dropped"], state_at__lt=moment(day)) | Q(state_at__lt=moment(day - SILENT))),
]  # fmt: skip
