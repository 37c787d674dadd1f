{{ core.core__newest('fraud_labels') }}
