{{ core.core__reference('rate_tiers') }}
