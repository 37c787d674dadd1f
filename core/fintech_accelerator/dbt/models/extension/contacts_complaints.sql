{{ core.core__newest('contacts_complaints') }}
