{{ core.core__newest('gl_balances') }}
