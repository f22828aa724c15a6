-- What makes the rule the database's own: the flag for what the old tool left behind, the indexes, the
-- guards against every other writer, and the history. Nothing here is newer than PostgreSQL 15.

-- Nobody writes between the flagging and the index: the application waits until the end of the transaction.
LOCK TABLE "Sessions", "HostSessions" IN ACCESS EXCLUSIVE MODE;

-- The defaults of the customer's own tables, which Entity Framework keeps to itself.
ALTER TABLE "Sessions" ALTER COLUMN "Status" SET DEFAULT 'Created';
ALTER TABLE "HostSessions" ALTER COLUMN "IsActive" SET DEFAULT true;

ALTER TABLE "HostSessions" ADD COLUMN "LegacyDuplicate" boolean NOT NULL DEFAULT false;

-- One active record of each session stays unflagged: not expired first, then the latest LastUsedAt
-- (never used last), CreatedAt, HostSessionId.
UPDATE "HostSessions" SET "LegacyDuplicate" = true WHERE "HostSessionId" IN (
    SELECT "HostSessionId" FROM (
        SELECT "HostSessionId", row_number() OVER (
            PARTITION BY "SessionId"
            ORDER BY
                ("ExpiresAt" IS NOT NULL AND "ExpiresAt" <= now()),
                "LastUsedAt" DESC NULLS LAST,
                "CreatedAt" DESC,
                "HostSessionId" DESC
        ) AS place
        FROM "HostSessions" WHERE "IsActive"
    ) AS ranked WHERE place > 1
);

CREATE INDEX IF NOT EXISTS "IX_HostSessions_SessionId" ON "HostSessions" ("SessionId");

CREATE UNIQUE INDEX "UX_HostSessions_OneCurrent" ON "HostSessions" ("SessionId")
    WHERE "IsActive" AND NOT "LegacyDuplicate";

-- The flag belongs to the past: nobody sets it any more. A retired duplicate is a retired record like any other:
-- made active again, it meets the index.
CREATE FUNCTION "TF_HostSessions_Flag"() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW."LegacyDuplicate" THEN
        IF TG_OP = 'INSERT' OR NOT OLD."LegacyDuplicate" THEN
            RAISE EXCEPTION 'LegacyDuplicate cannot be set: a session has one active host record'
                USING ERRCODE = 'check_violation';
        END IF;
        NEW."LegacyDuplicate" := NEW."IsActive";
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER "TR_HostSessions_Flag" BEFORE INSERT OR UPDATE ON "HostSessions"
    FOR EACH ROW WHEN (NEW."LegacyDuplicate") EXECUTE FUNCTION "TF_HostSessions_Flag"();

-- The history: one chain of hashes per session. No foreign key: history outlives its session. The two sort as bytes
-- do, whatever the database's own order is.
CREATE TABLE "HostSessionEvents" (
    "SessionId" bigint NOT NULL,
    "Seq" bigint NOT NULL CHECK ("Seq" >= 1),
    "EventId" text COLLATE "C" NOT NULL CHECK (length("EventId") = 36),
    "Action" text NOT NULL,
    "At" text COLLATE "C" NOT NULL CHECK (length("At") = 27),
    "Body" text NOT NULL,
    "PrevHash" text NOT NULL CHECK (length("PrevHash") = 64),
    "EntryHash" text NOT NULL CHECK (length("EntryHash") = 64),
    CONSTRAINT "PK_HostSessionEvents" PRIMARY KEY ("SessionId", "Seq")
);

CREATE UNIQUE INDEX "UX_HostSessionEvents_EventId" ON "HostSessionEvents" ("EventId");

CREATE FUNCTION "TF_HostSessionEvents_AppendOnly"() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'the history is append-only' USING ERRCODE = 'check_violation';
END
$$;

CREATE TRIGGER "TR_HostSessionEvents_NoUpdate" BEFORE UPDATE ON "HostSessionEvents"
    FOR EACH ROW EXECUTE FUNCTION "TF_HostSessionEvents_AppendOnly"();

CREATE TRIGGER "TR_HostSessionEvents_NoDelete" BEFORE DELETE ON "HostSessionEvents"
    FOR EACH ROW EXECUTE FUNCTION "TF_HostSessionEvents_AppendOnly"();

CREATE TRIGGER "TR_HostSessionEvents_NoTruncate" BEFORE TRUNCATE ON "HostSessionEvents"
    FOR EACH STATEMENT EXECUTE FUNCTION "TF_HostSessionEvents_AppendOnly"();
