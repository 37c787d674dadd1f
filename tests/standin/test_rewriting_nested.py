"""What stands inside a rewritten expression is rewritten, too."""

from __future__ import annotations

from fintech_accelerator.testing.standin.rewriting.queries import rewritten_query


def test_a_date_part_inside_another_function_becomes_a_text() -> None:
    made = rewritten_query("select extract(day from cast(dateadd(day, 1, booked) as date)) from payments")
    assert made == "SELECT EXTRACTED('day', CAST(DATEADD('day', 1, booked) AS DATE)) FROM payments"
