"""Explains what is wrong with this node and how to put it right."""

from collections.abc import AsyncGenerator

from node.service.api_binding import ApiBinding
from node.service.backend_checks import backend_findings
from node.service.chain_checks import chain_findings, hosting_findings
from node.service.dto import DoctorFinding
from node.service.findings import fine, warning
from node.service.local_checks import api_finding, local_findings
from node.service.profile import Profile
from node.service.stack import StackHolder
from node.wallet.vault import VaultStatus


class Doctor:
    """Runs read-only checks. Nothing is changed and nothing is sent."""

    def __init__(self, *, profile: Profile, stacks: StackHolder, api: ApiBinding) -> None:
        self._profile = profile
        self._stacks = stacks
        self._api = api

    async def examine(self) -> tuple[DoctorFinding, ...]:
        """All findings; those that are fine as well."""
        return tuple([finding async for finding in self._checks()])

    async def _checks(self) -> AsyncGenerator[DoctorFinding, None]:
        profile = self._profile
        serves = bool(self._api.url)
        for finding in await local_findings(
            profile.dirs, profile.settings, look_at_ports=not serves
        ):
            yield finding
        if serves:
            yield api_finding(self._api.url, profile.settings)
        for finding in await backend_findings(profile.backends):
            yield finding
        for finding in _wallet_findings(profile.vault.status()):
            yield finding
        stack = self._stacks.current
        if stack is None:
            yield fine("network", "No network is chosen; local models work without one.")
            return
        async for finding in chain_findings(stack):
            yield finding
        async for finding in hosting_findings(stack):
            yield finding


def _wallet_findings(status: VaultStatus) -> list[DoctorFinding]:
    """Damaged files among the accounts, and a phrase nobody may have written down."""
    found = [warning("wallet files", item.problem, item.hint) for item in status.damaged]
    if not status.backed_up:
        found.append(
            warning(
                "backup",
                "The recovery phrase of this wallet was not checked yet.",
                "Write it down, then check it: `mor-cli wallet verify-backup`.",
            )
        )
    return found
