"""What a garden offers, where it brings it, whose baskets they are, what is in them, and the weekly close.

One basket, one row: materialised ahead for each household and delivery, with its size, depot and state.
Every list (harvest, packing, depot, funding) derives from that row.
"""

from cageot.baskets.models.content import Content, ContentLine, Harvest, Produce, Slip, Swap, SwapOffer, Unit
from cageot.baskets.models.handover import DepotLink, HandOver
from cageot.baskets.models.offer import AbsencePolicy, BasketSize, Product, SizePrice, Ways
from cageot.baskets.models.places import Depot, DepotPause, DepotPhoto, Round, RoundShift
from cageot.baskets.models.signups import Door, SignUp
from cageot.baskets.models.week import Basket, Delivery, Figures, GardenSum, Subscription, WeekClose, WeekSum

__all__ = [
    "AbsencePolicy", "Basket", "BasketSize", "Content", "ContentLine", "Delivery", "Depot", "DepotLink", "DepotPause", "DepotPhoto", "Door", "Figures", "GardenSum",
    "HandOver", "Harvest", "Produce", "Product", "Round", "RoundShift", "SignUp", "SizePrice", "Slip", "Subscription", "Swap", "SwapOffer", "Unit", "Ways",
    "WeekClose", "WeekSum",
]  # fmt: skip
