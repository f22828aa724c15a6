-- The customer's two tables in their own shape, if the web application has not made them already:
-- the names and types that Entity Framework's SQLite provider gives them.
CREATE TABLE IF NOT EXISTS "Sessions" (
    "SessionId" INTEGER NOT NULL CONSTRAINT "PK_Sessions" PRIMARY KEY AUTOINCREMENT,
    "GroupId" TEXT NOT NULL,
    "Title" TEXT NULL,
    "Description" TEXT NULL,
    "Status" TEXT NULL DEFAULT 'Created',
    "ParticipantCount" INTEGER NULL,
    "MaxParticipants" INTEGER NULL,
    "StartedAt" TEXT NULL,
    "EndedAt" TEXT NULL,
    "ExpiresAt" TEXT NULL,
    "CreatedAt" TEXT NOT NULL,
    "ModifiedAt" TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS "HostSessions" (
    "HostSessionId" INTEGER NOT NULL CONSTRAINT "PK_HostSessions" PRIMARY KEY AUTOINCREMENT,
    "SessionId" INTEGER NOT NULL,
    "HostGuidHash" TEXT NOT NULL,
    "CreatedAt" TEXT NOT NULL,
    "ExpiresAt" TEXT NULL,
    "LastUsedAt" TEXT NULL,
    "CreatedBy" TEXT NULL,
    "RevokedAt" TEXT NULL,
    "RevokedBy" TEXT NULL,
    "IsActive" INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT "FK_HostSessions_Sessions_SessionId" FOREIGN KEY ("SessionId") REFERENCES "Sessions" ("SessionId") ON DELETE CASCADE
);

CREATE UNIQUE INDEX IF NOT EXISTS "IX_HostSessions_SessionGuidHash" ON "HostSessions" ("SessionId", "HostGuidHash");
