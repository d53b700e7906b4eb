-- The issuing side: people, roles, keys' history, frameworks, drafts, awards with their reasons, letters, batches, audit.
-- Same rules as the first file. Persons live outside organisations; all that an organisation owns has org_id first.

create table person (
    person_id text primary key,
    name text not null,
    created_at bigint not null,
    left_at bigint
);

create table person_email (
    email text primary key, -- lower case
    person_id text not null references person (person_id),
    shown text not null, -- as its owner writes it
    verified_at bigint not null,
    main_at bigint -- when it was made the one that letters go to; the latest is
);
create index person_email_by_person on person_email (person_id);

create table passkey (
    credential_id text primary key, -- base64url
    person_id text not null references person (person_id),
    label text not null,
    body text not null, -- the public part, as JSON
    created_at bigint not null,
    used_at bigint
);
create index passkey_by_person on passkey (person_id);

create table session (
    token_hash text primary key,
    session_id text not null unique,
    person_id text not null references person (person_id),
    how text not null, -- link, passkey, sso
    agent text,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    proved_at bigint not null -- when the person last showed who they are
);
create index session_by_person on session (person_id);

-- A link in a letter: to sign in, to add an address.
create table sign_in_link (
    token_hash text primary key,
    email text not null,
    purpose text not null, -- sign-in, add-address
    person_id text, -- who adds the address
    next text, -- where to go afterwards: a path of this site
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint
);
create index sign_in_link_by_email on sign_in_link (email, created_at);

-- What lies between the two halves of a passkey or single sign-on exchange.
create table ceremony (
    token_hash text primary key,
    kind text not null,
    state text not null, -- JSON
    expires_at bigint not null
);

alter table org add column slug text;
alter table org add column description text;
alter table org add column email text;
alter table org add column linkedin_id text;
alter table org add column picture text; -- SHA-256 of a picture
alter table org add column closed_at bigint;
create unique index org_by_slug on org (slug);

create table member (
    org_id text not null references org (org_id),
    person_id text not null references person (person_id),
    role text not null, -- owner, issuer, assessor, employer, registrar
    since bigint not null,
    given_by text,
    primary key (org_id, person_id, role)
);
create index member_by_person on member (person_id);

create table invitation (
    org_id text not null references org (org_id),
    invitation_id text not null,
    token_hash text not null unique,
    email text not null,
    role text not null,
    created_at bigint not null,
    expires_at bigint not null,
    given_by text,
    accepted_at bigint,
    accepted_by text,
    withdrawn_at bigint,
    primary key (org_id, invitation_id)
);

create table api_token (
    org_id text not null references org (org_id),
    token_id text not null,
    token_hash text not null unique,
    person_id text not null references person (person_id),
    label text not null,
    scopes text not null, -- separated by blanks
    created_at bigint not null,
    expires_at bigint not null,
    used_at bigint,
    revoked_at bigint,
    warned_at bigint,
    primary key (org_id, token_id)
);

create table single_sign_on (
    org_id text primary key references org (org_id),
    issuer_url text not null,
    client_id text not null,
    sealed_secret bytea,
    domains text not null, -- separated by blanks
    role text, -- given to whoever signs in by it for the first time
    created_at bigint not null
);

create table sso_identity (
    org_id text not null references org (org_id),
    subject text not null,
    person_id text not null references person (person_id),
    created_at bigint not null,
    primary key (org_id, subject)
);

alter table issuer_key add column multibase text; -- the public key
alter table issuer_key add column made_at bigint;
alter table issuer_key add column note text; -- why it was retired

create table picture (
    sha256 text primary key,
    media_type text not null,
    bytes bytea not null,
    created_at bigint not null
);

create table framework (
    framework_id text primary key,
    org_id text not null, -- '' for the site's own
    uri text not null,
    kind text not null, -- case, ctdl, esco, onet, csv
    title text not null,
    version text not null,
    publisher text,
    licence text,
    language text,
    about text, -- JSON: what an export gives back that has no column
    sha256 text not null, -- of the imported bytes
    item_count bigint not null, -- how many items are in
    position bigint not null, -- how many entries of the import (items, associations, crosswalks) have been read
    ready_at bigint, -- when the import was complete; null while it is not
    public_at bigint, -- since when everybody may see it; null for the organisation alone
    served_at bigint, -- since when the CASE service gives it to programs
    created_at bigint not null,
    unique (org_id, uri, version)
);

create table framework_item (
    framework_id text not null references framework (framework_id),
    item_id text not null,
    uri text not null,
    code text,
    statement text not null,
    folded text not null, -- code, statement and other labels in lower case, for search
    kind text,
    level text,
    about text, -- JSON
    place bigint not null,
    primary key (framework_id, item_id)
);
create index framework_item_by_uri on framework_item (uri);
create index framework_item_by_id on framework_item (item_id);
create index framework_item_by_place on framework_item (framework_id, place);

create table framework_association (
    framework_id text not null references framework (framework_id),
    association_id text not null,
    kind text not null,
    origin text not null, -- URI
    destination text not null, -- URI
    about text, -- JSON
    place bigint not null,
    primary key (framework_id, association_id)
);
create index framework_association_by_origin on framework_association (framework_id, origin);
create index framework_association_by_destination on framework_association (framework_id, destination, kind);
create index framework_association_by_id on framework_association (association_id);
create index framework_association_by_place on framework_association (framework_id, place);

create table crosswalk (
    org_id text not null, -- '' for the site's own
    origin text not null,
    destination text not null,
    kind text not null, -- exact, broader, narrower, related
    confidence double precision,
    basis text not null, -- where it comes from
    created_at bigint not null,
    primary key (org_id, origin, destination, basis)
);
create index crosswalk_by_destination on crosswalk (destination);

create table achievement (
    org_id text not null references org (org_id),
    achievement_id text not null, -- UUIDv7
    draft text, -- JSON of a definition; null when nothing is being changed
    draft_revision bigint not null, -- grows with every change; the ETag
    created_at bigint not null,
    updated_at bigint not null,
    updated_by text,
    retired_at bigint,
    open_at bigint, -- since when learners may ask for it
    primary key (org_id, achievement_id)
);
create unique index achievement_by_id on achievement (achievement_id);

alter table achievement_version add column definition text; -- JSON of the definition; body is what credentials carry
alter table achievement_version add column number bigint;
alter table achievement_version add column published_by text;
alter table achievement_version add column superseded_at bigint;

alter table credential add column public_id text; -- last part of its page's address; nobody guesses it
alter table credential add column person_id text; -- whose account has claimed it
alter table credential add column recipient_name text;
alter table credential add column recipient_email text; -- lower case
alter table credential add column basis text; -- JSON: on what grounds it was awarded
alter table credential add column request_id text;
alter table credential add column batch_id text;
alter table credential add column batch_line bigint;
alter table credential add column status text; -- null: valid; revoked, suspended
alter table credential add column status_reason text; -- a public code
alter table credential add column status_at bigint;
alter table credential add column supersedes text;
alter table credential add column superseded_by text;
alter table credential add column valid_until bigint;
alter table credential add column leaf_salt text; -- what the leaf was salted with; gone after an erasure
alter table credential add column erased_at bigint;
alter table credential add column signed_with text; -- verification method of the key that signed it
alter table credential add column signed_at bigint;
create index credential_by_key on credential (org_id, signed_with, signed_at);
create unique index credential_by_public_id on credential (public_id);
create index credential_by_person on credential (person_id);
create index credential_by_email on credential (recipient_email);
create index credential_by_batch on credential (org_id, batch_id, batch_line);
create index credential_by_time on credential (org_id, awarded_at, credential_id);
create index credential_by_achievement on credential (org_id, achievement_id, version);

-- The log's leaves, in order. The position is claimed in the transaction that makes the entry.
create table log_head (
    one bigint primary key,
    size bigint not null
);
insert into log_head (one, size) values (1, 0);

create table log_leaf (
    position bigint primary key,
    leaf_hash bytea not null, -- SHA-256 of 0x00 and the entry (RFC 6962)
    entry bytea not null, -- a salted hash: nothing about a person
    kind text not null, -- award, status
    org_id text not null,
    created_at bigint not null
);

-- A learner's request for an achievement.
create table request (
    org_id text not null references org (org_id),
    request_id text not null,
    achievement_id text not null,
    version text not null,
    person_id text not null,
    name text not null, -- as the credential shall say it
    email text not null,
    words text,
    state text not null, -- open, returned, awarded, refused, withdrawn
    revision bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    decided_by text,
    credential_id text,
    primary key (org_id, request_id)
);
create index request_by_person on request (person_id);
create index request_by_state on request (org_id, state, created_at);

create table evidence (
    org_id text not null references org (org_id),
    evidence_id text not null,
    request_id text,
    credential_id text,
    wanted text, -- which of the definition's wanted pieces it is
    kind text not null, -- file, link, text
    name text not null,
    media_type text,
    bytes bigint not null,
    sha256 text not null,
    object_key text, -- where the file lies in the object store
    url text,
    words text,
    person_id text,
    created_at bigint not null,
    erased_at bigint,
    primary key (org_id, evidence_id)
);
create index evidence_by_request on evidence (org_id, request_id);
create index evidence_by_credential on evidence (org_id, credential_id);

-- What happened on the way to an award or a refusal, in order: what a replay reads.
create table award_event (
    org_id text not null,
    award_id text not null, -- a request, or the credential's public id for a direct award
    seq bigint not null,
    kind text not null,
    at bigint not null,
    by_person text,
    body text not null, -- JSON
    primary key (org_id, award_id, seq)
);

-- A link by which a recipient makes a credential theirs before having an account.
create table claim (
    token_hash text primary key,
    org_id text not null,
    credential_id text not null,
    created_at bigint not null,
    expires_at bigint not null,
    claimed_at bigint,
    claimed_by text
);
create index claim_by_credential on claim (org_id, credential_id);

-- Badges from elsewhere that a learner keeps here.
create table kept_badge (
    person_id text not null references person (person_id),
    kept_id text not null,
    name text not null,
    media_type text not null,
    text text not null, -- the signed text
    picture text, -- as a data: address
    sha256 text not null,
    created_at bigint not null,
    primary key (person_id, kept_id),
    unique (person_id, sha256)
);

alter table share add column person_id text;
create index share_by_person on share (person_id);

create table letter (
    letter_id text primary key,
    to_address text not null,
    kind text not null, -- sign-in, invitation, award, claim, …
    subject text not null,
    words text not null,
    html text,
    created_at bigint not null,
    next_at bigint, -- when to try next; null when it is done with
    tries bigint not null,
    sent_at bigint,
    given_up_at bigint,
    problem text,
    leased_until bigint
);
create index letter_by_next on letter (next_at);

-- Addresses that want no letters of a kind; hashed, so that the wish outlives an erasure.
create table letter_optout (
    email_hash text not null,
    kind text not null,
    created_at bigint not null,
    primary key (email_hash, kind)
);

create table batch (
    org_id text not null references org (org_id),
    batch_id text not null,
    achievement_id text not null,
    version text not null,
    name text not null,
    form text not null, -- csv, jsonl
    sha256 text not null, -- of the file
    object_key text not null, -- where the file lies; '' when whoever runs it brings the file
    notify bigint not null, -- 1 when recipients get letters
    again bigint not null, -- 1 when also those get it who hold it already
    state text not null, -- checking, checked, unreadable, running, done, stopped, undoing, undone
    trouble text, -- why it stopped, in a sentence
    row_count bigint not null,
    bad_count bigint not null,
    position bigint not null, -- rows that are done with
    issued bigint not null,
    created_at bigint not null,
    by_person text,
    started_at bigint,
    finished_at bigint,
    undo_until bigint,
    undone_at bigint,
    leased_until bigint,
    leased_by text, -- the process that is at it
    primary key (org_id, batch_id)
);
create index batch_by_state on batch (state);

-- The file of a batch, in parts: gone when the batch can no longer go on or be undone.
create table batch_part (
    org_id text not null,
    batch_id text not null,
    seq bigint not null,
    bytes bytea not null,
    primary key (org_id, batch_id, seq)
);
create index batch_by_file on batch (org_id, sha256);

create table batch_problem (
    org_id text not null,
    batch_id text not null,
    line bigint not null,
    seq bigint not null,
    place bigint, -- number of the column
    field text,
    says text not null,
    primary key (org_id, batch_id, line, seq)
);

create table idempotency (
    principal text not null,
    key text not null,
    request_hash text not null,
    status bigint, -- null while the first request is under way
    media_type text,
    location text,
    tag text,
    body text, -- null when it holds a secret
    created_at bigint not null,
    primary key (principal, key)
);

-- Who did what to which object when. Only ever added to: the triggers in 0003 hold that.
create table audit (
    audit_id text primary key, -- UUIDv7: in order of time
    org_id text not null, -- '' for the site itself and for what people do with their own accounts
    at bigint not null,
    actor_kind text not null, -- person, token, site
    actor_id text,
    act text not null, -- such as credential.revoke
    object_kind text not null,
    object_id text not null,
    detail text -- JSON; never evidence, names or addresses
);
create index audit_by_org on audit (org_id, audit_id);

create table site (
    one bigint primary key,
    name text not null,
    seal_salt text,
    created_at bigint not null
);

-- What seals the signing keys: how a start tells a wrong key file or passphrase from the right one.
create table seal (
    one bigint primary key,
    kind text not null, -- file, passphrase
    salt text, -- of the passphrase, hexadecimal
    sealed bytea not null, -- a known word, sealed
    changed_at bigint not null
);
