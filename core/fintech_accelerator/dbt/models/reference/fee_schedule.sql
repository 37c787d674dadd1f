{{ core.core__reference('fee_schedule') }}
