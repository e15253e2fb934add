"""The products that can be connected with ChatGPT Enterprise: one file each, listed here.

A connector that requests were made for is never taken out of this list again: switch it off by the setting
`GREENLIGHT_CONNECTORS` instead, and its connections stay readable and watched.
"""

from bot.connectors import netskope, netskope_project, palo_alto
from bot.connectors.shape import Connector as Connector  # re-exported
from bot.connectors.shape import Words as Words

CONNECTORS: dict[str, Connector] = {
    one.id: one for one in (netskope.CONNECTOR, netskope_project.CONNECTOR, palo_alto.CONNECTOR)
}
DEFAULT = netskope.CONNECTOR.id  # of every request that was stored before there was a choice
