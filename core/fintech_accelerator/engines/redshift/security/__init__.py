"""Who may read what in Redshift: what stands, and the SQL between that and what is wanted."""
