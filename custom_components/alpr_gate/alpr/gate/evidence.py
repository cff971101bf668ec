"""What several looks at one plate say together.

The method is the logarithmic opinion pool (Genest and Zidek, "Combining probability
distributions", Statistical Science 1, 1986): per position, the logarithms of the probabilities that
the looks give to a character are added up, and the sums are made probabilities again. With a
uniform prior and independent looks that is Bayes' rule. Looks at one car a quarter of a second
apart are not independent: what misleads the reader in one (a bolt, a shadow, dirt) misleads it in
the next. So each of n looks counts for 1 / (1 + (n - 1) * CORRELATION), which makes n looks worth
n / (1 + (n - 1) * CORRELATION) independent ones: the design effect (Kish, "Survey Sampling", 1965).
Where a mistake would be likeliest to matter, because the list holds a plate much like this one,
looks are not added up at all: the reading must stand out in a typical one (``lead_in_one_look``).

No single look can be surer than ``1 - DOUBT`` of a character. Looks of another length cannot be
compared position by position: they are left out of the sum, and count as looks that disagree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
import math

from ..types import Character
from .plate import ALPHABET, glyph_key

CORRELATION = 0.5
"""Share of a look that repeats what the look before it said."""

DOUBT = 1e-3
"""Least probability of every character at every position, however sure a look is."""

CLASSES = (*dict.fromkeys(glyph_key(ALPHABET)), "")
"""Characters that are told apart: A-Z and 0-9 with O as 0 and I as 1, and "" for none."""

type Opinion = tuple[float, ...]
"""Logarithm of the probability of each of ``CLASSES``."""


@dataclass(frozen=True, slots=True)
class Look:
    """One independent picture in which a plate was read."""

    camera: str
    at: float
    """Monotonic time at which the picture was asked for."""
    text: str = field(repr=False)
    """Normal form of what was read."""
    characters: tuple[Character, ...] = field(repr=False)
    detection: float
    opinions: tuple[Opinion, ...] = field(init=False, repr=False, compare=False)
    """What it says of each position, worked out once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "opinions", tuple(map(_opinion, self.characters)))

    @property
    def weakest(self) -> float:
        """Probability of the weakest character, 0 to 1."""
        return min((_best(position) for position in self.characters), default=0.0)

    @property
    def key(self) -> str:
        """The text with glyphs that are printed alike made one."""
        return glyph_key(self.text)


@dataclass(frozen=True, slots=True)
class Consensus:
    """What the looks of one visit say together."""

    plate: str = field(repr=False)
    """Likeliest text, as the surest of the looks that agree read it."""
    key: str = field(repr=False)
    """The same with O as 0 and I as 1."""
    agreeing: int
    """Looks that read exactly this plate by themselves."""
    looks: int
    """All looks."""
    weakest: float
    """Probability of the weakest position, 0 to 1."""
    margin: float
    """How many times likelier it is than the next-best reading of the same length."""
    detection: float
    """Least detector score of the looks that agree."""
    agreement: float
    """Share of the looks that agree, each as heavy as its weakest character is sure, 0 to 1."""
    pooled: tuple[Mapping[str, float], ...] = field(repr=False)
    """Per position: probability of each of ``CLASSES``."""
    worth: float
    """How many independent looks those that were added up are worth; at least 1."""

    @property
    def net_agreeing(self) -> int:
        """Looks that agree, less those that say something else."""
        return 2 * self.agreeing - self.looks

    def lead_in_one_look(self, others: Iterable[str]) -> float:
        """How many times likelier it is in a typical look than any other reading, and ``others``.

        The geometric mean over the looks: more of them do not raise it. ``others`` are plates,
        which may have another length.
        """
        together = min([self.margin, *map(self.margin_over, others)])
        return float(together ** (1.0 / self.worth))

    def margin_over(self, other: str) -> float:
        """How many times likelier this plate is than ``other``, which may have another length."""
        mine = log_likelihood(self.pooled, self.key)
        return math.exp(min(mine - log_likelihood(self.pooled, glyph_key(other)), 700.0))


def consensus(looks: Sequence[Look]) -> Consensus | None:
    """Add the looks up; None when they say nothing together."""
    group = _comparable(looks)
    if not group:
        return None
    pooled = pool(group)
    best = [max(position.items(), key=lambda item: item[1]) for position in pooled]
    key = "".join(character for character, _ in best)
    agreeing = [look for look in group if look.key == key]
    if not agreeing:
        return None
    surest = max(agreeing, key=lambda look: look.weakest)
    whole = sum(look.weakest for look in looks)
    return Consensus(
        plate=surest.text,
        key=key,
        agreeing=len(agreeing),
        looks=len(looks),
        weakest=min(probability for _, probability in best),
        margin=min(_lead(position) for position in pooled),
        detection=min(look.detection for look in agreeing),
        agreement=sum(look.weakest for look in agreeing) / whole if whole > 0 else 0.0,
        pooled=pooled,
        worth=_worth(len(group)),
    )


def pool(looks: Sequence[Look]) -> tuple[Mapping[str, float], ...]:
    """Probabilities per position after adding up ``looks``, which must not be empty."""
    weight = _worth(len(looks)) / len(looks)
    positions = max(len(look.characters) for look in looks)
    return tuple(_pool_position(looks, place, weight) for place in range(positions))


def _worth(looks: int) -> float:
    """How many independent looks so many correlated ones are worth."""
    return looks / (1.0 + (looks - 1) * CORRELATION)


def log_likelihood(pooled: Sequence[Mapping[str, float]], key: str) -> float:
    """Logarithm of the pooled probability of a text; positions beyond it must be empty."""
    longest = max(len(pooled), len(key))
    total = 0.0
    for place in range(longest):
        wanted = key[place] if place < len(key) else ""
        position = pooled[place] if place < len(pooled) else {"": 1.0}
        total += math.log(max(position.get(wanted, 0.0), DOUBT * DOUBT))
    return total


def _comparable(looks: Sequence[Look]) -> list[Look]:
    """The looks of the length that most of the evidence has; empty when two are even."""
    groups: dict[int, list[Look]] = defaultdict(list)
    for look in looks:
        groups[len(look.text)].append(look)
    ranked = sorted(groups.values(), key=len, reverse=True)
    if not ranked or (len(ranked) > 1 and len(ranked[0]) == len(ranked[1])):
        return []
    return ranked[0]


def _pool_position(looks: Sequence[Look], place: int, weight: float) -> Mapping[str, float]:
    said = (look.opinions[place] if place < len(look.opinions) else _NOTHING for look in looks)
    sums = [weight * sum(each) for each in zip(*said, strict=True)]
    highest = max(sums)
    likelihoods = [math.exp(total - highest) for total in sums]
    whole = sum(likelihoods)
    return {
        character: likelihood / whole
        for character, likelihood in zip(CLASSES, likelihoods, strict=True)
    }


def _opinion(alternatives: Character) -> Opinion:
    """What one look says of one position: no class has less than DOUBT, none all."""
    said: dict[str, float] = defaultdict(float)
    for character, probability in alternatives:
        said[glyph_key(character)] += probability
    unsaid = max(0.0, 1.0 - sum(said.values())) / max(1, len(CLASSES) - len(said))
    return tuple(
        math.log(min(max(said.get(character, unsaid), DOUBT), 1.0 - DOUBT)) for character in CLASSES
    )


_NOTHING = _opinion((("", 1.0),))
"""What is said of a position beyond a look's last."""


def _lead(position: Mapping[str, float]) -> float:
    """The best probability of a position divided by the second-best."""
    second, first = sorted(position.values())[-2:]
    return first / second


def _best(position: Character) -> float:
    return max((probability for _, probability in position), default=0.0)
