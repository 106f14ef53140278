"""Who offers what to whom: the rest of the product's connections on one page (who reacts to what: wires)."""

from collections.abc import Mapping

from lms.audiences import jobs as audiences_jobs
from lms.audiences import plugs as audiences_plugs
from lms.audiences import policy as audiences_policy
from lms.audiences import service as audiences_service
from lms.audiences import views as audiences_views
from lms.audiences.values import Facet, WhereUsed
from lms.certificates import handlers as certificates_handlers
from lms.certificates import jobs as certificates_jobs
from lms.certificates import plugs as certificates_plugs
from lms.certificates import policy as certificates_policy
from lms.certificates import views as certificates_views
from lms.certificates.documents import jobs as documents_jobs
from lms.certificates.documents.values import Attaching
from lms.courses import handlers as courses_handlers
from lms.courses import plugs as courses_plugs
from lms.courses import policy as courses_policy
from lms.courses.assignments import handlers as assignments_handlers
from lms.courses.assignments import jobs as assignments_jobs
from lms.courses.assignments import plugs as assignments_plugs
from lms.courses.assignments import views as assignments_views
from lms.courses.authoring import jobs as authoring_jobs
from lms.courses.authoring import plugs as authoring_plugs
from lms.courses.authoring import views as authoring_views
from lms.courses.curricula import handlers as curricula_handlers
from lms.courses.curricula import plugs as curricula_plugs
from lms.courses.curricula import views as curricula_views
from lms.courses.learning import jobs as learning_jobs
from lms.courses.learning import plugs as learning_plugs
from lms.courses.learning import service as learning_service
from lms.courses.learning import views as learning_views
from lms.courses.notes import plugs as notes_plugs
from lms.courses.notes import views as notes_views
from lms.courses.reports import plugs as reports_plugs
from lms.courses.reports import views as reports_views
from lms.courses.sessions import handlers as sessions_handlers
from lms.courses.sessions import jobs as sessions_jobs
from lms.courses.sessions import plugs as sessions_plugs
from lms.courses.sessions import views as sessions_views
from lms.courses.values import ActivityKind, CheckSource, CourseGate, LockKind
from lms.courses.values.catalogue import CatalogueFacet
from lms.courses.values.marking import MarkingSource
from lms.courses.values.packing import Packing
from lms.courses.values.using import CourseNeeds
from lms.identity import jobs as identity_jobs
from lms.identity import plugs as identity_plugs
from lms.identity import policy as identity_policy
from lms.identity import views as identity_views
from lms.identity.values import NameHold
from lms.identity.values.merging import AccountPart
from lms.kernel import mail, sweep
from lms.kernel.actor import Permission, PolicyTable, Role
from lms.kernel.jobs import Job
from lms.kernel.privacy import PersonalData
from lms.kernel.search import Sight
from lms.kernel.sweep import FileOwner, KnownByKeys
from lms.lrs import jobs as lrs_jobs
from lms.lrs import plugs as lrs_plugs
from lms.lrs import policy as lrs_policy
from lms.lrs import views as lrs_views
from lms.lrs.facade import Launches
from lms.notifications import jobs as notifications_jobs
from lms.notifications import plugs as notifications_plugs
from lms.notifications import views as notifications_views
from lms.notifications.values import NoticeKind
from lms.packages import plugs as packages_plugs
from lms.packages import policy as packages_policy
from lms.packages import views as packages_views
from lms.packages.plugs import launches as packages_launches
from lms.packages.plugs import tincan as packages_tincan
from lms.portal.dashboard import views as dashboard_views
from lms.portal.deals import handlers as deals_handlers
from lms.portal.deals import jobs as deals_jobs
from lms.portal.deals import plugs as deals_plugs
from lms.portal.deals import policy as deals_policy
from lms.portal.deals import views as deals_views
from lms.portal.partners import plugs as partners_plugs
from lms.portal.partners import policy as partners_policy
from lms.portal.partners import views as partners_views
from lms.portal.partners.values import PartnerColumn
from lms.portal.standing import jobs as standing_jobs
from lms.portal.standing import plugs as standing_plugs
from lms.portal.standing import policy as standing_policy
from lms.portal.standing import views as standing_views
from lms.portal.standing.values import Measure
from lms.quizzes import handlers as quizzes_handlers
from lms.quizzes import jobs as quizzes_jobs
from lms.quizzes import plugs as quizzes_plugs
from lms.quizzes import policy as quizzes_policy
from lms.quizzes import views as quizzes_views
from lms.web.slots import Offer

BLUEPRINTS = (
    audiences_views.blueprint,
    *certificates_views.blueprints,
    authoring_views.blueprint,
    learning_views.blueprint,
    notes_views.blueprint,
    reports_views.blueprint,
    assignments_views.blueprint,
    sessions_views.blueprint,
    curricula_views.blueprint,
    dashboard_views.blueprint,
    deals_views.blueprint,
    identity_views.blueprint,
    lrs_views.pages,
    lrs_views.programs,
    notifications_views.blueprint,
    packages_views.blueprint,
    packages_views.programs,
    partners_views.blueprint,
    standing_views.blueprint,
    quizzes_views.blueprint,
)

POLICIES: tuple[PolicyTable, ...] = (
    audiences_policy.ALLOWED,
    certificates_policy.ALLOWED,
    courses_policy.ALLOWED,
    deals_policy.ALLOWED,
    identity_policy.ALLOWED,
    lrs_policy.ALLOWED,
    packages_policy.ALLOWED,
    partners_policy.ALLOWED,
    quizzes_policy.ALLOWED,
    standing_policy.ALLOWED,
)

# What a course may hold beside pages.
ACTIVITY_KINDS: tuple[ActivityKind, ...] = (
    packages_plugs.PackageKind(),
    quizzes_plugs.Exam(),
    sessions_plugs.LiveSession(),
    assignments_plugs.AssignmentKind(),
)

# What may keep an activity shut, beside other activities and dates.
LOCK_KINDS: tuple[LockKind, ...] = (courses_plugs.AudienceLock(),)

# What comes together when two accounts are joined, in the order of its preview.
ACCOUNT_PARTS: tuple[AccountPart, ...] = (
    certificates_plugs.account_part,
    courses_plugs.account_part,
    quizzes_plugs.account_part,
    deals_plugs.account_part,
)

# What a certificate's PDF carries.
ATTACHING: tuple[Attaching, ...] = certificates_plugs.ATTACHING

# What shows a person's name as proof, so that they do not change it by themselves.
NAME_HOLDS: tuple[NameHold, ...] = (certificates_plugs.holds_names,)

# What may keep a whole course from who would begin it by themselves.
COURSE_GATES: tuple[CourseGate, ...] = (curricula_plugs.PathGate(),)

COURSE_NEEDS: tuple[CourseNeeds, ...] = (certificates_plugs.NeededByCertifications(),)

# How a course may be packed, beside Markdown.
COURSE_PACKINGS: tuple[Packing, ...] = (packages_plugs.PackagePacking(),)

# Whose sessions speak to the record store without a key of their own.
LAUNCHES: tuple[Launches, ...] = (packages_launches.Cmi5Launches(), packages_tincan.TinCanLaunches())

# What features tell people.
NOTICE_KINDS: tuple[NoticeKind, ...] = (
    *certificates_handlers.NOTICES,
    *courses_handlers.NOTICES,
    *curricula_handlers.NOTICES,
    *deals_handlers.KINDS,
    *assignments_handlers.NOTICES,
    *sessions_handlers.NOTICES,
    *quizzes_handlers.NOTICES,
)

SLOTS: tuple[Offer, ...] = (
    *certificates_plugs.SLOTS,
    Offer("person.actions", 10, reports_plugs.person_links),
    Offer("authoring.affected", 10, learning_plugs.affected),
    Offer("home.head", 10, learning_plugs.home_head),
    Offer("home.main", 10, learning_plugs.home_continue),
    Offer("authoring.uses", 10, curricula_plugs.uses_of),
    Offer("catalogue.head", 10, curricula_plugs.catalogue_paths),
    Offer("courses.paths", 10, curricula_plugs.of_course),
    Offer("home.main", 12, sessions_plugs.home_next),
    Offer("home.main", 20, learning_plugs.home_due),
    Offer("home.main", 15, authoring_plugs.home_desk),
    Offer("home.main", 60, identity_plugs.home_trail),
    Offer("home.side", 40, identity_plugs.home_system),
    Offer("account.head", 10, notifications_plugs.account_links),
    Offer("shell.account", 10, identity_plugs.account_menu),
    Offer("enrolments.beside", 10, packages_plugs.enrolment_reports),
    Offer("player.preview", 10, packages_plugs.preview_links),
    Offer("authoring.setup", 10, packages_plugs.activity_setup),
    Offer("authoring.versions", 10, packages_plugs.export_link),
    Offer("player.activity", 10, sessions_plugs.player_activity),
    Offer("player.beside", 10, notes_plugs.beside),
    Offer("player.activity", 20, assignments_plugs.player_activity),
    *deals_plugs.SLOTS,
    *standing_plugs.SLOTS,
)

# What audiences are made of, in the order in which their editor shows it.
AUDIENCE_FACETS: tuple[Facet, ...] = (
    audiences_plugs.PositionFacet(),
    audiences_plugs.RegionFacet(),
    audiences_plugs.BrandFacet(),
    audiences_plugs.ModelFacet(),
    standing_plugs.TierFacet(),
    audiences_plugs.OrganisationFacet(),
    audiences_plugs.KindFacet(),
    audiences_plugs.LanguageFacet(),
    audiences_plugs.RoleFacet(),
    audiences_plugs.AudienceFacet(),
)

# Who uses audiences, asked before one is deleted.
AUDIENCE_USES: tuple[WhereUsed, ...] = (
    audiences_plugs.InAudiences(),
    courses_plugs.AudiencesOfCourses(),
    courses_plugs.AudiencesOfActivities(),
    certificates_plugs.AudiencesOfCertifications(),
)

# What upper features add to the list of partners.
PARTNER_COLUMNS: tuple[PartnerColumn, ...] = (standing_plugs.TierColumn(),)

# By what people choose courses, in the order in which the catalogue shows it.
CATALOGUE_FACETS: tuple[CatalogueFacet, ...] = (
    authoring_plugs.BrandFacet(),
    certificates_plugs.CertificationFacet(),
    authoring_plugs.PositionFacet(),
    authoring_plugs.LevelFacet(),
    authoring_plugs.DurationFacet(),
    authoring_plugs.FormatFacet(),
    authoring_plugs.LanguageFacet(),
)

# Who may see what the search finds, where that is not written on the document.
SEARCH_SIGHTS: tuple[Sight, ...] = (learning_plugs.CourseSight(), identity_plugs.PersonSight())

# What puts work into the marking queue.
MARKING_SOURCES: tuple[MarkingSource, ...] = (
    assignments_plugs.AssignmentWork(),
    quizzes_plugs.AnswersToMark(),
    quizzes_plugs.LateAnswers(),
)

# What lessons ask between their lines.
CHECKS: CheckSource = quizzes_views.checks.KnowledgeChecks()

# What tiers may ask for beside certificates.
STANDING_MEASURES: tuple[Measure, ...] = (deals_plugs.DealsWon(),)

# Erasure runs top down: what stands on a person's row lets go of it first.
PERSONAL_DATA: tuple[PersonalData, ...] = (
    quizzes_plugs.ExamData(),
    packages_plugs.PackagesData(),
    notes_plugs.NotesData(),
    assignments_plugs.AssignmentData(),
    courses_plugs.LearningData(),
    deals_plugs.DealsData(),
    standing_plugs.StandingData(),
    partners_plugs.PartnersData(),
    certificates_plugs.CertificatesData(),
    lrs_plugs.StatementsData(),
    notifications_plugs.NoticesData(),
    audiences_plugs.AudiencesData(),
    identity_plugs.IdentityData(),
)

# Who stores files, and what says that one is needed: the sweep keeps what nobody here claims.
FILE_OWNERS: tuple[FileOwner, ...] = (
    courses_plugs.CourseFiles(),
    *(
        KnownByKeys(frozenset({one}))
        for one in (
            "certificate-design",
            "course-import",
            "hand-in",
            "package",
            "practice-evidence",
            "recognition",
        )
    ),
    KnownByKeys(frozenset({"answer", "question-import", "question-picture"})),
)

JOBS: Mapping[str, Job] = {
    sweep.JOB: sweep.sweep,
    audiences_service.JOB: audiences_jobs.fill,
    authoring_jobs.SHELVE: authoring_jobs.shelve,
    certificates_jobs.JOB: certificates_jobs.renew,
    certificates_jobs.WEIGH: certificates_jobs.weigh,
    documents_jobs.BUNDLE: documents_jobs.set_bundles,
    documents_jobs.RETRY: documents_jobs.set_waiting,
    identity_jobs.JOB: identity_jobs.forget_traces,
    identity_jobs.IMPORTS: identity_jobs.work_on_imports,
    mail.JOB: mail.deliver_due,
    lrs_jobs.JOB: lrs_jobs.learn_names,
    quizzes_jobs.FINISH_LAPSED: quizzes_jobs.finish_lapsed,
    quizzes_jobs.MAKE_FINDABLE: quizzes_jobs.make_findable,
    quizzes_jobs.COUNT_ATTEMPTS: quizzes_jobs.count_attempts,
    quizzes_jobs.MARK_ANEW: quizzes_jobs.mark_anew,
    deals_jobs.JOB: deals_jobs.end_protections,
    assignments_jobs.JOB: assignments_jobs.tell_markers,
    authoring_jobs.JOB: authoring_jobs.measure_films,
    learning_service.JOB: learning_jobs.act,
    learning_jobs.REMIND: learning_jobs.remind,
    notifications_jobs.JOB: notifications_jobs.write_letters,
    learning_service.FORGET_JOB: learning_jobs.forget_looks,
    sessions_jobs.JOB: sessions_jobs.remind,
    standing_jobs.JOB: standing_jobs.restand_everybody,
}


def policy() -> PolicyTable:
    """Return every feature's permissions in one table; two features never share one."""
    merged: dict[Permission, frozenset[Role]] = {}
    for table in POLICIES:
        if shared := merged.keys() & table.keys():
            raise ValueError(f"declared twice: {sorted(shared)}")
        merged |= table
    return merged
