-- Width and height of every image to draw, in place of one side for a whole job; and what both must be multiples of.
alter table base_models add column size_step integer not null default 8;
alter table base_models alter column size_step drop default;

drop function register_base_model(text, text, text, integer, text, bigint);
create function register_base_model(
  p_name text, p_fingerprint text, p_folder text, p_size integer, p_size_step integer, p_family text, p_parameters bigint)
returns uuid language sql as $$
  insert into base_models (name, fingerprint, folder, size, size_step, family, parameters)
  values (p_name, p_fingerprint, p_folder, p_size, p_size_step, p_family, p_parameters)
  on conflict (name) do update set fingerprint = excluded.fingerprint, folder = excluded.folder, size = excluded.size,
    size_step = excluded.size_step, family = excluded.family, parameters = excluded.parameters
  returning id
$$;
call grant_named_path('register_base_model(text, text, text, integer, integer, text, bigint)'::regprocedure, 'semblance_app');

-- Of all tenants: the owner sees their rows only while he is not held to the policies.
alter table jobs no force row level security;
update jobs j set input = jsonb_set(j.input - 'size', '{images}', (
  select coalesce(jsonb_agg(jsonb_build_object('width', side, 'height', side) || i.image order by i.place), '[]')
  from jsonb_array_elements(j.input -> 'images') with ordinality as i (image, place),
    lateral (select coalesce((j.input ->> 'size')::integer, b.size) as side) as s))
from base_models b
where b.id = j.base_model_id and j.kind in ('GENERATION', 'PREVIEW') and jsonb_typeof(j.input -> 'images') = 'array';
alter table jobs force row level security;
