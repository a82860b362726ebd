"""Households, the people in them, how they came, what supports them, how they come in, and what is kept of them.

Person, login, household, payer and referrer are different things: a household is reached as it wishes
(no e-mail or phone is compulsory), and what pays for its baskets is said by a support, or by nothing.
"""

from cageot.members.models.after import EndWarning, Onward, OwnOffer, RenewalAsk, SupportMove, SupportMoved
from cageot.members.models.households import Household, ImportMap, Member, Membership, MembershipFee, Support
from cageot.members.models.privacy import Consent, DataRequest, Purge, Retention
from cageot.members.models.referrals import Referral, ReferralLink, ReferralStep, ReferralWays
from cageot.members.models.ways_in import Acting, CalendarFeed, MemberCard, MemberCode

__all__ = [
    "Acting", "CalendarFeed", "Consent", "DataRequest", "EndWarning", "Household", "ImportMap", "Member", "MemberCard", "MemberCode", "Membership", "MembershipFee",
    "Onward", "OwnOffer", "Purge", "Referral", "ReferralLink", "ReferralStep", "ReferralWays", "RenewalAsk", "Retention", "Support",
    "SupportMove", "SupportMoved",
]  # fmt: skip
