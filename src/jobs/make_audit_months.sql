-- Makes the partitions of the audit for this month and the three ahead, where they are missing. How many were made.
SELECT audit_make_months(3) AS "made"
