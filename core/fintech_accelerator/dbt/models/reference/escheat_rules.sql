{{ core.core__reference('escheat_rules') }}
