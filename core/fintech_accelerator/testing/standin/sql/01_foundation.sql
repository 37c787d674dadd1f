-- Redshift's names inside PostgreSQL 15 or later; run once, as superuser, in the template that databases are made from.
-- Schema standin stands before pg_catalog and behind the user's own schemas in every search path.
SET allow_system_table_mods = on;
CREATE SCHEMA standin;
GRANT USAGE ON SCHEMA standin TO public;

CREATE TABLE standin.attributes (relation oid PRIMARY KEY, facts jsonb NOT NULL);
CREATE TABLE standin.recorded (at timestamptz DEFAULT clock_timestamp(), by_user text DEFAULT current_user, kind text, statement text);
CREATE TABLE standin.lost_views (name text PRIMARY KEY, query text, owner text, rights text[]);
GRANT SELECT ON ALL TABLES IN SCHEMA standin TO public;

CREATE PROCEDURE standin.record(kind text, statement text) LANGUAGE sql SECURITY DEFINER AS
$$ INSERT INTO standin.recorded (by_user, kind, statement) VALUES (session_user, kind, statement) $$;

-- Late-binding views live on when the table under them is dropped: what falls with a table is kept and made again
-- as soon as it can be. No backslash in any body: connections read strings as Redshift does.
CREATE FUNCTION standin.late_dependants(target oid) RETURNS TABLE (view oid, depth int) LANGUAGE sql STABLE AS $$
WITH RECURSIVE below (view, depth) AS (
    SELECT r.ev_class, 1 FROM pg_catalog.pg_depend AS d INNER JOIN pg_rewrite AS r ON r.oid = d.objid
    WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = target
        AND r.ev_class <> target
    UNION
    SELECT r.ev_class, b.depth + 1 FROM below AS b
    INNER JOIN pg_catalog.pg_depend AS d ON d.refobjid = b.view AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.classid = 'pg_catalog.pg_rewrite'::regclass
    INNER JOIN pg_rewrite AS r ON r.oid = d.objid WHERE r.ev_class <> b.view AND b.depth < 64
)
SELECT b.view, max(b.depth) FROM below AS b INNER JOIN standin.attributes AS a ON a.relation = b.view
WHERE a.facts ? 'late_binding' GROUP BY b.view $$;

CREATE FUNCTION standin.keep_late_views(target oid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE kept record; BEGIN
    FOR kept IN
        SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, a.facts ->> 'definition' AS query,
            c.relowner::regrole::text AS owner, d.depth,
            ARRAY(SELECT format('GRANT %s ON %I.%I TO %s', e.privilege_type, n.nspname, c.relname,
                      CASE WHEN e.grantee = 0 THEN 'public' ELSE e.grantee::regrole::text END)
                  FROM aclexplode(c.relacl) AS e WHERE e.grantee <> c.relowner) AS rights
        FROM standin.late_dependants(target) AS d
        INNER JOIN pg_catalog.pg_class AS c ON c.oid = d.view INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
        INNER JOIN standin.attributes AS a ON a.relation = c.oid ORDER BY d.depth DESC
    LOOP
        INSERT INTO standin.lost_views VALUES (kept.name, kept.query, kept.owner, kept.rights)
        ON CONFLICT (name) DO UPDATE SET query = excluded.query, owner = excluded.owner, rights = excluded.rights;
        DELETE FROM standin.attributes WHERE relation = kept.oid;
        EXECUTE format('DROP VIEW %s CASCADE', kept.name);
    END LOOP;
    DELETE FROM standin.attributes WHERE relation = target; -- the number may come again
END $$;

-- Redshift makes nothing again here, so nothing may wait: what another transaction holds is left for the next time.
CREATE FUNCTION standin.revive_views() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE lost record; grant_ text; progress boolean := true; patience text := current_setting('lock_timeout'); BEGIN
    IF current_setting('standin.reviving', true) = 'on' THEN RETURN; END IF;
    PERFORM set_config('standin.reviving', 'on', true), set_config('lock_timeout', '50ms', true);
    WHILE progress LOOP
        progress := false;
        FOR lost IN SELECT * FROM standin.lost_views LOOP
            BEGIN
                IF to_regclass(lost.name) IS NULL THEN
                    EXECUTE format('CREATE VIEW %s AS %s', lost.name, lost.query);
                    EXECUTE format('ALTER VIEW %s OWNER TO %s', lost.name, lost.owner);
                    FOREACH grant_ IN ARRAY lost.rights LOOP EXECUTE grant_; END LOOP;
                    INSERT INTO standin.attributes VALUES (lost.name::regclass,
                        jsonb_build_object('late_binding', true, 'definition', lost.query));
                    PERFORM standin.secure_again(lost.name);
                    progress := true;
                END IF;
                DELETE FROM standin.lost_views WHERE name = lost.name;
            EXCEPTION WHEN undefined_table OR undefined_column OR invalid_schema_name OR undefined_function OR lock_not_available THEN CONTINUE;
            END;
        END LOOP;
    END LOOP;
    PERFORM set_config('standin.reviving', 'off', true), set_config('lock_timeout', patience, true);
END $$;

CREATE FUNCTION standin.on_definition() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE made record; facts jsonb; BEGIN
    IF current_setting('standin.reviving', true) = 'on' THEN RETURN; END IF;
    IF left(current_query(), 10) = '/*standin:' THEN
        facts := convert_from(decode(split_part(substr(current_query(), 11), '*/', 1), 'base64'), 'utf8')::jsonb;
        FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() AS c
            WHERE c.command_tag IN ('CREATE TABLE', 'CREATE TABLE AS', 'CREATE MATERIALIZED VIEW', 'CREATE VIEW')
        LOOP
            INSERT INTO standin.attributes VALUES (made.objid, facts)
            ON CONFLICT (relation) DO UPDATE SET facts = excluded.facts;
        END LOOP;
        PERFORM standin.secure_again(c.object_identity) FROM pg_event_trigger_ddl_commands() AS c WHERE c.command_tag = 'CREATE VIEW';
    ELSE
        DELETE FROM standin.attributes WHERE relation IN
            (SELECT c.objid FROM pg_event_trigger_ddl_commands() AS c WHERE c.command_tag = 'CREATE VIEW');
        PERFORM standin.secure_again(c.object_identity) FROM pg_event_trigger_ddl_commands() AS c WHERE c.command_tag = 'CREATE VIEW';
    END IF;
    IF EXISTS (SELECT 1 FROM standin.lost_views) THEN PERFORM standin.revive_views(); END IF;
    -- Redshift knows how large a fresh table is; this server would guess until its housekeeper comes round.
    FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() AS c WHERE c.command_tag IN ('CREATE TABLE AS', 'SELECT INTO') LOOP
        EXECUTE format('ANALYZE %s', made.object_identity);
    END LOOP;
END $$;
CREATE PROCEDURE standin.drop_relations(kind text, names text[], if_exists boolean, cascading boolean) LANGUAGE plpgsql AS $$
DECLARE name text; target oid; BEGIN
    FOREACH name IN ARRAY names LOOP
        target := to_regclass(name);
        PERFORM standin.forget_view(name);
        IF target IS NULL AND if_exists THEN CONTINUE; END IF;
        IF target IS NOT NULL THEN PERFORM standin.keep_late_views(target), standin.forget_security(name); END IF;
        EXECUTE format('DROP %s %s %s', kind, name, CASE WHEN cascading THEN 'CASCADE' ELSE '' END);
    END LOOP;
    PERFORM standin.revive_views();
END $$;

CREATE FUNCTION standin.forget_view(view text) RETURNS void LANGUAGE sql SECURITY DEFINER AS
$$ DELETE FROM standin.lost_views WHERE name = replace(view, '"', '') $$;

CREATE PROCEDURE standin.drop_schema(schema text, if_exists boolean, cascading boolean) LANGUAGE plpgsql AS $$
DECLARE held oid; BEGIN
    IF to_regnamespace(quote_ident(schema)) IS NULL AND if_exists THEN RETURN; END IF;
    IF cascading THEN
        FOR held IN SELECT c.oid FROM pg_catalog.pg_class AS c INNER JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = schema AND c.relkind IN ('r', 'v', 'm')
        LOOP PERFORM standin.keep_late_views(held); END LOOP;
    END IF;
    EXECUTE format('DROP SCHEMA %I %s', schema, CASE WHEN cascading THEN 'CASCADE' ELSE '' END);
    PERFORM standin.forget_schema(schema);
    PERFORM standin.revive_views();
END $$;

CREATE FUNCTION standin.forget_schema(schema text) RETURNS void LANGUAGE sql SECURITY DEFINER AS
$$ DELETE FROM standin.lost_views WHERE split_part(name, '.', 1) = quote_ident(schema) $$;
