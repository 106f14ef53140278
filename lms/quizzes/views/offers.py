"""What a draw can be narrowed by, for each bank that an exam's form names."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lms.quizzes.bank import queries
from lms.quizzes.bank.forms.papers import PaperForm
from lms.quizzes.bank.values import Supply
from lms.quizzes.values import BankId
from lms.quizzes.views.narrowed import folder_options


@dataclass(frozen=True, slots=True)
class Offer:
    """The folders, tags and objectives of a bank, as choice lists show them: pairs of value and words."""

    folder: Sequence[tuple[str, str]]
    tag: Sequence[tuple[str, str]]
    objective: Sequence[tuple[str, str]]

    @property
    def known(self) -> Mapping[str, Collection[str]]:
        """Return the values of each list."""
        return {
            name: [value for value, _word in getattr(self, name)] for name in ("folder", "tag", "objective")
        }


def offers_of(paper: PaperForm, supplies: Mapping[BankId, Supply]) -> Mapping[str, Offer]:
    """Return the offers of the banks that a form names, by what it calls them. Two queries, however many there are."""
    named = paper.banks()
    banks = [one for one in supplies if str(one) in named]
    folders, objectives = queries.list_folders_of(banks), queries.list_objectives_of(banks)
    return {
        str(one): Offer(
            folder=folder_options(folders[one]),
            tag=[(tag, f"{tag} ({count})") for tag, count in supplies[one].by_tag.items()],
            objective=[(word, word) for word in objectives[one]],
        )
        for one in banks
    }
