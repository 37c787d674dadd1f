{{ core.core__reference('rate_index') }}
