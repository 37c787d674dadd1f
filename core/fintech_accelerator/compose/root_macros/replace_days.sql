{#-
    Incremental strategy: replaces whole days. It deletes the days of the new rows and the touched days, so that a day
    that lost all its rows is emptied, too. `unique_key` names the day's column; meta.event_table the tables whose
    days count, meta.reach_days and meta.reach_back_days how many days around them a change is felt.
-#}
{% macro get_incremental_replace_days_sql(arg_dict) %}
    {%- set day = arg_dict['unique_key'] -%}
    {%- set day = day if day is string else day[0] -%}
    {%- set event_table = model.config.meta.get('event_table') -%}
    {%- set ahead = model.config.meta.get('reach_days', 0) -%}
    {%- set back = model.config.meta.get('reach_back_days', 0) -%}
    {%- set days_to_build = api.Relation.create(
        database=arg_dict['target_relation'].database, schema='core', identifier='days_to_build'
    ) -%}
    {%- if not event_table -%}
    {{ exceptions.raise_compiler_error(
        "the strategy 'replace_days' needs meta={'event_table': ...} in the config of '" ~ model.name ~ "'"
    ) }}
    {%- endif -%}
    {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    delete from {{ arg_dict['target_relation'] }}
    where {{ day }} in (
        select {{ day }} from {{ arg_dict['temp_relation'] }}
        union all
        select touched_days.event_date_local
        from ({{ core.core__days_around(event_table, back, ahead, relation=days_to_build) }}) as touched_days
    );
    insert into {{ arg_dict['target_relation'] }} ({{ columns }})
    (select {{ columns }} from {{ arg_dict['temp_relation'] }})
{% endmacro %}
