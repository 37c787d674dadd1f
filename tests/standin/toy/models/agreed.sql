{{ config(dist='all', contract={'enforced': true}, grants={'select': ['reporter']}) }}

select cast(1 as bigint) as agreed_id, cast('a' as varchar(10)) as code
union all
select cast(1 as bigint), cast('b' as varchar(10))
