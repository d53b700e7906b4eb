create function only_ever_added_to() returns trigger language plpgsql as $$
begin
    raise exception '% is only ever added to', tg_table_name;
end $$;
create trigger audit_stays before update or delete on audit for each row execute function only_ever_added_to();
create trigger log_leaf_stays before update or delete on log_leaf for each row execute function only_ever_added_to();
create function a_published_version_never_changes() returns trigger language plpgsql as $$
begin
    raise exception 'a published version never changes';
end $$;
create trigger version_stays before update on achievement_version for each row
when (old.body is distinct from new.body or old.sha256 is distinct from new.sha256)
execute function a_published_version_never_changes();
