"""What the command line says about a provider's pay."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from node.cli.earnings import earnings_text, plan_text, run_text
from node.cli.main import app
from node.service.dto import (
    ClaimFailure,
    ClaimPlan,
    ClaimResult,
    ClaimRun,
    PlannedPay,
    ProviderEarnings,
)

MOR = 10**18
MIDNIGHT = 1_793_577_600


def cli(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), "--network", "demo", *words])


def earned(**changes: int) -> ProviderEarnings:
    values = {"claimable_now": 2 * MOR, "claimable_later": 0, "claimable_at": 0, "beyond_cap": 0}
    return ProviderEarnings(
        sessions=(), paid=5 * MOR, headroom=7 * MOR, period_end=MIDNIGHT, **(values | changes)
    )


def test_now_later_and_the_cap_are_told_apart() -> None:
    assert earnings_text(earned()).splitlines() == [
        "paid 5 MOR, claimable now 2 MOR",
        "your stake allows 7 MOR more",
    ]
    text = earnings_text(earned(claimable_later=MOR, claimable_at=MIDNIGHT, beyond_cap=3 * MOR))
    assert "from 2026-11-02" in text
    assert ": 1 MOR" in text
    assert "3 MOR; add stake" in text


def test_a_preview_names_amount_fee_and_what_would_be_refused() -> None:
    plan = ClaimPlan(
        claims=(
            PlannedPay(session_id="0xa", amount=2 * MOR, fee_wei=10**13),
            PlannedPay(session_id="0xb", amount=0, fee_wei=0, problem="It was paid already."),
        ),
        amount=2 * MOR,
        fee_wei=10**13,
    )
    assert plan_text(plan).splitlines() == [
        "0xa  2 MOR",
        "0xb  It was paid already.",
        "2 MOR in all, network fees about 0.00001 ETH",
    ]
    nothing = ClaimPlan(claims=(), amount=0, fee_wei=0)
    assert plan_text(nothing) == "There is nothing to claim now."


def test_what_failed_is_told_beside_what_arrived() -> None:
    run = ClaimRun(
        paid=(ClaimResult(tx_hash="0x1", amount=MOR),),
        failed=(ClaimFailure(session_id="0xb", reason="The treasury cannot pay."),),
        amount=MOR,
    )
    assert run_text(run).splitlines() == [
        "0xb: The treasury cannot pay.",
        "1 MOR arrived for 1 sessions.",
    ]


def test_a_wallet_that_hosted_nothing_has_nothing_to_claim(tmp_path: Path) -> None:
    found = json.loads(cli(tmp_path, "provider", "earnings", "--json").stdout)
    assert (found["sessions"], found["claimable_now"], found["paid"]) == ([], 0, 0)
    plan = json.loads(cli(tmp_path, "provider", "claim", "--all", "--preview", "--json").stdout)
    assert plan == {"claims": [], "amount": 0, "fee_wei": 0}
    refused = cli(tmp_path, "provider", "claim", "0x" + "01" * 32, "--json")
    assert refused.exit_code != 0
    assert json.loads(refused.stdout)["error"] == "This session was not served by your wallet."


def test_claim_takes_one_session_or_all(tmp_path: Path) -> None:
    for words in ((), ("0x" + "01" * 32, "--all")):
        refused = cli(tmp_path, "provider", "claim", *words, "--json")
        assert refused.exit_code != 0
        assert "--all" in refused.stdout
