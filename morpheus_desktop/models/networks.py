"""What kind of money a network has: the same words and colour wherever it is shown."""

from node.service.dto import NetworkView

CUSTOM = "custom"
"""The network that settings or environment describe."""
ADDED = "Added by you"
_SHORT = 24


def money_kind(network: NetworkView) -> tuple[str, str]:
    """What its MOR is worth, as (words, colour role)."""
    if network.is_demo:
        return "Play money", "demo"
    if network.is_test:
        return "Test money", "warning"
    if network.name == CUSTOM:
        return "Your own network", "info"
    if network.is_custom:
        return "Real money", "info"
    return "Real MOR", "success"


def kind_tile(network: NetworkView) -> tuple[str, str]:
    """What marks the kind of a network beside its words, as (icon, colour role)."""
    if network.is_demo:
        return "play-circle", "demo"
    if network.is_test:
        return "wrench", "warning"
    own = network.is_custom or network.name == CUSTOM
    return ("hard-drives", "info") if own else ("globe", "success")


def network_words(network: NetworkView) -> str:
    if network.is_demo:
        return "A chain in this program with simulated providers. Nothing costs anything."
    if network.is_removable:
        worth = "Its MOR has no value." if network.is_test else "Its MOR and ETH are real money."
        return f"Chain {network.chain_id}, with the contracts that you entered. {worth}"
    if network.is_test:
        return f"Chain {network.chain_id}. Its MOR has no value."
    if network.name == CUSTOM:
        return f"Chain {network.chain_id}, with the contracts of your settings."
    return f"Chain {network.chain_id}"


def is_real_money(network: NetworkView) -> bool:
    """Also where nobody knows what the money is worth: it is never taken for less."""
    return not network.is_demo and not network.is_test


def choice_words(network: NetworkView) -> str:
    """Said before a network is used: what is real money is called that."""
    words = network_words(network)
    if not is_real_money(network) or network.is_removable:
        return words
    worth = "may be" if network.name == CUSTOM else "are"
    return f"{words.rstrip('.')}. Its MOR and ETH {worth} real money."


def short_title(network: NetworkView) -> str:
    """A title may have 40 characters; a button or chip has not."""
    title = network.title
    return title if len(title) <= _SHORT else f"{title[: _SHORT - 1].rstrip()}…"


def menu_words(network: NetworkView) -> str:
    """A network among others in a menu: name and money, in plain letters."""
    return f"{network.title} · {money_kind(network)[0]}".replace("&", "&&")
