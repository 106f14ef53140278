"""Whether a rule means a person: for one rule as it is read, and for all rules at once as it is computed."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from lms.audiences.rules.nesting import in_order
from lms.audiences.values import NESTED, AudienceId, FacetValues, Rule
from lms.identity.values import PersonId

K = TypeVar("K")
NOTHING: frozenset[str] = frozenset()


def matches(rule: Rule, person_id: PersonId, values: FacetValues) -> bool:
    """Return whether a rule means a person who has these values."""
    if person_id in rule.not_people or any(
        barred & values.get(key, NOTHING) for key, barred in rule.none_of.items()
    ):
        return False
    return person_id in rule.people or (
        rule.by_facets and all(wanted & values.get(key, NOTHING) for key, wanted in rule.any_of.items())
    )


class Index:
    """Many rules turned inside out: for each value the audiences that ask for it, as the bits of a number.

    All rules are decided for a person by a handful of bit operations for each value the person has, however many
    rules there are. It answers as `matches` does, rule by rule, in an order in which an audience comes after those
    that it names.
    """

    def __init__(self, rules: Mapping[AudienceId, Rule]) -> None:
        """Read the rules once."""
        self._ids: Sequence[AudienceId] = in_order(rules)
        self._bit = {one: 1 << place for place, one in enumerate(self._ids)}
        # One database writes ids with dashes, the other without.
        self._bit_of_text = {text: bit for one, bit in self._bit.items() for text in (str(one), one.hex)}
        self._all = (1 << len(self._ids)) - 1
        self._by_facets = 0
        self._wanted: dict[str, dict[str, int]] = {}
        self._asking: dict[str, int] = {}
        self._barred: dict[str, dict[str, int]] = {}
        self._people: dict[PersonId, int] = {}
        self._not_people: dict[PersonId, int] = {}
        self._nesting: list[tuple[int, int, int]] = []
        for audience_id in self._ids:
            self._take(self._bit[audience_id], rules[audience_id])

    def _take(self, bit: int, rule: Rule) -> None:
        if rule.by_facets:
            self._by_facets |= bit
        for key, values in rule.any_of.items():
            if key != NESTED:
                self._asking[key] = self._asking.get(key, 0) | bit
                _set(self._wanted.setdefault(key, {}), values, bit)
        for key, values in rule.none_of.items():
            if key != NESTED:
                _set(self._barred.setdefault(key, {}), values, bit)
        _set(self._people, rule.people, bit)
        _set(self._not_people, rule.not_people, bit)
        if NESTED in rule.any_of or NESTED in rule.none_of:
            asks = NESTED in rule.any_of
            wanted = self._bits(rule.any_of.get(NESTED, NOTHING)) if asks else self._all
            self._nesting.append((bit, wanted, self._bits(rule.none_of.get(NESTED, NOTHING))))

    def _bits(self, audiences: frozenset[str]) -> int:
        return sum(self._bit_of_text.get(one, 0) for one in audiences)

    @property
    def facets(self) -> frozenset[str]:
        """Return the facets whose values decide anything."""
        return frozenset(self._asking) | frozenset(self._barred)

    def bit_of(self, audience: str) -> int:
        """Return the bit of an audience whose id is written so; 0 for one that is not there."""
        return self._bit_of_text.get(audience, 0)

    def audiences_in(self, bits: int) -> frozenset[AudienceId]:
        """Return the audiences whose bits these are."""
        return frozenset(one for one, bit in self._bit.items() if bits & bit) if bits else frozenset()

    def audiences_of(self, person_id: PersonId, values: FacetValues) -> frozenset[AudienceId]:
        """Return every audience that means a person who has these values."""
        return self.audiences_in(self.bits_of(person_id, values))

    def bits_of(self, person_id: PersonId, values: FacetValues) -> int:
        """Return the bits of every audience that means a person; those of NESTED are worked out here."""
        fits = self._by_facets
        for key, asking in self._asking.items():
            wanted, met = self._wanted[key], 0
            for value in values.get(key, NOTHING):
                met |= wanted.get(value, 0)
            fits &= met | ~asking
        named = self._people.get(person_id, 0)
        barred = self._not_people.get(person_id, 0)
        for key, by_value in self._barred.items():
            for value in values.get(key, NOTHING):
                barred |= by_value.get(value, 0)
        found = (fits | named) & ~barred
        for bit, wanted_audiences, barred_audiences in self._nesting:
            # Those it names stand before it, so what is found of them is final; its own bit is taken out first, for
            # "all" is what an audience wants that names none.
            before = found & ~bit
            fitting = fits & bit and (wanted_audiences == self._all or before & wanted_audiences)
            if not ((fitting or named & bit) and not barred & bit and not before & barred_audiences):
                found = before
        return found


def _set(bits: dict[K, int], keys: frozenset[K], bit: int) -> None:
    for key in keys:
        bits[key] = bits.get(key, 0) | bit
