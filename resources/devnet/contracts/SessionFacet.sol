// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

import {Budget} from "./Budget.sol";
import {IOwned} from "./Interfaces.sol";
import {SessionsStorage} from "./Layout.sol";
import {Paging} from "./Paging.sol";
import {Signatures} from "./Signatures.sol";
import {Statistics} from "./Statistics.sol";
import {Bid, ModelStats, OnHold, Pool, Provider, ProviderModelStats, Session} from "./Types.sol";

/// Sessions: open against a provider's approval, close with a receipt, pay, withdraw.
contract SessionFacet is Budget {
    using Paging for bytes32[];

    uint128 private constant BLOB_LIFETIME = 10 minutes;
    uint128 private constant LIMITER_PERIOD = 365 days;
    uint256 private constant CLOSED_DISPUTED = 1;

    /// Timestamps are in seconds here; nodes sign milliseconds, which lie far in the future for
    /// these comparisons and never expire.
    struct Receipt {
        bytes32 sessionId;
        uint256 chainId;
        uint128 timestamp;
        uint32 tpsScaled1000;
        uint32 ttftMs;
    }

    function __SessionRouter_init(
        address fundingAccount_,
        uint128 maxSessionDuration_,
        Pool[] calldata pools_
    ) external {
        SessionsStorage storage s = _sessions();
        _initializeOnce(s.initialized, SESSIONS_SLOT);
        s.initialized = true;
        s.fundingAccount = fundingAccount_;
        setMaxSessionDuration(maxSessionDuration_);
        for (uint256 i = 0; i < pools_.length; ++i) s.pools.push(pools_[i]);
    }

    // ---------------------------------------------------------------- open

    /// The approval's user is not compared with anything, as on the public networks.
    function openSession(
        address user_,
        uint256 amount_,
        bool isDirectPaymentFromUser_,
        bytes calldata approvalEncoded_,
        bytes calldata signature_
    ) external returns (bytes32 sessionId) {
        _requireRights(user_, RULE_SESSION);
        bytes32 bidId = _checkApprovalTerms(approvalEncoded_);
        Bid storage bid = _bids().bids[bidId];
        SessionsStorage storage s = _sessions();
        sessionId = getSessionId(user_, bid.provider, bidId, s.nonce++);
        _token().transferFrom(user_, address(this), amount_);
        if (!_isActive(bid)) revert SessionBidNotFound();
        if (!_isSignedFor(bid.provider, approvalEncoded_, signature_)) {
            revert SessionProviderSignatureMismatch();
        }
        bytes32 approvalHash = keccak256(approvalEncoded_);
        if (s.approvalUsed[approvalHash]) revert SessionDuplicateApproval();

        Session storage session = s.sessions[sessionId];
        session.openedAt = uint128(block.timestamp);
        session.endsAt = _end(bid, amount_, isDirectPaymentFromUser_);
        session.user = user_;
        session.bidId = bidId;
        session.stake = amount_;
        session.isActive = true;
        session.isDirectPaymentFromUser = isDirectPaymentFromUser_;
        s.approvalUsed[approvalHash] = true;
        _index(user_, bid, sessionId);
    }

    function _index(address user, Bid storage bid, bytes32 sessionId) private {
        SessionsStorage storage s = _sessions();
        s.ofUser[user].push(sessionId);
        s.ofProvider[bid.provider].push(sessionId);
        s.ofModel[bid.modelId].push(sessionId);
        emit SessionOpened(user, sessionId, bid.provider);
    }

    function _checkApprovalTerms(bytes calldata approval) private view returns (bytes32) {
        (bytes32 bidId, uint256 chainId, , uint128 timestamp) = abi.decode(
            approval,
            (bytes32, uint256, address, uint128)
        );
        if (chainId != block.chainid) revert SessionApprovedForAnotherChainId();
        if (block.timestamp > uint256(timestamp) + BLOB_LIFETIME) revert SessionApproveExpired();
        return bidId;
    }

    function _end(
        Bid storage bid,
        uint256 amount,
        bool direct
    ) private view returns (uint128 ends) {
        uint128 opened = uint128(block.timestamp);
        ends = getSessionEnd(amount, bid.pricePerSecond, opened);
        uint128 duration = ends - opened;
        if (duration < MIN_SESSION_DURATION) revert SessionTooShort();
        if (direct && duration * bid.pricePerSecond > amount) revert SessionStakeTooLow();
    }

    /// By the provider, by somebody with the provider's rights, or by the owner of a provider
    /// that is a contract.
    function _isSignedFor(
        address provider,
        bytes memory blob,
        bytes memory signature
    ) private view returns (bool) {
        address signer = Signatures.recover(blob, signature);
        if (signer == provider || _isDelegated(signer, provider, RULE_PROVIDER)) return true;
        if (provider.code.length == 0) return false;
        (bool ok, bytes memory answer) = provider.staticcall(
            abi.encodeCall(IOwned.owner, ())
        );
        return ok && answer.length == 32 && abi.decode(answer, (uint256)) == uint160(signer);
    }

    // ---------------------------------------------------------------- close

    function closeSession(bytes calldata receiptEncoded_, bytes calldata signature_) external {
        Receipt memory receipt = abi.decode(receiptEncoded_, (Receipt));
        if (receipt.chainId != block.chainid) revert SessionReceiptForAnotherChainId();
        if (block.timestamp > uint256(receipt.timestamp) + BLOB_LIFETIME) {
            revert SessionReceiptExpired();
        }
        Session storage session = _sessions().sessions[receipt.sessionId];
        _requireRights(session.user, RULE_SESSION);
        if (session.closedAt != 0) revert SessionAlreadyClosed();

        Bid storage bid = _bids().bids[session.bidId];
        session.isActive = false;
        session.closeoutReceipt = receiptEncoded_;
        session.closedAt = uint128(block.timestamp);
        bool disputed = !_isSignedFor(bid.provider, receiptEncoded_, signature_);

        _payUser(session, bid.pricePerSecond);
        _payProviderAtClose(session, bid, disputed);
        _recordClose(session, bid, receipt, disputed);
        emit SessionClosed(session.user, receipt.sessionId, bid.provider);
    }

    /// An early close locks, until midnight UTC, the stake that stands for the seconds used today.
    function _payUser(Session storage session, uint256 price) private {
        uint256 rest = session.stake;
        uint128 closed = session.closedAt;
        uint128 end = _usedUntil(session);
        if (session.isDirectPaymentFromUser) rest -= (end - session.openedAt) * price;

        uint256 lock;
        if (closed < session.endsAt) {
            uint128 day = startOfTheDay(closed);
            uint256 usedToday = end - _later(session.openedAt, day);
            lock = stipendToStake(usedToday * price, day);
            if (lock > rest) lock = rest;
            _sessions().onHold[session.user].push(OnHold(lock, day + 1 days));
        }
        if (rest > lock) _token().transfer(session.user, rest - lock);
    }

    function _payProviderAtClose(Session storage session, Bid storage bid, bool disputed) private {
        uint256 due = _earned(session, bid.pricePerSecond);
        if (disputed && session.closedAt < session.endsAt) {
            due -= _heldToday(session, bid.pricePerSecond);
        }
        _payProvider(session, bid.provider, due);
    }

    function _recordClose(
        Session storage session,
        Bid storage bid,
        Receipt memory receipt,
        bool disputed
    ) private {
        SessionsStorage storage s = _sessions();
        ProviderModelStats storage pair = s.providerModelStats[bid.modelId][bid.provider];
        pair.totalCount++;
        if (disputed) {
            session.closeoutType = CLOSED_DISPUTED;
            return;
        }
        Statistics.recordSuccess(
            s.modelStats[bid.modelId],
            pair,
            receipt.tpsScaled1000,
            receipt.ttftMs,
            uint32(session.closedAt - session.openedAt)
        );
    }

    // ---------------------------------------------------------------- provider pay

    /// The hold of the closing day applies whether or not the close was disputed: a claim on the
    /// day of a paid close panics, as on the public networks.
    function claimForProvider(bytes32 sessionId_) external {
        Session storage session = _sessions().sessions[sessionId_];
        Bid storage bid = _bids().bids[session.bidId];
        _requireRights(bid.provider, RULE_SESSION);
        uint256 due = _earned(session, bid.pricePerSecond);
        if (session.closedAt != 0) due -= _heldToday(session, bid.pricePerSecond);
        _payProvider(session, bid.provider, due);
    }

    function _earned(Session storage session, uint256 price) private view returns (uint256) {
        uint128 end = _usedUntil(session);
        if (block.timestamp < end) return 0;
        return (end - session.openedAt) * price - session.providerWithdrawnAmount;
    }

    function _heldToday(Session storage session, uint256 price) private view returns (uint256) {
        uint128 closed = session.closedAt;
        uint128 day = startOfTheDay(closed);
        if (block.timestamp >= day + 1 days) return 0;
        return (closed - _later(day, session.openedAt)) * price;
    }

    /// Pays at most the stake per limiter period; what is cut off can be claimed later.
    function _payProvider(Session storage session, address to, uint256 due) private {
        SessionsStorage storage s = _sessions();
        Provider storage provider = _providers().providers[to];
        if (block.timestamp > provider.limitPeriodEnd) {
            provider.limitPeriodEnd = uint128(block.timestamp) + LIMITER_PERIOD;
            provider.limitPeriodEarned = 0;
        }
        uint256 headroom = provider.stake - provider.limitPeriodEarned;
        uint256 amount = due < headroom ? due : headroom;
        if (amount == 0) return;
        session.providerWithdrawnAmount += amount;
        provider.limitPeriodEarned += amount;
        s.providersTotalClaimed += amount;
        if (session.isDirectPaymentFromUser) _token().transfer(to, amount);
        else _token().transferFrom(s.fundingAccount, to, amount);
    }

    function _usedUntil(Session storage session) private view returns (uint128) {
        uint128 closed = session.closedAt;
        return closed != 0 && closed < session.endsAt ? closed : session.endsAt;
    }

    function _later(uint128 a, uint128 b) private pure returns (uint128) {
        return a > b ? a : b;
    }

    // ---------------------------------------------------------------- stakes on hold

    function withdrawUserStakes(address user_, uint8 iterations_) external {
        _requireRights(user_, RULE_SESSION);
        OnHold[] storage entries = _sessions().onHold[user_];
        uint256 amount;
        uint8 left = iterations_;
        for (uint256 i = entries.length; i > 0 && left > 0; --i) {
            if (block.timestamp < entries[i - 1].releaseAt) continue;
            amount += entries[i - 1].amount;
            entries[i - 1] = entries[entries.length - 1];
            entries.pop();
            --left;
        }
        if (amount == 0) revert SessionUserAmountToWithdrawIsZero();
        _token().transfer(user_, amount);
        emit UserWithdrawn(user_, amount);
    }

    /// Sums all entries; the number of iterations has no effect.
    function getUserStakesOnHold(
        address user_,
        uint8
    ) external view returns (uint256 available_, uint256 hold_) {
        OnHold[] storage entries = _sessions().onHold[user_];
        for (uint256 i = 0; i < entries.length; ++i) {
            if (block.timestamp < entries[i].releaseAt) hold_ += entries[i].amount;
            else available_ += entries[i].amount;
        }
    }

    // ---------------------------------------------------------------- views

    function getSession(bytes32 sessionId_) external view returns (Session memory) {
        return _sessions().sessions[sessionId_];
    }

    function getUserSessions(
        address user_,
        uint256 offset_,
        uint256 limit_
    ) external view returns (bytes32[] memory, uint256) {
        return _sessions().ofUser[user_].page(offset_, limit_);
    }

    function getProviderSessions(
        address provider_,
        uint256 offset_,
        uint256 limit_
    ) external view returns (bytes32[] memory, uint256) {
        return _sessions().ofProvider[provider_].page(offset_, limit_);
    }

    function getModelSessions(
        bytes32 modelId_,
        uint256 offset_,
        uint256 limit_
    ) external view returns (bytes32[] memory, uint256) {
        return _sessions().ofModel[modelId_].page(offset_, limit_);
    }

    function getTotalSessions(address provider_) external view returns (uint256) {
        return _sessions().ofProvider[provider_].length;
    }

    function getSessionId(
        address user_,
        address provider_,
        bytes32 bidId_,
        uint256 sessionNonce_
    ) public pure returns (bytes32) {
        return keccak256(abi.encodePacked(user_, provider_, bidId_, sessionNonce_));
    }

    function getIsProviderApprovalUsed(bytes calldata approval_) external view returns (bool) {
        return _sessions().approvalUsed[keccak256(approval_)];
    }

    function getFundingAccount() external view returns (address) {
        return _sessions().fundingAccount;
    }

    function getProvidersTotalClaimed() external view returns (uint256) {
        return _sessions().providersTotalClaimed;
    }

    function getModelStats(bytes32 modelId_) external view returns (ModelStats memory) {
        return _sessions().modelStats[modelId_];
    }

    function getProviderModelStats(
        bytes32 modelId_,
        address provider_
    ) external view returns (ProviderModelStats memory) {
        return _sessions().providerModelStats[modelId_][provider_];
    }
}
