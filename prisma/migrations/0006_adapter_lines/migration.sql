-- One adapter for each (tenant, subject, base, method, name), decided when a training starts: two of one subject that ran at once made two
-- adapters of one name, each with a version 1, so that names, NAME@2 and `production` were ambiguous.

-- The owner, too, is held by the policies.
do $$
declare t text;
begin
  foreach t in array array['adapters', 'adapter_versions', 'aliases', 'jobs', 'audit_entries'] loop
    execute format('alter table %I no force row level security', t);
  end loop;
end $$;

create temporary table merged on commit drop as
  select * from (
    select tenant_id, id,
      first_value(id) over line as kept, count(*) over (partition by tenant_id, subject_id, base_model_id, method, name) as adapters
    from adapters window line as (partition by tenant_id, subject_id, base_model_id, method, name order by created_at, id)
  ) a where adapters > 1;

-- Versions of merged adapters are numbered in the order in which they were made. In two steps: each number is unique at any time.
create temporary table renumbered on commit drop as
  select v.tenant_id, v.id, m.kept, row_number() over (partition by m.tenant_id, m.kept order by v.created_at, v.id) as number
  from adapter_versions v join merged m on m.tenant_id = v.tenant_id and m.id = v.adapter_id;
update adapter_versions v set number = 1000000 + r.number from renumbered r where v.tenant_id = r.tenant_id and v.id = r.id;
update adapter_versions v set number = r.number, adapter_id = r.kept from renumbered r where v.tenant_id = r.tenant_id and v.id = r.id;

-- `latest` is the newest version; of another alias that several had, the one that was moved last counts.
create temporary table renamed on commit drop as
  select distinct on (a.tenant_id, m.kept, a.name) a.tenant_id, m.kept, a.name, a.version_id, a.moved_at
  from aliases a join merged m on m.tenant_id = a.tenant_id and m.id = a.adapter_id join renumbered r on r.tenant_id = a.tenant_id and r.id = a.version_id
  order by a.tenant_id, m.kept, a.name, case when a.name = 'latest' then r.number end desc, a.moved_at desc, r.number desc;
delete from aliases a using merged m where a.tenant_id = m.tenant_id and a.adapter_id = m.id;
insert into aliases (tenant_id, adapter_id, name, version_id, moved_at) select tenant_id, kept, name, version_id, moved_at from renamed;

update jobs j set adapter_id = m.kept from merged m where j.tenant_id = m.tenant_id and j.adapter_id = m.id and m.id <> m.kept;
delete from adapters a using merged m where a.tenant_id = m.tenant_id and a.id = m.id and m.id <> m.kept;
insert into audit_entries (tenant_id, actor, action, target, detail)
  select tenant_id, 'migration', 'mergeAdapters', rtrim(translate(encode(convert_to('Adapter:' || kept, 'UTF8'), 'base64'), E'+/\n', '-_'), '='),
    jsonb_build_object('adapters', count(*))
  from merged group by tenant_id, kept;

create unique index adapters_line on adapters (tenant_id, subject_id, base_model_id, method, name) nulls not distinct;

-- The adapter of a line; made when there is none. Whoever gets it holds its row until the end of the transaction.
create function adapter_line(p_tenant uuid, p_subject uuid, p_base uuid, p_method text, p_name text) returns uuid language sql as $$
  insert into adapters (tenant_id, subject_id, base_model_id, method, name) values (p_tenant, p_subject, p_base, p_method, p_name)
  on conflict (tenant_id, subject_id, base_model_id, method, name) do update set created_at = adapters.created_at
  returning id
$$;
revoke all on function adapter_line from public;
grant execute on function adapter_line to semblance_app, semblance_definer;

-- Trainings that wait or run get their line now.
update jobs set adapter_id = adapter_line(tenant_id, subject_id, base_model_id, input ->> 'method', input ->> 'adapterName')
where kind = 'TRAINING' and adapter_id is null and state in ('QUEUED', 'PREPARING', 'RUNNING');

do $$
declare t text;
begin
  foreach t in array array['adapters', 'adapter_versions', 'aliases', 'jobs', 'audit_entries'] loop
    execute format('alter table %I force row level security', t);
  end loop;
end $$;

-- As in 0003_jobs, but for the line.
grant create on schema public to semblance_definer;
set local role semblance_definer;
create or replace function queue_add_version(p_job jobs, p_result jsonb) returns void language plpgsql
security definer set search_path = pg_catalog, public, pg_temp as $$
declare target uuid := p_job.adapter_id; version uuid; file jsonb := p_result -> 'adapter';
begin
  if target is null then
    target := adapter_line(p_job.tenant_id, p_job.subject_id, p_job.base_model_id, p_job.input ->> 'method', p_job.input ->> 'adapterName');
    update jobs set adapter_id = target where tenant_id = p_job.tenant_id and id = p_job.id;
  else
    perform from adapters where tenant_id = p_job.tenant_id and id = target for no key update;
  end if;
  insert into adapter_versions (tenant_id, adapter_id, number, sha256, bytes, manifest, job_id, format)
  select p_job.tenant_id, target, coalesce(max(v.number), 0) + 1, file ->> 'sha256', (file ->> 'bytes')::bigint, file -> 'manifest', p_job.id, 'semblance'
  from adapter_versions v where v.tenant_id = p_job.tenant_id and v.adapter_id = target
  returning id into version;
  insert into aliases (tenant_id, adapter_id, name, version_id) values (p_job.tenant_id, target, 'latest', version)
  on conflict (tenant_id, adapter_id, name) do update set version_id = excluded.version_id, moved_at = now();
end $$;
reset role;
revoke create on schema public from semblance_definer;
