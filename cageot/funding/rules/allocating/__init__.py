"""The best way to share restricted money over baskets: the most need covered, proved; then the money that ends first.

`scenario` reads and checks what is asked, `network` says who may pay what, `solve` finds the best flow, `prove` checks
it without trusting the solver, `report` says it group by group. `allocate` is the whole of it.
Sources: flows between funds and baskets form polymatroids, so that ranks need no large weights and fairness between
gardens costs nothing (Megiddo 1974, Schrijver 1978); the residual network's cut is the proof (Ford and Fulkerson 1956).
"""

from cageot.funding.rules.allocating.prove import NotProved
from cageot.funding.rules.allocating.report import Allocation, allocate, proved
from cageot.funding.rules.allocating.scenario import Fund, Group, Scenario, ScenarioRefused, read

__all__ = ["Allocation", "Fund", "Group", "NotProved", "Scenario", "ScenarioRefused", "allocate", "proved", "read"]
