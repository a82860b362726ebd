"""The network's life: practice sheets, questions, national offers, meetings, committees, and the guide for who starts."""

from cageot.guide.models.book import Chapter, ChapterVersion, StartTick, Template
from cageot.guide.models.events import Event, Registration, Slot
from cageot.guide.models.offers import Offer, OfferPlace, Uptake
from cageot.guide.models.practice import (
    AlsoDone,
    Attachment,
    Digest,
    Flag,
    Question,
    Reply,
    Sheet,
    SheetVersion,
)
from cageot.guide.models.steering import CommitteeMember, Decision, Meeting

__all__ = [
    "AlsoDone", "Attachment", "Chapter", "ChapterVersion", "CommitteeMember", "Decision", "Digest", "Event", "Flag", "Meeting",
    "Offer", "OfferPlace", "Question", "Registration", "Reply", "Sheet", "SheetVersion", "Slot", "StartTick", "Template", "Uptake",
]  # fmt: skip
