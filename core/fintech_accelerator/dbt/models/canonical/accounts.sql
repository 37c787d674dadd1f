{{ core.core__newest('accounts') }}
