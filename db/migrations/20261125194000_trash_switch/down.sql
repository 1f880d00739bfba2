DROP TABLE "TrashOff";
