-- CreateTable
CREATE TABLE "sign_in_tries" (
    "name" TEXT NOT NULL,
    "tokens" DOUBLE PRECISION NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_tries_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "known_devices" (
    "user_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "known_devices_pkey" PRIMARY KEY ("user_id","token_hash")
);

-- AddForeignKey
ALTER TABLE "known_devices" ADD CONSTRAINT "known_devices_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

alter table sign_in_tries enable row level security, force row level security;
create policy named_paths on sign_in_tries to semblance_definer using (true) with check (true);
alter table known_devices enable row level security, force row level security;
create policy named_paths on known_devices to semblance_definer using (true) with check (true);
grant select, insert, update, delete on sign_in_tries, known_devices to semblance_definer;

-- One try of each name, counted for all processes: the i-th has at most p_most[i], refilled evenly within p_seconds[i]. 0 when all had one; else
-- nothing is taken and the answer is the seconds until all have. Rows are locked in one order.
create function login_take(p_names text[], p_most double precision[], p_seconds double precision[]) returns double precision language plpgsql as $$
declare wait double precision;
begin
  insert into sign_in_tries (name, tokens, at) select n.name, n.most, clock_timestamp() from unnest(p_names, p_most) as n (name, most) order by n.name
  on conflict (name) do nothing;
  perform from sign_in_tries where name = any (p_names) order by name for update;
  update sign_in_tries t set at = clock_timestamp(),
    tokens = least(n.most, t.tokens + greatest(0, extract(epoch from clock_timestamp() - t.at)) * n.most / n.seconds)
  from unnest(p_names, p_most, p_seconds) as n (name, most, seconds) where t.name = n.name;
  select max(greatest(0, 1 - t.tokens) * n.seconds / n.most) into wait
  from unnest(p_names, p_most, p_seconds) as n (name, most, seconds) join sign_in_tries t on t.name = n.name;
  if wait > 0 then return wait; end if;
  update sign_in_tries set tokens = tokens - 1 where name = any (p_names);
  return 0;
end $$;

create function login_forgive(p_name text) returns void language sql as $$ delete from sign_in_tries where name = p_name $$;

create function login_add_device(p_user uuid, p_token_hash text) returns void language sql as $$
  insert into known_devices (user_id, token_hash) values (p_user, p_token_hash) on conflict (user_id, token_hash) do update set used_at = now()
$$;

create function login_is_device(p_email text, p_token_hash text) returns boolean language sql stable as $$
  select exists (select from known_devices d join users u on u.id = d.user_id where u.email = lower(p_email) and d.token_hash = p_token_hash)
$$;

-- Every bucket is full again after an hour at most; a device that was not used for a year is a strange one.
create function login_forget_tries() returns void language sql as $$
  delete from sign_in_tries where at < now() - interval '1 day';
  delete from known_devices where used_at < now() - interval '1 year'
$$;

do $$
declare f regprocedure;
begin
  for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace
    and p.proname in ('login_take', 'login_forgive', 'login_add_device', 'login_is_device', 'login_forget_tries')
  loop call grant_named_path(f, 'semblance_app'); end loop;
end $$;
