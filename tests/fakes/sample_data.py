"""An invented wallet with its sessions, chats and models."""

from typing import Any

from node.core.session_life import SessionPhase
from node.core.settings import NodeSettings
from node.core.units import next_midnight
from node.service.dto import (
    ChainEndpoint,
    ChatHistory,
    ChatSummary,
    ComponentHealth,
    DemoStatus,
    DoctorFinding,
    Hardware,
    HeldStake,
    LocalModel,
    LogLine,
    ModelSummary,
    MorOverview,
    NetworkView,
    NodeStatus,
    SessionView,
    SettingField,
    StoredMessage,
    TransactionView,
    WalletStatus,
)
from node.service.setting_fields import setting_fields
from tests.fakes.sample_market import NOW, PROVIDERS, hex_id, models, stake_for
from tests.fakes.sample_received import received

WALLET = "0x7C4F3b1E52A0b6e4b0b7fC0E5aE9B8d2c1A49F3c"


PHASES = {
    "opening": SessionPhase.OPEN,
    "active": SessionPhase.ACTIVE,
    "ended": SessionPhase.ENDED,
    "closing": SessionPhase.CLOSING,
    "closed": SessionPhase.CLOSED,
    "failed": SessionPhase.FAILED,
}


def session(
    number: int, model: ModelSummary, *, state: str, opened: int, seconds: int, **fields: int
) -> SessionView:
    price = model.best_price or 10**13
    return SessionView(
        id=hex_id(0x5E55 << 128 | number),
        intent_id=f"intent-{number}",
        state=state,
        phase=SessionPhase.RELEASED if fields.get("held") else PHASES[state],
        model_id=model.id,
        model_name=model.name,
        provider=PROVIDERS[number % 4][0],
        bid_id=hex_id(int(model.id, 16) + 0x1000),
        price_per_second=price,
        stake=stake_for(price, seconds),
        opened_at=opened,
        ends_at=opened + seconds,
        closed_at=fields.pop("closed_at", 0),
        direct_payment=False,
        **fields,  # type: ignore[arg-type]
    )


def sessions() -> list[SessionView]:
    hermes, qwen, mistral = models()[:3]
    day = 86_400
    return [
        session(
            1,
            hermes,
            state="active",
            opened=NOW - 1008,
            seconds=3600,
            prompts=6,
            tokens=4210,
        ).model_copy(update={"prompt_privacy": "encrypted"}),
        session(
            2, mistral, state="ended", opened=NOW - 9000, seconds=7200, prompts=14, tokens=9800
        ),
        session(
            3,
            qwen,
            state="closed",
            opened=NOW - day,
            seconds=3600,
            closed_at=NOW - day + 1500,
            prompts=4,
            tokens=3120,
            returned=stake_for(95 * 10**12, 2100),
            held=stake_for(95 * 10**12, 1500),
            held_until=next_midnight(NOW - day),
        ),
        session(4, hermes, state="failed", opened=0, seconds=600),
    ]


def overview() -> MorOverview:
    parts = {
        "wallet": 412_604_200_000_000_000_000,
        "in_sessions": 68_112_000_000_000_000_000,
        "ready": 12_300_000_000_000_000_000,
        "provider_stake": 0,
        "model_stake": 0,
    }
    locked = (HeldStake(amount=24_510_000_000_000_000_000, until=next_midnight(NOW)),)
    return MorOverview(
        address=WALLET,
        locked=locked,
        total=sum(parts.values()) + sum(part.amount for part in locked),
        eth_wei=18_420_000_000_000_000,
        allowance=0,
        block=38_211_904,
        block_time=NOW - 2,
        **parts,  # type: ignore[arg-type]
    )


def transactions() -> list[TransactionView]:
    rows = (
        ("open_session", "Open a session with Hermes 4 70B", "mined", 1010, -4458),
        ("approve", "Allow the marketplace to take 44.58 MOR", "mined", 1030, 0),
        ("withdraw_on_hold", "Take back stake on hold", "mined", 40_000, 1140),
        ("close_session", "Close the session with Qwen3 235B", "mined", 84_900, 2353),
        ("send_mor", "Send 5 MOR to 0x5E1b…a044", "failed", 170_000, -500),
        ("open_session", "Open a session with Qwen3 235B", "sent", 12, -2353),
    )
    sent = [
        TransactionView(
            hash=hex_id(0xFEED << 200 | index),
            intent=intent,
            summary=summary,
            status=status,
            block=0 if status == "sent" else 38_211_000 - index,
            fee_wei=4_200_000_000_000 + index * 10**11,
            created_at=NOW - ago,
            explorer_url=f"https://explorer.example/tx/{hex_id(0xFEED << 200 | index)}",
            sender=WALLET,
            nonce=40 - index,
            amount_mor=hundredths * 10**16,
            confirmations=0 if status == "sent" else 12 + index,
            final=status != "sent",
            can_replace=status == "sent",
        )
        for index, (intent, summary, status, ago, hundredths) in enumerate(rows)
    ]
    return [*sent[:-1], *received(WALLET), sent[-1]]


ANSWER = """A session rents a model **by time**. You lock MOR as stake for as long as you want to \
talk; the provider is paid by the network, not by you.

When it ends:

- the stake **comes back** to your wallet
- stopping early holds back the part used today until midnight UTC

```python
stake = price_per_second * seconds * supply // budget
```

Ask me anything else about it."""


def chats() -> list[ChatHistory]:
    hermes, qwen, mistral = models()[:3]
    titles = (
        ("What is a session", hermes, 600),
        ("Sort a list of dates", qwen, 9_000),
        ("Names for a sailing boat", mistral, 90_000),
        ("Letter to the landlord", hermes, 4 * 86_400),
        ("Recipe with lentils", mistral, 40 * 86_400),
    )
    result = []
    for index, (title, model, ago) in enumerate(titles):
        chat = ChatSummary(
            id=f"chat-{index + 1}",
            title=title,
            model_name=model.name,
            model_id=model.id,
            is_local=False,
            is_demo=False,
            created_at=NOW - ago - 60,
            updated_at=NOW - ago,
        )
        result.append(ChatHistory(chat=chat, messages=_turn(chat, f"{title}?", ANSWER)))
    return result


def _turn(chat: ChatSummary, question: str, answer: str) -> tuple[StoredMessage, ...]:
    asked = StoredMessage(
        id=f"{chat.id}-1",
        role="user",
        content=question,
        status="complete",
        created_at=chat.created_at,
    )
    answered = StoredMessage(
        id=f"{chat.id}-2",
        role="assistant",
        content=answer,
        status="complete",
        created_at=chat.created_at + 3,
        model_name=chat.model_name,
        ttft_ms=410,
        tokens_per_second=61.8,
        output_tokens=118,
    )
    return asked, answered


def local_models() -> list[LocalModel]:
    gib = 1024**3
    return [
        LocalModel(
            id="local-qwen",
            name="Qwen3 4B Instruct",
            path="/home/ada/Models/Qwen3-4B-Instruct-Q4_K_M.gguf",
            size_bytes=2 * gib + 300_000_000,
            architecture="qwen3",
            parameters=4_022_000_000,
            context=32_768,
            quantisation="Q4_K_M",
            state="loaded",
            fit="good",
            need_bytes=3 * gib,
        ),
        LocalModel(
            id="local-gemma",
            name="Gemma 3 12B",
            path="/home/ada/Models/gemma-3-12b-it-Q4_K_M.gguf",
            size_bytes=7 * gib,
            architecture="gemma3",
            parameters=12_187_000_000,
            context=131_072,
            quantisation="Q4_K_M",
            state="stopped",
            fit="slow",
            need_bytes=9 * gib,
        ),
        LocalModel(
            id="local-llama",
            name="Llama 3.3 70B",
            path="/home/ada/Models/Llama-3.3-70B-Q4_K_M.gguf",
            size_bytes=42 * gib,
            architecture="llama",
            parameters=70_553_000_000,
            context=131_072,
            quantisation="Q4_K_M",
            state="stopped",
            detail="needs 45 GB of memory",
            fit="too_large",
            need_bytes=45 * gib,
        ),
    ]


def hardware() -> Hardware:
    gib = 1024**3
    return Hardware(
        memory_total=16 * gib, memory_free=9 * gib, cores=8, disk_free=212 * gib, gpu=""
    )


def networks() -> tuple[NetworkView, ...]:
    return (
        NetworkView(
            name="base",
            title="Base",
            chain_id=8453,
            is_demo=False,
            is_test=False,
            explorer="https://explorer.example",
            marketplace="0x6aBE1d282f72B474E54527D93b979A4f64d3030a",
            token="0x7431aDa8a591C955a994a21710752EF9b882b8e3",
            hosts=("mainnet.base.org", "base-rpc.publicnode.com", "1rpc.io"),
        ),
        NetworkView(
            name="base-sepolia",
            title="Base Sepolia",
            chain_id=84532,
            is_demo=False,
            is_test=True,
            marketplace="0x6e4d0B775E3C3b02683A6F277Ac80240C4aFF930",
            token="0x5C80Ddd187054E1E4aBBfFCD750498e81d34FfA3",
            hosts=("sepolia.base.org",),
        ),
        NetworkView(name="demo", title="Demo", chain_id=31337, is_demo=True, is_test=True),
    )


def status(network: NetworkView | None) -> NodeStatus:
    return NodeStatus(
        version="0.1.0",
        state="running",
        network=network,
        components=(
            ComponentHealth(name="storage", ok=True),
            ComponentHealth(name="network", ok=True, detail="Base"),
        ),
        api_url="http://127.0.0.1:8082",
        uptime_s=812.0,
        now=NOW,
        demo=DemoStatus(now=NOW, speed=1) if network is not None and network.is_demo else None,
    )


def wallet_status(kind: str = "vault") -> WalletStatus:
    return WalletStatus(
        kind=kind,  # type: ignore[arg-type]
        address="" if kind == "none" else WALLET,
        label="" if kind == "none" else "Main",
        has_phrase=kind == "vault",
        keyring_available=True,
    )


def settings() -> list[SettingField]:
    return list(setting_fields(NodeSettings()))


def findings() -> tuple[DoctorFinding, ...]:
    return (
        DoctorFinding(name="Storage", ok=True, message="The chats and the journal are sound."),
        DoctorFinding(name="Network", ok=True, message="Base answers in 84 ms."),
        DoctorFinding(
            name="Local models",
            ok=False,
            message="Llama 3.3 70B needs more memory than this computer has.",
            hint="Choose a smaller model.",
        ),
    )


def endpoints() -> tuple[ChainEndpoint, ...]:
    """Three servers: one in use, one spare, one that rests."""

    def server(name: str, **more: Any) -> ChainEndpoint:
        values: dict[str, Any] = {
            "name": name,
            "state": "ready",
            "in_use": False,
            "latency_ms": 84,
            "error_permille": 0,
            "height": 38_211_904,
            "lag": 0,
            "chain_id": 8453,
            "reason": "",
            "rest_s": 0.0,
        }
        return ChainEndpoint.model_validate({**values, **more})

    return (
        server("mainnet.base.org", in_use=True),
        server("base-rpc.publicnode.com", latency_ms=120, lag=1),
        server(
            "1rpc.io",
            state="rate_limited",
            error_permille=140,
            reason="The network node asks us to slow down.",
            rest_s=12.5,
        ),
    )


def log_lines() -> tuple[LogLine, ...]:
    at = 1_793_520_000_000
    return (
        LogLine(at_ms=at, level="info", area="service", text="started", fields={}),
        LogLine(
            at_ms=at + 1500,
            level="warning",
            area="chain.rpc",
            text="rpc endpoint 1rpc.io asks for a pause of 12.5 s",
            fields={"request_id": "5f2c11aa"},
        ),
    )
