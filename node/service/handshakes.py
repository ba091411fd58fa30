"""Handshakes that clients of the API make themselves, between hex text and the router's types."""

from node.core.errors import UserInputError
from node.core.ids import Address, BidId
from node.core.ports import SignedBlob
from node.core.units import Mor
from node.router.quotes import SessionQuote
from node.service.dto import ApprovedSession, Handshake, InitiateRequest
from node.service.stack import NetworkStack


async def handshake(stack: NetworkStack, request: InitiateRequest) -> Handshake:
    """Ask a provider for its consent. Raises UserInputError for another wallet; as `ask`."""
    if Address.parse(request.user) != stack.wallet.address:
        raise UserInputError("Only the own wallet opens sessions here.", code="input.address")
    reply = await stack.consents.ask(
        BidId.parse(request.bid_id), Address.parse(request.provider), Mor(request.spend)
    )
    return Handshake(
        provider_public_key="0x" + reply.provider_public_key.hex(),
        approval="0x" + reply.approval.encoded.hex(),
        approval_signature="0x" + reply.approval.signature.hex(),
        user=stack.wallet.address.checksum,
        issued_at_ms=reply.issued_at,
    )


async def approved_quote(stack: NetworkStack, request: ApprovedSession) -> SessionQuote:
    """A quote that opens with a consent from before. Raises as `ConsentDesk.quote`."""
    blob = SignedBlob(
        encoded=_bytes(request.approval), signature=_bytes(request.approval_signature)
    )
    return await stack.consents.quote(
        blob, Mor(request.stake), direct_payment=request.direct_payment
    )


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except ValueError as error:
        raise UserInputError(
            "The approval and its signature are hex.", code="input.approval"
        ) from error
