-- The parts of Redshift's catalogue that dbt-redshift and the product read.
CREATE FUNCTION pg_catalog.pg_get_late_binding_view_cols() RETURNS SETOF record LANGUAGE sql STABLE AS $$
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod)::varchar, a.attnum::int
FROM standin.attributes AS f INNER JOIN pg_catalog.pg_class AS c ON c.oid = f.relation
INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
INNER JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE f.facts ? 'late_binding' $$;
CREATE FUNCTION pg_catalog.pg_last_copy_count() RETURNS bigint STABLE LANGUAGE sql AS
$$ SELECT coalesce(nullif(current_setting('standin.last_copy_count', true), '')::bigint, 0) $$;
CREATE FUNCTION pg_catalog.pg_last_copy_id() RETURNS bigint STABLE LANGUAGE sql AS
$$ SELECT coalesce(nullif(current_setting('standin.last_copy_id', true), '')::bigint, -1) $$;
CREATE FUNCTION pg_catalog.pg_last_query_id() RETURNS bigint VOLATILE LANGUAGE sql AS $$ SELECT pg_backend_pid()::bigint $$;

CREATE VIEW standin.pg_class AS
SELECT c.*, CASE
    WHEN f.facts ->> 'distkey' IS NOT NULL THEN 1 WHEN f.facts ->> 'diststyle' = 'all' THEN 8
    WHEN f.facts ->> 'diststyle' = 'even' THEN 0 ELSE 9
END::smallint AS reldiststyle
FROM pg_catalog.pg_class AS c LEFT JOIN standin.attributes AS f ON f.relation = c.oid
UNION ALL -- the table that holds a materialized view's rows
SELECT (m).*, reldiststyle FROM (
    SELECT jsonb_populate_record(c, jsonb_build_object('relname', left('mv_tbl__' || c.relname || '__0', 63))) AS m, 9::smallint AS reldiststyle
    FROM pg_catalog.pg_class AS c WHERE c.relkind = 'm'
) AS held;
CREATE VIEW standin.pg_attribute AS
SELECT t.attrelid, t.attname, t.atttypid, t.attlen, t.attnum, t.atttypmod, t.attnotnull, t.atthasdef, t.attisdropped,
    t.attcollation, t.attacl, coalesce(f.facts ->> 'distkey' = t.attname, false) AS attisdistkey,
    coalesce((SELECT place::int FROM jsonb_array_elements_text(f.facts -> 'sortkey') WITH ORDINALITY AS e (name, place)
        WHERE e.name = t.attname), 0) AS attsortkeyord,
    0 AS attencodingtype, false AS attispreloaded
FROM pg_catalog.pg_attribute AS t LEFT JOIN standin.attributes AS f ON f.relation = t.attrelid;

-- A late-binding view depends on nothing: dbt would believe that it falls with the table.
CREATE VIEW standin.pg_depend AS
SELECT d.* FROM pg_catalog.pg_depend AS d
WHERE NOT EXISTS (
    SELECT 1 FROM pg_catalog.pg_rewrite AS r INNER JOIN standin.attributes AS f ON f.relation = r.ev_class
    WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND r.oid = d.objid AND d.refobjid <> r.ev_class AND f.facts ? 'late_binding'
);

-- Redshift lists materialized views among the views, with their definition.
CREATE VIEW standin.pg_views AS
SELECT * FROM pg_catalog.pg_views
UNION ALL
SELECT m.schemaname, m.matviewname, m.matviewowner, coalesce(f.facts ->> 'definition', 'create materialized view ' || m.definition)
FROM pg_catalog.pg_matviews AS m
LEFT JOIN standin.attributes AS f ON f.relation = format('%I.%I', m.schemaname, m.matviewname)::regclass;
DO $$ DECLARE columns text; BEGIN
    SELECT string_agg(format('%s::%s AS %I', CASE attname
        WHEN 'table_catalog' THEN 'current_database()' WHEN 'table_schema' THEN 'm.schemaname'
        WHEN 'table_name' THEN 'm.matviewname' WHEN 'view_definition' THEN 'v.definition' ELSE 'NULL' END,
        format_type(atttypid, atttypmod), attname), ', ' ORDER BY attnum) INTO columns
    FROM pg_attribute WHERE attrelid = 'information_schema.views'::regclass AND attnum > 0;
    EXECUTE 'CREATE OR REPLACE VIEW information_schema.views AS '
        || rtrim(pg_get_viewdef('information_schema.views'::regclass), ';') || ' UNION ALL SELECT ' || columns
        || ' FROM pg_catalog.pg_matviews AS m INNER JOIN standin.pg_views AS v'
        || ' ON v.schemaname = m.schemaname AND v.viewname = m.matviewname';
END $$;

CREATE VIEW pg_catalog.svv_table_info AS
SELECT current_database()::text AS "database", n.nspname::text AS "schema", c.oid::bigint AS table_id, c.relname::text AS "table",
    CASE WHEN f.facts ? 'encode' THEN 'Y' ELSE 'Y, AUTO(ENCODE)' END AS encoded,
    CASE WHEN f.facts ->> 'distkey' IS NOT NULL THEN 'KEY(' || (f.facts ->> 'distkey') || ')'
        WHEN f.facts ->> 'diststyle' <> 'auto' THEN upper(f.facts ->> 'diststyle') ELSE 'AUTO(ALL)' END AS diststyle,
    CASE WHEN f.facts ->> 'sorttype' = 'interleaved' THEN 'INTERLEAVED'
        ELSE coalesce(f.facts -> 'sortkey' ->> 0, 'AUTO(SORTKEY)') END AS sortkey1,
    (SELECT max(atttypmod - 4) FROM pg_attribute WHERE attrelid = c.oid AND atttypid = 1043) AS max_varchar,
    'none'::char(32) AS sortkey1_enc, coalesce(jsonb_array_length(f.facts -> 'sortkey'), 0) AS sortkey_num,
    greatest(1, pg_relation_size(c.oid) / 1048576)::bigint AS size, 0.0::numeric(10, 4) AS pct_used, 0::bigint AS empty,
    0.0::numeric(5, 2) AS unsorted, -- rows are in no order here: only how old the statistics are, and deleted rows, are true
    least(100, 100.0 * pg_stat_get_mod_since_analyze(c.oid) / greatest(c.reltuples, 1))::numeric(5, 2) AS stats_off,
    (greatest(c.reltuples, 0) + pg_stat_get_dead_tuples(c.oid))::numeric(38, 0) AS tbl_rows,
    1.0::numeric(19, 2) AS skew_sortkey1, 1.0::numeric(19, 2) AS skew_rows,
    greatest(c.reltuples, 0)::numeric(38, 0) AS estimated_visible_rows, NULL::text AS risk_event,
    0.0::numeric(19, 2) AS vacuum_sort_benefit
FROM pg_class AS c INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN standin.attributes AS f ON f.relation = c.oid
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'standin');
CREATE TABLE standin.recommendations (type text, database text, table_id int, group_id int, ddl text, auto_eligible text); -- a test's
CREATE VIEW pg_catalog.svv_alter_table_recommendations AS
SELECT type::char(30) AS "type", database::char(128) AS "database", table_id, group_id, ddl::char(1024) AS ddl,
    auto_eligible::char(1) AS auto_eligible FROM standin.recommendations;
CREATE VIEW pg_catalog.svv_redshift_columns AS
SELECT table_catalog::text AS database_name, table_schema::text AS schema_name, table_name::text AS table_name,
    column_name::text AS column_name, ordinal_position::int AS ordinal_position, data_type::text AS data_type,
    column_default::text AS column_default, is_nullable::text AS is_nullable, ''::text AS encoding,
    false AS distkey, 0 AS sortkey, ''::text AS column_acl, NULL::text AS remarks
FROM information_schema.columns;
CREATE VIEW pg_catalog.svv_columns AS SELECT * FROM information_schema.columns;
CREATE VIEW pg_catalog.svv_tables AS
SELECT table_catalog::text, table_schema::text, table_name::text, table_type::text, NULL::text AS remarks FROM information_schema.tables;
CREATE VIEW pg_catalog.svv_external_columns AS
SELECT ''::text AS schemaname, ''::text AS tablename, ''::text AS columnname, ''::text AS external_type, 0 AS columnnum,
    0 AS part_key, ''::text AS is_nullable WHERE false;
CREATE VIEW pg_catalog.svv_mv_info AS
SELECT current_database()::text AS database_name, m.schemaname::text AS schema_name, m.schemaname::text AS "schema",
    m.matviewname::text AS "name", 'f'::text AS is_stale, m.matviewowner::text AS owner_user_name, 1 AS state,
    CASE WHEN (f.facts -> 'autorefresh')::boolean THEN 't' ELSE 'f' END AS autorefresh
FROM pg_matviews AS m
LEFT JOIN standin.attributes AS f ON f.relation = format('%I.%I', m.schemaname, m.matviewname)::regclass;
CREATE VIEW pg_catalog.pg_table_def AS
SELECT n.nspname AS schemaname, c.relname AS tablename, a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS "type",
    coalesce(f.facts -> 'encode' ->> a.attname::text, 'none') AS encoding, coalesce(f.facts ->> 'distkey' = a.attname, false) AS distkey,
    coalesce((SELECT place::int FROM jsonb_array_elements_text(f.facts -> 'sortkey') WITH ORDINALITY AS e (name, place)
        WHERE e.name = a.attname), 0) AS sortkey, a.attnotnull AS "notnull"
FROM pg_attribute AS a INNER JOIN pg_class AS c ON c.oid = a.attrelid INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN standin.attributes AS f ON f.relation = c.oid
WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname = ANY(current_schemas(false)) AND n.nspname <> 'standin';
CREATE VIEW pg_catalog.stv_recents AS
SELECT usesysid AS userid, CASE state WHEN 'active' THEN 'Running' ELSE 'Done' END AS status, query_start AS starttime,
    usename AS user_name, datname AS db_name, query, pid FROM pg_stat_activity WHERE backend_type = 'client backend';
CREATE VIEW pg_catalog.stv_sessions AS
SELECT backend_start::timestamp AS starttime, pid AS process, usename AS user_name, datname AS db_name FROM pg_stat_activity
WHERE backend_type = 'client backend';
-- the newest statement of each session that lives: the server keeps no history
CREATE VIEW pg_catalog.sys_query_history AS
SELECT usesysid::int AS user_id, pid::bigint AS query_id, application_name AS query_label, pid AS session_id, datname AS database_name,
    CASE state WHEN 'active' THEN 'running' ELSE 'success' END AS status, coalesce(query_start, backend_start)::timestamp AS start_time,
    query AS query_text FROM pg_stat_activity WHERE backend_type = 'client backend';
CREATE VIEW pg_catalog.sys_query_detail AS
SELECT 0::bigint AS query_id, 0::bigint AS table_id, now()::timestamp AS start_time, ''::text AS step_name WHERE false;
CREATE VIEW standin.show_tables AS
SELECT t.table_catalog::text AS database_name, t.table_schema::text AS schema_name, t.table_name::text AS table_name,
    CASE t.table_type WHEN 'VIEW' THEN 'VIEW' ELSE 'TABLE' END AS table_type, NULL::text AS table_acl, NULL::text AS remarks,
    current_user::text AS "owner", NULL::timestamp AS last_altered_time, NULL::timestamp AS last_modified_time,
    CASE t.table_type WHEN 'VIEW' THEN 'REGULAR VIEW' ELSE 'REGULAR TABLE' END AS table_subtype FROM information_schema.tables AS t
UNION ALL
SELECT current_database()::text, m.schemaname::text, m.matviewname::text, 'VIEW', NULL, NULL, m.matviewowner::text, NULL, NULL,
    'MATERIALIZED VIEW' FROM pg_matviews AS m;
CREATE VIEW standin.show_schemas AS
SELECT catalog_name::text AS database_name, schema_name::text AS schema_name, schema_owner::text AS schema_owner,
    'local'::text AS schema_type FROM information_schema.schemata WHERE schema_name <> 'standin';
CREATE VIEW standin.show_columns AS
SELECT current_database()::text AS database_name, n.nspname::text AS schema_name, c.relname::text AS table_name, a.attname::text AS column_name,
    a.attnum::int AS ordinal_position, pg_get_expr(d.adbin, d.adrelid) AS column_default,
    CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS is_nullable, format_type(a.atttypid, NULL) AS data_type,
    CASE WHEN a.atttypid IN (1042, 1043) AND a.atttypmod > 4 THEN a.atttypmod - 4 END AS character_maximum_length,
    CASE WHEN a.atttypid = 1700 AND a.atttypmod > 4 THEN (a.atttypmod - 4) >> 16 END AS numeric_precision,
    CASE WHEN a.atttypid = 1700 AND a.atttypmod > 4 THEN (a.atttypmod - 4) & 65535 END AS numeric_scale, NULL::text AS remarks
FROM pg_catalog.pg_attribute AS a INNER JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE a.attnum > 0 AND NOT a.attisdropped;
GRANT SELECT ON ALL TABLES IN SCHEMA standin TO public;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT c.relname FROM pg_class AS c WHERE c.oid >= 16384 AND c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'v'
    LOOP EXECUTE format('GRANT SELECT ON pg_catalog.%I TO public', name); END LOOP;
END $$;
