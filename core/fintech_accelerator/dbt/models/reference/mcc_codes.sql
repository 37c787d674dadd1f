{{ core.core__reference('mcc_codes') }}
