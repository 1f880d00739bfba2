-- Which weekly mail about the trash was sent to whom: each once, whichever server sends it.

CREATE TABLE "RetentionMail" (
    "id"        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "slot"      TIMESTAMP(3) NOT NULL,                -- the local time that it was due at
    "userId"    INTEGER REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,  -- NULL: all of that time are told
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT ("slot", "userId")
);
CREATE INDEX "RetentionMail_userId_idx" ON "RetentionMail" ("userId");
