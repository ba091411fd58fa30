"""Finds the prepared question nearest to what was asked, by the words both share.

Words are weighted by how rare they are among all prepared questions (inverse document frequency),
so "what is a" counts little and "midnight" much.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_WORDS = re.compile(r"[\w']+")
_SUFFIXES = ("ing", "ies", "es", "ed", "s")
_MIN_STEM = 3
_UNKNOWN_WORD_SHARE = 0.5  # long questions with many words of their own still find their topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    name: str
    phrases: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Match:
    intent: Intent
    score: float


class IntentMatcher:
    """Scores from 0 (no common word) to 1 (the same words)."""

    def __init__(
        self,
        intents: Sequence[Intent],
        *,
        synonyms: Mapping[str, str],
        stop_words: Iterable[str],
    ) -> None:
        self._synonyms = dict(synonyms)
        self._phrases = [
            (intent, self._terms(phrase)) for intent in intents for phrase in intent.phrases
        ]
        seen = Counter(term for _, terms in self._phrases for term in terms)
        total = len(self._phrases)
        self._rarest = math.log(1 + total)
        self._weights = {term: math.log(1 + total / count) for term, count in seen.items()}
        self._weights |= {self._term(word): self._rarest / 10 for word in stop_words}

    def rank(self, question: str) -> list[Match]:
        """Intents with at least one common word, best first; ties in the script's order."""
        asked = self._terms(question)
        best: dict[str, Match] = {}
        for intent, terms in self._phrases:
            score = self._score(asked, terms)
            if score > 0 and (intent.name not in best or score > best[intent.name].score):
                best[intent.name] = Match(intent, score)
        return sorted(best.values(), key=lambda match: -match.score)

    def _score(self, asked: frozenset[str], terms: frozenset[str]) -> float:
        shared = self._weight(asked & terms)
        if not shared:
            return 0.0
        extra = self._weight(asked - terms) * _UNKNOWN_WORD_SHARE
        return 2 * shared / (2 * shared + extra + self._weight(terms - asked))

    def _weight(self, terms: Iterable[str]) -> float:
        return sum(self._weights.get(term, self._rarest) for term in terms)

    def _terms(self, text: str) -> frozenset[str]:
        words = _WORDS.findall(text.casefold().replace("\u2019", "'"))
        return frozenset(self._term(word.removesuffix("'s")) for word in words)

    def _term(self, word: str) -> str:
        replaced = self._synonyms.get(word)
        if replaced is not None:
            return replaced
        for suffix in _SUFFIXES:
            if word.endswith(suffix) and len(word) - len(suffix) >= _MIN_STEM:
                stem = word.removesuffix(suffix)
                return self._synonyms.get(stem, stem)
        return word
