"""Every route says who may reach it and holds to it: walked as nobody, as a stranger, as an auditor and as everyone."""

import re

import pytest

from lms.app.portal import Portal
from lms.kernel.actor import Role
from lms.web.access import access_of
from lms.web.security import COOKIELESS
from tests.architecture.samples import (
    OWNED_BY_NOBODY,
    SAMPLES,
    address,
    methods,
    owned,
    routes,
    sample_for,
)
from tests.support.portal import ORIGIN

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}

# Resources of xAPI: a program's key opens them.
FOR_PROGRAMS = frozenset(
    {
        "cmi5.fetch_token",
        "xapi.about",
        "xapi.change_documents",
        "xapi.get_documents",
        "xapi.get_known",
        "xapi.get_statements",
        "xapi.post_known",
        "xapi.post_statements",
        "xapi.put_statement",
    }
)
# Routes that take no cookie and so need no token of a session: a letter's way out; xAPI, the API, provisioning.
IGNORES_COOKIES = frozenset({"notifications.stop"}) | FOR_PROGRAMS

# GETs that must write: sign-on callbacks, each with a state of its own.
WRITES_ON_GET: frozenset[str] = frozenset()

# What other sites may embed: badge documents and the like.
BADGES = frozenset(
    {
        *("badges.controller", "badges.key", "badges.status", "badges.achievement", "badges.picture"),
        *("verification.badge", "verification.badge_picture"),
    }
)
OPEN_TO_OTHER_SITES = (
    frozenset({"verification.show_json", "verification.show_picture"}) | BADGES | FOR_PROGRAMS
)

# Changes that are nobody's but the person's own; whoever adds one says by its place here that it is so.
OWN_CHANGES = frozenset(
    {
        "certificates.renew",
        "certification_deeds.log",
        "identity.change_account",
        "identity.change_password",
        "identity.end_sign_in",
        "identity.export_own",
        "identity.sign_out",
        "identity.sign_out_everywhere",
        "notifications.choose",
        "notifications.mark_read",
        "notifications.take_zone",
    }
)

PREFERENCES = {"theme", "locale"}
# Without a worker the first is not ready, and without people chosen the second leads back to choosing them.
# What is for programs wants a key: tests/lrs.
NEEDS_MORE = {"system.readyz", "team_certifications.ask_many"} | FOR_PROGRAMS - {
    "cmi5.fetch_token",
    "xapi.about",
}


def unsafe(portal: Portal):
    for rule, said in routes(portal):
        if rule.endpoint not in IGNORES_COOKIES:
            for method in sorted(methods(rule) & UNSAFE):
                yield rule, said, method


def test_every_route_says_who_may_reach_it(sqlite_app):
    silent = [name for name, view in sqlite_app.view_functions.items() if access_of(view) is None]
    assert silent == []


def test_routes_with_rights_beyond_the_usual_are_the_listed_ones(sqlite_app):
    found = list(routes(sqlite_app))
    assert {rule.endpoint for rule, said in found if said.writes_on_get} == WRITES_ON_GET
    assert {rule.endpoint for rule, said in found if said.cross_site} == OPEN_TO_OTHER_SITES
    assert {rule.endpoint for rule, said in found if said.by_token} == {"notifications.stop"}
    own = {rule.endpoint for rule, said, _method in unsafe(sqlite_app) if said.own_account}
    assert own == OWN_CHANGES


def test_cookies_are_ignored_under_the_addresses_of_programs_and_nowhere_else(sqlite_app):
    found = list(routes(sqlite_app))
    assert {rule.endpoint for rule, said in found if said.cookieless} == FOR_PROGRAMS
    assert {rule.endpoint for rule, _said in found if rule.rule.startswith(COOKIELESS)} == FOR_PROGRAMS


def test_every_permission_that_a_route_asks_for_is_somebodys(sqlite_app):
    table = sqlite_app.extensions["lms.policy"]
    asked = {said.permission for _rule, said in routes(sqlite_app) if said.permission is not None}
    assert {permission for permission in asked if not table.get(permission)} == set()


def test_no_permission_that_changes_something_is_an_auditors(sqlite_app):
    table = sqlite_app.extensions["lms.policy"]
    open_to_auditors = [
        rule.endpoint
        for rule, said, _method in unsafe(sqlite_app)
        if said.permission is not None and Role.AUDITOR in table[said.permission]
    ]
    assert open_to_auditors == []


def test_nobody_reaches_what_is_not_public(sqlite_app, cast, visit):
    answers = {}
    for rule, said in routes(sqlite_app):
        if said.public:
            continue
        path = address(sqlite_app, rule, {})
        for method in methods(rule):
            answer = visit().get(path) if method == "GET" else visit().post(path, method=method)
            leads_to_sign_in = answer.status_code == 303 and answer.location.startswith("/sign-in")
            if answer.status_code != 401 and not leads_to_sign_in:
                answers[f"{method} {path}"] = answer.status_code
    assert answers == {}


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"Origin": ORIGIN}, 400),
        ({"Origin": ORIGIN, "X-CSRFToken": "made-up"}, 400),
        ({"Origin": "http://localhost:8001"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_no_change_is_taken_without_its_token_and_from_elsewhere(sqlite_app, cast, visit, headers, status):
    ada = visit(cast.ada)
    ada.token()
    with_token = {"X-CSRFToken": ada.token(), **headers} if status == 403 else headers
    answers = {
        f"{method} {rule.rule}": ada.client.open(
            address(sqlite_app, rule, {}), method=method, base_url=ORIGIN, headers=with_token
        ).status_code
        for rule, _said, method in unsafe(sqlite_app)
    }
    assert answers
    assert {where: answer for where, answer in answers.items() if answer != status} == {}


def test_an_auditor_changes_nothing_but_the_own_account(sqlite_app, cast, visit):
    odd, ids = visit(cast.odd), _Samples(cast)
    table = sqlite_app.extensions["lms.policy"]
    taken = {}
    for rule, said, method in unsafe(sqlite_app):
        if said.public or said.own_account:
            continue
        answer = odd.post(address(sqlite_app, rule, ids.of(rule)), method=method)
        # Auditors are learners too, in what is their own; there an empty form may be what is refused.
        is_learners = Role.LEARNER in table.get(said.permission, ())
        if answer.status_code not in ({403, 404, 422} if is_learners else {403, 404}):
            taken[f"{method} {rule.rule}"] = answer.status_code
    assert taken == {}


def test_every_address_with_an_id_is_walked_as_a_stranger(sqlite_app):
    unknown = {
        f"{rule.endpoint}:{name}"
        for rule, _said in routes(sqlite_app)
        for name in owned(rule)
        if sample_for(rule, name) is None
    }
    assert unknown == set(), (
        "give each a sample, or say why it is no partner's, in tests/architecture/samples.py"
    )


def test_another_partners_ids_are_not_found_whoever_asks(sqlite_app, cast, visit):
    ids, found = _Samples(cast), {}
    for person in ("ruth", "amara"):
        visitor = visit(getattr(cast, person))
        for rule, said in routes(sqlite_app):
            if said.public or not owned(rule):
                continue
            path = address(sqlite_app, rule, ids.of(rule))
            for method in methods(rule):
                answer = visitor.get(path) if method == "GET" else visitor.post(path, method=method)
                if answer.status_code not in {403, 404} or "Nils" in answer.text or "Northway" in answer.text:
                    found[f"{person}: {method} {path}"] = answer.status_code
    assert found == {}


@pytest.mark.slow
def test_every_page_opens_for_somebody_and_lets_no_script_in_but_its_own(app, cast, visit):
    ids = _Samples(cast)
    cast_list = ("ada", "odd", "petra", "jonas", "tomas", "ruth", "nils", "amara")
    visitors = {"nobody": visit(), **{name: visit(getattr(cast, name)) for name in cast_list}}
    closed, faults = set(), []
    for rule, _said in routes(app):
        if "GET" not in methods(rule):
            continue
        path, statuses = address(app, rule, ids.of(rule)), set()
        for name, visitor in visitors.items():
            answer = visitor.get(path)
            statuses.add(answer.status_code)
            faults += [f"{name}: GET {path}: {fault}" for fault in _faults(answer)]
        is_known = all(sample_for(rule, argument) for argument in rule.arguments)
        if is_known and rule.endpoint not in NEEDS_MORE and not statuses & {200, 204}:
            closed.add(f"{path}: {sorted(statuses)}")
    assert faults == []
    assert closed == set()


def _faults(answer):
    if answer.status_code >= 500 and answer.request.path != "/readyz":
        yield f"status {answer.status_code}"
    for header in answer.headers.getlist("Set-Cookie"):
        name = header.partition("=")[0]
        if "SameSite=Lax" not in header or ("HttpOnly" not in header and name not in PREFERENCES):
            yield f"cookie {name} without HttpOnly or SameSite"
    if answer.mimetype != "text/html":
        return
    policy = answer.headers.get("Content-Security-Policy", "")
    nonces = re.findall(r"script-src 'nonce-([\w-]{20,})' 'strict-dynamic'", policy)
    if len(nonces) != 1 or "unsafe" in policy:
        yield f"policy {policy!r}"
    if answer.status_code != 303 and re.findall(r'<script[^>]*nonce="([^"]*)"', answer.text) != [
        *nonces * answer.text.count("<script")
    ]:
        yield "a script without this answer's nonce"


class _Samples:
    """Makes each sample once and gives a rule its ids."""

    def __init__(self, cast):
        self.cast = cast
        self.made = {}

    def of(self, rule):
        ids = {}
        for name in rule.arguments:
            make = sample_for(rule, name)
            if make is not None:
                if make not in self.made:
                    self.made[make] = make(self.cast)
                ids[name] = self.made[make]
        return ids


def test_the_samples_are_all_of_use(sqlite_app):
    used = {
        key
        for rule, _said in routes(sqlite_app)
        for name in rule.arguments
        for key in (name, f"{rule.endpoint}:{name}")
    }
    assert (SAMPLES.keys() | OWNED_BY_NOBODY.keys()) - used == {"organisation_id"} - used
