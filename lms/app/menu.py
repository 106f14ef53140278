"""The menu: every link that features offer to those whose roles give it, in its group."""

from lms.audiences import policy as audiences_policy
from lms.certificates import policy as certificates_policy
from lms.courses import policy as courses_policy
from lms.identity import policy as identity_policy
from lms.lrs import policy as lrs_policy
from lms.packages import policy as packages_policy
from lms.portal.deals import policy as deals_policy
from lms.portal.partners import policy as partners_policy
from lms.portal.standing import policy as standing_policy
from lms.quizzes import policy as quizzes_policy
from lms.web.navigation import NavLink
from lms.web.words import lazy as _l

NAVIGATION_GROUPS = (
    ("main", None),
    ("selling", _l("Selling")),
    ("company", _l("Your company")),
    ("authoring", _l("Authoring")),
    ("reports", _l("Reports")),
    ("programme", _l("Programme")),
    ("administration", _l("Administration")),
)
NAVIGATION: tuple[NavLink, ...] = (
    NavLink("authoring", 40, _l("Audiences"), "audiences.index", "target", audiences_policy.VIEW_AUDIENCES),
    NavLink("authoring", 30, _l("Questions"), "quizzes.banks", "quiz", quizzes_policy.VIEW_QUESTIONS),
    NavLink("main", 10, _l("Today"), "dashboard.home", "home"),
    NavLink(
        "administration", 10, _l("People"), "identity.all_people", "users", identity_policy.VIEW_EVERYONE
    ),
    NavLink(
        "administration", 20, _l("Audit trail"), "identity.audit_trail", "history", identity_policy.VIEW_AUDIT
    ),
    NavLink("administration", 30, _l("Mail"), "identity.letters", "mail", identity_policy.VIEW_MAIL),
    NavLink("administration", 40, _l("System"), "identity.system", "activity", identity_policy.VIEW_SYSTEM),
    NavLink("administration", 50, _l("Statements"), "lrs.list_all", "list", lrs_policy.VIEW_STATEMENTS),
    NavLink("administration", 60, _l("Program keys"), "lrs.list_keys", "key", lrs_policy.VIEW_CREDENTIALS),
    NavLink("company", 10, _l("People"), "identity.team_people", "users", identity_policy.VIEW_TEAM),
    NavLink("main", 25, _l("Enrolments"), "learning.enrolments", "book", courses_policy.VIEW_ENROLMENTS),
    NavLink("authoring", 10, _l("Courses"), "authoring.courses", "library", courses_policy.VIEW_AUTHORING),
    NavLink("authoring", 25, _l("Marking"), "assignments.work_list", "inbox", courses_policy.VIEW_MARKING),
    NavLink(
        "company", 40, _l("Team hand-ins"), "assignments.team", "clipboard", courses_policy.VIEW_TEAM_WORK
    ),
    NavLink(
        "authoring",
        27,
        _l("Practice"),
        "certification_deeds.queue",
        "clock",
        certificates_policy.APPROVE_DEEDS,
    ),
    NavLink("authoring", 15, _l("Paths"), "curricula.curricula", "route", courses_policy.VIEW_AUTHORING),
    NavLink("company", 25, _l("Team paths"), "curricula.team", "route", courses_policy.VIEW_TEAM_PATHS),
    NavLink("authoring", 20, _l("Sessions"), "sessions.calendar", "calendar", courses_policy.VIEW_AUTHORING),
    NavLink(
        "company", 30, _l("Team sessions"), "sessions.team", "calendar", courses_policy.VIEW_TEAM_SESSIONS
    ),
    NavLink(
        "company",
        20,
        _l("Team certifications"),
        "team_certifications.matrix",
        "grid",
        certificates_policy.VIEW_TEAM,
    ),
    NavLink(
        "company",
        22,
        _l("Exemptions"),
        "certification_requests.index",
        "inbox",
        certificates_policy.ASK_EXEMPTION,
    ),
    NavLink("reports", 10, _l("Team progress"), "reports.team", "activity", courses_policy.VIEW_LEARNING),
    NavLink("reports", 20, _l("Course reports"), "reports.courses", "grid", courses_policy.VIEW_LEARNING),
    NavLink(
        "reports",
        30,
        _l("Certification reports"),
        "certification_reports.index",
        "award",
        certificates_policy.VIEW_REPORTS,
    ),
    NavLink(
        "company",
        24,
        _l("Certificates as files"),
        "certificate_documents.bundles",
        "download",
        certificates_policy.ORDER_BUNDLES,
    ),
    NavLink(
        "programme",
        17,
        _l("Documents"),
        "certificate_documents.waiting",
        "file-text",
        certificates_policy.DEFINE_CERTIFICATIONS,
    ),
    NavLink("main", 30, _l("Certificates"), "certificates.index", "award"),
    NavLink(
        "programme",
        10,
        _l("Certifications"),
        "certifications.index",
        "award",
        certificates_policy.VIEW_CERTIFICATIONS,
    ),
    NavLink(
        "programme",
        12,
        _l("Certificate designs"),
        "certificate_designs.index",
        "palette",
        certificates_policy.VIEW_CERTIFICATIONS,
    ),
    NavLink(
        "programme",
        15,
        _l("Equivalences"),
        "equivalences.index",
        "link",
        certificates_policy.VIEW_CERTIFICATIONS,
    ),
    NavLink(
        "main", 20, _l("Learn"), "learning.catalogue", "book", courses_policy.VIEW_COURSES, also=("/paths",)
    ),
    NavLink(
        "authoring", 30, _l("Packages"), "packages.list_packages", "package", packages_policy.VIEW_PACKAGES
    ),
    NavLink("selling", 10, _l("Deals"), "deals.index", "deal", deals_policy.REGISTER_DEALS),
    NavLink("selling", 20, _l("Deal queue"), "deals.queue", "inbox", deals_policy.DECIDE_DEALS),
    NavLink("selling", 50, _l("Partners"), "partners.index", "building", partners_policy.VIEW_PARTNERS),
    NavLink("selling", 60, _l("Standing"), "standing.show", "shield", standing_policy.VIEW_STANDING),
    NavLink("programme", 40, _l("Gates"), "standing.list_gates", "lock", standing_policy.VIEW_GATES),
)
