-- Dates and times. GETDATE and SYSDATE are timestamps without a zone, in UTC; DATEDIFF counts boundaries crossed.
CREATE FUNCTION standin.getdate() RETURNS timestamp STABLE LANGUAGE sql AS
$$ SELECT date_trunc('second', clock_timestamp() AT TIME ZONE 'UTC') $$;
CREATE FUNCTION standin.sysdate() RETURNS timestamp STABLE LANGUAGE sql AS $$ SELECT now() AT TIME ZONE 'UTC' $$;

CREATE FUNCTION standin.unit(part text) RETURNS text IMMUTABLE LANGUAGE sql AS $$
SELECT CASE
    WHEN lower(part) IN ('year', 'years', 'y', 'yr', 'yrs') THEN 'year'
    WHEN lower(part) IN ('quarter', 'quarters', 'qtr', 'qtrs') THEN 'quarter'
    WHEN lower(part) IN ('month', 'months', 'mon', 'mons') THEN 'month'
    WHEN lower(part) IN ('week', 'weeks', 'w') THEN 'week'
    WHEN lower(part) IN ('day', 'days', 'd') THEN 'day'
    WHEN lower(part) IN ('hour', 'hours', 'h', 'hr', 'hrs') THEN 'hour'
    WHEN lower(part) IN ('minute', 'minutes', 'm', 'min', 'mins') THEN 'minute'
    WHEN lower(part) IN ('second', 'seconds', 's', 'sec', 'secs') THEN 'second'
    WHEN lower(part) IN ('millisecond', 'milliseconds', 'ms', 'msec', 'msecs') THEN 'millisecond'
    WHEN lower(part) IN ('microsecond', 'microseconds', 'us', 'usec', 'usecs') THEN 'microsecond'
END $$;

CREATE FUNCTION standin.dateadd(part text, number numeric, moment timestamp) RETURNS timestamp IMMUTABLE LANGUAGE sql AS $$
SELECT moment + CASE standin.unit(part)
    WHEN 'year' THEN make_interval(years => trunc(number)::int)
    WHEN 'quarter' THEN make_interval(months => 3 * trunc(number)::int)
    WHEN 'month' THEN make_interval(months => trunc(number)::int)
    WHEN 'week' THEN make_interval(days => 7 * trunc(number)::int)
    WHEN 'day' THEN make_interval(days => trunc(number)::int)
    WHEN 'hour' THEN make_interval(hours => trunc(number)::int)
    WHEN 'minute' THEN make_interval(mins => trunc(number)::int)
    WHEN 'second' THEN make_interval(secs => trunc(number)::double precision)
    WHEN 'millisecond' THEN trunc(number)::bigint * interval '1 millisecond'
    WHEN 'microsecond' THEN trunc(number)::bigint * interval '1 microsecond'
END $$;
CREATE FUNCTION standin.dateadd(part text, number numeric, moment date) RETURNS timestamp IMMUTABLE LANGUAGE sql AS
$$ SELECT standin.dateadd(part, number, moment::timestamp) $$;
CREATE FUNCTION standin.dateadd(part text, number numeric, moment timestamptz) RETURNS timestamptz STABLE LANGUAGE sql AS
$$ SELECT standin.dateadd(part, number, moment AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' $$;

-- Weeks start on Sunday for DATEDIFF, on Monday for DATE_TRUNC.
CREATE FUNCTION standin.datediff(part text, first timestamp, last timestamp) RETURNS bigint IMMUTABLE LANGUAGE sql AS $$
SELECT CASE standin.unit(part)
    WHEN 'year' THEN (extract(year FROM last) - extract(year FROM first))::bigint
    WHEN 'quarter' THEN ((extract(year FROM last) - extract(year FROM first)) * 4
        + extract(quarter FROM last) - extract(quarter FROM first))::bigint
    WHEN 'month' THEN ((extract(year FROM last) - extract(year FROM first)) * 12
        + extract(month FROM last) - extract(month FROM first))::bigint
    WHEN 'week' THEN ((pg_catalog.date_trunc('week', last + interval '1 day')::date
        - pg_catalog.date_trunc('week', first + interval '1 day')::date) / 7)::bigint
    WHEN 'day' THEN (last::date - first::date)::bigint
    WHEN 'hour' THEN (extract(epoch FROM pg_catalog.date_trunc('hour', last) - pg_catalog.date_trunc('hour', first)) / 3600)::bigint
    WHEN 'minute' THEN (extract(epoch FROM pg_catalog.date_trunc('minute', last) - pg_catalog.date_trunc('minute', first)) / 60)::bigint
    WHEN 'second' THEN extract(epoch FROM pg_catalog.date_trunc('second', last) - pg_catalog.date_trunc('second', first))::bigint
    WHEN 'millisecond' THEN (extract(epoch FROM last - first) * 1000)::bigint
    WHEN 'microsecond' THEN (extract(epoch FROM last - first) * 1000000)::bigint
END $$;

CREATE FUNCTION standin.convert_timezone(source text, target text, moment timestamp) RETURNS timestamp IMMUTABLE LANGUAGE sql AS
$$ SELECT (moment AT TIME ZONE source) AT TIME ZONE target $$;
CREATE FUNCTION standin.convert_timezone(target text, moment timestamp) RETURNS timestamp IMMUTABLE LANGUAGE sql AS
$$ SELECT (moment AT TIME ZONE 'UTC') AT TIME ZONE target $$;
CREATE FUNCTION standin.last_day(moment timestamp) RETURNS date IMMUTABLE LANGUAGE sql AS
$$ SELECT (pg_catalog.date_trunc('month', moment) + interval '1 month - 1 day')::date $$;
CREATE FUNCTION standin.add_months(moment timestamp, number int) RETURNS timestamp IMMUTABLE LANGUAGE sql AS $$
SELECT CASE
    WHEN moment::date = standin.last_day(moment)
        THEN standin.last_day(moment + make_interval(months => number)) + moment::time
    ELSE moment + make_interval(months => number)
END $$;
CREATE FUNCTION standin.months_between(last timestamp, first timestamp) RETURNS double precision IMMUTABLE LANGUAGE sql AS $$
SELECT CASE
    WHEN extract(day FROM last) = extract(day FROM first)
        OR (last::date = standin.last_day(last) AND first::date = standin.last_day(first))
        THEN standin.datediff('month', first, last)::double precision
    ELSE standin.datediff('month', first, last)
        + (extract(day FROM last) - extract(day FROM first)
        + (extract(epoch FROM last::time) - extract(epoch FROM first::time)) / 86400)::double precision / 31
END $$;
CREATE FUNCTION standin.trunc(moment timestamp) RETURNS date IMMUTABLE LANGUAGE sql AS $$ SELECT moment::date $$;
CREATE FUNCTION standin.date_trunc(part text, day date) RETURNS timestamp IMMUTABLE LANGUAGE sql AS
$$ SELECT pg_catalog.date_trunc(part, day::timestamp) $$;
CREATE FUNCTION standin.next_day(moment timestamp, day text) RETURNS date IMMUTABLE LANGUAGE sql AS $$
SELECT moment::date + 1 + ((strpos('sumotuwethfrsa', left(lower(day), 2)) / 2
    - extract(dow FROM moment + interval '1 day')::int + 7) % 7) $$;

-- EXTRACT of a timestamp is an integer on Redshift; thousandths are those beyond the second. The moment stands here
-- once: a function that uses an argument twice is not put into the query, and calling it takes a hundred times longer.
CREATE FUNCTION standin.extracted(part text, moment timestamp) RETURNS int IMMUTABLE LANGUAGE sql AS $$
SELECT floor(date_part(
    CASE standin.unit(part)
        WHEN 'millisecond' THEN 'milliseconds' WHEN 'microsecond' THEN 'microseconds' ELSE coalesce(standin.unit(part), part)
    END, moment))::int
    % CASE standin.unit(part) WHEN 'millisecond' THEN 1000 WHEN 'microsecond' THEN 1000000 ELSE 2147483647 END $$;
CREATE FUNCTION standin.extracted(part text, moment date) RETURNS int IMMUTABLE LANGUAGE sql AS
$$ SELECT standin.extracted(part, moment::timestamp) $$;
CREATE FUNCTION standin.extracted(part text, moment time) RETURNS int IMMUTABLE LANGUAGE sql AS
$$ SELECT standin.extracted(part, date '2000-01-01' + moment) $$;
CREATE FUNCTION standin.extracted(part text, length interval) RETURNS int IMMUTABLE LANGUAGE sql AS
$$ SELECT floor(date_part(coalesce(standin.unit(part), part), length))::int $$;
CREATE FUNCTION standin.extracted(part text, moment timestamptz) RETURNS double precision STABLE LANGUAGE sql AS
$$ SELECT date_part(coalesce(standin.unit(part), part), moment) $$;
