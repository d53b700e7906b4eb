create trigger audit_stays before update on audit begin select raise(abort, 'the audit is only ever added to'); end;
create trigger audit_is_kept before delete on audit begin select raise(abort, 'the audit is only ever added to'); end;
create trigger log_leaf_stays before update on log_leaf begin select raise(abort, 'the log is only ever added to'); end;
create trigger log_leaf_is_kept before delete on log_leaf begin select raise(abort, 'the log is only ever added to'); end;
create trigger version_stays before update of body, sha256, definition, number on achievement_version
when old.body <> new.body or old.sha256 <> new.sha256
begin select raise(abort, 'a published version never changes'); end;
