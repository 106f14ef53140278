"""What the demo's world is made of: frozen entries of data files; days count backwards from when it is loaded."""

from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

from lms.app.demo.said import Said

OEM_KEY: Final = "halden"

Model: TypeAlias = Literal[
    "distributor", "reseller", "dealer", "franchisee", "msp", "system_integrator", "referral"
]
FurtherRole: TypeAlias = Literal[
    "partner_admin", "trainer", "channel_manager", "programme_manager", "administrator", "auditor"
]
ShowcaseRole: TypeAlias = Literal["learner"] | FurtherRole
Currency: TypeAlias = Literal["EUR", "GBP", "CHF", "SEK"]
Cycle: TypeAlias = Literal["in_progress", "valid", "soon", "in_grace", "lapsed", "revoked", "superseded"]
DealState: TypeAlias = Literal[
    "draft",
    "submitted",
    "under_review",
    "pending_approval",
    "approved",
    "returned",
    "rejected",
    "withdrawn",
    "extended",
    "won",
    "lost",
    "expired",
    "cancelled",
]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One entry of a data file."""


class Oem(Record, frozen=True):
    """The manufacturer; ``maker`` is the mark its certificates carry."""

    name: str
    legal_name: str
    maker: str
    domain: str
    country: str
    city: str
    region: str
    time_zone: str


class Brand(Record, frozen=True):
    """A product brand; ``maker`` is two letters, as on a hallmark."""

    key: str
    name: str
    maker: str
    summary: str


class Position(Record, frozen=True):
    """A person's job at a partner."""

    key: str
    name: str


class Region(Record, frozen=True):
    """A region; ``country`` (ISO 3166) where it is one."""

    key: str
    name: str
    parent: str | None = None
    country: str | None = None


class Partner(Record, frozen=True):
    """A partner and its place in the tree; a parent stands before its children."""

    key: str
    name: str
    legal_name: str
    model: Model
    country: str
    city: str
    region: str
    domain: str
    brands: tuple[str, ...]
    channel_manager: str
    since_days_ago: int
    summary: str
    parent: str | None = None


class Product(Record, frozen=True):
    """A product and its list price in minor units of each currency, without VAT."""

    code: str
    name: str
    brand: str
    unit: str
    list_minor: dict[Currency, int]


class Grant(Record, frozen=True):
    """A role besides learner, with its scope: everything, regions and below, or a partner and below."""

    role: FurtherRole
    scope: Literal["everything"] | None = None
    regions: tuple[str, ...] = ()
    partner: str | None = None


class Showcase(Record, frozen=True):
    """A place on the demo's sign-in page: one person for each role, and a second trainer."""

    role: ShowcaseRole
    line: str


class Employment(Record, frozen=True):
    """A former employment."""

    employer: str
    position: str
    region: str
    from_days_ago: int
    until_days_ago: int


class Person(Record, frozen=True):
    """A person with today's employment. Staff of the maker have a title in place of a position."""

    key: str
    name: str
    employer: str
    city: str
    region: str
    language: Literal["en", "de", "ar"]
    time_zone: str
    joined_days_ago: int
    position: str | None = None
    title: str = ""
    roles: tuple[Grant, ...] = ()
    showcase: Showcase | None = None
    earlier: tuple[Employment, ...] = ()
    digest: Literal["daily", "weekly"] | None = None
    """How what is learned, certified and due in the team reaches them by mail; at once if they chose nothing."""


class Course(Record, frozen=True):
    """A published course; its text is the folder of this name in COURSES."""

    slug: str
    trainer: str
    published_days_ago: int


class Package(Record, frozen=True):
    """A package inside a course, after the lessons of its section; its source is a folder in PACKAGES."""

    folder: str
    title: str
    course: str
    section: str
    minutes: int


class Exam(Record, frozen=True):
    """An exam inside a course, after the lessons of its section; ``bank`` is a file in QUESTIONS."""

    ref: str
    title: str
    bank: str
    course: str
    section: str
    language: Literal["en", "de"]
    draws: int
    pass_percent: int
    minutes: int
    attempts: int
    wait_days: tuple[int, ...]


class LiveDate(Record, frozen=True):
    """A date of a live session, so many days from the demo's present; ``marks`` close its sheet.

    ``booked`` come in this order, so those past ``seats`` wait. ``begins`` is the clock at its place.
    """

    in_days: int
    begins: str
    hours: int
    time_zone: str
    trainers: tuple[str, ...]
    set_days_ago: int
    booked: dict[str, int] = {}
    marks: dict[str, Literal["present", "partly", "absent", "excused"]] = {}
    seats: int | None = None
    place: str = ""
    link: str = ""
    note: str = ""


class LiveSession(Record, frozen=True):
    """A live session inside a course, after the lessons of its section: none has to attend."""

    title: str
    course: str
    section: str
    minutes: int
    dates: tuple[LiveDate, ...]


class Marked(Record, frozen=True):
    """What a trainer decided: a level for each criterion by its place, from 0, and words."""

    by: str
    days_ago: int
    levels: tuple[int, ...]
    comments: tuple[str, ...]
    comment: str
    returned: bool = False


class Handed(Record, frozen=True):
    """Work of a person; without ``marked`` it waits. ``file`` lies in the folder of the course."""

    person: str
    days_ago: int
    text: str
    file: str | None = None
    marked: Marked | None = None


class AskedFor(Record, frozen=True):
    """A criterion of an assignment; each level is points and words, as a trainer writes them."""

    title: str
    levels: tuple[str, ...]


class Assignment(Record, frozen=True):
    """An assignment inside a course, after the lessons of its section: nobody has to take it."""

    title: str
    course: str
    section: str
    minutes: int
    task: str
    criteria: tuple[AskedFor, ...]
    pass_percent: int
    again: int
    handed: tuple[Handed, ...]


class Certification(Record, frozen=True):
    """What the course and the exam prove, for how long, and which positions need it."""

    code: str
    title: str
    glyph: str
    brand: str
    description: str
    course: str
    exam: str
    pass_percent: int
    valid_months: int
    renewal_window_days: int
    grace_days: int
    needed_by: tuple[str, ...]
    defined_days_ago: int


class Tier(Record, frozen=True):
    """A rung: distinct holders by certification, and deals won within ``won_days``."""

    key: str
    name: str
    holders: dict[str, int]
    deals_won: int
    won_days: int | None = None


class Holders(Record, frozen=True):
    """So many of a partner's people hold the certification."""

    certification: str
    count: int


class Gate(Record, frozen=True):
    """What it takes to submit a deal with a product of the brand."""

    brand: str
    name: str
    partner_holders: Holders
    in_force_days_ago: int
    submitter_holds: str | None = None


class DealRules(Record, frozen=True):
    """How long approval protects, and from what amount a second person decides."""

    protection_days: int
    extension_days: int
    returns_allowed: int
    decide_within_business_days: int
    second_step_from_minor: dict[Currency, int]


class Result(NamedTuple):
    """A score, so many days ago."""

    days_ago: int
    percent: int


class Enrolment(Record, frozen=True):
    """One person in one course: the first ``lessons`` lessons are done, the last of them ``last`` days ago.

    ``cycle`` is what the certification matrix is to show today for the certificate this enrolment leads to.
    """

    person: str
    course: str
    source: Literal["self", "partner_admin", "trainer", "audience", "renewal"]
    days_ago: int
    lessons: int
    by: str | None = None
    due_in_days: int | None = None
    last: int | None = None
    package: Result | None = None
    attempts: tuple[Result, ...] = ()
    cycle: Cycle | None = None


class Revocation(Record, frozen=True):
    """A certificate taken back."""

    person: str
    certification: str
    by: str
    days_ago: int
    reason: str


class Customer(Record, frozen=True):
    """An end customer; ``existing`` says that the partner sold to it before."""

    legal_name: str
    domain: str
    country: str
    city: str
    existing: bool
    postcode: str = ""


class Contact(Record, frozen=True):
    """Whom the partner talks to."""

    name: str
    job: str


class Step(Record, frozen=True):
    """The deal came to a state; ``time`` is UTC, ``by`` nobody where a rule did it."""

    days_ago: int
    time: str
    to: DealState
    by: str | None = None
    reason: str = ""


class Deal(Record, frozen=True):
    """A deal registration; ``lines`` are quantities by product, the amount is the whole offer without VAT."""

    ref: str
    title: str
    partner: str
    submitter: str
    customer: Customer
    contact: Contact
    lines: dict[str, int]
    amount_minor: int
    currency: Currency
    close_in_days: int
    source: Literal["partner", "marketing", "referral", "oem_lead"]
    summary: str
    history: tuple[Step, ...]
    competitor: str = ""

    @property
    def state(self) -> DealState:
        """Today's state."""
        return self.history[-1].to


class AudienceEntry(Record, frozen=True):
    """Who is meant, by facet; what has a key is named by it."""

    key: str
    name: str
    note: str
    any_of: dict[str, tuple[str, ...]]
    by: str
    saved_days_ago: int
    none_of: dict[str, tuple[str, ...]] = {}


class EnrolledAudience(Record, frozen=True):
    """A course on which an audience is enrolled."""

    course: str
    audience: str
    due_days: int
    by: str
    days_ago: int


class BroughtList(Record, frozen=True):
    """A table with which somebody enrolled many; `people` are keys, or what was typed and is nobody's."""

    course: str
    by: str
    days_ago: int
    filename: str
    due_days: int
    people: tuple[str, ...]


class PathStage(Record, frozen=True):
    """A stage of a path; `needed` of its courses are enough, None means all. A free one waits for nothing."""

    title: str
    courses: tuple[str, ...]
    needed: int | None = None
    free: bool = False


class CurriculumEntry(Record, frozen=True):
    """A path, and who followed it from how many days ago."""

    slug: str
    title: str
    summary: str
    brand: str
    by: str
    published_days_ago: int
    stages: tuple[PathStage, ...]
    followed: dict[str, int]


class Counting(Record, frozen=True):
    """A course whose completions count for another."""

    course: str
    counts_for: str
    note: str
    by: str
    days_ago: int


class World(Record, frozen=True):
    """Everything, in the order it is loaded: parents before children, oldest first."""

    oem: Oem
    brands: tuple[Brand, ...]
    positions: tuple[Position, ...]
    regions: tuple[Region, ...]
    partners: tuple[Partner, ...]
    products: tuple[Product, ...]
    people: tuple[Person, ...]
    courses: tuple[Course, ...]
    packages: tuple[Package, ...]
    exams: tuple[Exam, ...]
    live_sessions: tuple[LiveSession, ...]
    assignments: tuple[Assignment, ...]
    certifications: tuple[Certification, ...]
    tiers: tuple[Tier, ...]
    gates: tuple[Gate, ...]
    deal_rules: DealRules
    enrolments: tuple[Enrolment, ...]
    feedback: tuple[Said, ...]
    revocations: tuple[Revocation, ...]
    deals: tuple[Deal, ...]
    audiences: tuple[AudienceEntry, ...]
    enrolled_audiences: tuple[EnrolledAudience, ...]
    brought_lists: tuple[BroughtList, ...]
    curricula: tuple[CurriculumEntry, ...]
    counts: tuple[Counting, ...]

    def email_of(self, person: Person) -> str:
        """Return the person's address, which nobody can ever receive mail at (RFC 2606)."""
        domains = {OEM_KEY: self.oem.domain} | {partner.key: partner.domain for partner in self.partners}
        return f"{person.key}@{domains[person.employer]}"
