-- Row-level security is PostgreSQL's own; a policy is created by itself and attached to tables and principals.
CREATE TABLE standin.policies (name text PRIMARY KEY, columns text, alias text, expression text);
CREATE TABLE standin.attached (policy text, relation text, principal text, PRIMARY KEY (policy, relation, principal));
CREATE TABLE standin.conjunctions (relation text PRIMARY KEY, kind text);

CREATE FUNCTION standin.is_superuser() RETURNS boolean STABLE LANGUAGE sql AS
$$ SELECT rolsuper FROM pg_roles WHERE rolname = session_user $$;
CREATE TABLE standin.security_administrators (name text PRIMARY KEY); -- users with sys:secadmin
CREATE PROCEDURE standin.require_superuser(what text) LANGUAGE plpgsql AS $$ BEGIN
    IF NOT standin.is_superuser() AND NOT EXISTS (SELECT 1 FROM standin.security_administrators AS a WHERE a.name = session_user) THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('permission denied: %s needs a superuser or role sys:secadmin', what);
    END IF;
END $$;
-- Here the right to make roles is the user's own, not a role's.
CREATE PROCEDURE standin.grant_security(names text[], is_given boolean) LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE name_ text; BEGIN
    CALL standin.require_superuser('GRANT ROLE sys:secadmin');
    FOREACH name_ IN ARRAY names LOOP
        EXECUTE format('ALTER ROLE %I %s', name_, CASE WHEN is_given THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END);
        DELETE FROM standin.security_administrators AS a WHERE a.name = name_;
        IF is_given THEN INSERT INTO standin.security_administrators VALUES (name_); END IF;
    END LOOP;
END $$;
CREATE FUNCTION pg_catalog.user_is_member_of(user_ text, role_ text) RETURNS boolean STABLE LANGUAGE sql AS $$
SELECT CASE role_ WHEN 'sys:secadmin' THEN EXISTS (SELECT 1 FROM standin.security_administrators AS a WHERE a.name = user_)
    ELSE pg_has_role(user_, role_, 'member') END $$;
-- Which IAM roles a user may copy with; everybody with all, until that is revoked from PUBLIC. COPY itself does not ask.
CREATE TABLE standin.assumed_roles (principal text, role text, command text, PRIMARY KEY (principal, role, command));
INSERT INTO standin.assumed_roles VALUES ('public', 'all', 'all');
CREATE PROCEDURE standin.assume_role(role_ text, principal_ text, command_ text, is_given boolean) LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    IF NOT standin.is_superuser() THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'permission denied: GRANT ASSUMEROLE needs a superuser';
    END IF;
    DELETE FROM standin.assumed_roles AS a WHERE (a.principal, a.role, a.command) = (principal_, role_, command_);
    IF is_given THEN INSERT INTO standin.assumed_roles VALUES (principal_, role_, command_); END IF;
END $$;
CREATE FUNCTION pg_catalog.has_assumerole_privilege(role_ text, command_ text) RETURNS boolean STABLE SECURITY DEFINER LANGUAGE sql AS $$
SELECT standin.is_superuser() OR EXISTS (
    SELECT 1 FROM standin.assumed_roles AS a
    WHERE a.principal IN ('public', session_user) AND a.role IN ('all', role_) AND a.command IN ('all', lower(command_))
) $$;
CREATE PROCEDURE standin.record_policy_right(statement text) LANGUAGE plpgsql AS $$ BEGIN
    CALL standin.require_superuser('GRANT TO RLS POLICY');
    CALL standin.record('right of a row policy', statement);
END $$;

CREATE PROCEDURE standin.create_rls_policy(name text, columns text, alias text, expression text) LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    CALL standin.require_superuser('CREATE RLS POLICY');
    INSERT INTO standin.policies VALUES (name, columns, alias, expression);
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('RLS policy "%s" already exists', name);
END $$;

-- The policies of one relation and principal, made anew: AND is PostgreSQL's restrictive policy, OR its permissive one.
CREATE PROCEDURE standin.apply_policies(target text) LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE found record; kind text; condition text; BEGIN
    IF standin.is_view(target) THEN CALL standin.secure_view(target); RETURN; END IF;
    FOR found IN SELECT p.polname FROM pg_policy AS p WHERE p.polrelid = target::regclass LOOP
        EXECUTE format('DROP POLICY %I ON %s', found.polname, target);
    END LOOP;
    SELECT coalesce((SELECT c.kind FROM standin.conjunctions AS c WHERE c.relation = target), 'and') INTO kind;
    FOR found IN SELECT a.principal, p.* FROM standin.attached AS a INNER JOIN standin.policies AS p ON p.name = a.policy WHERE a.relation = target LOOP
        condition := CASE WHEN found.alias = '' THEN found.expression
            ELSE replace(found.expression, found.alias || '.', split_part(replace(target, '"', ''), '.', 2) || '.') END;
        EXECUTE format('CREATE POLICY %I ON %s AS %s FOR ALL TO %I USING (%s) WITH CHECK (true)',
            left(found.name || ' for ' || found.principal, 63), target,
            CASE kind WHEN 'and' THEN 'RESTRICTIVE' ELSE 'PERMISSIVE' END, found.principal, condition);
    END LOOP;
    IF kind = 'and' THEN
        FOR found IN SELECT DISTINCT a.principal FROM standin.attached AS a WHERE a.relation = target LOOP
            EXECUTE format('CREATE POLICY %I ON %s FOR ALL TO %I USING (true) WITH CHECK (true)',
                left('base for ' || found.principal, 63), target, found.principal);
        END LOOP;
    END IF;
END $$;

CREATE PROCEDURE standin.attach_rls_policy(policy_ text, targets text[], principals text[]) LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE target text; BEGIN
    CALL standin.require_superuser('ATTACH RLS POLICY');
    IF NOT EXISTS (SELECT 1 FROM standin.policies WHERE name = policy_) THEN
        RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('RLS policy "%s" does not exist', policy_);
    END IF;
    FOREACH target IN ARRAY targets LOOP
        INSERT INTO standin.attached SELECT policy_, target, p FROM unnest(principals) AS p;
        CALL standin.apply_policies(target);
    END LOOP;
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = format('RLS policy "%s" is already attached', policy_);
END $$;
CREATE PROCEDURE standin.detach_rls_policy(policy_ text, targets text[], principals text[]) LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE target text; BEGIN
    CALL standin.require_superuser('DETACH RLS POLICY');
    FOREACH target IN ARRAY targets LOOP
        DELETE FROM standin.attached WHERE policy = policy_ AND relation = target AND principal = ANY(principals);
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('RLS policy "%s" is not attached to %s', policy_, target);
        END IF;
        CALL standin.apply_policies(target);
    END LOOP;
END $$;
CREATE PROCEDURE standin.drop_rls_policy(policy_ text) LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    CALL standin.require_superuser('DROP RLS POLICY');
    IF EXISTS (SELECT 1 FROM standin.attached WHERE policy = policy_) THEN
        RAISE EXCEPTION USING ERRCODE = '2BP01', MESSAGE = format('RLS policy "%s" is attached', policy_);
    END IF;
    DELETE FROM standin.policies WHERE name = policy_;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('RLS policy "%s" does not exist', policy_);
    END IF;
END $$;
CREATE PROCEDURE standin.row_level_security(target text, is_on boolean, conjunction text) LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    CALL standin.require_superuser('ROW LEVEL SECURITY');
    INSERT INTO standin.conjunctions VALUES (target, conjunction) ON CONFLICT (relation) DO UPDATE SET kind = excluded.kind;
    IF standin.is_view(target) THEN
        INSERT INTO standin.secured_views VALUES (standin.plain(target), is_on) ON CONFLICT (relation) DO UPDATE SET is_on = excluded.is_on;
    ELSE
        EXECUTE format('ALTER TABLE %s %s ROW LEVEL SECURITY', target, CASE WHEN is_on THEN 'ENABLE' ELSE 'DISABLE' END);
        EXECUTE format('ALTER TABLE %s %s ROW LEVEL SECURITY', target, CASE WHEN is_on THEN 'FORCE' ELSE 'NO FORCE' END);
    END IF;
    CALL standin.apply_policies(target);
END $$;

CREATE VIEW pg_catalog.svv_relation_privileges AS
SELECT n.nspname::text AS namespace_name, c.relname::text AS relation_name, lower(e.privilege_type)::text AS privilege_type,
    e.grantee::bigint AS identity_id, CASE WHEN e.grantee = 0 THEN 'public' ELSE r.rolname::text END AS identity_name,
    CASE WHEN e.grantee = 0 THEN 'public' WHEN r.rolcanlogin THEN 'user' ELSE 'role' END AS identity_type, e.is_grantable AS admin_option,
    e.grantor::regrole::text AS grantor
FROM pg_class AS c INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) AS e LEFT JOIN pg_roles AS r ON r.oid = e.grantee
WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'standin');
CREATE VIEW pg_catalog.svv_schema_privileges AS
SELECT n.nspname::text AS namespace_name, lower(e.privilege_type)::text AS privilege_type, e.grantee::bigint AS identity_id,
    CASE WHEN e.grantee = 0 THEN 'public' ELSE r.rolname::text END AS identity_name,
    CASE WHEN e.grantee = 0 THEN 'public' WHEN r.rolcanlogin THEN 'user' ELSE 'role' END AS identity_type, e.is_grantable AS admin_option
FROM pg_namespace AS n CROSS JOIN LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) AS e
LEFT JOIN pg_roles AS r ON r.oid = e.grantee WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'standin', 'pg_toast');
CREATE VIEW pg_catalog.svv_roles AS
SELECT oid::bigint AS role_id, rolname::text AS role_name, NULL::text AS role_owner, NULL::text AS external_id FROM pg_roles
WHERE NOT rolcanlogin AND left(rolname, 3) <> 'pg_';
CREATE VIEW pg_catalog.svv_user_grants AS
SELECT u.oid::bigint AS user_id, u.rolname::text AS user_name, r.oid::bigint AS role_id, r.rolname::text AS role_name, m.admin_option
FROM pg_auth_members AS m INNER JOIN pg_roles AS u ON u.oid = m.member INNER JOIN pg_roles AS r ON r.oid = m.roleid
WHERE u.rolcanlogin AND left(r.rolname, 3) <> 'pg_';
CREATE VIEW pg_catalog.svv_role_grants AS
SELECT u.oid::bigint AS role_id, u.rolname::text AS role_name, r.oid::bigint AS granted_role_id, r.rolname::text AS granted_role_name
FROM pg_auth_members AS m INNER JOIN pg_roles AS u ON u.oid = m.member INNER JOIN pg_roles AS r ON r.oid = m.roleid
WHERE NOT u.rolcanlogin AND left(r.rolname, 3) <> 'pg_' AND left(u.rolname, 3) <> 'pg_';
CREATE VIEW standin.show_grants AS
SELECT namespace_name AS schema_name, relation_name AS object_name, 'TABLE'::text AS object_type, upper(privilege_type) AS privilege_type,
    identity_id, identity_name, identity_type, admin_option FROM pg_catalog.svv_relation_privileges;
CREATE VIEW pg_catalog.svv_rls_policy AS
SELECT current_database()::text AS poldb, name AS polname, alias AS polalias, columns AS polatts, expression AS polqual, true AS polenabled
FROM standin.policies;
GRANT SELECT ON ALL TABLES IN SCHEMA standin TO public;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT c.relname FROM pg_class AS c WHERE c.oid >= 16384 AND c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'v'
    LOOP EXECUTE format('GRANT SELECT ON pg_catalog.%I TO public', name); END LOOP;
END $$;
