{{ core.core__newest('customers') }}
