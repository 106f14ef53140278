"""Every sentence of the domain about certification, and of the programme about cycles, has a test of its own name."""

import ast
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent.parent

SENTENCES = {
    # The domain: certification.
    "a certification says what must be held: courses, exams, certifications, attendance, items; AND, OR, N-of": (
        "certificates/test_trees::test_a_tree_is_met_exactly_when_a_truth_table_says_so"
    ),
    "one cycle is open per person and certification at a time, by a constraint of the database": (
        "certificates/test_issuing::test_the_database_refuses_a_second_open_cycle_and_a_second_certificate_of_one_cycle"
    ),
    "the states of a cycle": (
        "certificates/test_renewal_cases::test_the_states_of_a_cycle_follow_each_other_as_the_domain_says"
    ),
    "a certificate is never overwritten or deleted": (
        "certificates/test_issuing::test_the_database_refuses_to_change_or_delete_what_was_issued"
    ),
    "a retake or renewal adds one that supersedes the last": (
        "certificates/test_issuing::test_a_renewal_supersedes_the_certificate_and_counts_only_what_was_done_in_its_window"
    ),
    "expiry by completion": (
        "certificates/test_renewal_cases::test_by_completion_it_is_the_completion_date_and_the_active_period"
    ),
    "expiry by the previous expiry": (
        "certificates/test_renewal_cases::test_by_expiry_it_is_the_previous_expiry_and_the_active_period"
    ),
    "fixed dates, and one period more if too little is left": (
        "certificates/test_renewal_cases::test_fixed_it_is_the_first_date_in_the_future_and_one_more_if_too_little_is_left"
    ),
    "the minimum active period is at least the renewal window": (
        "certificates/test_rules::test_a_rule_that_cannot_be_kept_is_refused_by_the_name_of_its_field"
    ),
    "valid through its last day in the OEM's time zone, expired at the next midnight": (
        "certificates/test_renewal_cases::test_it_is_valid_through_its_last_day_and_expired_at_the_next_midnight_there"
    ),
    "months are calendar months, clamped to the month's end, 29 February included": (
        "certificates/test_rules::test_months_are_calendar_months_clamped_to_the_months_end"
    ),
    "the renewal has a path of its own; failed, the original path is open": (
        "certificates/test_trees::test_the_renewal_path_is_open_to_holders_alone_and_the_whole_way_to_everybody"
    ),
    "grace after expiry still counts, by the policy's choice": (
        "certificates/test_renewal_cases::test_grace_still_counts_by_the_policys_choice"
    ),
    "reminders at 90, 30, 7 and 1 days to the person": (
        "certificates/test_renewals::test_the_holder_is_reminded_90_30_7_and_1_days_before_and_the_day_after_once_each"
    ),
    "and to the partner admin, a digest and no flood": (
        "certificates/test_renewals::test_the_partner_admin_hears_of_all_their_people_together_once_a_day"
    ),
    "changing a rule shows first who is affected": (
        "certificates/test_defining::test_who_gains_who_loses_and_who_keeps_is_told_before_saving"
    ),
    "and never moves a date already given": (
        "certificates/test_issuing::test_a_changed_rule_moves_no_date_and_lets_through_whoever_meets_it_now"
    ),
    "a new exam version carries an equivalence rule: the person is credited": (
        "certificates/test_equivalences::test_who_holds_it_is_credited_and_who_earns_it_later_at_once"
    ),
    "only the company is": (
        "portal/test_company_credits::"
        "test_the_head_count_of_a_gate_takes_it_in_and_the_submitter_holds_nothing_by_it"
    ),
    "nobody is": (
        "certificates/test_equivalences::test_once_it_is_ended_nobody_is_credited_and_what_was_keeps_its_dates"
    ),
    "and until when": "certificates/test_equivalences::test_it_is_credited_until_its_day_and_no_longer",
    "and until when, for the company": (
        "portal/test_company_credits::test_it_counts_through_its_day_and_under_the_older_rules_it_names"
    ),
    "account merge joins two histories, best progress wins, nothing is lost": (
        "certificates/test_accounts_joined::"
        "test_where_both_are_in_a_course_the_further_way_goes_on_with_the_best_of_both"
    ),
    # The programme: cycles.
    "the editor draws the tree": (
        "certificates/test_defining::test_a_tree_is_drawn_by_buttons_alone_without_script"
    ),
    "and explains it in one sentence": "certificates/test_trees::test_a_rule_reads_as_one_sentence",
    "live attendance": (
        "certificates/test_deeds::test_who_was_present_at_the_session_is_certified_when_the_sheet_is_closed"
    ),
    "hours of practice with evidence": (
        "certificates/test_deeds::"
        "test_hours_count_once_a_trainer_approved_them_and_the_last_one_issues_the_certificate"
    ),
    "a hand-given item": (
        "certificates/test_deeds::"
        "test_an_item_that_a_trainer_gives_counts_at_once_and_a_double_click_gives_it_once"
    ),
    "a due date": "certificates/test_deeds::test_whoever_is_asked_without_a_date_has_as_many_days_as_the_rule_says",
    "who may hold it": (
        "certificates/test_deeds::test_only_who_is_in_the_audience_may_hold_it_and_whoever_joins_is_certified_then"
    ),
    "versions": "certificates/test_defining::test_versions_say_what_changed_by_whom_and_when",
    "revocation with reason": (
        "certificates/test_issuing::test_a_revoked_certificate_counts_no_more_from_that_moment_and_says_why"
    ),
    "and reinstatement": (
        "certificates/test_reinstating::test_a_reinstated_certificate_counts_again_with_the_dates_it_always_had"
    ),
    "exemption": "certificates/test_recognising::test_an_exemption_holds_through_its_day_and_then_asks_again",
    "recognition of prior learning with evidence and approver": (
        "certificates/test_recognising::"
        "test_recognised_learning_issues_the_certificate_which_says_what_it_rests_on"
    ),
    "pseudonymous erasure that keeps proof": (
        "certificates/test_verification::test_an_erased_persons_certificate_stays_and_names_nobody"
    ),
    "passing the exam issues the certificate before the response is sent": (
        "certificates/test_issuing::test_who_completes_the_course_and_passes_holds_the_certificate_at_once"
    ),
    "expiry needs no job to be true": (
        "certificates/test_issuing::test_one_second_before_expiry_it_is_valid_and_one_second_after_in_grace_then_lapsed"
    ),
    "time zones at 14 hours either way": (
        "certificates/test_renewal_cases::test_the_day_on_which_it_was_done_is_the_oems"
    ),
    "on time, late, leap day, end of month, year change": (
        "certificates/test_renewal_cases::test_through_when_a_certificate_counts"
    ),
    "50 parallel issues, one certificate": (
        "certificates/test_renewals::test_fifty_parallel_deeds_issue_one_certificate"
    ),
    "re-assigned while open": (
        "certificates/test_renewals::test_assigned_again_while_it_is_open_it_stays_one_cycle_with_the_earlier_day"
    ),
    "course version changed in mid-cycle": (
        "certificates/test_renewals::test_a_course_that_is_published_anew_in_mid_cycle_is_finished_as_it_was_begun"
    ),
    "exam exchanged in mid-cycle": (
        "certificates/test_exchanged_exams::"
        "test_what_was_done_before_an_exam_is_exchanged_in_mid_cycle_still_counts"
    ),
    "rules shortened, nobody loses": (
        "certificates/test_renewals::test_shortened_rules_take_nothing_from_who_holds_it"
    ),
    "10,000 random histories where the state equals a replay": (
        "certificates/test_histories::test_the_track_of_any_history_is_what_a_replay_of_the_ledger_says"
    ),
    "renewal enrolment when the window opens": (
        "certificates/test_renewals::test_the_renewal_begins_by_itself_when_its_window_opens"
    ),
    "add to my calendar": (
        "certificates/test_renewals::test_the_calendar_has_the_last_day_with_reminders_and_is_the_holders_own"
    ),
    "escalation to the channel manager": (
        "certificates/test_renewals::test_what_expired_and_was_not_begun_reaches_the_channel_manager"
    ),
    "everybody re-evaluated after a rule change, with progress": (
        "certificates/test_weighing::test_each_batch_is_kept_with_how_far_it_is_and_the_page_says_so"
    ),
    "through a kill of the worker": (
        "faults/test_weighing::test_everybody_is_weighed_once_though_the_worker_is_killed_in_the_middle"
    ),
    "two administrators revoking and reinstating at once": (
        "certificates/test_reinstating::"
        "test_two_administrators_who_revoke_and_reinstate_at_once_come_out_in_some_order"
    ),
    "clock set back": (
        "certificates/test_reinstating::test_a_clock_that_is_set_back_neither_loses_nor_doubles_nor_reorders"
    ),
    "a requirement that becomes circular is refused": (
        "certificates/test_defining::test_a_circle_is_refused_with_the_way_around_it"
    ),
    "what a certification needs cannot leave its course, and the refusal says where": (
        "certificates/test_defining::"
        "test_an_activity_that_a_certification_needs_cannot_be_left_out_of_a_new_version"
    ),
}


@cache
def _tests_in(module: str) -> frozenset[str]:
    tree = ast.parse((HERE / f"{module}.py").read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_sentence_is_held_by_the_test_that_is_named_for_it() -> None:
    named = {sentence: where.partition("::") for sentence, where in SENTENCES.items()}
    lost = [sentence for sentence, (module, _colons, name) in named.items() if name not in _tests_in(module)]
    assert not lost
