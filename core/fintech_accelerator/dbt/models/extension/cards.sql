{{ core.core__newest('cards') }}
