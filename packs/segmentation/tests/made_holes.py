"""What breaks the rules in SQL of suites, for the test that every critical rule notices its hole."""

from __future__ import annotations

TRANSITIONS, COHORTS = (f"segmentation.segmentation__{name}" for name in ("transitions", "cohort_retention"))
HOLES = {
    "transitions.probabilities_sum_to_one": f"delete from {TRANSITIONS} where dimension = 'lifecycle'"
    " and month_start = (select max(month_start) from segmentation.segmentation__transitions)"
    " and probability < 1 and to_state = 'active'",
    "transitions.nobody_comes_and_goes_at_once": f"update {TRANSITIONS}"
    " set from_state = 'enter', to_state = 'exit' where is_move = 1",
    "cohort_retention.censored_cells_are_null": f"update {COHORTS} set retained_count = 0"
    " where is_observed = 0",
    "cohort_retention.observed_cells_are_known": f"update {COHORTS} set rolling_retained_count = null"
    " where age_months = 0",
}
