"""What kind of money a network has: the same words and colour wherever it is shown."""

from node.service.dto import NetworkView

CUSTOM = "custom"
"""The network that settings or environment describe."""


def money_kind(network: NetworkView) -> tuple[str, str]:
    """What its MOR is worth, as (words, colour role)."""
    if network.is_demo:
        return "Play money", "demo"
    if network.is_test:
        return "Test money", "warning"
    if network.name == CUSTOM:
        return "Your own network", "info"
    return "Real MOR", "success"


def kind_tile(network: NetworkView) -> tuple[str, str]:
    """What marks the kind of a network beside its words, as (icon, colour role)."""
    if network.is_demo:
        return "play-circle", "demo"
    if network.is_test:
        return "wrench", "warning"
    return ("hard-drives", "info") if network.name == CUSTOM else ("globe", "success")


def network_words(network: NetworkView) -> str:
    if network.is_demo:
        return "A chain in this program with simulated providers. Nothing costs anything."
    if network.is_test:
        return f"Chain {network.chain_id}. Its MOR has no value."
    if network.name == CUSTOM:
        return f"Chain {network.chain_id}, with the contracts of your settings."
    return f"Chain {network.chain_id}"
