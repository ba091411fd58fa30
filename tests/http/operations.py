"""Every documented operation, as `(method, path)`."""

_ALL = """
GET /healthcheck,GET /config,POST /config/ethNode,DELETE /config/ethNode,GET /auth/cookie/path,
POST /auth/users,DELETE /auth/users,GET /auth/users,POST /auth/users/request,
POST /auth/users/confirm,GET /auth/users/{username}/txs,POST /auth/allowance/requests,
GET /auth/allowance/requests,POST /auth/allowance/confirm,POST /auth/allowance/revoke,
GET /wallet,POST /wallet/privateKey,POST /wallet/mnemonic,DELETE /wallet,
GET /blockchain/balance,GET /blockchain/transactions,GET /blockchain/allowance,
GET /blockchain/latestBlock,POST /blockchain/approve,POST /blockchain/send/eth,
POST /blockchain/send/mor,GET /blockchain/providers,POST /blockchain/providers,
DELETE /blockchain/providers/{id},GET /blockchain/models,POST /blockchain/models,
DELETE /blockchain/models/{id},POST /blockchain/bids,GET /blockchain/bids/{id},
DELETE /blockchain/bids/{id},GET /blockchain/models/{id}/bids,
GET /blockchain/models/{id}/bids/rated,GET /blockchain/models/{id}/bids/active,
GET /blockchain/providers/{id}/bids,GET /blockchain/providers/{id}/bids/active,
GET /blockchain/sessions/user,GET /blockchain/sessions/user/ids,
GET /blockchain/sessions/provider,GET /blockchain/sessions/{id},POST /blockchain/sessions,
POST /blockchain/bids/{id}/session,POST /blockchain/models/{id}/session,
POST /blockchain/sessions/{id}/close,GET /blockchain/sessions/budget,
GET /blockchain/stakes/onhold,POST /blockchain/stakes/withdraw,GET /blockchain/token/supply,
GET /proxy/sessions/{id}/providerClaimableBalance,POST /proxy/sessions/{id}/providerClaim,
POST /proxy/sessions/initiate,POST /proxy/provider/ping,
POST /v1/chat/completions,POST /v1/embeddings,POST /v1/audio/speech,
POST /v1/audio/transcriptions,GET /v1/models,GET /v1/models/attestation,
GET /v1/agents,GET /v1/agents/tools,POST /v1/agents/tools,
GET /v1/chats,GET /v1/chats/{id},POST /v1/chats/{id},DELETE /v1/chats/{id}
"""
OPERATIONS = [tuple(item.split()) for item in _ALL.replace("\n", "").split(",")]
