{{ core.core__newest('campaigns') }}
