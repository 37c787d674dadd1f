"""Amazon Redshift: login, connection, raw tables, COPY, slots and serving views. Verified on a stand-in."""
