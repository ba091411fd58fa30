"""Permission names of the public node, as its files spell them."""

from node.core.permissions import ALL, Permission, Scope, permissions_named, permissions_of

_TEXT = """
get_balance get_transactions get_allowance get_latest_block approve send_eth send_mor get_providers
create_provider delete_provider get_models create_model delete_model create_bid get_bids delete_bids
get_sessions session_provider_claim open_session close_session get_budget get_supply system_config
add_user remove_user agent_requests request_allowance get_wallet set_wallet remove_wallet
initiate_session chat get_local_models get_local_agents get_agent_tools call_agent_tool
get_chat_history edit_chat_history audio_transcription audio_speech embeddings ipfs_pin ipfs_unpin
ipfs_get ipfs_add ipfs_version ipfs_pinned docker_build docker_manage docker_version
"""
PUBLIC = _TEXT.split()


def test_every_name_of_the_public_node_is_known() -> None:
    assert {item.value for item in permissions_named(PUBLIC)} == set(PUBLIC)


def test_unknown_names_give_nothing() -> None:
    assert permissions_named(["model_health_refresh", "", "CHAT"]) == frozenset()
    assert permissions_named(["chat", "no_such"]) == {Permission.CHAT}


def test_the_star_is_everything_but_the_door_to_everything() -> None:
    assert permissions_named([ALL, "chat"]) == permissions_named(PUBLIC)
    assert Permission.NODE not in permissions_named([ALL, "node"])
    assert Permission.NODE in permissions_of([Scope.ADMIN])
