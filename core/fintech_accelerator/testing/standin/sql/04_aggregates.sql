-- ROUND of a floating number to places: Redshift has it, PostgreSQL only that of NUMERIC; both round halves away from zero.
CREATE FUNCTION standin.round(number double precision, places int) RETURNS double precision IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT pg_catalog.round(number::numeric, places)::double precision $$;
-- Aggregates whose result has another type on Redshift: AVG and SUM of integers are BIGINT, AVG truncates.
CREATE FUNCTION standin.sum_and_count(state numeric[], value bigint) RETURNS numeric[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT CASE WHEN value IS NULL THEN state ELSE ARRAY[state[1] + value, state[2] + 1] END $$;
CREATE FUNCTION standin.sum_and_count(state numeric[], value int) RETURNS numeric[] IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT CASE WHEN value IS NULL THEN state ELSE ARRAY[state[1] + value, state[2] + 1] END $$;
CREATE FUNCTION standin.whole_average(state numeric[]) RETURNS bigint IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT CASE WHEN state[2] <> 0 THEN pg_catalog.trunc(state[1] / state[2])::bigint END $$;
CREATE AGGREGATE standin.avg(bigint) (SFUNC = standin.sum_and_count, STYPE = numeric[], FINALFUNC = standin.whole_average, INITCOND = '{0,0}');
CREATE AGGREGATE standin.avg(int) (SFUNC = standin.sum_and_count, STYPE = numeric[], FINALFUNC = standin.whole_average, INITCOND = '{0,0}');
CREATE FUNCTION standin.plus(bigint, bigint) RETURNS bigint IMMUTABLE STRICT PARALLEL SAFE LANGUAGE internal AS 'int8pl';
CREATE AGGREGATE standin.sum(bigint) (SFUNC = standin.plus, STYPE = bigint, PARALLEL = SAFE, COMBINEFUNC = standin.plus);
CREATE FUNCTION standin.first_known(anyelement, anyelement) RETURNS anyelement IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$ SELECT coalesce($1, $2) $$;
CREATE AGGREGATE standin.any_value(anyelement) (SFUNC = standin.first_known, STYPE = anyelement);
-- LAST_VALUE and LAG that ignore nulls are this aggregate over a frame; FIRST_VALUE is any_value.
CREATE FUNCTION standin.later_known(anyelement, anyelement) RETURNS anyelement IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$ SELECT coalesce($2, $1) $$;
CREATE AGGREGATE standin.last_known(anyelement) (SFUNC = standin.later_known, STYPE = anyelement);
