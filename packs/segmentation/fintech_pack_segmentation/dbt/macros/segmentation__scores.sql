{#-
    The score 1 to 5 of a value, by how many of the four cut points it is beyond; `comparison` says what beyond is. A cut point
    that is missing lies below all values: ties may leave the lowest scores empty.
-#}
{% macro segmentation__score(column_name, comparison, cut_point) -%}
1
        {% for score in [1, 2, 3, 4] -%}
        + case
            when {{ cut_point }}_{{ score }} is null then 1
            when {{ column_name }} {{ comparison }} {{ cut_point }}_{{ score }} then 1
            else 0
        end{% if not loop.last %}
        {% endif %}
        {%- endfor %}
{%- endmacro %}
