-- CreateTable
CREATE TABLE "password_resets" (
    "user_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "password_resets_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "password_resets_token_hash_key" ON "password_resets"("token_hash");

-- AddForeignKey
ALTER TABLE "password_resets" ADD CONSTRAINT "password_resets_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

alter table password_resets enable row level security, force row level security;
create policy named_paths on password_resets to semblance_definer using (true) with check (true);
grant select, insert, update, delete on password_resets to semblance_definer;

create function login_set_password(p_user uuid, p_hash text, p_session uuid) returns integer language plpgsql as $$
declare ended integer;
begin
  update passwords set hash = p_hash where user_id = p_user;
  delete from password_resets where user_id = p_user;
  update sessions set revoked_at = now() where user_id = p_user and revoked_at is null and id is distinct from p_session;
  get diagnostics ended = row_count;
  return ended;
end $$;

create function login_create_reset(p_email text, p_token_hash text, p_seconds integer) returns uuid language sql as $$
  insert into password_resets (user_id, token_hash, expires_at)
  select id, p_token_hash, now() + make_interval(secs => p_seconds) from users where email = lower(p_email)
  on conflict (user_id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at
  returning user_id
$$;

-- Deleting the token is what makes it good once, however many ask at the same time.
create function login_use_reset(p_token_hash text, p_hash text) returns uuid language plpgsql as $$
declare found_user uuid;
begin
  delete from password_resets where token_hash = p_token_hash and expires_at > now() returning user_id into found_user;
  if found_user is not null then perform login_set_password(found_user, p_hash, null); end if;
  return found_user;
end $$;

call grant_named_path('login_set_password(uuid, text, uuid)'::regprocedure, 'semblance_app');
call grant_named_path('login_create_reset(text, text, integer)'::regprocedure, 'semblance_app');
call grant_named_path('login_use_reset(text, text)'::regprocedure, 'semblance_app');
