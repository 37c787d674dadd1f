{{ core.core__newest('alerts_cases') }}
