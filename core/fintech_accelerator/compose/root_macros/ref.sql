{#-
    What another pack exports is read where it is served: on Redshift its slots hold builds that no gate has passed.
    The suppliers of a pack are published before it is built.
-#}
{% macro ref() -%}
    {%- set version = kwargs.get('version') or kwargs.get('v') -%}
    {%- set relation = builtins.ref(*varargs, version=version) if version is not none else builtins.ref(*varargs) -%}
    {%- if varargs | length == 2 and target.type == 'redshift' and varargs[0] not in ('core', model.package_name) -%}
    {%- do return(relation.incorporate(path={'schema': varargs[0]})) -%}
    {%- endif -%}
    {%- do return(relation) -%}
{%- endmacro %}
