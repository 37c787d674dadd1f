"""The ledger's tables, one script for each version of the schema."""

from __future__ import annotations

APPLICATION_ID = 0x46696E41  # "FinA": tells our file from somebody else's

VERSION_1 = """
create table runs (
    run_id text primary key,
    target text not null,
    packs text not null,
    options text not null,
    pid integer not null,
    started_at text not null,
    finished_at text,
    status text not null,
    error text
);
create table stages (
    number integer primary key,
    run_id text not null references runs (run_id),
    stage text not null,
    pack text,
    status text not null,
    seconds real not null,
    rows integer,
    detail text
);
create index stages_of_run on stages (run_id);
create table steps (
    number integer primary key,
    run_id text not null references runs (run_id),
    stage text not null,
    name text not null,
    pack text,
    status text not null,
    seconds real,
    rows integer
);
create index steps_of_run on steps (run_id);
create table landed_files (
    number integer primary key,
    run_id text not null references runs (run_id),
    table_name text not null,
    name text not null,
    sha256 text not null,
    size_bytes integer not null,
    landed_at text not null
);
create index landed_files_of_run on landed_files (run_id);
create table refused_files (
    number integer primary key,
    run_id text not null references runs (run_id),
    table_name text not null,
    name text not null,
    sha256 text,
    reason text not null,
    fix text not null,
    refused_at text not null
);
create index refused_files_of_run on refused_files (run_id);
create table loaded_units (
    warehouse_id text not null,
    unit_id text not null,
    run_id text not null references runs (run_id),
    table_name text not null,
    batch_id integer not null,
    load_order integer not null,
    source_name text not null,
    file_names text not null,
    file_hashes text not null,
    rows_in integer not null,
    rows_loaded integer not null,
    rows_quarantined integer not null,
    rows_duplicate integer not null,
    loaded_at text not null,
    primary key (warehouse_id, unit_id),
    check (rows_in = rows_loaded + rows_quarantined + rows_duplicate)
) without rowid;
create table slots (
    warehouse_id text not null,
    pack text not null,
    content_hash text not null,
    through_batch integer not null,
    state text not null check (state in ('building', 'built', 'ready', 'published')),
    publication_id integer,
    run_id text,
    changed_at text not null,
    primary key (warehouse_id, pack)
) without rowid;
create table gates (
    number integer primary key,
    run_id text not null references runs (run_id),
    pack text not null,
    gate text not null,
    recorded_at text not null,
    unique (run_id, pack)
);
create table suite_results (
    gate_number integer not null references gates (number) on delete cascade,
    position integer not null,
    relation text not null,
    result text not null,
    primary key (gate_number, position)
) without rowid;
create table publications (
    number integer primary key,
    target text not null,
    pack text not null,
    publication_id integer,
    reason text not null check (reason in ('publish', 'rollback', 'withdraw')),
    run_id text,
    details text not null,
    published_at text not null
);
create table parameter_sets (
    param_set_id text not null,
    pack text not null,
    parameter_values text not null,
    periods text not null,
    run_id text not null,
    recorded_at text not null,
    primary key (param_set_id, pack)
) without rowid;
create table relations (
    warehouse_id text not null,
    schema_name text not null,
    relation_name text not null,
    pack text not null,
    primary key (warehouse_id, schema_name, relation_name)
) without rowid;
create table audit_events (
    sequence integer primary key,
    kind text not null,
    at text not null,
    actor text not null,
    details text not null,
    previous_hash text not null,
    hash text not null
);
create trigger audit_events_are_not_changed before update on audit_events
begin select raise(abort, 'audit events are never changed'); end;
create trigger audit_events_are_not_removed before delete on audit_events
begin select raise(abort, 'audit events are never removed'); end;
"""

MIGRATIONS: tuple[str, ...] = (VERSION_1,)  # number n takes version n to n + 1
