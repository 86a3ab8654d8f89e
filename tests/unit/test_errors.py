"""How errors read: every problem with its place, and advice that several share said once."""

from hamm_eval.errors import InputError, Problem, UsageError

ABSENT = Problem("It is absent.", "a", "Add it.")
TWICE = Problem("It stands twice.", "b", "Keep one.")


def test_one_problem_is_one_sentence():
    assert str(UsageError.of([ABSENT])) == "a: It is absent. Add it."


def test_advice_that_follows_itself_is_said_once_below():
    error = InputError.of([ABSENT, Problem("It is empty.", "c", "Add it."), TWICE, ABSENT], "Wrong:")
    assert str(error).splitlines() == [
        "Wrong:",
        "- a: It is absent.",
        "- c: It is empty.",
        "  Add it.",
        "- b: It stands twice. Keep one.",
        "- a: It is absent. Add it.",
    ]
    assert [problem.todo for problem in error.problems] == ["Add it.", "Add it.", "Keep one.", "Add it."]


def test_no_advice_leaves_no_line():
    error = UsageError.of([Problem("x.", "a"), Problem("y.", "b")])
    assert str(error).splitlines() == ["- a: x.", "- b: y."]
