{{ core.core__newest('account_holders') }}
