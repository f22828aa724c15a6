-- Four group roles for a shared database, each with the least that it needs. The owner of the database runs this file
-- after `host-provisioner migrate`, and again after every later one: it takes back what it gave before and gives it
-- anew, in one transaction. A login gets in by GRANT host_provisioner_operator TO anna.
--
-- | Role                         | Is for                                                                             |
-- |------------------------------|------------------------------------------------------------------------------------|
-- | host_provisioner_viewer      | list, show, history, verify, dry runs; a console that changes nothing              |
-- | host_provisioner_auditor     | audit verify, and what a viewer has                                                |
-- | host_provisioner_operator    | create, rotate, revoke, and what a viewer has                                      |
-- | host_provisioner_application | the web application's own login; it runs none of our commands                      |
--
-- What nobody but the owner may do: change, delete or truncate the history; change the id of a session or of a record;
-- delete a record; add or alter columns, triggers and indexes. So neither people nor the web application log in as the
-- owner, who could lift every guard: the owner's login is for migrations.
--
-- * Viewers read the hash. It is needed for fingerprints and for `verify`, and it gives nothing away: a GUID has 122
--   random bits, which do not fall to guessing. (Of the web application's old rows that holds too.)
-- * A viewer reads all of the history: `history` and the console prove that a chain is whole, which takes every column
--   of it. So an auditor needs no more than a viewer. The role is there because other people hold it.
-- * An operator adds no sessions: sessions are the web application's. Where there is no web application, the owner adds
--   them (`host-provisioner session add`).
-- * An operator writes exactly the columns that a rotation or a revocation writes. LegacyDuplicate is among them, to be
--   cleared: a trigger keeps everybody from setting it. A record written past the program is found by `audit verify`.
-- * The web application neither sets nor clears the flag, and does not know the history. Should it delete sessions, the
--   owner adds GRANT DELETE ON canvas."Sessions": their records go with them, their history stays.

BEGIN;

-- Roles belong to the server: another database may have made them, or be making them at this moment. Whoever may create
-- none asks an administrator for the four, and runs this file then.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['host_provisioner_viewer', 'host_provisioner_auditor',
                                'host_provisioner_operator', 'host_provisioner_application'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', name);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
END
$$;

-- Everything is taken back first, by column too, and from everybody.
REVOKE ALL ON SCHEMA canvas FROM PUBLIC, host_provisioner_viewer, host_provisioner_auditor, host_provisioner_operator, host_provisioner_application;
REVOKE ALL ON ALL TABLES IN SCHEMA canvas FROM PUBLIC, host_provisioner_viewer, host_provisioner_auditor, host_provisioner_operator, host_provisioner_application;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA canvas FROM PUBLIC, host_provisioner_viewer, host_provisioner_auditor, host_provisioner_operator, host_provisioner_application;

GRANT USAGE ON SCHEMA canvas
    TO host_provisioner_viewer, host_provisioner_auditor, host_provisioner_operator, host_provisioner_application;

-- Reading. Every command checks the version of the schema. Rows are read whole, with whatever columns the web
-- application adds later.
GRANT SELECT (version, checksum) ON canvas._sqlx_migrations
    TO host_provisioner_viewer, host_provisioner_auditor, host_provisioner_operator;
GRANT SELECT ON canvas."Sessions", canvas."HostSessions", canvas."HostSessionEvents"
    TO host_provisioner_viewer, host_provisioner_auditor, host_provisioner_operator;

-- Rotating and revoking.
GRANT INSERT ("SessionId", "HostGuidHash", "CreatedAt", "CreatedBy", "ExpiresAt", "IsActive", "LegacyDuplicate"),
      UPDATE ("HostGuidHash", "CreatedAt", "CreatedBy", "ExpiresAt", "IsActive", "LegacyDuplicate", "LastUsedAt", "RevokedAt", "RevokedBy")
    ON canvas."HostSessions" TO host_provisioner_operator;
GRANT INSERT ("SessionId", "Seq", "EventId", "Action", "At", "Body", "PrevHash", "EntryHash")
    ON canvas."HostSessionEvents" TO host_provisioner_operator;

-- The web application: its own rows, without their ids.
GRANT SELECT ON canvas."Sessions", canvas."HostSessions" TO host_provisioner_application;
GRANT INSERT ("GroupId", "Title", "Description", "Status", "ParticipantCount", "MaxParticipants", "StartedAt", "EndedAt", "ExpiresAt", "CreatedAt", "ModifiedAt"),
      UPDATE ("GroupId", "Title", "Description", "Status", "ParticipantCount", "MaxParticipants", "StartedAt", "EndedAt", "ExpiresAt", "CreatedAt", "ModifiedAt")
    ON canvas."Sessions" TO host_provisioner_application;
GRANT INSERT ("SessionId", "HostGuidHash", "CreatedAt", "ExpiresAt", "LastUsedAt", "CreatedBy", "RevokedAt", "RevokedBy", "IsActive"),
      UPDATE ("HostGuidHash", "CreatedAt", "ExpiresAt", "LastUsedAt", "CreatedBy", "RevokedAt", "RevokedBy", "IsActive")
    ON canvas."HostSessions" TO host_provisioner_application;

COMMIT;
