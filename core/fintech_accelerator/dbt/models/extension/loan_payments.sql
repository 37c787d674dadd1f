{{ core.core__newest('loan_payments') }}
