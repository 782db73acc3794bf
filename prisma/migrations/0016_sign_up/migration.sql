-- Where sign-up is closed, the first account is made with a token that the start prints.
create function login_has_users() returns boolean language sql stable as $$ select exists (select from users) $$;
call grant_named_path('login_has_users()'::regprocedure, 'semblance_app');
