"""What breaks the rules in SQL of suites, for the test that every critical rule notices its hole."""

from __future__ import annotations

FEATURES, LIFECYCLE, RFM, MAP, TRANSITIONS, COHORTS, AFFINITY, OFFERS, CLUSTERS, PROFILE, VALUES, WHOLE = (
    f"segmentation.segmentation__{name}"
    for name in (
        *("customer_features", "lifecycle", "rfm", "rfm_map", "transitions", "cohort_retention"),
        *("product_affinity", "next_best_product", "cluster_assignment", "cluster_profile"),
        *("customer_lifetime_value", "customer_360"),
    )
)
HOLES = {
    "customer_features.every_customer_has_features": f"delete from {FEATURES} where customer_id = 'c03'",
    "customer_features.no_test_erased_or_later_customer": f"update {FEATURES} set customer_id = 'nobody'"
    " where customer_id = 'c04'",
    "lifecycle.active_stages_have_acts": f"update {LIFECYCLE} set stage = 'core', transaction_count_30d = 0"
    " where customer_id = 'c01'",
    "lifecycle.silent_stages_have_no_act": f"update {LIFECYCLE} set stage = 'dormant',"
    " transaction_count_30d = 1 where customer_id = 'c02'",
    "rfm.every_row_has_features": f"update {RFM} set customer_id = 'nobody' where customer_id = 'c05'",
    "rfm_map.every_cell_mapped": f"delete from {MAP} where recency_score = 1 and frequency_score = 1",
    **{
        f"rfm.no_{value}_in_two_scores": f"update {RFM} set {value} = 1"
        for value in ("recency_days", "frequency_days", "monetary_amount")
    },
    "transitions.probabilities_sum_to_one": f"delete from {TRANSITIONS} where dimension = 'lifecycle'"
    " and month_start = (select max(month_start) from segmentation.segmentation__transitions)"
    " and probability < 1 and to_state = 'active'",
    "transitions.nobody_comes_and_goes_at_once": f"update {TRANSITIONS}"
    " set from_state = 'enter', to_state = 'exit' where is_move = 1",
    "cohort_retention.censored_cells_are_null": f"update {COHORTS} set retained_count = 0"
    " where is_observed = 0",
    "cohort_retention.observed_cells_are_known": f"update {COHORTS} set rolling_retained_count = null"
    " where age_months = 0",
    "product_affinity.pairs_count_alike_both_ways": f"delete from {AFFINITY} where product_a = 'savings'",
    "next_best_product.one_rank_one_offer": f"update {OFFERS} set offer_rank = 1"
    " where customer_id = 'welcome'",
    "next_best_product.nobody_without_consent": f"update {OFFERS} set customer_id = 'no-consent'"
    " where customer_id = 'business'",
    "next_best_product.credit_is_never_approved": f"update {OFFERS} set offer_kind = 'offer'"
    " where customer_id = 'called'",
    "cluster_assignment.every_customer_has_a_cluster": f"delete from {CLUSTERS} where customer_id = 'c06'",
    "cluster_profile.shares_sum_to_one": f"update {PROFILE} set customer_share = 0.9 where cluster_id = 1",
    "customer_lifetime_value.who_never_came_back_is_not_estimated": f"update {VALUES}"
    " set alive_probability = 1 where repeat_weeks = 0",
    "customer_lifetime_value.estimated_has_a_chance": f"update {VALUES} set expected_spend = null"
    " where customer_id = 'c04'",
    "customer_360.every_current_customer_once": f"delete from {WHOLE} where customer_id = 'c07'",
    "customer_360.closed_customers_have_no_features": f"update {WHOLE} set spend_amount_365d = 1"
    " where stage = 'closed'",
}
