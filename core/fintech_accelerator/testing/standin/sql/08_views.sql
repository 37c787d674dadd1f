-- Row-level security and masking on views: the view is made again around its own query, for whoever asks (session_user).
CREATE TABLE standin.masks (name text PRIMARY KEY, inputs text[], types text[], expression text);
CREATE TABLE standin.masked (policy text, relation text, output text, inputs text[], principal text, priority int);
CREATE TABLE standin.secured_views (relation text PRIMARY KEY, is_on boolean);
GRANT SELECT ON standin.masks, standin.masked TO public;

CREATE FUNCTION standin.plain(name text) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT replace(name, '"', '') $$;
CREATE FUNCTION standin.holds(principal text) RETURNS boolean STABLE LANGUAGE sql AS $$
SELECT principal = 'public' OR (NOT standin.is_superuser() AND pg_has_role(session_user, principal, 'member')) $$;
CREATE FUNCTION standin.is_view(target text) RETURNS boolean STABLE LANGUAGE sql AS
$$ SELECT coalesce((SELECT relkind = 'v' FROM pg_catalog.pg_class WHERE oid = to_regclass(target)), false) $$;

CREATE FUNCTION standin.row_condition(target text, kind text) RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE parts text; holders text; BEGIN
    SELECT string_agg(format(CASE kind WHEN 'and' THEN '(NOT standin.holds(%L) OR (%s))' ELSE '(standin.holds(%L) AND (%s))' END, a.principal,
            CASE WHEN p.alias = '' THEN p.expression ELSE replace(p.expression, p.alias || '.', 'shown.') END), format(' %s ', kind)),
        string_agg(format('standin.holds(%L)', a.principal), ' OR ') INTO parts, holders
    FROM standin.attached AS a INNER JOIN standin.policies AS p ON p.name = a.policy WHERE standin.plain(a.relation) = standin.plain(target);
    RETURN format('standin.is_superuser() OR ((%s) AND (%s))', coalesce(holders, 'false'), coalesce(parts, 'false'));
END $$;

CREATE FUNCTION standin.column_shown(target text, column_ text, kind text) RETURNS text STABLE LANGUAGE plpgsql AS $$
DECLARE found record; choices text := ''; given text; BEGIN
    FOR found IN SELECT m.principal, m.inputs AS columns, p.* FROM standin.masked AS m INNER JOIN standin.masks AS p ON p.name = m.policy
        WHERE m.relation = standin.plain(target) AND m.output = column_ ORDER BY m.priority DESC
    LOOP
        SELECT string_agg(format('shown.%I::%s AS %I', c, found.types[place], found.inputs[place]), ', ') INTO given
        FROM unnest(found.columns) WITH ORDINALITY AS u (c, place);
        choices := choices || format(' WHEN standin.holds(%L) THEN (SELECT (%s) FROM (SELECT %s) AS given)::%s',
            found.principal, found.expression, given, kind);
    END LOOP;
    RETURN CASE WHEN choices = '' THEN format('shown.%I', column_) ELSE format('CASE%s ELSE shown.%I END::%s AS %2$I', choices, column_, kind) END;
END $$;

CREATE PROCEDURE standin.secure_view(target text) LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE view_ regclass := to_regclass(target); query text; columns text; condition text; was text := current_setting('standin.reviving', true); BEGIN
    SELECT coalesce(facts ->> 'definition', facts ->> 'query') INTO query FROM standin.attributes AS a WHERE a.relation = view_;
    IF query IS NULL THEN
        query := pg_get_viewdef(view_);
        INSERT INTO standin.attributes VALUES (view_, jsonb_build_object('query', query));
    END IF;
    SELECT string_agg(standin.column_shown(target, attname, format_type(atttypid, atttypmod)), ', ' ORDER BY attnum) INTO columns
    FROM pg_catalog.pg_attribute WHERE attrelid = view_ AND attnum > 0 AND NOT attisdropped;
    condition := CASE WHEN (SELECT is_on FROM standin.secured_views AS s WHERE s.relation = standin.plain(target))
        THEN ' WHERE ' || standin.row_condition(target, coalesce((SELECT c.kind FROM standin.conjunctions AS c
            WHERE standin.plain(c.relation) = standin.plain(target)), 'and')) ELSE '' END;
    PERFORM set_config('standin.reviving', 'on', true);
    EXECUTE format('CREATE OR REPLACE VIEW %s AS SELECT %s FROM (%s) AS shown%s', target, columns, rtrim(rtrim(query), ';'), condition);
    PERFORM set_config('standin.reviving', coalesce(was, 'off'), true);
END $$;

CREATE FUNCTION standin.secure_again(target text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM standin.secured_views AS s WHERE s.relation = standin.plain(target))
        OR EXISTS (SELECT 1 FROM standin.masked AS m WHERE m.relation = standin.plain(target)) THEN
        CALL standin.secure_view(target);
    END IF;
END $$;
CREATE FUNCTION standin.forget_security(target text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
DELETE FROM standin.attached WHERE standin.plain(relation) = standin.plain(target);
DELETE FROM standin.conjunctions WHERE standin.plain(relation) = standin.plain(target);
DELETE FROM standin.secured_views WHERE relation = standin.plain(target);
DELETE FROM standin.masked WHERE relation = standin.plain(target) $$;

CREATE PROCEDURE standin.create_masking_policy(name text, inputs text[], types text[], expression text) LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    CALL standin.require_superuser('CREATE MASKING POLICY');
    INSERT INTO standin.masks VALUES (name, inputs, types, expression);
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('masking policy "%s" already exists', name);
END $$;
CREATE PROCEDURE standin.attach_masking_policy(policy_ text, target text, output_ text, inputs_ text[], principal_ text, priority_ int) LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    CALL standin.require_superuser('ATTACH MASKING POLICY');
    IF NOT EXISTS (SELECT 1 FROM standin.masks AS m WHERE m.name = policy_) THEN
        RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('masking policy "%s" does not exist', policy_);
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = target::regclass AND attname = output_) THEN
        RAISE EXCEPTION USING ERRCODE = '42703', MESSAGE = format('column "%s" does not exist', output_);
    END IF;
    IF EXISTS (SELECT 1 FROM standin.masked AS m WHERE m.relation = standin.plain(target) AND m.output = output_ AND m.priority = priority_) THEN
        RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('a masking policy is attached to column "%s" with the same priority', output_);
    END IF;
    INSERT INTO standin.masked VALUES (policy_, standin.plain(target), output_, inputs_, principal_, priority_);
    IF standin.is_view(target) THEN CALL standin.secure_view(target); END IF;
END $$;
CREATE PROCEDURE standin.detach_masking_policy(policy_ text, target text, output_ text, principal_ text) LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    CALL standin.require_superuser('DETACH MASKING POLICY');
    DELETE FROM standin.masked AS m WHERE m.policy = policy_ AND m.relation = standin.plain(target) AND m.output = output_ AND m.principal = principal_;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('masking policy "%s" is not attached to %s', policy_, target);
    END IF;
    IF standin.is_view(target) THEN CALL standin.secure_view(target); END IF;
END $$;
CREATE PROCEDURE standin.drop_masking_policy(policy_ text) LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    CALL standin.require_superuser('DROP MASKING POLICY');
    IF EXISTS (SELECT 1 FROM standin.masked AS m WHERE m.policy = policy_) THEN
        RAISE EXCEPTION USING ERRCODE = '2BP01', MESSAGE = format('masking policy "%s" is attached', policy_);
    END IF;
    DELETE FROM standin.masks AS m WHERE m.name = policy_;
END $$;

CREATE VIEW pg_catalog.svv_masking_policy AS
SELECT current_database()::text AS policy_database, name::text AS policy_name, array_to_json(inputs)::text AS input_columns, expression AS policy_expression,
    NULL::text AS policy_modified_by, NULL::timestamp AS policy_modified_time FROM standin.masks;
CREATE VIEW pg_catalog.svv_attached_masking_policy AS
SELECT m.policy AS policy_name, split_part(m.relation, '.', 1) AS schema_name, split_part(m.relation, '.', 2) AS table_name,
    CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS table_type, m.principal AS grantee,
    CASE WHEN m.principal = 'public' THEN 'public' WHEN r.rolcanlogin THEN 'user' ELSE 'role' END AS grantee_type, m.priority,
    array_to_json(m.inputs)::text AS input_columns, json_build_array(m.output)::text AS output_columns
FROM standin.masked AS m LEFT JOIN pg_class AS c ON c.oid = to_regclass(m.relation) LEFT JOIN pg_roles AS r ON r.rolname = m.principal;
CREATE VIEW pg_catalog.svv_rls_attached_policy AS
SELECT split_part(replace(a.relation, '"', ''), '.', 1) AS relschema, split_part(replace(a.relation, '"', ''), '.', 2) AS relname,
    CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS relkind, a.policy AS polname, a.principal AS grantee, CASE WHEN r.rolcanlogin THEN 'user' ELSE 'role' END AS granteekind,
    true AS is_pol_on, c.relrowsecurity OR coalesce(s.is_on, false) AS is_rls_on
FROM standin.attached AS a INNER JOIN pg_class AS c ON c.oid = to_regclass(a.relation) LEFT JOIN pg_roles AS r ON r.rolname = a.principal
LEFT JOIN standin.secured_views AS s ON s.relation = standin.plain(a.relation);
CREATE VIEW pg_catalog.svv_rls_relation AS
SELECT current_database()::text AS datname, n.nspname::text AS relschema, c.relname::text AS relname, CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END AS relkind,
    c.relrowsecurity OR coalesce(s.is_on, false) AS is_rls_on, coalesce(k.kind, 'and') AS rls_conjunction_type
FROM pg_class AS c INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN standin.conjunctions AS k ON to_regclass(k.relation) = c.oid
LEFT JOIN standin.secured_views AS s ON to_regclass(s.relation) = c.oid WHERE c.relrowsecurity OR s.is_on;
GRANT SELECT ON pg_catalog.svv_rls_attached_policy, pg_catalog.svv_rls_relation, pg_catalog.svv_masking_policy, pg_catalog.svv_attached_masking_policy TO public;
