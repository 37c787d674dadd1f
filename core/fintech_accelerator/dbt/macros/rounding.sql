{#-
    A ratio as a decimal with so many digits; NULL without a divisor. It is computed in floating numbers, and halves go
    away from zero on each engine: 2.12375 is a little less for one and exact for another, so the ratio is moved by a
    ten-trillionth of itself, more than floating errors and less than any digit that a ratio shows.
-#}
{% macro ratio(numerator, divisor, digits) -%}
cast(
            cast({{ numerator }} as double precision) / nullif({{ divisor }}, 0) * cast('1.0000000000001' as double precision)
            as decimal(18, {{ digits }})
        )
{%- endmacro %}
