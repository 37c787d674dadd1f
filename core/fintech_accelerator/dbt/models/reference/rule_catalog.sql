{{ core.core__reference('rule_catalog') }}
