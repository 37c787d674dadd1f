-- Last, so that it does not watch the definitions above.
CREATE EVENT TRIGGER standin_definition ON ddl_command_end
WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'CREATE MATERIALIZED VIEW', 'CREATE VIEW', 'ALTER TABLE')
EXECUTE FUNCTION standin.on_definition();
