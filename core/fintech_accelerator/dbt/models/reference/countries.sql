{{ core.core__reference('countries') }}
