{{ core.core__newest('customers_pii') }}
