-- Why a photo was rejected, in words: the limit and what to do.
alter table photos add column reason text;
