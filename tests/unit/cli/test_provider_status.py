"""What the command line says about hosting."""

from node.cli.provider import status_text
from node.service.dto import HostedModel, HostingFinding, ProviderStatus

MOR = 10**18


def status(**changes: object) -> ProviderStatus:
    values: dict[str, object] = {
        "listening": "127.0.0.1:3333",
        "registered": True,
        "endpoint": "node.example.org:3333",
        "stake": 3 * MOR,
        "earned_in_period": MOR,
        "headroom": 2 * MOR,
        "period_end": 0,
        "models": (),
    }
    return ProviderStatus.model_validate(values | changes)


def test_registration_and_models_in_use_come_first() -> None:
    model = HostedModel(
        model_id="0x1",
        name="Own",
        backend="openai",
        slots=4,
        bid_id="0x2",
        sessions_active=3,
        prompts_waiting=1,
    )
    assert status_text(status(models=(model,))).splitlines() == [
        "node.example.org:3333  stake 3 MOR, can still earn 2 MOR",
        "Own  3 of 4 slots, 1 waiting",
    ]
    assert status_text(status(registered=False)) == "Not registered as provider."


def test_each_finding_has_its_mark_and_its_way_out() -> None:
    findings = (
        HostingFinding(code="hosting.bid", severity="ok", message="Offered."),
        HostingFinding(
            code="hosting.unreachable", severity="error", message="Nobody.", hint="Forward it."
        ),
    )
    assert status_text(status(findings=findings)).splitlines()[1:] == [
        "ok   Offered.",
        "FAIL Nobody.",
        "     Forward it.",
    ]
