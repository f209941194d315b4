"""What suits a data set where nothing is said: a network, and how to train it."""

from kobai.networks.usual.defaults import usual_members, usual_settings, with_usual
from kobai.networks.usual.outputs import fitting_losses
from kobai.networks.usual.suits import suited, suited_network
from kobai.networks.usual.tables import tabular

__all__ = [
    "fitting_losses",
    "suited",
    "suited_network",
    "tabular",
    "usual_members",
    "usual_settings",
    "with_usual",
]
