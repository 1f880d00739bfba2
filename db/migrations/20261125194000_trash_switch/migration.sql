-- While it has its row the trash is switched off (`pixelpim rollback quick`): every server reads it with each request.
CREATE TABLE "TrashOff" (
    "one"   BOOLEAN PRIMARY KEY DEFAULT true CHECK ("one"),
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT now()
);
