-- Warnings are few among a job's events, and every list of jobs may ask for them.
create index job_events_warnings on job_events (tenant_id, job_id, number) where type = 'warning';
