-- Upkeep: which jobs have files that nobody needs any more, and when the API last looked for them.
ALTER TABLE "jobs" ADD COLUMN     "clear_after" TIMESTAMPTZ(3);
CREATE TABLE "upkeep_runs" (
    "task" TEXT NOT NULL,
    "ran_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "upkeep_runs_pkey" PRIMARY KEY ("task")
);

alter table upkeep_runs enable row level security, force row level security;
create policy named_paths on upkeep_runs to semblance_definer using (true) with check (true);
grant select, insert, update on upkeep_runs to semblance_definer;

create index jobs_to_clear on jobs (clear_after) where clear_after is not null;

-- A job that has ended may leave checkpoints, and states of adapters that its previews were drawn with; one that waits again needs them.
create function job_clear_after() returns trigger language plpgsql as $$
begin
  if new.kind <> 'GENERATION' and new.state in ('SUCCEEDED', 'FAILED', 'CANCELED') and new.state <> old.state then new.clear_after := now();
  elsif new.state = 'QUEUED' then new.clear_after := null; end if;
  return new;
end $$;
create trigger jobs_clear_after before update of state on jobs for each row execute function job_clear_after();

-- The owner, too, is held by the policies, and those of earlier versions have ended already.
alter table jobs no force row level security;
update jobs set clear_after = now() where kind <> 'GENERATION' and state in ('SUCCEEDED', 'FAILED', 'CANCELED');
alter table jobs force row level security;

-- Whether to do the task now: one process of all does, once in p_seconds.
create function upkeep_begin(p_task text, p_seconds double precision) returns boolean language plpgsql as $$
begin
  insert into upkeep_runs (task, ran_at) values (p_task, now())
  on conflict (task) do update set ran_at = now() where upkeep_runs.ran_at <= now() - make_interval(secs => p_seconds);
  return found;
end $$;

create function upkeep_tenants_to_clear() returns setof uuid language sql stable as $$
  select distinct tenant_id from jobs where clear_after <= now()
$$;

call grant_named_path('upkeep_begin(text, double precision)'::regprocedure, 'semblance_app');
call grant_named_path('upkeep_tenants_to_clear()'::regprocedure, 'semblance_app');
