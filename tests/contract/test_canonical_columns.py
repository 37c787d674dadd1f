"""The columns that packs and banks were promised, table by table."""

from __future__ import annotations

import pytest

from fintech_accelerator.contract import Kind, Requirement, load_contract

PROMISED = {
    "customers": """
        customer_id party_type onboarded_date onboarding_channel relationship_end_date birth_year
        residency_country tax_residency_country state_code postal_area home_lat home_lon time_zone
        occupation_code industry_code annual_income_declared income_currency income_declared_date
        expected_monthly_inflow expected_cash_flag kyc_status kyc_verified_at kyc_next_review_date
        kyc_risk_rating pep_flag sanctions_match_flag ctr_exempt_flag ctr_exempt_since consent_marketing
        consent_profiling consent_updated_at deceased_flag vulnerable_flag employee_flag is_test
        legal_entity_id household_id erased_at source_system source_batch_id ingested_at
    """,
    "customers_pii": """
        customer_id full_name birth_date tax_id_enc id_doc_type id_doc_number_enc email phone address_line_1
        address_line_2 tax_id_hash email_hash phone_hash
    """,
    "accounts": """
        account_id primary_customer_id product_type product_code currency status opened_date closed_date
        close_reason close_initiator branch_id interest_rate rate_type index_code margin day_count
        accrual_timing compounding original_principal term_months origination_date maturity_date
        first_payment_date payment_frequency payment_amount credit_limit overdraft_limit days_past_due
        nonaccrual_flag current_balance balance_date debit_regulated_flag is_internal is_test
    """,
    "transactions": """
        transaction_id account_id customer_id event_ts posted_date value_date ingested_at amount direction
        currency txn_type status original_transaction_id channel customer_initiated_flag is_cash mcc
        merchant_id merchant_country merchant_postal card_token network card_product funding_type
        card_present_flag entry_mode auth_result interchange_amount scheme_fee_amount
        counterparty_account_hash counterparty_name_hash counterparty_bank counterparty_country device_id
        session_id ip_prefix asn ip_country lat lon geo_accuracy_km branch_id conductor_customer_id fee_code
        fee_waived_flag description_category event_date event_date_local event_hour_local business_date
        amount_base fx_missing_flag is_excluded
    """,
    "login_activity": """
        login_id customer_id username_hash event_ts ingested_at event_type outcome failure_reason auth_method
        mfa_method mfa_result channel device_id device_os app_version user_agent_hash ip_prefix asn ip_country
        ip_hash is_vpn_proxy is_hosting_asn lat lon geo_accuracy_km session_id session_seconds
    """,
    "credit_scores": """
        score_id customer_id score_model bureau score_value score_min score_max score_date pull_type
        reason_code_1 reason_code_2 reason_code_3 reason_code_4 pd_12m utilization dti delinquencies_24m
        inquiries_6m valid_until ingested_at allowed_purposes
    """,
}

EXTENSIONS = {
    "account_holders": """
        account_id customer_id role ownership_share valid_from valid_to ingested_at source_batch_id
    """,
    "alerts_cases": """
        case_id alert_ts pack rule_id transaction_id login_id customer_id status disposition
        analyst_id closed_at ingested_at source_batch_id
    """,
    "balances_daily": """
        account_id balance_date balance_eod currency available_balance ingested_at source_batch_id
    """,
    "campaigns": """
        campaign_id customer_id contacted_at channel arm offer_code responded_at ingested_at
        source_batch_id
    """,
    "cards": """
        card_token account_id customer_id network card_product funding_type regulated_flag
        issued_date expiry_date status ingested_at source_batch_id
    """,
    "contacts_complaints": """
        contact_id customer_id event_ts contact_type reason_category is_owner_initiated is_resolved
        ingested_at event_date event_date_local source_batch_id
    """,
    "digital_events": """
        event_id customer_id event_ts event_name feature channel session_id ingested_at event_date
        event_date_local source_batch_id
    """,
    "fraud_labels": """
        label_id transaction_id label fraud_type label_known_at label_source loss_amount_base
        recovered_amount_base liability_shifted_amount_base ingested_at source_batch_id
    """,
    "gl_balances": """
        gl_account legal_entity_id period_end line amount_base ingested_at source_batch_id
    """,
    "loan_payments": """
        payment_id account_id transaction_id due_date paid_date payment_amount principal_amount
        interest_amount fee_amount is_prepayment ingested_at source_batch_id
    """,
}

REFERENCES = {
    "calendar": """
        calendar_date jurisdiction is_business_day next_business_date previous_business_date
        fiscal_period month_end_flag holiday_name source loaded_at
    """,
    "cost_to_serve": """
        channel txn_type unit_cost source loaded_at
    """,
    "countries": """
        iso2 iso3 iso_numeric country_name currency centroid_lat centroid_lon eea_flag sepa_flag
        source loaded_at
    """,
    "country_risk": """
        iso2 effective_from effective_to fatf_status sanctions_program bank_tier source loaded_at
    """,
    "escheat_rules": """
        state_code property_type dormancy_years due_diligence_days effective_from effective_to source
        loaded_at
    """,
    "fee_schedule": """
        fee_code product_code effective_from effective_to fee_line fee_amount fee_rate
        charge_frequency waiver_rule source loaded_at
    """,
    "ftp_curve": """
        tenor_months rate_date rate source loaded_at
    """,
    "fx_rates": """
        rate_date from_currency to_currency rate rate_type source loaded_at
    """,
    "interchange_rates": """
        rate_id network region funding_type card_product regulated_flag card_present_flag mcc_from
        mcc_to mcc_group ticket_min ticket_max pct_rate fixed_fee fee_cap fee_floor priority
        effective_from effective_to source_document loaded_at source_batch_id
    """,
    "mcc_codes": """
        mcc description spend_group essential_flag cash_like_flag fraud_risk_tier source loaded_at
    """,
    "products": """
        product_code product_type profit_line default_day_count ftp_tenor_months capital_weight
        cost_to_serve_monthly source loaded_at
    """,
    "rate_index": """
        index_code rate_date rate source loaded_at
    """,
    "rate_tiers": """
        product_code balance_from effective_from effective_to rate source loaded_at
    """,
    "reason_codes": """
        reason_code pack customer_text analyst_text adverse_action_text source loaded_at
    """,
    "regulated_caps": """
        cap_id scheme jurisdiction funding_type fixed_amount basis_points fraud_adjustment
        regulated_only_flag effective_from effective_to source loaded_at source_batch_id
    """,
    "rule_catalog": """
        rule_id pack family severity parameters typology regulation_reference source loaded_at
    """,
    "shared_ip_prefixes": """
        ip_prefix reason source loaded_at
    """,
}

DATED_BY_PERIOD = """
    country_risk escheat_rules fee_schedule interchange_rates rate_tiers regulated_caps
"""

INDISPENSABLE = {
    "customers": {"customer_id"},
    "customers_pii": {"customer_id"},
    "accounts": {"account_id", "primary_customer_id", "product_type", "currency"},
    "transactions": {"transaction_id", "account_id", "event_ts", "amount", "direction", "currency"},
    "login_activity": {"login_id", "event_ts"},
    "credit_scores": {"score_id", "customer_id"},
}

KEYS = {
    "customers": ("customer_id",),
    "customers_pii": ("customer_id",),
    "accounts": ("account_id",),
    "transactions": ("transaction_id",),
    "login_activity": ("login_id",),
    "credit_scores": ("score_id",),
    "account_holders": ("account_id", "customer_id", "role"),
    "balances_daily": ("account_id", "balance_date"),
    "fraud_labels": ("label_id",),
    "alerts_cases": ("case_id",),
    "loan_payments": ("payment_id",),
    "cards": ("card_token",),
    "digital_events": ("event_id",),
    "contacts_complaints": ("contact_id",),
    "gl_balances": ("gl_account", "legal_entity_id", "period_end"),
    "campaigns": ("campaign_id", "customer_id"),
}

VALUES = {
    "customers.party_type": "individual business trust government",
    "customers.onboarding_channel": "branch web mobile partner",
    "customers.kyc_status": "pending verified refresh_due failed exited",
    "customers.kyc_risk_rating": "low medium high prohibited",
    "accounts.product_type": """
        checking savings term_deposit credit_card personal_loan auto_loan mortgage heloc bnpl investment
        prepaid
    """,
    "accounts.status": "pending open dormant frozen closed charged_off escheated",
    "accounts.close_reason": "customer bank death fraud escheat",
    "accounts.close_initiator": "customer bank death fraud escheat",
    "accounts.rate_type": "fixed variable tiered",
    "transactions.direction": "D C",
    "transactions.txn_type": """
        purchase refund cash_deposit cash_withdrawal transfer_in transfer_out p2p_in p2p_out ach_credit
        ach_debit wire_in wire_out check bill_payment fee fee_reversal interest_paid interest_charged
        loan_disbursement loan_payment chargeback representment reversal adjustment payroll
    """,
    "transactions.status": "authorized posted declined reversed expired",
    "transactions.channel": "pos ecom atm branch mobile web phone api batch system",
    "login_activity.event_type": """
        login logout password_change password_reset mfa_enroll mfa_disable email_change phone_change
        address_change beneficiary_add limit_change device_bind
    """,
    "login_activity.outcome": "success failure challenged blocked",
    "login_activity.failure_reason": "bad_password unknown_user mfa_failed locked expired risk_block",
    "login_activity.auth_method": "password passkey biometric otp_sms otp_app sso",
    "login_activity.mfa_method": "password passkey biometric otp_sms otp_app sso push none",
    "login_activity.mfa_result": "passed failed denied timed_out",
    "login_activity.channel": "mobile web api phone",
    "credit_scores.pull_type": "soft hard",
}


@pytest.mark.parametrize("name", PROMISED)
def test_a_table_has_every_column_that_was_promised(name: str) -> None:
    table = load_contract().table(name)

    assert [column for column in PROMISED[name].split() if not table.has(column)] == []


@pytest.mark.parametrize(("name", "promised"), [*EXTENSIONS.items(), *REFERENCES.items()])
def test_an_extension_or_reference_table_has_the_columns_that_packs_and_banks_build_on(
    name: str, promised: str
) -> None:
    assert {column.name for column in load_contract().table(name).columns} == set(promised.split())


def test_every_extension_and_reference_table_is_promised() -> None:
    tables = load_contract().tables.values()

    assert {table.name for table in tables if table.kind is Kind.EXTENSION} == set(EXTENSIONS)
    assert {table.name for table in tables if table.kind is Kind.REFERENCE} == set(REFERENCES)


@pytest.mark.parametrize("name", REFERENCES)
def test_a_reference_table_says_where_a_row_comes_from_and_when_it_holds(name: str) -> None:
    table = load_contract().table(name)

    assert table.has("source_document" if name == "interchange_rates" else "source")
    assert table.column("loaded_at").derived
    has_period = name in DATED_BY_PERIOD.split()
    assert (table.has("effective_from"), table.has("effective_to")) == (has_period, has_period)


@pytest.mark.parametrize("name", INDISPENSABLE)
def test_a_row_must_have_its_keys_and_what_it_is_about_and_nothing_else(name: str) -> None:
    columns = load_contract().table(name).columns

    always = {column.name for column in columns if column.requirement is Requirement.ALWAYS}
    assert always == INDISPENSABLE[name]


@pytest.mark.parametrize("name", VALUES)
def test_a_column_takes_the_values_that_were_promised(name: str) -> None:
    table, column = name.split(".")

    assert set(load_contract().table(table).column(column).enum) == set(VALUES[name].split())


@pytest.mark.parametrize("name", KEYS)
def test_a_row_is_named_by_its_key(name: str) -> None:
    assert load_contract().table(name).key == KEYS[name]


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("login_activity", "no_login"),
        ("account_holders", "no_joint"),
        ("fraud_labels", "no_labels"),
        ("alerts_cases", "no_case"),
        ("loan_payments", "pmt_split_calc"),
        ("cards", "card_from_txn"),
        ("contacts_complaints", "no_contact"),
        ("gl_balances", "no_gl"),
        ("ftp_curve", "no_ftp"),
        ("transactions", "no_transactions"),
    ],
)
def test_an_absent_table_has_its_flag(name: str, flag: str) -> None:
    assert load_contract().table(name).absent_flag == flag


def test_a_column_that_every_table_has_is_of_one_class_in_all_of_them() -> None:
    columns = [column for table in load_contract().tables.values() for column in table.columns]

    classes = {
        name: {column.pii for column in columns if column.name == name}
        for name in ("ingested_at", "source_system", "source_batch_id")
    }

    assert classes == {name: {"P0"} for name in classes}
