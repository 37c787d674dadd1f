"""Which query makes which table, in which order of rows, and how rows are spoilt on purpose."""

from __future__ import annotations

from dataclasses import dataclass

WHOLE_TABLES = {
    "customers": "customer_rows() order by ingested_at, customer_id",
    "customers_pii": "customer_pii_rows() order by customer_id",
    "credit_scores": "credit_score_rows() order by ingested_at, score_id",
    "accounts": "account_rows() order by ingested_at, account_id, closed_date nulls first",
    "account_holders": "account_holder_rows() order by account_id, role",
    "cards": "card_rows() order by card_token",
    "loan_payments": "loan_payment_rows()",
    "fraud_labels": "label_rows() order by ingested_at, label_id",
    "alerts_cases": "case_rows() order by ingested_at, case_id",
    "contacts_complaints": "contact_rows() order by ingested_at, contact_id",
    "campaigns": "campaign_rows() order by campaign_id, customer_id",
    "gl_balances": "ledger_rows() order by period_end, gl_account",
    "fx_rates": "fx_rate_rows() order by rate_date, from_currency",
    "fee_schedule": "fee_schedule_rows() order by fee_code, product_code",
    "rate_index": "rate_index_rows() order by rate_date, index_code",
    "rate_tiers": "rate_tier_rows() order by product_code, balance_from",
    "ftp_curve": "ftp_curve_rows() order by rate_date, tenor_months",
    "cost_to_serve": "cost_to_serve_rows() order by channel, txn_type",
    "shared_ip_prefixes": "shared_prefix_rows() order by ip_prefix",
}
TRUTH = {
    "scenarios": "truth_scenarios() order by scenario_id",
    "scenario_transactions": "truth_transactions() order by scenario_id, transaction_id",
    "scenario_logins": "truth_logins() order by scenario_id, login_id",
    "traps": "traps order by trap, table_name, row_key",
    "bad_rows": "bad_rows order by table_name, row_key",
}


@dataclass(frozen=True)
class Spoilt:
    """One way to spoil a row: the rule that it breaks, in which column, by which value in SQL."""

    rule: str
    column: str
    value: str


SPOILT: dict[str, tuple[str, tuple[Spoilt, ...]]] = {
    "transactions": (
        "transaction_id",
        (
            Spoilt("type", "fee_waived_flag", "'maybe'"),
            Spoilt("required", "account_id", "null::varchar"),
            Spoilt("enum", "direction", "'X'"),
            Spoilt("minimum", "amount", "(-amount)::decimal(18, 2)"),
            Spoilt("pattern", "currency", "'usd'"),
        ),
    ),
    "login_activity": (
        "login_id",
        (
            Spoilt("type", "session_seconds", "'a while'"),
            Spoilt("required", "event_ts", "null::timestamp"),
            Spoilt("enum", "outcome", "'maybe'"),
            Spoilt("maximum", "lat", "95.000000::decimal(9, 6)"),
        ),
    ),
    "customers": (
        "customer_id",
        (
            Spoilt("type", "birth_year", "'unknown'"),
            Spoilt("required", "party_type", "null::varchar"),
            Spoilt("enum", "kyc_status", "'fine'"),
        ),
    ),
    "accounts": (
        "account_id",
        (
            Spoilt("type", "days_past_due", "'none'"),
            Spoilt("required", "primary_customer_id", "null::varchar"),
            Spoilt("enum", "product_type", "'chequing'"),
            Spoilt("minimum", "credit_limit", "(-100)::decimal(18, 2)"),
        ),
    ),
    "credit_scores": (
        "score_id",
        (
            Spoilt("type", "delinquencies_24m", "'several'"),
            Spoilt("required", "customer_id", "null::varchar"),
            Spoilt("maximum", "pd_12m", "1.700000::decimal(9, 6)"),
        ),
    ),
}


def spoilt_queries(table: str, sample: str) -> list[tuple[Spoilt, str]]:
    """For each way to spoil rows, the query over a `sample` of good ones, under keys of their own."""
    key, ways = SPOILT.get(table, ("", ()))
    return [
        (
            way,
            (
                f"select * replace ({key} || '~{way.rule}' as {key}, {way.value} as {way.column})"
                f" from ({sample})"
            ),
        )
        for way in ways
    ]
