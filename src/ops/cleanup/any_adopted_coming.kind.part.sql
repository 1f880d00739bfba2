{union} SELECT a.act, a."purgeAfter" FROM {cte}_taken a
