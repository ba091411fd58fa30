"""What people type wrongly and what goes wrong around them: each case with the tests that prove
its words, its place and what was not done.

The names are those under which the cases are known in the error catalogue (`E-…`) or a short one
for what a person enters. A test is named as pytest names it; `[…]` is a row of its table.
"""

WALLET = "tests/unit/wallet/test_bad_inputs.py::test_a_mistake_is_told_and_mended"
MONEY = "tests/unit/service/test_bad_input_money.py"
STAKES = "tests/unit/service/test_bad_input_stakes.py"
OFFERS = "tests/unit/service/test_changed_offers.py"
IMPORT = "tests/gui/onboarding/test_import.py"
SHEET = "tests/gui/session_sheet/test_bad_input.py"
WINDOW = "tests/gui/shell/test_window.py"
SECRET = "tests/gui/chat/test_secret_warning.py"
HOSTING = "tests/unit/router/test_self_check.py"
GGUF = "tests/unit/llm/test_gguf.py"
DOCTOR = "tests/unit/cli/test_doctor.py"
SEND = "tests/gui/wallet/send/test_form.py"
SERVERS = "tests/gui/wallet/networks/test_servers_sheet.py"
NETWORKS = "tests/gui/wallet/networks/test_tab.py"
BOOK = "tests/unit/service/test_network_book.py"
DAMAGE = "tests/unit/wallet/test_damaged_file.py"

TYPED: dict[str, tuple[str, ...]] = {
    "phrase: number of words": (
        f"{WALLET}[11 words]",
        f"{IMPORT}::test_eleven_words_are_counted_in_place",
    ),
    "phrase: unknown word": (
        f"{WALLET}[a word that is not in the list]",
        f"{IMPORT}::test_an_unknown_word_is_named_and_corrected_with_one_click",
    ),
    "phrase: checksum": (
        f"{WALLET}[words that do not fit together]",
        "tests/unit/wallet/test_bad_inputs.py::test_likely_places_are_marked",
        f"{IMPORT}::test_words_that_do_not_fit_together_stay_with_the_reason",
    ),
    "phrase: other address than expected": (f"{IMPORT}::test_an_unexpected_address_is_explained",),
    "import over a wallet that is there": (
        f"{WALLET}[over a wallet that is there]",
        f"{IMPORT}::test_a_second_wallet_goes_beside_or_replaces_after_the_word",
    ),
    "private key: form": (
        f"{WALLET}[a key that is too short]",
        f"{WALLET}[a key that is too large]",
        f"{IMPORT}::test_a_key_of_the_wrong_form_is_refused_in_place",
    ),
    "key or phrase in a message": (
        f"{SECRET}::test_it_is_not_sent_and_stays_where_it_is",
        "tests/unit/cli/test_conversation.py::test_a_phrase_is_sent_only_when_entered_twice",
    ),
    "key or phrase as an address": (
        f"{MONEY}::test_a_private_key_in_the_address_field",
        f"{SEND}::test_a_secret_in_a_field_is_cleared_and_never_asked_about",
    ),
    "address: checksum": (f"{MONEY}::test_an_address_with_a_wrong_checksum",),
    "address: short, a name, another chain's": (
        f"{MONEY}::test_an_address_that_is_short_a_name_or_of_another_chain",
        f"{SEND}::test_what_is_no_address_is_refused_in_words",
    ),
    "address: own": (f"{MONEY}::test_the_own_address",),
    "address: zero, token, marketplace": (
        f"{MONEY}::test_zero_the_token_and_the_marketplace_would_lose_the_money",
    ),
    "address: look-alike": (f"{MONEY}::test_a_look_alike_is_shown_in_full_and_must_be_typed",),
    "amount: empty, text, nothing, less": (
        f"{MONEY}::test_an_amount_of_nothing_or_less",
        f"{MONEY}::test_an_amount_that_is_no_number",
        f"{SHEET}::test_an_amount_that_cannot_be_staked",
    ),
    "amount: read in two ways": (
        f"{MONEY}::test_an_amount_that_can_be_read_in_two_ways",
        f"{SEND}::test_an_unclear_amount_offers_what_it_may_mean",
    ),
    "amount: too many decimals": (
        f"{MONEY}::test_more_than_eighteen_decimals_offer_to_round_down",
        f"{SEND}::test_too_many_decimals_offer_the_rounded_amount",
    ),
    "amount: above the balance": (
        f"{MONEY}::test_more_than_the_balance",
        f"{SEND}::test_more_than_the_balance_names_what_is_missing_and_offers_the_most",
        f"{STAKES}::test_more_than_there_is",
    ),
    "no ETH for the fee": (
        f"{MONEY}::test_no_coins_for_the_fee",
        f"{SEND}::test_missing_eth_for_the_fee_leads_to_receiving",
        "tests/gui/session_sheet/test_options.py::test_missing_fees_lead_to_the_address",
    ),
    "stake far above the usual": (
        f"{STAKES}::test_a_stake_far_above_the_usual",
        "tests/gui/session_sheet/test_options.py"
        "::test_a_stake_above_the_limits_needs_the_text_and_the_password",
    ),
    "session: too short or too long": (
        f"{STAKES}::test_a_session_shorter_or_longer_than_the_contract_allows",
        f"{SHEET}::test_less_than_five_minutes",
        f"{SHEET}::test_more_than_the_longest_session",
    ),
    "password: wrong": (
        f"{WALLET}[a wrong password, again and again]",
        "tests/gui/shell/test_unlock.py::test_a_wrong_password_names_the_wait_and_counts_it_down",
        "tests/gui/shell/test_unlock.py::test_a_forgotten_password_leads_to_the_import",
    ),
    "password: weak": (
        f"{WALLET}[a weak password]",
        "tests/gui/dialogs/test_secrets.py::test_a_short_password_is_not_taken",
    ),
    "wallet file: another kind of file": (
        f"{WALLET}[a file that is no wallet]",
        "tests/unit/wallet/test_bad_inputs.py::test_a_photo_is_no_wallet_file",
    ),
    "wallet file: asks for too much": (f"{WALLET}[a file that would take all memory]",),
    "model file: no GGUF, cut, hostile": (
        f"{GGUF}::test_a_file_cut_in_its_data_names_the_tensor",
        f"{GGUF}::test_damage_is_named",
        "tests/gui/local_models/test_page.py::test_a_file_that_is_no_model_is_refused_in_words",
    ),
    "model: too little memory": (
        "tests/gui/local_models/test_page.py::test_what_is_too_large_leads_to_the_market",
    ),
    "provider: price, stake, endpoint out of bounds": (
        "tests/unit/router/test_provider_admin.py::test_an_endpoint_that_is_none_is_refused",
        "tests/unit/chain/test_errors.py::test_a_stake_that_is_too_low_names_both_amounts",
        f"{OFFERS}::test_a_price_outside_the_bounds_names_them_and_the_nearest",
    ),
    "provider: address nobody can reach": (
        f"{HOSTING}::test_a_private_address_is_told_where_strangers_must_come",
    ),
    "message: empty": ("tests/gui/widgets/test_widgets.py::test_nothing_is_not_sent",),
    "message: longer than the model reads": (
        "tests/llm/test_worker.py::test_too_long_a_prompt_is_the_clients_fault",
    ),
    "link in an answer": ("tests/gui/chat/test_page.py::test_links_are_copied_not_opened",),
    "server of the chain: bad, http, another chain": (
        "tests/http/test_config_routes.py::test_addresses_that_are_of_no_use_change_nothing",
        "tests/http/test_config_routes.py::test_a_server_is_tried_before_it_is_saved",
        f"{SERVERS}::test_a_server_of_no_use_is_told_at_the_field",
    ),
    "network of one's own: named like another": (
        "tests/unit/core/test_network_rules.py::test_names_that_look_like_a_network_of_the_program",
        f"{BOOK}::test_the_same_one_twice",
    ),
    "network of one's own: server, chain or contract that is another": (
        f"{BOOK}::test_what_does_not_fit_is_refused_in_words",
        f"{BOOK}::test_contracts_that_are_others",
        "tests/unit/cli/test_network.py::test_a_mistake_is_told_and_nothing_is_kept",
    ),
    "network of one's own: called a test where money is real": (
        "tests/unit/service/test_own_network.py::test_where_money_is_real_nobody_calls_it_a_test",
    ),
    "network of one's own: removed while something is open": (
        f"{BOOK}::test_it_is_not_removed_while_in_use",
        "tests/unit/service/test_own_network_walk.py"
        "::test_an_open_session_holds_its_network_and_is_found_again",
    ),
    "network of one's own: a table written wrongly": (
        "tests/unit/core/test_own_networks.py::test_a_bad_table_is_named_with_its_field",
    ),
    "settings that cannot be read": (
        "tests/gui/shell/test_start.py::test_unreadable_settings_are_named",
        "tests/unit/core/test_settings.py::test_a_broken_file_is_reported_and_left_alone",
    ),
    "API: credentials, host, origin": (
        "tests/http/test_matrix.py::test_no_mix_of_wrong_host_origin_or_credentials_passes",
        "tests/http/test_access.py::test_web_pages_are_refused_even_with_credentials",
    ),
}
"""What a person enters, chooses or points at."""

MET: dict[str, tuple[str, ...]] = {
    "E-FS-01": (
        "tests/unit/core/test_paths.py::test_a_folder_that_cannot_be_written_is_named_with_a_way_out",
        f"{WINDOW}::test_a_failed_start_of_the_node_is_said",
    ),
    "E-FS-02": (
        "tests/unit/store/test_damage.py::test_full_disk_is_told_and_passes",
        "tests/unit/service/test_local_checks.py::test_a_disk_that_is_nearly_full_is_told",
    ),
    "E-START-01": (f"{WINDOW}::test_a_failed_start_of_the_node_is_said",),
    "E-PORT-01": (
        "tests/unit/service/test_local_checks.py::test_the_port_that_took_the_place_of_another_is_told",
        "tests/gui/settings/test_page.py::test_another_port_than_the_set_one_is_explained",
    ),
    "E-RPC-01": (
        f"{WINDOW}::test_a_lost_connection_is_one_banner_and_goes_with_its_reason",
        f"{SHEET}::test_no_connection_can_be_tried_again",
        "tests/unit/chain/test_rpc_pool.py::test_everything_down_is_said_after_some_rounds",
    ),
    "E-RPC-02": (
        "tests/unit/chain/test_rpc_pool.py::test_only_endpoints_of_another_chain",
        "tests/unit/router/test_rpc_faults.py::test_endpoint_of_another_chain_gets_nothing_signed",
    ),
    "E-RPC-03": (
        "tests/unit/router/test_restarts.py::test_a_wrong_clock_is_named_before_anything_is_spent",
        f"{NETWORKS}::test_a_clock_that_is_off_is_told",
        "tests/unit/router/test_clock_check.py"
        "::test_a_prompt_refused_for_its_time_names_the_clock_and_costs_nothing",
    ),
    "sources of the chain disagree": (
        f"{NETWORKS}::test_servers_that_disagree_are_told",
        "tests/unit/chain/test_quorum.py"
        "::test_without_a_majority_both_values_are_told_and_nothing_is_signed",
        "tests/unit/router/test_chain_sources.py"
        "::test_without_a_majority_nothing_is_quoted_signed_or_sent",
    ),
    "E-WAL-01": (
        "tests/gui/shell/test_unlock.py::test_a_wrong_password_names_the_wait_and_counts_it_down",
    ),
    "E-WAL-02": (
        f"{IMPORT}::test_an_unknown_word_is_named_and_corrected_with_one_click",
        f"{IMPORT}::test_words_that_do_not_fit_together_stay_with_the_reason",
    ),
    "E-WAL-03": (f"{IMPORT}::test_eleven_words_are_counted_in_place",),
    "E-WAL-04": (f"{IMPORT}::test_funded_accounts_are_taken_and_the_rest_can_be_chosen",),
    "E-WAL-05": (
        f"{DAMAGE}::test_the_copy_takes_the_place_of_a_damaged_file",
        f"{DAMAGE}::test_without_a_copy_the_way_out_is_told",
        f"{WINDOW}::test_a_damaged_wallet_file_is_told",
    ),
    "E-WAL-06": (
        "tests/unit/wallet/test_bad_inputs.py::test_without_a_working_secret_store_a_password_does",
        "tests/gui/onboarding/test_onboarding.py"
        "::test_the_systems_keychain_is_a_choice_where_there_is_one",
    ),
    "E-TX-01": (
        f"{SHEET}::test_money_that_is_missing_is_said_with_both_amounts",
        "tests/gui/session_sheet/test_options.py::test_a_reason_comes_with_the_way_out",
    ),
    "E-TX-02": ("tests/gui/session_sheet/test_options.py::test_missing_fees_lead_to_the_address",),
    "E-TX-03": (
        "tests/unit/service/test_wallet_pending.py"
        "::test_a_waiting_transaction_offers_both_verbs_and_ends_final",
        "tests/gui/wallet/pending/test_sheet.py::test_fees_number_and_both_outcomes_are_told",
    ),
    "E-TX-04": (
        "tests/unit/chain/test_transactions.py"
        "::test_another_program_that_uses_the_wallet_is_noticed",
        "tests/unit/router/test_replacing.py::test_who_waits_for_a_cancelled_transfer_is_told",
    ),
    "E-TX-05": (
        "tests/unit/chain/test_transactions.py::test_a_mined_failure_says_why_and_what_it_cost",
        "tests/unit/chain/test_errors.py::test_every_error_of_the_contracts_is_known",
        "tests/unit/chain/test_errors.py::test_both_spellings_of_a_renamed_error_say_the_same",
    ),
    "E-TX-06": (
        "tests/unit/chain/test_transactions.py"
        "::test_another_program_that_uses_the_wallet_is_noticed",
    ),
    "a call that would fail": (
        "tests/unit/chain/test_transactions.py"
        "::test_a_call_that_would_fail_is_refused_with_its_reason_and_costs_nothing",
    ),
    "a consent that grew old": (
        "tests/unit/router/test_opening.py::test_a_consent_that_grew_old_is_asked_for_again",
    ),
    "E-SES-01": (
        "tests/gui/market/test_page.py::test_a_network_without_models_says_so",
        "tests/gui/chat/test_page.py"
        "::test_a_problem_of_the_quote_turns_the_button_off_with_its_reason",
    ),
    "E-SES-02": (
        "tests/unit/router/test_opening.py::test_unreachable_provider_costs_nothing",
        f"{SHEET}::test_a_provider_that_does_not_answer_leads_to_the_others",
    ),
    "E-SES-03": (
        "tests/unit/router/test_opening.py::test_unreachable_provider_costs_nothing",
        "tests/gui/session_sheet/test_sheet.py"
        "::test_a_refused_opening_says_why_and_can_be_tried_again",
    ),
    "E-SES-04": (
        "tests/unit/router/test_quotes.py"
        "::test_a_tee_model_is_refused_with_words_and_nothing_is_sent",
        "tests/gui/session_sheet/test_options.py"
        "::test_unproved_tee_is_used_only_after_a_click_that_says_so",
    ),
    "E-SES-05": (
        "tests/unit/router/test_opening_life.py"
        "::test_what_an_abandoned_opening_allowed_is_seen_and_used",
        "tests/gui/wallet/approvals/test_sheet.py::test_revoking_is_one_click_and_one_yes",
    ),
    "E-SES-06": (
        "tests/unit/router/test_closing.py"
        "::test_empty_payout_account_keeps_the_stake_safe_and_can_be_retried",
        "tests/gui/sessions/test_page.py"
        "::test_a_session_that_cannot_be_closed_says_why_and_when_it_is_tried_again",
    ),
    "E-SES-07": (
        "tests/e2e/test_restart_in_each_state.py"
        "::test_a_session_that_ended_while_the_node_was_off_is_closed_at_its_start",
        "tests/gui/sessions/test_page.py::test_ended_sessions_are_collected_in_one_click",
    ),
    "E-SES-08": (
        "tests/unit/service/test_guards.py::test_one_session_above_its_limit_needs_the_password",
        "tests/unit/service/test_guards.py::test_sends_and_stakes_of_a_day_count_together",
    ),
    "E-SES-09": (
        f"{OFFERS}::test_a_dearer_offer_names_both_prices_and_what_to_confirm",
        f"{OFFERS}::test_an_offer_that_was_withdrawn_leads_to_others",
        f"{SHEET}::test_a_dearer_offer_is_quoted_anew_before_anything_is_sent",
    ),
    "provider is somebody else": (
        "tests/unit/wire/test_handshake.py::test_replies_of_somebody_else",
        "tests/unit/wire/test_handshake.py::test_approvals_of_something_else",
    ),
    "the program ended while a session was opened": (
        "tests/e2e/test_restart_in_each_state.py::test_while_it_is_opened",
        "tests/gui/shell/test_resumed.py::test_it_is_told_once",
        "tests/gui/sessions/test_tabs.py::test_a_session_that_did_not_open_says_why",
    ),
    "E-CH-01": (
        "tests/gui/chat/test_presenter.py::test_an_expired_session_offers_a_new_one",
        "tests/gui/shell/test_errors.py::test_an_ended_session_is_not_retried",
    ),
    "E-CH-02": ("tests/gui/chat/test_page.py::test_a_failed_answer_keeps_its_part_and_retries",),
    "E-CH-04": (
        "tests/gui/chat/test_waiting.py::test_each_minute_without_a_word_is_told_until_it_comes",
        "tests/unit/wire/test_silence.py::test_before_its_first_word",
    ),
    "provider falls silent": (
        "tests/unit/wire/test_silence.py::test_in_the_middle_of_an_answer",
        "tests/unit/wire/test_silence.py::test_before_its_first_word",
        "tests/gui/shell/test_errors.py::test_a_cut_answer_says_that_its_part_is_kept",
    ),
    "E-CH-03": (
        "tests/gui/shell/test_errors.py"
        "::test_what_a_provider_says_is_quoted_and_never_the_headline",
    ),
    "E-CH-09": (
        "tests/unit/wire/test_handshake.py::test_key_that_is_no_key",
        "tests/unit/wire/test_client_server.py::test_approval_that_does_not_fit_the_offer",
    ),
    "E-LM-01": ("tests/unit/llm/llama/test_failures.py::test_reason_from_the_engines_lines",),
    "E-LM-03": (f"{GGUF}::test_damage_is_named",),
    "E-LM-04": (
        "tests/llm/test_worker.py::test_a_crash_fails_the_answer_and_the_worker_comes_back",
        "tests/llm/test_worker.py::test_crashes_on_the_first_request_stop_the_restarts",
    ),
    "E-HOST-01": (f"{HOSTING}::test_an_address_where_nobody_answers_is_told",),
    "E-HOST-02": (f"{HOSTING}::test_a_model_server_that_is_down_is_told",),
    "E-HOST-03": (f"{HOSTING}::test_a_stake_that_is_used_up_is_told",),
    "E-HOST-04": (f"{OFFERS}::test_a_price_outside_the_bounds_names_them_and_the_nearest",),
    "E-HOST-05": (f"{OFFERS}::test_a_model_with_offers_stays_until_they_are_gone",),
    "E-API-01": (
        "tests/http/test_serving.py::test_a_fixed_port_that_is_taken_leaves_nothing_open",
    ),
    "E-API-02": (
        "tests/http/test_serving.py::test_guessing_is_slowed_down_but_the_right_token_passes",
    ),
    "provider's port is taken": (
        "tests/unit/wire/test_client_server.py::test_two_servers_cannot_share_a_port",
        f"{DOCTOR}::test_a_port_in_use_is_named",
    ),
    "a second start": (
        "tests/gui/shell/test_start.py::test_a_second_start_raises_the_first_window",
    ),
}
"""What happens without anybody's mistake."""

WITHOUT: dict[str, str] = {
    "E-CH-05": "chats are sent whole; the model server's own refusal is quoted",
    "E-CH-06": "there are no attachments yet",
    "E-CH-07": "there are no attachments yet",
    "E-CH-08": "a place in the provider's queue is not told on the wire",
    "E-DL-01": "there are no downloads yet",
    "E-DL-02": "there are no downloads yet",
    "E-DL-03": "there are no downloads yet",
    "E-LM-02": "the engine chooses its instructions by itself",
    "model of unknown origin": "there is no catalogue yet",
}
"""Cases of parts that do not exist yet, with the reason. Printed by the test."""
