{{ core.core__reference('reason_codes') }}
