-- Portable between SQLite and PostgreSQL: text, bigint, bytea/blob by affinity; moments are Unix milliseconds; a flag is
-- a moment that may be null. org_id comes first in the keys of all that an issuer owns.

create table org (
    org_id text primary key,
    did text not null unique,
    name text not null,
    url text,
    created_at bigint not null
);

create table issuer_key (
    org_id text not null references org (org_id),
    key_id text not null,
    sealed bytea not null,
    valid_from bigint not null,
    valid_until bigint,
    compromised_at bigint,
    primary key (org_id, key_id)
);

create table achievement_version (
    org_id text not null references org (org_id),
    achievement_id text not null,
    version text not null,
    body text not null,
    sha256 text not null,
    created_at bigint not null,
    primary key (org_id, achievement_id, version)
);

create table status_list (
    org_id text not null references org (org_id),
    list_id text not null,
    purpose text not null,
    bits bytea not null,
    next_index bigint not null,
    size bigint not null,
    signed_text text not null,
    updated_at bigint not null,
    primary key (org_id, list_id)
);

create unique index status_list_by_id on status_list (list_id);

create table credential (
    org_id text not null references org (org_id),
    credential_id text not null,
    idempotency_key text not null,
    achievement_id text not null,
    version text not null,
    signed_text text not null,
    sha256 text not null,
    awarded_at bigint not null,
    primary key (org_id, credential_id),
    unique (org_id, idempotency_key),
    foreign key (org_id, achievement_id, version) references achievement_version (org_id, achievement_id, version)
);

create table credential_status (
    org_id text not null,
    list_id text not null,
    list_index bigint not null,
    purpose text not null,
    credential_id text not null,
    primary key (org_id, list_id, list_index),
    foreign key (org_id, list_id) references status_list (org_id, list_id),
    foreign key (org_id, credential_id) references credential (org_id, credential_id)
);

create index credential_status_by_credential on credential_status (org_id, credential_id);

create table share (
    token_hash text primary key,
    bundle text not null,
    purpose text,
    created_at bigint not null,
    until bigint not null,
    ended_at bigint,
    opened bigint not null
);
