"""Tag Wallet: the address, importing and removing the key. Keys are never answered."""

from fastapi import APIRouter

from node.core.errors import NoWalletError
from node.http_api.access import needs
from node.http_api.permissions import Permission
from node.http_api.shapes import MnemonicInput, PrivateKeyInput, Status, WalletAddress
from node.service.api import NodeService
from node.service.dto import ImportWallet


def router(node: NodeService) -> APIRouter:
    routes = APIRouter(tags=["Wallet"])

    @routes.get("/wallet", response_model=WalletAddress, openapi_extra=needs(Permission.GET_WALLET))
    async def address() -> WalletAddress:
        """Address of the wallet."""
        status = await node.wallet.status()
        if not status.address:
            raise NoWalletError("wallet not set")
        return WalletAddress(address=status.address.lower())

    @routes.post(
        "/wallet/privateKey",
        response_model=WalletAddress,
        openapi_extra=needs(Permission.SET_WALLET),
    )
    async def private_key(body: PrivateKeyInput) -> WalletAddress:
        """Import a private key."""
        status = await node.wallet.import_(
            ImportWallet(
                private_key=body.privateKey,
                password=body.password,
                use_keyring=body.password is None,
                replace=body.replace,
            )
        )
        return WalletAddress(address=status.address.lower())

    @routes.post(
        "/wallet/mnemonic", response_model=WalletAddress, openapi_extra=needs(Permission.SET_WALLET)
    )
    async def mnemonic(body: MnemonicInput) -> WalletAddress:
        """Import a recovery phrase."""
        status = await node.wallet.import_(
            ImportWallet(
                phrase=body.mnemonic,
                path=body.derivationPath,
                password=body.password,
                use_keyring=body.password is None,
                replace=body.replace,
            )
        )
        return WalletAddress(address=status.address.lower())

    @routes.delete("/wallet", response_model=Status, openapi_extra=needs(Permission.REMOVE_WALLET))
    async def remove() -> Status:
        """Remove the wallet from this computer. Without a backup its funds are lost."""
        await node.wallet.remove()
        return Status(status="ok")

    return routes
