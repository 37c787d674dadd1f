{{ core.core__reference('fx_rates') }}
