{#- Great-circle distance in kilometres between two points in degrees; NULL when one is unknown. -#}
{% macro distance_km(latitude_1, longitude_1, latitude_2, longitude_2) -%}
{%- set radians_1 = 'radians(cast(' ~ latitude_1 ~ ' as double precision))' -%}
{%- set radians_2 = 'radians(cast(' ~ latitude_2 ~ ' as double precision))' -%}
{%- set half_height = '(' ~ radians_2 ~ ' - ' ~ radians_1 ~ ') / 2' -%}
{%- set half_width = 'radians(cast(' ~ longitude_2 ~ ' - ' ~ longitude_1 ~ ' as double precision)) / 2' -%}
{#- Rounding takes the root of opposite points above 1, where asin is not defined; least() passes over NULL. -#}
case
    when {{ latitude_1 }} is not null and {{ longitude_1 }} is not null
        and {{ latitude_2 }} is not null and {{ longitude_2 }} is not null
        then cast(2 * 6371.0088 * asin(least(1.0, sqrt(
            power(sin({{ half_height }}), 2)
            + cos({{ radians_1 }}) * cos({{ radians_2 }}) * power(sin({{ half_width }}), 2)
        ))) as decimal(9, 3))
end
{%- endmacro %}
