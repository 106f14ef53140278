"""Who reacts to what: every fact of the product, in two columns, on one page."""

from lms.audiences import events as audiences
from lms.audiences import handlers as audiences_handlers
from lms.certificates import events as certificates
from lms.certificates import handlers as certificates_handlers
from lms.certificates.badges import handlers as badges_handlers
from lms.courses import events as courses
from lms.courses import handlers as courses_handlers
from lms.courses.assignments import handlers as assignments_handlers
from lms.courses.curricula import handlers as curricula_handlers
from lms.courses.events.feedback import CourseRated
from lms.courses.events.learning import ActivityCompleted
from lms.courses.sessions import handlers as sessions_handlers
from lms.identity import events as identity
from lms.kernel.events import Event, Wire
from lms.lrs import events as lrs
from lms.notifications import events as notifications
from lms.notifications import handlers as notifications_handlers
from lms.packages import events as packages
from lms.packages import handlers as packages_handlers
from lms.portal.deals import events as deals
from lms.portal.deals import handlers as deals_handlers
from lms.portal.partners import events as partners
from lms.portal.partners import handlers as partners_handlers
from lms.portal.standing import events as standing
from lms.portal.standing import handlers as standing_handlers
from lms.quizzes import events as quizzes
from lms.quizzes import handlers as quizzes_handlers

# What happened → who reacts within the transaction, and who after it (through the outbox).
WIRES: tuple[Wire, ...] = (
    Wire(
        certificates.CertificateIssued,
        within=(
            certificates_handlers.dress_certificate,
            badges_handlers.place_badge,
            certificates_handlers.on_certificate_changed,
            standing_handlers.on_certificate_changed,
        ),
        after=(
            certificates_handlers.set_document,
            certificates_handlers.tell_holder,
            certificates_handlers.state_issued,
        ),
    ),
    Wire(
        certificates.CertificateRevoked,
        within=(
            badges_handlers.revoke_badge,
            certificates_handlers.on_certificate_changed,
            standing_handlers.on_certificate_changed,
        ),
        after=(certificates_handlers.tell_revoked, certificates_handlers.state_revoked),
    ),
    Wire(
        certificates.CertificateReinstated,
        within=(
            badges_handlers.place_badge,
            certificates_handlers.on_certificate_changed,
            standing_handlers.on_certificate_changed,
        ),
        after=(certificates_handlers.tell_reinstated, certificates_handlers.state_reinstated),
    ),
    Wire(certificates.ExemptionAsked, after=(certificates_handlers.tell_asked,)),
    Wire(certificates.ExemptionDecided, after=(certificates_handlers.tell_decided,)),
    Wire(certificates.PracticeDecided, after=(certificates_handlers.tell_practice,)),
    Wire(certificates.ItemTakenBack, after=(certificates_handlers.tell_taken_back,)),
    Wire(certificates.PersonExempted, after=(certificates_handlers.tell_exempted,)),
    Wire(audiences.PeopleJoinedAudience, (courses_handlers.on_people_joined, certificates_handlers.on_joins)),
    Wire(audiences.PeopleLeftAudience, within=(courses_handlers.on_people_left,)),
    Wire(certificates.CertificationDefined, within=(certificates_handlers.on_certification_changed,)),
    Wire(certificates.CertificationDescribed, within=(certificates_handlers.on_certification_changed,)),
    Wire(
        certificates.EquivalenceDeclared,
        within=(standing_handlers.on_equivalence_changed,),
        after=(certificates_handlers.credit_holders,),
    ),
    Wire(
        certificates.EquivalenceEnded,
        within=(standing_handlers.on_equivalence_changed,),
    ),
    Wire(certificates.CycleAssigned, after=(certificates_handlers.tell_assigned,)),
    Wire(
        certificates.RulesChanged,
        within=(certificates_handlers.on_certification_changed,),
        after=(certificates_handlers.on_rules_changed,),
    ),
    Wire(ActivityCompleted, after=(courses_handlers.state_activities,)),
    Wire(
        courses.AttendanceCorrected,
        within=(certificates_handlers.on_attendance,),
        after=(sessions_handlers.state_corrections,),
    ),
    Wire(courses.SheetClosed, (certificates_handlers.on_attendance,), (sessions_handlers.state_attendance,)),
    Wire(quizzes.AnswerCameLate, within=(quizzes_handlers.queue_late,)),
    Wire(quizzes.AnswersErased, after=(quizzes_handlers.drop_blobs,)),
    Wire(
        quizzes.AttemptFinished,
        within=(quizzes_handlers.on_attempt_finished,),
        after=(quizzes_handlers.state_attempts, quizzes_handlers.count_attempts),
    ),
    Wire(quizzes.ExtraTimeGiven, within=(quizzes_handlers.on_extra_time_given,)),
    Wire(
        quizzes.AttemptMarkedAnew,
        after=(quizzes_handlers.count_attempts, quizzes_handlers.tell_marked_anew),
    ),
    Wire(quizzes.AttemptHandedIn, within=(quizzes_handlers.queue_answers,)),
    Wire(courses.ActEnded, after=(courses_handlers.tell_act_ended,)),
    Wire(courses.ActivityResultRecorded, within=(certificates_handlers.on_activity_result_recorded,)),
    Wire(courses.CourseFileKept, after=(courses_handlers.make_sizes, courses_handlers.measure_film)),
    Wire(courses.CoursePrintAsked, after=(courses_handlers.print_course,)),
    Wire(courses.CourseAccessChanged, within=(courses_handlers.on_course_access_changed,)),
    Wire(courses.CoursePublished, after=(courses_handlers.move_learners, courses_handlers.enrol_published)),
    Wire(courses.DueDateExtended, after=(courses_handlers.tell_extended,)),
    Wire(courses.EnrolmentMade, after=(courses_handlers.tell_assigned,)),
    Wire(courses.ReviewAsked, after=(courses_handlers.tell_review_asked,)),
    Wire(courses.ReviewDecided, after=(courses_handlers.tell_review_decided,)),
    Wire(
        courses.EnrolmentWithdrawn,
        within=(sessions_handlers.on_enrolment_withdrawn,),
        after=(courses_handlers.tell_withdrawn,),
    ),
    Wire(courses.PeopleEnrolled, after=(courses_handlers.tell_enrolled,)),
    Wire(
        courses.LearnersMoved,
        within=(sessions_handlers.on_learners_moved, packages_handlers.on_learners_moved),
    ),
    Wire(courses.PlaceFound, after=(courses_handlers.tell_place_found,)),
    Wire(courses.WaitBegun, after=(courses_handlers.tell_waiting,)),
    Wire(courses.WaitEnded, after=(courses_handlers.tell_wait_ended,)),
    Wire(courses.SeatGivenUp, after=(sessions_handlers.tell_given_up,)),
    Wire(courses.SeatTaken, after=(sessions_handlers.tell_seat,)),
    Wire(courses.SessionCancelled, after=(sessions_handlers.tell_called_off,)),
    Wire(courses.SessionChanged, after=(sessions_handlers.tell_changed,)),
    Wire(courses.WorkErased, after=(assignments_handlers.drop_blobs,)),
    Wire(courses.WorkMarked, after=(assignments_handlers.tell_marked,)),
    Wire(courses.WorkMarkedAnew, after=(assignments_handlers.tell_marked_anew,)),
    Wire(
        courses.CourseCompleted,
        within=(certificates_handlers.on_course_completed, curricula_handlers.on_course_completed),
        after=(courses_handlers.state_courses,),
    ),
    Wire(courses.CurriculumCompleted, after=(curricula_handlers.tell_completed,)),
    Wire(courses.CurriculumPublished, after=(curricula_handlers.on_curriculum_published,)),
    Wire(courses.EquivalenceAdded, after=(curricula_handlers.on_equivalence_added,)),
    Wire(deals.DealApproved, after=(deals_handlers.on_deal_approved,)),
    Wire(deals.DealCancelled, after=(deals_handlers.on_deal_cancelled,)),
    Wire(deals.DealExpired, after=(deals_handlers.on_deal_expired,)),
    Wire(deals.DealExtended, after=(deals_handlers.on_deal_extended,)),
    Wire(deals.DealPassedOn, after=(deals_handlers.on_deal_passed_on,)),
    Wire(deals.DealRejected, after=(deals_handlers.on_deal_rejected,)),
    Wire(deals.DealReturned, after=(deals_handlers.on_deal_returned,)),
    Wire(deals.DealSubmitted, after=(deals_handlers.on_deal_submitted,)),
    Wire(deals.DealWithdrawn, after=(deals_handlers.on_deal_withdrawn,)),
    Wire(deals.TrainingAsked, after=(deals_handlers.on_training_asked,)),
    Wire(
        identity.AccountChanged,
        within=(audiences_handlers.on_account_changed, notifications_handlers.on_account_changed),
    ),
    Wire(
        identity.AccountsMerged,
        # Ledgers first: what is learned is weighed against both. Seats before the courses they rest on.
        within=(
            certificates_handlers.on_accounts_merged,
            sessions_handlers.on_accounts_merged,
            courses_handlers.on_accounts_merged,
            assignments_handlers.on_accounts_merged,
            quizzes_handlers.on_accounts_merged,
            packages_handlers.on_accounts_merged,
            curricula_handlers.on_accounts_merged,
            partners_handlers.on_accounts_merged,
            deals_handlers.on_accounts_merged,
            certificates_handlers.weigh_accounts_merged,
            standing_handlers.on_accounts_merged,
            notifications_handlers.on_accounts_merged,
            audiences_handlers.on_accounts_merged,
        ),
    ),
    *(
        Wire(brand_changed, within=(standing_handlers.on_brand_changed, audiences_handlers.on_brand_changed))
        for brand_changed in (identity.BrandAuthorised, identity.BrandWithdrawn)
    ),
    Wire(
        identity.EmploymentEnded,
        within=(
            standing_handlers.on_employment_ended,
            courses_handlers.on_employments_ended,
            audiences_handlers.on_person_changed,
        ),
    ),
    Wire(
        identity.OrganisationChanged,
        within=(standing_handlers.on_organisation_changed, audiences_handlers.on_organisation_changed),
    ),
    Wire(identity.PersonAdded, within=(audiences_handlers.on_person_changed,)),
    Wire(
        identity.PersonEmployed,
        within=(
            standing_handlers.on_person_employed,
            courses_handlers.on_people_employed,
            audiences_handlers.on_person_changed,
        ),
    ),
    Wire(identity.PersonErased, within=(audiences_handlers.on_person_changed,)),
    Wire(identity.RoleGranted, within=(audiences_handlers.on_person_changed,)),
    Wire(identity.RoleWithdrawn, within=(audiences_handlers.on_person_changed,)),
    Wire(standing.TierChanged, within=(standing_handlers.on_tier_changed,)),
)

# Facts that are recorded (and audited) and to which nobody needs to react.
UNWIRED: frozenset[type[Event]] = frozenset(
    {
        CourseRated,
        audiences.AudienceDeleted,
        audiences.AudienceSaved,
        *certificates.UNHEARD,
        courses.ActBegun,
        courses.CourseFileRemoved,
        courses.CourseImported,
        courses.CurriculumSaved,
        courses.DraftChanged,
        courses.DueDateMoved,
        courses.EquivalenceRemoved,
        courses.PathLeft,
        courses.PathStarted,
        courses.SessionScheduled,
        courses.WorkHandedIn,
        deals.DealLost,
        deals.DealRefused,
        deals.DealSaved,
        deals.DealTaken,
        deals.DealWon,
        identity.LinkSent,
        identity.OrganisationAdded,
        identity.PasswordSet,
        identity.PeopleImportCancelled,
        identity.PeopleImportConfirmed,
        identity.PeopleImported,
        identity.PersonExported,
        identity.PersonReactivated,
        identity.PersonSuspended,
        identity.SignInRefused,
        identity.SignedIn,
        identity.SignedOut,
        lrs.CredentialMade,
        lrs.CredentialRevoked,
        notifications.MailStopped,
        notifications.NoticeChoicesMade,
        notifications.PersonNotified,
        packages.ItemsMapped,
        packages.PackageStored,
        packages.TrackingCommitted,
        packages.UnitWaived,
        partners.PartnerRecordKept,
        *quizzes.UNHEARD,
        standing.GateDefined,
        standing.TierPutAtRisk,
    }
)
