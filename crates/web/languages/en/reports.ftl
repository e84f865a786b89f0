# Campaigns: the way to sending, schedule, tests, follow-ups and reports.

reports-act-scheduled = scheduled the campaign “{ $campaign }”
reports-act-unscheduled = took the campaign “{ $campaign }” off the schedule
