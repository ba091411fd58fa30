"""Payment links in the form: whether one is for here."""

from morpheus_desktop.pages.wallet.send.context import SendContext
from node.core.payment_uri import PaymentRequest


def misfit(request: PaymentRequest, context: SendContext | None) -> str:
    """Why a payment link cannot be followed on the network in use; empty when it can."""
    if context is None:
        return "The wallet is still being read. Paste the link again."
    network = context.network
    if network is None:
        return "Choose a network first."
    if request.chain_id not in (None, network.chain_id):
        return (
            f"This payment link is for the chain {request.chain_id}; this wallet is on"
            f" {network.title} ({network.chain_id}). Sent here, the money would not arrive."
        )
    if request.token is None:
        return ""
    if not context.token:
        return "The MOR contract of this network is not known yet. Paste the link again."
    if request.token.checksum.lower() != context.token.lower():
        return "This payment link asks for another token. Only MOR and ETH can be sent here."
    return ""
