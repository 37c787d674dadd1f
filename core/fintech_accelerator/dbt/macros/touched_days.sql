{#-
    The bank-local days that the calling pack has to build again, as a query for a CTE with one column,
    event_date_local: days whose rows of `table_name` (a name or a list of them) are new, late, corrected or gone.
    A row changes what is computed for later days when their windows reach back to it: `reach_days` adds so many days
    after each touched one, `reach_back_days` days before it. Left out, both come from the model's meta.
-#}
{% macro touched_days(table_name, reach_days=none, reach_back_days=none) -%}
{%- set meta = model.get('config', {}).get('meta', {}) -%}
{%- set ahead = meta.get('reach_days', 0) if reach_days is none else reach_days -%}
{%- set back = meta.get('reach_back_days', 0) if reach_back_days is none else reach_back_days -%}
{{ core.core__days_around(table_name, back, ahead) }}
{%- endmacro %}

{#-
    The days to read, as a query for a CTE with one column, event_date_local, when the touched days are built and
    windows look back `look_back_days`: the touched days, with their reach, and so many days before each of them.
-#}
{% macro days_to_read(table_name, look_back_days, reach_days=none, reach_back_days=none) -%}
{%- set meta = model.get('config', {}).get('meta', {}) -%}
{%- set ahead = meta.get('reach_days', 0) if reach_days is none else reach_days -%}
{%- set back = meta.get('reach_back_days', 0) if reach_back_days is none else reach_back_days -%}
{{ core.core__days_around(table_name, back + look_back_days, ahead) }}
{%- endmacro %}

{#-
    The touched days and those around them. A reach of a century is one without end: then all days count from the
    first touched one on. The strategy names the relation itself, since a model need not refer to it.
-#}
{% macro core__days_around(table_name, days_before, days_after, relation=none) -%}
{%- set tables = [table_name] if table_name is string else table_name -%}
{%- set is_touched -%}
days_to_build.pack = '{{ model.package_name }}'
        and days_to_build.table_name in ('{{ tables | join("', '") }}')
{%- endset -%}
{%- set days_to_build = relation or ref('core', 'days_to_build') -%}
{%- if days_before + days_after == 0 -%}
select distinct days_to_build.event_date_local
from {{ days_to_build }} as days_to_build
where
        {{ is_touched }}
{%- elif days_after < core.core__endless_reach() -%}
select distinct
    {{ core.add_days('days_to_build.event_date_local', 'offsets.number - ' ~ days_before) }} as event_date_local
from {{ days_to_build }} as days_to_build
cross join ({{ core.numbers(days_before + days_after) }}) as offsets
where
        {{ is_touched }}
{%- else -%}
select {{ core.add_days('first_day.event_date_local', 'offsets.number - ' ~ days_before) }} as event_date_local
from (
    select min(days_to_build.event_date_local) as event_date_local
    from {{ days_to_build }} as days_to_build
    where
        {{ is_touched }}
) as first_day
cross join ({{ core.numbers(days_before + core.core__endless_reach()) }}) as offsets
where first_day.event_date_local is not null
union
select days_to_build.event_date_local
from {{ days_to_build }} as days_to_build
where
        {{ is_touched }}
{%- endif %}
{%- endmacro %}

{% macro core__endless_reach() -%}
{{ return(36500) }}
{%- endmacro %}
