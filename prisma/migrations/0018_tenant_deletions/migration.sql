-- Deleting tenants and accounts. The row of a deletion is written first and stays: it says that what the store still has of the tenant may go.
CREATE TABLE "tenant_deletions" (
    "id" UUID NOT NULL,
    "deleted_by" UUID,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "receipt" JSONB,

    CONSTRAINT "tenant_deletions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "tenant_deletions_deleted_by_idx" ON "tenant_deletions"("deleted_by");

-- AddForeignKey
ALTER TABLE "tenant_deletions" ADD CONSTRAINT "tenant_deletions_deleted_by_fkey" FOREIGN KEY ("deleted_by") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

create index tenant_deletions_open on tenant_deletions (started_at) where finished_at is null;
alter table tenant_deletions enable row level security, force row level security;
create policy named_paths on tenant_deletions to semblance_definer using (true) with check (true);
grant select, insert, update on tenant_deletions to semblance_definer;
create policy named_paths on audit_entries to semblance_definer using (true) with check (true);
grant insert on audit_entries to semblance_definer;
grant delete on tenants, users to semblance_definer;

-- Of the tenant of the transaction, whose owner the caller has found this user to be.
create function login_begin_tenant_deletion(p_user uuid) returns void language sql as $$
  insert into tenant_deletions (id, deleted_by) values (current_tenant(), p_user)
$$;

create function login_find_tenant_deletion(p_user uuid, p_tenant uuid)
returns table (id uuid, started_at timestamptz, finished_at timestamptz, receipt jsonb) language sql stable as $$
  select d.id, d.started_at, d.finished_at, d.receipt from tenant_deletions d where d.id = p_tenant and d.deleted_by = p_user
$$;

-- How many rows of each table the role sees. With row-level security: those of the tenant of the transaction.
create function tenant_row_counts() returns jsonb language plpgsql stable as $$
declare t text; n bigint; counts jsonb := '{}';
begin
  for t in select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and has_table_privilege(c.oid, 'select') order by c.relname
  loop
    execute format('select count(*) from %I where tenant_id = current_tenant()', t) into n;
    counts := counts || jsonb_build_object(t, n);
  end loop;
  return counts;
end $$;

-- Once; only of a tenant whose deletion has begun. Locks in the order of 0003: jobs, then the tenant.
create function upkeep_erase_tenant(p_tenant uuid, p_receipt jsonb) returns void language plpgsql as $$
begin
  perform from tenant_deletions where id = p_tenant for update;
  if not found then raise exception 'the deletion of tenant % has not begun', p_tenant using errcode = 'check_violation'; end if;
  perform from jobs where tenant_id = p_tenant order by id for update;
  delete from tenants where id = p_tenant;
  if found then update tenant_deletions set receipt = p_receipt where id = p_tenant; end if;
end $$;

create function upkeep_finish_deletion(p_tenant uuid) returns void language sql as $$
  update tenant_deletions set finished_at = now() where id = p_tenant and finished_at is null and receipt is not null
$$;

-- Deletions that somebody began so long ago and did not finish.
create function upkeep_open_deletions(p_seconds double precision) returns setof uuid language sql stable as $$
  select id from tenant_deletions where finished_at is null and started_at <= now() - make_interval(secs => p_seconds)
$$;

create function upkeep_is_deleted(p_tenant uuid) returns boolean language sql stable as $$
  select exists (select from tenant_deletions where id = p_tenant and receipt is not null)
$$;

-- Names of the tenants whose only owner the user is; the account is deleted where there are none. Owners are locked as setRole locks
-- them, so that the last two of a tenant can't leave at the same time.
create function login_delete_account(p_user uuid) returns setof text language plpgsql as $$
declare owned uuid[];
begin
  -- From here on the user becomes a member of nothing more.
  perform from users where id = p_user for update;
  perform from memberships where role = 'OWNER' and tenant_id in (select m.tenant_id from memberships m where m.user_id = p_user)
  order by id for update;
  select coalesce(array_agg(m.tenant_id), '{}') into owned from memberships m where m.user_id = p_user and m.role = 'OWNER'
    and not exists (select from memberships o where o.tenant_id = m.tenant_id and o.role = 'OWNER' and o.user_id <> p_user);
  if cardinality(owned) > 0 then
    return query select t.name from tenants t where t.id = any (owned) order by t.name;
    return;
  end if;
  insert into audit_entries (tenant_id, actor, action, target, detail)
  select m.tenant_id, 'user:' || p_user, 'deleteAccount', null, '{}' from memberships m where m.user_id = p_user;
  delete from invitations i using users u where u.id = p_user and i.email = u.email;
  delete from users where id = p_user;
end $$;

do $$
declare f regprocedure;
begin
  for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname in (
    'login_begin_tenant_deletion', 'login_find_tenant_deletion', 'upkeep_erase_tenant', 'upkeep_finish_deletion',
    'upkeep_open_deletions', 'upkeep_is_deleted', 'login_delete_account')
  loop call grant_named_path(f, 'semblance_app'); end loop;
end $$;
revoke all on function tenant_row_counts from public;
grant execute on function tenant_row_counts to semblance_app;
