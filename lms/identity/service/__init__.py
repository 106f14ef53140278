"""Every write of identity, named as the domain names it."""

from lms.identity.service.links import ask_reset, invite, set_password_by_link
from lms.identity.service.organisations import (
    add_brand,
    add_organisation,
    add_position,
    add_region,
    authorise_brand,
    change_organisation,
    withdraw_brand,
)
from lms.identity.service.passwords import change_password, hash_password
from lms.identity.service.people import (
    add_person,
    change_account,
    employ,
    end_employment,
    erase_everywhere,
    erase_person,
    invite_again,
    invite_person,
    move,
    reactivate,
    record_export,
    suspend,
)
from lms.identity.service.roles import give_role, grant_role, withdraw_role
from lms.identity.service.signing_in import (
    end_sign_in,
    forget_traces,
    open_sign_in,
    sign_in,
    sign_in_showcase,
    sign_out,
    sign_out_everywhere,
)
from lms.identity.service.throttle import digest

__all__ = [
    "add_brand",
    "add_organisation",
    "add_person",
    "add_position",
    "add_region",
    "ask_reset",
    "authorise_brand",
    "change_account",
    "change_organisation",
    "change_password",
    "digest",
    "employ",
    "end_employment",
    "end_sign_in",
    "erase_everywhere",
    "erase_person",
    "forget_traces",
    "give_role",
    "grant_role",
    "hash_password",
    "invite",
    "invite_again",
    "invite_person",
    "move",
    "open_sign_in",
    "reactivate",
    "record_export",
    "set_password_by_link",
    "sign_in",
    "sign_in_showcase",
    "sign_out",
    "sign_out_everywhere",
    "suspend",
    "withdraw_brand",
    "withdraw_role",
]
