-- Text, numbers in text, JSON in text, hashes.
CREATE FUNCTION standin.version() RETURNS text IMMUTABLE LANGUAGE sql AS $$
SELECT 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), '
    || 'Redshift 1.0.0 (a stand-in, not Redshift)' $$;
CREATE FUNCTION standin.len(value text) RETURNS int IMMUTABLE LANGUAGE sql AS $$ SELECT length(value) $$;
CREATE FUNCTION standin.charindex(sought text, value text) RETURNS int IMMUTABLE LANGUAGE sql AS $$ SELECT strpos(value, sought) $$;
CREATE FUNCTION standin.sha2(value text, bits int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
SELECT encode(CASE bits
    WHEN 224 THEN sha224(convert_to(value, 'utf8')) WHEN 384 THEN sha384(convert_to(value, 'utf8'))
    WHEN 512 THEN sha512(convert_to(value, 'utf8')) WHEN 0 THEN sha256(convert_to(value, 'utf8'))
    WHEN 256 THEN sha256(convert_to(value, 'utf8'))
END, 'hex') $$;
CREATE FUNCTION standin.strtol(value text, base int) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS $$
DECLARE result numeric := 0; digit int; sign int := 1; letter text; rest text := lower(btrim(value)); BEGIN
    IF left(rest, 1) = '-' THEN sign := -1; rest := substr(rest, 2); END IF;
    IF base = 16 AND left(rest, 2) = '0x' THEN rest := substr(rest, 3); END IF;
    FOREACH letter IN ARRAY regexp_split_to_array(rest, '') LOOP
        digit := strpos('0123456789abcdefghijklmnopqrstuvwxyz', letter) - 1;
        IF digit < 0 OR digit >= base THEN
            RAISE EXCEPTION USING ERRCODE = '22P02', MESSAGE = format('The input %s is not valid to be converted to base %s', value, base);
        END IF;
        result := result * base + digit;
    END LOOP;
    RETURN (sign * result)::bigint;
END $$;
CREATE FUNCTION standin.regexp_replace(value text, pattern text, replacement text) RETURNS text IMMUTABLE LANGUAGE sql AS
$$ SELECT pg_catalog.regexp_replace(value, pattern, replacement, 'g') $$;
CREATE FUNCTION standin.regexp_replace(value text, pattern text) RETURNS text IMMUTABLE LANGUAGE sql AS
$$ SELECT pg_catalog.regexp_replace(value, pattern, '', 'g') $$;
CREATE FUNCTION standin.nvl(anycompatible, anycompatible) RETURNS anycompatible IMMUTABLE LANGUAGE sql AS $$ SELECT coalesce($1, $2) $$;
CREATE FUNCTION standin.json_extract_path_text(value text, VARIADIC path text[]) RETURNS text IMMUTABLE LANGUAGE sql AS
$$ SELECT coalesce(value::jsonb #>> path, '') $$;
CREATE FUNCTION standin.json_extract_array_element_text(value text, place int) RETURNS text IMMUTABLE LANGUAGE sql AS
$$ SELECT value::jsonb ->> place $$;
CREATE FUNCTION standin.json_array_length(value text) RETURNS int IMMUTABLE LANGUAGE sql AS
$$ SELECT jsonb_array_length(value::jsonb) $$;
CREATE FUNCTION standin.can_json_parse(value text) RETURNS boolean IMMUTABLE LANGUAGE plpgsql AS
$$ BEGIN PERFORM value::jsonb; RETURN true; EXCEPTION WHEN OTHERS THEN RETURN false; END $$;
CREATE FUNCTION standin.is_valid_json(value text) RETURNS boolean IMMUTABLE LANGUAGE sql AS
$$ SELECT standin.can_json_parse(value) AND left(ltrim(value), 1) = '{' $$;
CREATE FUNCTION standin.is_valid_json_array(value text) RETURNS boolean IMMUTABLE LANGUAGE sql AS
$$ SELECT standin.can_json_parse(value) AND left(ltrim(value), 1) = '[' $$;
CREATE FUNCTION standin.json_parse(value text) RETURNS jsonb IMMUTABLE LANGUAGE sql AS $$ SELECT value::jsonb $$;
CREATE FUNCTION standin.json_serialize(value jsonb) RETURNS text IMMUTABLE LANGUAGE sql AS $$ SELECT value::text $$;
