{{ core.core__reference('country_risk') }}
