"""Closing reports: what a session measured, as the ABI blob that the contract stores."""

from node.core.clock import Clock
from node.core.ids import SessionId
from node.core.ports import SignedBlob, Signer
from node.store.session_stats import Role, SessionStats
from node.wire.blobs import Report


class ReportMaker:
    """Signs reports from the figures of one side of the session."""

    def __init__(
        self, *, signer: Signer, stats: SessionStats, clock: Clock, chain_id: int, role: Role
    ) -> None:
        self._signer = signer
        self._stats = stats
        self._clock = clock
        self._chain_id = chain_id
        self._role = role

    async def own_report(self, session_id: SessionId) -> SignedBlob:
        """Report with the averages of all finished prompts; zeros when there were none."""
        totals = await self._stats.totals(session_id, self._role)
        encoded = Report(
            session_id=session_id,
            chain_id=self._chain_id,
            timestamp=self._clock.unix_millis(),
            tps_scaled_1000=totals.mean_tps_scaled_1000,
            ttft_ms=totals.mean_ttft_ms,
            input_tokens=totals.input_tokens,
            output_tokens=totals.output_tokens,
        ).encode()
        return SignedBlob(encoded=encoded, signature=self._signer.sign_blob(encoded))
