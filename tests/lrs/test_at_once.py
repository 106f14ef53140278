"""Programs that send at once: nothing is lost, nothing stands there twice, and order holds."""

from concurrent.futures import ThreadPoolExecutor

from lms.kernel.db import db
from lms.kernel.uow import unit_of_work
from lms.lrs.models import StatementRow
from tests.lrs.calls import Program, statement, voiding

SENDERS = 6


def test_what_several_send_at_once_is_stored_once_each_and_in_order(app):
    program, shared = Program(app), [statement() for _ in range(5)]
    own = [
        [statement(actor={"mbox": f"mailto:p{one}@example.com"}) for _ in range(5)] for one in range(SENDERS)
    ]
    program.find()

    def send(mine):
        return [program.send("POST", "statements", batch).status_code for batch in (shared, mine, shared)]

    with ThreadPoolExecutor(SENDERS) as pool:
        answers = list(pool.map(send, own))
    assert answers == [[200, 200, 200]] * SENDERS
    wanted = {one["id"] for batch in [shared, *own] for one in batch}
    found = program.find(limit="0")
    assert sorted(found) == sorted(wanted)
    with unit_of_work(read_only=True):
        rows = db.session.query(StatementRow).order_by(StatementRow.seq).all()
    assert [row.seq for row in rows] == list(range(1, len(wanted) + 1))
    assert [row.stored_at for row in rows] == sorted(row.stored_at for row in rows)


def test_of_several_who_put_another_statement_under_one_id_one_is_taken(app):
    program, sent = Program(app), statement()
    program.find()
    bodies = [{**sent, "result": {"response": str(one)}} for one in range(SENDERS)]

    def put(body):
        return program.send("PUT", "statements", body, statementId=sent["id"]).status_code

    with ThreadPoolExecutor(SENDERS) as pool:
        assert sorted(pool.map(put, bodies)) == [204, *[409] * (SENDERS - 1)]


def test_voiding_and_what_it_voids_may_cross(app):
    program = Program(app)
    program.find()
    pairs = [(late, voiding(late["id"])) for late in (statement() for _ in range(SENDERS))]
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(program.store, [one for pair in pairs for one in pair]))
    assert sorted(program.find()) == sorted(void["id"] for _late, void in pairs)
