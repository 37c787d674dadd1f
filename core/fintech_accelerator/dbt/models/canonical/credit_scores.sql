{{ core.core__newest('credit_scores') }}
