-- What the rotations of the last days are counted by: without it every entry of the history would be read.
CREATE INDEX "IX_HostSessionEvents_At" ON "HostSessionEvents" ("At", "Action");
