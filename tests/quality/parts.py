"""What `make quality` tries: the faults with the tests that do them, and the parts on which trust rests with theirs."""

from __future__ import annotations

FAULTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "killed while saving, importing, deciding": (
        "kill -9 at a random moment",
        ("tests/store/test_kill.py::test_work_that_is_killed",),
    ),
    "a migration killed midway": (
        "kill -9 at a random moment",
        ("tests/store/test_kill.py::test_a_migration_that_is_killed",),
    ),
    "the store's disk full": (
        "SQLite allowed so many pages",
        ("tests/store/test_turn.py::test_a_full_disk_loses_nothing_that_was_acknowledged",),
    ),
    "the disk full while a command writes a file": (
        "files allowed so many bytes, at random ones",
        ("tests/commands/test_full_disk.py",),
    ),
    "another program holds the store": (
        "an exclusive lock; a writer that does not end",
        (
            "tests/store/test_turn.py::test_who_reads_while_another_program_holds_the_file_waits_a_while_and_is_told",
            "tests/store/test_turn.py::test_a_wait_ends_with_a_sentence_and_nothing_done",
        ),
    ),
    "a writer dies while others wait": (
        "killed in the line",
        ("tests/store/test_turn.py::test_who_died_holds_nobody_up",),
    ),
    "the database server lost": (
        "PostgreSQL stopped, or frozen, before and in a save",
        ("tests/app/test_lost_server.py",),
    ),
    "a solver's process dies": (
        "killed",
        ("tests/app/test_workers.py::test_a_process_that_dies_is_told_and_replaced",),
    ),
    "a solver hangs": (
        "one that hears nothing",
        (
            "tests/app/test_watchdog.py::test_a_stop_ends_a_solver_that_does_not_hear_it",
            "tests/app/test_watchdog.py::test_beyond_its_time_limit_a_solver_is_ended",
        ),
    ),
    "clocks jump": (
        "back an hour, stopped, to and fro",
        ("tests/store/test_order.py::test_the_last_vote_counts_under_any_clock",),
    ),
    "two servers start on one old home": (
        "two processes at one moment",
        ("tests/store/test_migrate.py::test_servers_that_start_on_one_old_home_work_on_in_it",),
    ),
    "six programs start on one old home": (
        "six connections at one moment",
        ("tests/store/test_migrate.py::test_programs_that_start_together_migrate_once",),
    ),
    "many processes on one home": (
        "16 people in 16 processes",
        ("tests/store/test_writers.py::test_sixteen_people_in_processes_save_one_case",),
    ),
}
SOAKS = ("tests/store/test_kill.py", "tests/commands/test_full_disk.py")
"""Tests that repeat by themselves, so many times as OPTIMISER_SOAK says."""
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "reader": (
        ("optimiser.case.reading.cells", "optimiser.case.reading.amounts"),
        ("tests/case/test_amounts.py", "tests/case/test_cells.py"),
    ),
    "verifier": (
        ("optimiser.plan.verify", "optimiser.plan.plan_checks", "optimiser.plan.fund_checks"),
        ("tests/plan/test_verify.py",),
    ),
    "rounding": (
        ("optimiser.plan.rounding",),
        ("tests/plan/test_rounding.py",),
    ),
    "audit": (
        ("optimiser.store.keeping.audit_check",),
        ("tests/store/test_audit_walk.py", "tests/store/test_audit.py"),
    ),
    "exact bound": (("optimiser.solvers.bound",), ("tests/solve/test_bound.py",)),
}
LAWS: dict[str, tuple[str, ...]] = {
    "two implementations agree": ("tests/test_agreement.py",),
    "the order of rows changes no byte": ("tests/test_solvers.py::test_the_order_of_rows_changes_no_byte",),
    "keys alone decide among equal plans": ("tests/test_tie_laws.py",),
    "one plan, wherever its solve began": ("tests/plan/test_near_starts.py::test_a_changed_case_has_one_plan",),
    "exact whatever the size": (
        "tests/plan/test_any_size.py::test_a_plan_is_exact_whatever_its_size",
        "tests/plan/test_any_size.py::test_amounts_of_thirteen_digits_are_whole",
    ),
}
"""What holds of every case, with the tests that try it on as many seeds as OPTIMISER_SOAK says."""
FOLDERS = (
    "case",
    "plan",
    "solve",
    "rules",
    "oracle",
    "report",
    "papers",
    "commands",
    "debate",
    "analysis",
    "store",
    "app",
    "buyer",
    "test_*.py",
)
"""Folders of tests, those that take least time first, and the files beside them: README, guide, examples, the laws."""
