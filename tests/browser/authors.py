"""What the manufacturer's people do first: a trainer brings files and publishes, a programme manager sets the rules."""

from playwright.sync_api import Page, expect

from tests.browser import files
from tests.browser.company import Company

CERTIFICATION = "Cold-room sales"


def bring_questions_and_a_course(company: Company) -> None:
    page = company.page_of(company.house.cast.tomas)
    page.goto("/")
    page.get_by_role("link", name="Questions").click()
    company.look(page, "banks")
    page.get_by_label("Name of the bank").fill("Cold rooms")
    page.get_by_role("button", name="Make the bank").click()
    for path in (files.gift_file(company.folder), files.moodle_file(company.folder)):
        page.set_input_files("input[type=file]", path)
        page.get_by_role("button", name="Look at the file").click()
        company.look(page, f"import-{path.suffix[1:]}")
        page.get_by_role("button", name="Add 3 questions").click()
        expect(page.get_by_text("3 questions added.")).to_be_visible()
    expect(page.get_by_text("6 questions in use")).to_be_visible()
    company.look(page, "bank")
    _make_a_course(company, page)
    _add_package_and_exam(company, page)
    page.get_by_role("link", name="About the course").click()
    page.get_by_role("link", name="Preview").click()
    expect(page.get_by_role("heading", name=files.LESSONS[0], level=1)).to_be_visible()
    company.look(page, "preview")
    page.go_back()
    page.get_by_role("link", name="Publish …").click()
    company.look(page, "publish")
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_text("everyone can take it now")).to_be_visible()


def _make_a_course(company: Company, page: Page) -> None:
    page.get_by_role("link", name="Courses", exact=True).click()
    page.get_by_role("link", name="Import files").first.click()
    company.look(page, "import")
    page.set_input_files("input[type=file]", files.markdown_zip(company.folder))
    page.get_by_role("button", name="Look into it").click()
    company.look(page, "import-look")
    page.get_by_role("button", name="Import the course").click()
    outline = page.get_by_role("navigation", name="Outline")
    outline.get_by_role("link", name=files.LESSONS[0]).click()
    as_text = page.get_by_role("button", name="Write as Markdown")
    as_text.click()
    text = page.locator("#body")
    text.fill(f"{text.input_value()}\nThe **stock** costs more than the room.\n")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved at")
    as_text.click()
    expect(page.locator(".ProseMirror strong")).to_have_text("stock")
    expect(page.locator(".ProseMirror .block-picture img")).to_be_visible()
    company.look(page, "editor")


def _add_package_and_exam(company: Company, page: Page) -> None:
    for title, kind in ((files.PACKAGE, "Package"), (files.EXAM, "Exam")):
        page.get_by_role("navigation", name="Outline").get_by_role("link", name="Understanding").click()
        page.get_by_label("Title", exact=True).fill(title)
        page.get_by_label("Kind").select_option(kind)
        page.get_by_role("button", name="Add", exact=True).click()
        if kind == "Package":
            page.set_input_files("input[type=file]", files.scorm_zip(company.folder))
            company.look(page, "package-choose")
            page.get_by_role("button", name="Use this package").click()
            company.look(page, "package-found")
            page.get_by_role("button", name="Use this package").click()
        else:
            page.get_by_label("Time limit").fill("20")
            page.get_by_label("Attempts allowed").fill("3")
            page.get_by_label("Draw from").first.select_option(index=1)
            page.get_by_label("How many").first.fill("6")
            company.look(page, "exam-rules")
            page.get_by_role("button", name="Save the exam").click()


def define_what_is_asked(company: Company) -> None:
    page = company.page_of(company.house.cast.petra)
    page.goto("/")
    page.get_by_role("link", name="Certifications", exact=True).click()
    page.get_by_role("link", name="Define a certification").click()
    page.get_by_label("Title").fill(CERTIFICATION)
    page.get_by_label("Code").fill("HC-CR")
    page.get_by_label("Brand").select_option("Halden Cold")
    page.get_by_label("Glyph").select_option("Snowflake")
    page.get_by_label("What it proves").fill("Sizes a cold room and says what it costs.")
    tree = page.locator("[data-tree=tree]")
    for found in (files.COURSE, files.EXAM):
        tree.get_by_role("textbox", name="Find a course").fill(found)
        tree.get_by_role("button", name="Search").click()
        tree.get_by_role("button", name=f"Add: {found}", exact=True).click()
        expect(page.locator("[data-sentence]")).to_contain_text(found)
    tree.get_by_label(f"Least score in “{files.EXAM}”").fill("80")
    page.get_by_label("Valid for", exact=True).fill("12")
    page.get_by_label("Renewal opens").fill("60")
    page.get_by_label("Still counts after the end").fill("0")
    page.get_by_role("group", name="Positions that need it").get_by_label("Sales rep").check()
    page.get_by_role("group", name="Positions that need it").get_by_label("Technician").check()
    company.look(page, "certification")
    page.get_by_role("button", name="Define", exact=True).click()
    expect(page.get_by_text("Valid for 12 months")).to_be_visible()
    company.look(page, "certifications")

    page.get_by_role("link", name="Gates").click()
    page.get_by_role("link", name="Define a rule for Halden Cold").click()
    page.get_by_label("Name", exact=True).fill("Certified sellers of cold")
    page.get_by_label("The submitter holds").select_option(CERTIFICATION)
    holders = page.get_by_role("group", name="The partner has holders (1)")
    holders.get_by_label("Certification").select_option(CERTIFICATION)
    holders.get_by_label("Holders").fill("2")
    holders.get_by_label("Count the branches’ people too").check()
    company.look(page, "gate")
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("Version 1").first).to_be_visible()
    company.look(page, "gates")
