"""Who sees what of the banks, and may change in it: decided from who is named where, the nearest place first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lms.identity.values import PersonId
from lms.kernel.actor import Actor, Role
from lms.quizzes.values import BankId, FolderId

SEES_ALL = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
NAMES = frozenset({Role.TRAINER, Role.PROGRAMME_MANAGER})
"""Whom it takes a name to see what is restricted: who works with questions, and neither runs nor audits all of it."""
NAMED_MOST = 100
"""How many people are named in one place."""
Parents = Mapping[FolderId, tuple[BankId, FolderId | None]]
"""The bank of each folder, and what it lies in."""


@dataclass(frozen=True, slots=True)
class Named:
    """A person who is named for a folder, or for a whole bank."""

    bank_id: BankId
    folder_id: FolderId | None
    person_id: PersonId
    may_change: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """What of the banks somebody does not see, and what they may not change in.

    `tops` are banks of which they do not see what lies in no folder, `banks` those of which they see nothing;
    `held` and `held_tops` are the folders and tops in which they change nothing, with all that they do not see.
    """

    folders: frozenset[FolderId] = frozenset()
    tops: frozenset[BankId] = frozenset()
    banks: frozenset[BankId] = frozenset()
    held: frozenset[FolderId] = frozenset()
    held_tops: frozenset[BankId] = frozenset()

    @property
    def is_narrowed(self) -> bool:
        """Return whether anything is hidden."""
        return bool(self.folders or self.tops)

    def sees(self, bank_id: BankId, folder_id: FolderId | None) -> bool:
        """Return whether what lies in a folder, or in none, is seen."""
        return bank_id not in self.tops if folder_id is None else folder_id not in self.folders

    def may_change(self, bank_id: BankId, folder_id: FolderId | None) -> bool:
        """Return whether what lies in a folder, or in none, may be changed."""
        return bank_id not in self.held_tops if folder_id is None else folder_id not in self.held


EVERYTHING = Sight()


def is_told_nothing_of(actor: Actor) -> bool:
    """Return whether no naming concerns somebody: administrators, and the system itself."""
    return actor.is_system or Role.ADMINISTRATOR in actor.roles


def sight_of(named: Collection[Named], parents: Parents, actor: Actor) -> Sight:
    """Return what an actor does not see or change. `parents` are all folders of the banks that name anybody."""
    if is_told_nothing_of(actor) or not named:
        return EVERYTHING
    own: dict[tuple[BankId, FolderId | None], bool | None] = {}
    for one in named:
        place = one.bank_id, one.folder_id
        own.setdefault(place, None)
        if one.person_id == actor.person_id:
            own[place] = one.may_change
    says = {
        folder_id: _nearest(bank_id, folder_id, own, parents) for folder_id, (bank_id, _) in parents.items()
    }
    at_top = {bank_id: own.get((bank_id, None), True) for bank_id, _folder in own}
    held = frozenset(one for one, may in says.items() if not may)
    held_tops = frozenset(one for one, may in at_top.items() if not may)
    if actor.roles & SEES_ALL:
        return Sight(held=held, held_tops=held_tops)
    tops = frozenset(one for one, may in at_top.items() if may is None)
    folders = frozenset(one for one, may in says.items() if may is None)
    open_in = {parents[one][0] for one in says if one not in folders}
    return Sight(folders=folders, tops=tops, banks=tops - open_in, held=held, held_tops=held_tops)


def _nearest(
    bank_id: BankId,
    folder_id: FolderId | None,
    own: Mapping[tuple[BankId, FolderId | None], bool | None],
    parents: Parents,
) -> bool | None:
    """Return what the nearest place says that names anybody: None for not seen; True where none does."""
    while (bank_id, folder_id) not in own and folder_id is not None:
        folder_id = parents[folder_id][1]
    return own.get((bank_id, folder_id), True)


def place_of(
    named: Collection[Named], around: Sequence[FolderId]
) -> tuple[bool, FolderId | None, Sequence[Named]]:
    """Return whether any place names anybody, which one is nearest, and who is named there.

    `around` are a folder and those it lies in, the nearest first; none of them for the bank itself.
    """
    for folder_id in (*around, None):
        found = [one for one in named if one.folder_id == folder_id]
        if found:
            return True, folder_id, found
    return False, None, ()
