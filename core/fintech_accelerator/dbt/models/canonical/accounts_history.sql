{{ core.core__history('accounts', 'accounts_history') }}
