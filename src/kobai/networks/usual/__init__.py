"""What suits a data set where nothing is said: a network, and how to train it."""

from kobai.networks.usual.suits import (
    fitting_losses,
    suited,
    suited_network,
    tabular,
    usual_settings,
)

__all__ = ["fitting_losses", "suited", "suited_network", "tabular", "usual_settings"]
