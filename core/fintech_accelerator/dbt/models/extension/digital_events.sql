{{ core.core__newest('digital_events') }}
