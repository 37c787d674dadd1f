"""Models that call the macros which have a form for each engine."""

from __future__ import annotations

BY_FORM = {
    "native": """select
    {{ core.to_local('moment') }},
    {{ core.to_utc('moment') }},
    {{ core.hash('word') }}
from input""",
    "portable": """select
    {{ core.default__to_local('moment', core.bank_time_zone()) }},
    {{ core.default__to_utc('moment', core.bank_time_zone()) }},
    {{ core.default__hash('word') }}
from input""",
}
SUMS = """
with

events as (select event_id, account_id, event_ts, amount, merchant_id from input),

windows as (

    {{ core.sliding_window(
        relation='events',
        key='account_id',
        timestamp='event_ts',
        windows={'1h': 3600, '24h': 86400},
        measures={'payments_count': ['1', 'bigint'], 'payments_amount': ['amount', 'decimal(18, 2)']},
        keep=['event_id'],
        form='FORM'
    ) }}

)

select * from windows
"""
DISTINCT = """
with

events as (select event_id, account_id, event_ts, amount, merchant_id from input),

merchants as (

    {{ core.sliding_distinct(
        relation='events',
        key='account_id',
        value='merchant_id',
        timestamp='event_ts',
        windows={'1h': 3600, '24h': 86400},
        name='merchants_count',
        keep=['event_id'],
        form='FORM'
    ) }}

)

select * from merchants
"""
