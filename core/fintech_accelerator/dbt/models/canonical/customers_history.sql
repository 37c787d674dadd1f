{{ core.core__history('customers', 'customers_history') }}
