"""Searches: many settings tried, the best found, and nothing lost when it is stopped.

`sweep` is the search; on the command line it is `kobai sweep`. What to choose from is a
`Space`: a `Choice` of values, a `Range` of numbers. Who asks for the next trials is in
`samplers`, how long each is trained in `halving`, who trains them in `workers`.
Only `Search` decides; it knows nothing but what lies in its folder.
"""

from kobai.sweeps.entry import sweep
from kobai.sweeps.folder import SweepError, SweepFolder, Trial
from kobai.sweeps.halving import Rung, rungs
from kobai.sweeps.result import Sweep
from kobai.sweeps.search import Plan, Search
from kobai.sweeps.space import Choice, Range, Space, SpaceError, parse_range

__all__ = [
    "Choice",
    "Plan",
    "Range",
    "Rung",
    "Search",
    "Space",
    "SpaceError",
    "Sweep",
    "SweepError",
    "SweepFolder",
    "Trial",
    "parse_range",
    "rungs",
    "sweep",
]
