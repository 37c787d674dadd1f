-- COPY: rows come staged as text; the target's own types judge them, and refused rows are told in stl_load_errors.
-- The errors lie in files, because on Redshift they outlive the transaction that failed.
CREATE SEQUENCE standin.copies;
GRANT USAGE ON SEQUENCE standin.copies TO public;
CREATE TABLE standin.places (spool text);
GRANT SELECT ON standin.places TO public;

CREATE FUNCTION standin.load_expressions(target regclass, names text[], options jsonb) RETURNS text[] LANGUAGE plpgsql STABLE AS $$
DECLARE made text[] := '{}'; place int := 0; name text; kind text; size int; field text; BEGIN
    FOREACH name IN ARRAY names LOOP
        SELECT format_type(a.atttypid, a.atttypmod), a.atttypmod - 4 INTO kind, size FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = target AND a.attname = name AND NOT a.attisdropped;
        IF kind IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = '42703', MESSAGE = format('column "%s" of relation "%s" does not exist', name, target);
        END IF;
        field := format('(fields ->> %s)', place);
        IF kind LIKE 'character%' OR kind = 'text' THEN
            IF (options ->> 'trimblanks')::boolean THEN field := format('rtrim(%s)', field); END IF;
            IF (options ->> 'blanksasnull')::boolean THEN field := format('CASE WHEN btrim(%s) <> %L OR %1$s = %2$L THEN %1$s END', field, ''); END IF;
            IF (options ->> 'emptyasnull')::boolean THEN field := format('nullif(%s, %L)', field, ''); END IF;
            IF size > 0 THEN
                field := CASE WHEN (options ->> 'truncatecolumns')::boolean THEN format('left(%s, %s)', field, size)
                    ELSE format('standin.within(%s, %s)', field, size) END;
            END IF;
        ELSE
            field := format('nullif(btrim(%s), %L)', field, '');
            IF kind = 'date' AND options ? 'dateformat' THEN field := format('to_date(%s, %L)', field, options ->> 'dateformat');
            ELSIF kind LIKE 'timestamp%' AND options ? 'timeformat' THEN field := format('to_timestamp(%s, %L)', field, options ->> 'timeformat');
            END IF;
            field := format('%s::%s', field, kind);
        END IF;
        made := made || field;
        place := place + 1;
    END LOOP;
    RETURN made;
END $$;

-- VARCHAR(n) is n bytes on Redshift.
CREATE FUNCTION standin.within(value text, bytes int) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
    IF octet_length(value) > bytes THEN
        RAISE EXCEPTION USING ERRCODE = '22001', MESSAGE = 'String length exceeds DDL length';
    END IF;
    RETURN value;
END $$;

CREATE FUNCTION standin.load_error_code(state text) RETURNS int IMMUTABLE LANGUAGE sql AS $$
SELECT CASE state WHEN '22001' THEN 1204 WHEN '22P02' THEN 1207 WHEN '22003' THEN 1208 WHEN '22007' THEN 1206 WHEN '22008' THEN 1205
    WHEN '23502' THEN 1213 WHEN '22P04' THEN 1202 ELSE 1214 END $$;

CREATE PROCEDURE standin.copy_into(target text, names text[], staged text, options jsonb) LANGUAGE plpgsql AS $$
DECLARE
    copy_id bigint := nextval('standin.copies'); relation regclass; made text[]; insertion text; loaded bigint; refused bigint := 0;
    bad record; expected int; file text; whole text; state text; reason text; cause text; place text := target;
BEGIN
    relation := to_regclass(target);
    IF relation IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '42P01', MESSAGE = format('Cannot COPY into nonexistent table %s', replace(target, '"', ''));
    END IF;
    IF names IS NULL THEN
        SELECT array_agg(a.attname::text ORDER BY a.attnum) INTO names FROM pg_catalog.pg_attribute AS a
        WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped;
    END IF;
    made := standin.load_expressions(relation, names, options);
    expected := cardinality(names);
    DROP TABLE IF EXISTS pg_temp.standin_stage;
    CREATE TEMPORARY TABLE standin_stage (file text, line bigint, raw text, fields jsonb);
    EXECUTE format('COPY pg_temp.standin_stage FROM %L (FORMAT csv)', staged);
    IF (options ->> 'noload')::boolean THEN -- judged like any other, but by a table that nobody keeps
        place := 'pg_temp.standin_noload';
        EXECUTE format('CREATE TEMPORARY TABLE standin_noload (LIKE %s)', target);
    END IF;
    insertion := format('INSERT INTO %s (%s) SELECT %s FROM pg_temp.standin_stage', place,
        (SELECT string_agg(format('%I', n), ', ') FROM unnest(names) AS n), array_to_string(made, ', '));
    IF (options ->> 'fillrecord')::boolean THEN
        EXECUTE format('UPDATE pg_temp.standin_stage SET fields = fields || (SELECT coalesce(jsonb_agg(NULL::text), %L) FROM generate_series(jsonb_array_length(fields) + 1, %s)) WHERE jsonb_array_length(fields) < %2$s', '[]', expected);
    END IF;
    BEGIN
        EXECUTE format('SELECT 1 FROM pg_temp.standin_stage WHERE jsonb_array_length(fields) <> %s LIMIT 1', expected) INTO loaded;
        IF loaded IS NOT NULL THEN RAISE EXCEPTION USING ERRCODE = '22P04', MESSAGE = 'ragged'; END IF;
        EXECUTE insertion;
        GET DIAGNOSTICS loaded = ROW_COUNT;
    EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
        loaded := 0;
        whole := '';
        FOR bad IN EXECUTE 'SELECT * FROM pg_temp.standin_stage ORDER BY file, line' LOOP
            BEGIN
                IF jsonb_array_length(bad.fields) <> expected THEN
                    RAISE EXCEPTION USING ERRCODE = '22P04', MESSAGE =
                        CASE WHEN jsonb_array_length(bad.fields) > expected THEN 'Extra column(s) found' ELSE 'Delimiter not found' END;
                END IF;
                EXECUTE format('%s WHERE file = %L AND line = %s', insertion, bad.file, bad.line);
                loaded := loaded + 1;
            EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
                GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, reason = MESSAGE_TEXT, cause = COLUMN_NAME;
                refused := refused + 1;
                IF cause = '' AND state <> '22P04' THEN cause := standin.wrong_column(bad.fields, names, made); END IF;
                whole := whole || jsonb_build_object('query', copy_id, 'filename', bad.file, 'line_number', bad.line, 'colname', cause,
                    'raw_line', left(bad.raw, 1024), 'err_code', standin.load_error_code(state), 'err_reason', left(reason, 100),
                    'raw_field_value', left(bad.fields ->> (array_position(names, cause) - 1), 1024), 'tbl', relation::oid,
                    'userid', (SELECT usesysid FROM pg_user WHERE usename = session_user), 'starttime', clock_timestamp() AT TIME ZONE 'UTC') || chr(10);
                EXIT WHEN refused > (options ->> 'maxerror')::int;
            END;
        END LOOP;
        SELECT spool INTO file FROM standin.places;
        EXECUTE format('COPY (SELECT e FROM unnest(string_to_array(rtrim(%L, chr(10)), chr(10))) AS e) TO %L (FORMAT csv)', whole,
            format('%s/%s.errors', file, copy_id));
        IF refused > (options ->> 'maxerror')::int THEN
            RAISE EXCEPTION USING ERRCODE = 'XX000', MESSAGE = format(
                'Load into table ''%s'' failed.  Check ''stl_load_errors'' system table for details.',
                (SELECT relname FROM pg_catalog.pg_class WHERE oid = relation));
        END IF;
    END;
    DROP TABLE pg_temp.standin_stage;
    IF (options ->> 'noload')::boolean THEN
        DROP TABLE pg_temp.standin_noload;
        loaded := 0;
    END IF;
    IF loaded > 0 THEN EXECUTE format('ANALYZE %s', target); END IF;
    PERFORM set_config('standin.last_copy_id', copy_id::text, false), set_config('standin.last_copy_count', loaded::text, false);
    RAISE INFO 'Load into table ''%'' completed, % record(s) loaded successfully.', (SELECT relname FROM pg_catalog.pg_class WHERE oid = relation), loaded;
END $$;

CREATE FUNCTION standin.wrong_column(fields_ jsonb, names text[], made text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 1 .. cardinality(names) LOOP
        BEGIN
            EXECUTE format('SELECT %s FROM (SELECT $1 AS fields) AS one', made[place]) USING fields_;
        EXCEPTION WHEN OTHERS THEN RETURN names[place];
        END;
    END LOOP;
    RETURN '';
END $$;

CREATE FUNCTION standin.load_errors() RETURNS SETOF jsonb LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE folder text; file text; BEGIN
    SELECT spool INTO folder FROM standin.places;
    IF folder IS NULL THEN RETURN; END IF;
    FOR file IN SELECT f FROM pg_ls_dir(folder, true, false) AS f WHERE right(f, 7) = '.errors' LOOP
        RETURN QUERY EXECUTE format('SELECT replace(substr(line, 2, length(line) - 2), %L, %L)::jsonb FROM unnest(string_to_array(rtrim(pg_read_file(%L), chr(10)), chr(10))) AS line WHERE line <> %L',
            '""', '"', folder || '/' || file, '');
    END LOOP;
END $$;
CREATE VIEW pg_catalog.stl_load_errors AS
SELECT (e ->> 'userid')::int AS userid, 0 AS slice, (e ->> 'tbl')::int AS tbl, (e ->> 'starttime')::timestamp AS starttime, 0 AS session,
    (e ->> 'query')::int AS query, (e ->> 'filename')::varchar(256) AS filename, (e ->> 'line_number')::bigint AS line_number,
    (e ->> 'colname')::varchar(127) AS colname, ''::varchar(10) AS type, ''::varchar(10) AS col_length, 0 AS position,
    (e ->> 'raw_line')::varchar(1024) AS raw_line, (e ->> 'raw_field_value')::varchar(1024) AS raw_field_value,
    (e ->> 'err_code')::int AS err_code, (e ->> 'err_reason')::varchar(100) AS err_reason
FROM standin.load_errors() AS e;
CREATE VIEW pg_catalog.sys_load_error_detail AS
SELECT userid AS user_id, query::bigint AS query_id, ''::varchar(100) AS table_name, starttime AS start_time, filename AS file_name, line_number,
    colname AS column_name, type AS column_type, col_length AS column_length, position, raw_line, raw_field_value, err_code AS error_code,
    err_reason AS error_message FROM stl_load_errors;
GRANT SELECT ON pg_catalog.stl_load_errors, pg_catalog.sys_load_error_detail TO public;

-- The rows as text and the types of the columns, which make a Parquet file.
CREATE PROCEDURE standin.unload(query text, rows_file text, types_file text) LANGUAGE plpgsql AS $$ BEGIN
    DROP VIEW IF EXISTS pg_temp.standin_unloaded;
    EXECUTE 'CREATE TEMPORARY VIEW standin_unloaded AS ' || query;
    EXECUTE format('COPY (SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = %L::regclass AND a.attnum > 0 ORDER BY a.attnum) TO %L (FORMAT csv)', 'pg_temp.standin_unloaded', types_file);
    EXECUTE format('COPY (SELECT * FROM pg_temp.standin_unloaded) TO %L (FORMAT csv, HEADER true, NULL %L)', rows_file, chr(92) || 'N');
    DROP VIEW pg_temp.standin_unloaded;
END $$;
