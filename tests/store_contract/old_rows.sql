-- Sessions 1 to 12; 5 000 000 000 lies beyond 32 bits.
INSERT INTO "Sessions" ("SessionId", "GroupId", "Title", "Description", "Status", "ParticipantCount", "MaxParticipants", "StartedAt", "EndedAt", "ExpiresAt", "CreatedAt", "ModifiedAt") VALUES
    (1, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'Review of the word naïveté', 'First', 'Active', 14, 50, '2026-09-04 08:58:00.7078673', NULL, NULL, '2026-09-04 08:28:00.9886231', '2026-09-04 08:29:00.9886231'),
    (2, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'Introduction to light', NULL, 'Created', 0, NULL, NULL, NULL, NULL, '2026-09-04 08:28:00.0000000', '2026-09-04 08:28:00.0000000'),
    (3, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'Εισαγωγή της σοφίας', NULL, 'Completed', 0, NULL, '2026-09-04 09:00:00.0000000', '2026-09-04 10:00:00.0000000', NULL, '2026-09-04 08:28:00.0000000', '2026-09-04 08:28:00.0000000'),
    (4, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'Введение в знание', NULL, 'Expired', 0, NULL, NULL, NULL, '2026-09-05 00:00:00.0000000', '2026-09-04 08:28:00.0000000', '2026-09-04 08:28:00.0000000'),
    (5, 'de562439-e9c1-4823-a960-89bca71f3d1a', '100% [draft] *?_ "it''s" \', NULL, 'Created', NULL, NULL, NULL, NULL, NULL, '2026-09-04 08:28:00.0000000', '2026-09-04 08:28:00.0000000'),
    (6, 'de562439-e9c1-4823-a960-89bca71f3d1a', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '2026-09-04 08:28:00.0000000', '2026-09-04 08:28:00.0000000'),
    (7, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'الرحمة', NULL, 'Active', 3, 100, '2026-09-04 09:00:00.0000000', NULL, NULL, '2026-09-04 08:28:00.0000000', '2026-09-04 08:28:00.0000000'),
    (8, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'Review of light 知識', NULL, 'Active', 2, 100, '2026-09-04 09:00:00.0000000', NULL, NULL, '2026-09-04 08:28:00.0000000', '2026-09-04 08:28:00.0000000'),
    (9, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'İstanbul ß ǅungla', NULL, 'created', 0, NULL, NULL, NULL, NULL, '2026-09-04 08:28:00.0000000', '2026-09-04 08:28:00.0000000'),
    (10, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'Room 7 of 12', NULL, 'Created', 0, NULL, NULL, NULL, NULL, '2026-09-04 08:28:00.0000000', '2026-09-04 08:28:00.0000000'),
    (12, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'new
line', NULL, 'Created', 0, NULL, NULL, NULL, NULL, '2026-09-04 08:28:00.0000000', '2026-09-04 08:28:00.0000000'),
    (5000000000, 'de562439-e9c1-4823-a960-89bca71f3d1a', 'Review of far away', NULL, 'Active', 1, NULL, NULL, NULL, NULL, '2026-09-04 08:28:00.0000000', '2026-09-04 08:28:00.0000000');

-- 1: current. 2: retired only. 3: expired at 2026-10-01. 4: expires at 2026-12-01. 7: three active. 8: current. far: current.
INSERT INTO "HostSessions" ("HostSessionId", "SessionId", "HostGuidHash", "CreatedAt", "ExpiresAt", "LastUsedAt", "CreatedBy", "RevokedAt", "RevokedBy", "IsActive") VALUES
    (11, 1, 'hash 11', '2026-09-04 08:28:00.9886231', NULL, '2026-09-05 10:00:00.1234561', 'Host Manager', NULL, NULL, '1'),
    (12, 2, 'hash 12', '2026-09-04 08:28:00.0000000', NULL, NULL, NULL, '2026-09-06 00:00:00.0000000', 'Security Team', '0'),
    (13, 3, 'hash 13', '2026-09-04 08:28:00.0000000', '2026-10-01 00:00:00.0000000', NULL, 'R. Sato', NULL, NULL, '1'),
    (14, 4, 'hash 14', '2026-09-04 08:28:00.0000000', '2026-12-01 00:00:00.0000000', NULL, 'R. Sato', NULL, NULL, '1'),
    (17, 7, 'hash 17', '2026-09-04 08:28:00.0000000', NULL, '2026-09-05 10:00:00.0000000', 'API User', NULL, NULL, '1'),
    (18, 7, 'hash 18', '2026-09-05 08:28:00.0000000', NULL, '2026-09-07 10:00:00.0000000', 'API User', NULL, NULL, '1'),
    (19, 7, 'hash 19', '2026-09-06 08:28:00.0000000', NULL, NULL, 'API User', NULL, NULL, '1'),
    (20, 7, 'hash 20', '2026-09-03 08:28:00.0000000', NULL, NULL, 'API User', '2026-09-06 00:00:00.0000000', 'Security Team', '0'),
    (21, 8, 'hash 21', '2026-09-04 08:28:00.0000000', NULL, NULL, 'Host Manager', NULL, NULL, '1'),
    (22, 5000000000, 'hash 22', '2026-09-04 08:28:00.0000000', NULL, NULL, 'Host Manager', NULL, NULL, '1');
