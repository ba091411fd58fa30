// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

import {BidsStorage, Layout} from "./Layout.sol";
import {Paging, Set} from "./Paging.sol";
import {Bid} from "./Types.sol";

/// Offers of providers on models, and the fee for posting one.
contract BidFacet is Layout {
    using Paging for Set;
    using Paging for bytes32[];

    function __Marketplace_init(
        address token_,
        uint256 bidMinPricePerSecond_,
        uint256 bidMaxPricePerSecond_
    ) external {
        BidsStorage storage s = _bids();
        _initializeOnce(s.initialized, BIDS_SLOT);
        s.initialized = true;
        s.token = token_;
        setMinMaxBidPricePerSecond(bidMinPricePerSecond_, bidMaxPricePerSecond_);
    }

    function setMarketplaceBidFee(uint256 bidFee_) external onlyOwner {
        _bids().fee = bidFee_;
        emit MaretplaceFeeUpdated(bidFee_);
    }

    function setMinMaxBidPricePerSecond(
        uint256 bidMinPricePerSecond_,
        uint256 bidMaxPricePerSecond_
    ) public onlyOwner {
        if (bidMinPricePerSecond_ == 0) revert MarketplaceBidMinPricePerSecondIsZero();
        if (bidMinPricePerSecond_ > bidMaxPricePerSecond_) {
            revert MarketplaceBidMinPricePerSecondIsInvalid();
        }
        BidsStorage storage s = _bids();
        s.minPricePerSecond = bidMinPricePerSecond_;
        s.maxPricePerSecond = bidMaxPricePerSecond_;
        emit MarketplaceBidMinMaxPriceUpdated(bidMinPricePerSecond_, bidMaxPricePerSecond_);
    }

    /// Posting again replaces the provider's bid on the model; the fee is due each time.
    function postModelBid(
        address provider_,
        bytes32 modelId_,
        uint256 pricePerSecond_
    ) external returns (bytes32 bidId) {
        _requireRights(provider_, RULE_MARKETPLACE);
        if (!_isActive(_providers().providers[provider_])) revert MarketplaceProviderNotFound();
        if (!_isActive(_models().models[modelId_])) revert MarketplaceModelNotFound();
        BidsStorage storage s = _bids();
        if (pricePerSecond_ < s.minPricePerSecond || pricePerSecond_ > s.maxPricePerSecond) {
            revert MarketplaceBidPricePerSecondInvalid();
        }
        _token().transferFrom(provider_, address(this), s.fee);
        s.feeBalance += s.fee;

        uint256 nonce = s.nonces[getProviderModelId(provider_, modelId_)]++;
        if (nonce > 0) {
            bytes32 previous = getBidId(provider_, modelId_, nonce - 1);
            if (_isActive(s.bids[previous])) _delete(previous);
        }
        bidId = getBidId(provider_, modelId_, nonce);
        s.bids[bidId] = Bid(
            provider_,
            modelId_,
            pricePerSecond_,
            nonce,
            uint128(block.timestamp),
            0
        );
        s.ofModel[modelId_].push(bidId);
        s.ofProvider[provider_].push(bidId);
        s.activeOfModel[modelId_].add(bidId);
        s.activeOfProvider[provider_].add(bidId);
        emit MarketplaceBidPosted(provider_, modelId_, nonce);
    }

    function deleteModelBid(bytes32 bidId_) external {
        Bid storage bid = _bids().bids[bidId_];
        _requireRights(bid.provider, RULE_MARKETPLACE);
        if (!_isActive(bid)) revert MarketplaceActiveBidNotFound();
        _delete(bidId_);
    }

    function withdrawFee(address recipient_, uint256 amount_) external onlyOwner {
        BidsStorage storage s = _bids();
        uint256 amount = amount_ < s.feeBalance ? amount_ : s.feeBalance;
        if (amount == 0) revert MarketplaceFeeAmountIsZero();
        s.feeBalance -= amount;
        _token().transfer(recipient_, amount);
    }

    function getBid(bytes32 bidId_) external view returns (Bid memory) {
        return _bids().bids[bidId_];
    }

    function isBidActive(bytes32 bidId_) external view returns (bool) {
        return _isActive(_bids().bids[bidId_]);
    }

    function getModelBids(
        bytes32 modelId_,
        uint256 offset_,
        uint256 limit_
    ) external view returns (bytes32[] memory, uint256) {
        return _bids().ofModel[modelId_].page(offset_, limit_);
    }

    function getModelActiveBids(
        bytes32 modelId_,
        uint256 offset_,
        uint256 limit_
    ) external view returns (bytes32[] memory, uint256) {
        return _bids().activeOfModel[modelId_].values.page(offset_, limit_);
    }

    function getProviderBids(
        address provider_,
        uint256 offset_,
        uint256 limit_
    ) external view returns (bytes32[] memory, uint256) {
        return _bids().ofProvider[provider_].page(offset_, limit_);
    }

    function getProviderActiveBids(
        address provider_,
        uint256 offset_,
        uint256 limit_
    ) external view returns (bytes32[] memory, uint256) {
        return _bids().activeOfProvider[provider_].values.page(offset_, limit_);
    }

    function getBidId(
        address provider_,
        bytes32 modelId_,
        uint256 nonce_
    ) public pure returns (bytes32) {
        return keccak256(abi.encodePacked(provider_, modelId_, nonce_));
    }

    function getProviderModelId(
        address provider_,
        bytes32 modelId_
    ) public pure returns (bytes32) {
        return keccak256(abi.encodePacked(provider_, modelId_));
    }

    function getBidFee() external view returns (uint256) {
        return _bids().fee;
    }

    function getFeeBalance() external view returns (uint256) {
        return _bids().feeBalance;
    }

    function getMinMaxBidPricePerSecond() external view returns (uint256, uint256) {
        return (_bids().minPricePerSecond, _bids().maxPricePerSecond);
    }

    function getToken() external view returns (address) {
        return _bids().token;
    }

    function _delete(bytes32 bidId) private {
        BidsStorage storage s = _bids();
        Bid storage bid = s.bids[bidId];
        bid.deletedAt = uint128(block.timestamp);
        s.activeOfModel[bid.modelId].remove(bidId);
        s.activeOfProvider[bid.provider].remove(bidId);
        emit MarketplaceBidDeleted(bid.provider, bid.modelId, bid.nonce);
    }
}
