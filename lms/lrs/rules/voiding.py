"""Who may void whose statements; pure."""

from dataclasses import dataclass

from lms.lrs.values import Credential, CredentialId, XapiScope


@dataclass(frozen=True, slots=True)
class Source:
    """Whose a statement is. `is_own` says that it is the portal's own, which has no secret: its word, or a launch's."""

    id: CredentialId
    scopes: frozenset[XapiScope]
    is_own: bool


def source_of(credential: Credential) -> Source:
    """Return whose the statements of a credential are."""
    return Source(credential.id, credential.scopes, credential.is_everywhere)


def may_void(voider: Source, owner: Source) -> bool:
    """Return whether one source may take back what another has said.

    Its own it may; with "unrestricted access" (`all`) those of other programs; what the portal or a launch said, nobody
    outside.
    """
    return voider.id == owner.id or (XapiScope.ALL in voider.scopes and not owner.is_own)
