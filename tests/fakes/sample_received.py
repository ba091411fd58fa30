"""What others sent to the invented wallet."""

from node.service.dto import TransactionView
from tests.fakes.sample_market import NOW, PROVIDERS, hex_id

TOKEN = "0x7431aDa8a591C955a994a21710752EF9b882b8e3"


def received(wallet: str) -> list[TransactionView]:
    """A gift of a contact, a stake that came back by somebody else's transaction, and dust."""
    rows = (
        ("received", "Received 12.5 MOR from Ada", 125 * 10**17, PROVIDERS[0][0], 100_000),
        ("stake_returned", "Stake returned", 22 * 10**18, PROVIDERS[1][0], 130_000),
        ("dust", "Dust: 0.000001 MOR from a stranger", 10**12, "", 150_000),
    )
    return [
        TransactionView(
            hash=hex_id(0x91F7 << 200 | index),
            intent=intent,
            summary=purpose,
            purpose=purpose,
            status="mined",
            block=38_209_000 - index,
            fee_wei=0,
            created_at=NOW - ago,
            explorer_url=f"https://explorer.example/tx/{hex_id(0x91F7 << 200 | index)}",
            sender=sender,
            to=TOKEN,
            recipient=wallet,
            amount_mor=amount,
            confirmations=2000 + index,
            final=True,
        )
        for index, (intent, purpose, amount, sender, ago) in enumerate(rows)
    ]
