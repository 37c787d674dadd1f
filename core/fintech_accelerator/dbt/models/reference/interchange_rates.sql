{{ core.core__reference('interchange_rates') }}
