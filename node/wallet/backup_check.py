"""Asking three words of a phrase back, so that a backup is known to exist."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from node.core.errors import InvalidMnemonicError
from node.wallet import wordlist
from node.wallet.mnemonic import Mnemonic

QUESTIONS = 3
CHOICES = 6


@dataclass(frozen=True, slots=True)
class Question:
    """Which of `choices` is the word at `position`, counted from 1?"""

    position: int
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BackupCheck:
    """Questions about the phrase of `group`, with the words that answer them."""

    group: str
    questions: tuple[Question, ...]
    _words: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, group: str, mnemonic: Mnemonic) -> "BackupCheck":
        chance = secrets.SystemRandom()
        positions = sorted(chance.sample(range(1, len(mnemonic.words) + 1), QUESTIONS))
        words = tuple(mnemonic.words[position - 1] for position in positions)
        questions = []
        for position, word in zip(positions, words, strict=True):
            others = [other for other in wordlist.words() if other != word]
            choices = [word, *chance.sample(others, CHOICES - 1)]
            chance.shuffle(choices)
            questions.append(Question(position, tuple(choices)))
        return cls(group, tuple(questions), words)

    def verify(self, answers: Sequence[str]) -> None:
        """Raise InvalidMnemonicError (`input.backup_word`) for the first wrong or missing word."""
        for index, (question, word) in enumerate(zip(self.questions, self._words, strict=True)):
            given = answers[index].strip().lower() if index < len(answers) else ""
            if given != word:
                raise InvalidMnemonicError(
                    f"Word {question.position} is another one.",
                    hint="Look at what you wrote down. Nothing has changed.",
                    code="input.backup_word",
                    details={"position": question.position},
                )
