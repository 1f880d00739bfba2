DROP TABLE "RetentionMail";
