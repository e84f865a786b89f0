# Campaigns: the way to sending, schedule, tests, follow-ups and reports.

reports-act-scheduled = scheduled the campaign “{ $campaign }”
reports-act-unscheduled = took the campaign “{ $campaign }” off the schedule

# The way of a draft.
reports-steps = The way to sending
reports-step-audience = Audience
reports-step-content = Content
reports-step-check = Check
reports-step-schedule = Schedule
reports-scheduled = Scheduled
reports-preview = Preview
reports-duplicate = Duplicate
reports-mend = Mend this first

# The schedule.
reports-schedule-title = Schedule { $name }
reports-leaves = When it leaves
reports-leaves-at = It leaves on { $wall } in { $zone } ({ $offset }).
reports-leaves-own = Each person gets it when it is this hour in the zone that their “{ $field }” names; whoever has none that may be read gets the hour of { $zone }.
reports-leaves-starts = The engine begins { $when }.
reports-unschedule = Take it off the schedule
reports-unschedule-note = It stays a draft and can be changed again. While it is on the schedule, nobody can change it.
reports-choose-hour = Choose when it leaves
reports-reschedule = Choose another time
reports-wall = Day and hour
reports-wall-help = As a clock on the wall shows them in the zone beside. It is { $now } now.
reports-zone = Time zone
reports-zone-help = By its name, such as Europe/Berlin.
reports-whose-hour = Whose clock
reports-hour-one = One clock for everybody
reports-hour-one-note = All messages leave at this instant.
reports-hour-own = Each person's own clock
reports-hour-own-note = It starts with the first place on Earth that has this hour and ends about a day later. Where the hour is past already, it leaves at once.
reports-hour-own-none = Each person's own hour needs their time zone, and the policy lets the purpose “{ $purpose }” read nothing but the address.
reports-field = Where their time zone stands
reports-field-help = What the policy lets “{ $purpose }” read. The zone is written as the database names it; of a person for whom it may not be read, or who has none, the zone above counts.
reports-fault-field = choose data that the purpose may read and that names a zone
reports-schedule-button = Schedule it
reports-reschedule-button = Schedule it anew
reports-send-now-instead = Send now instead
reports-said-scheduled = The campaign is on the schedule.
reports-said-unscheduled = The campaign is off the schedule. It is a draft again.
reports-said-duplicated = This is a new draft with the same audience and content.

# The check.
reports-inbox-phone = On a phone
reports-inbox-desktop = On a desktop
reports-inbox-dark = In the dark
reports-test-note = Marked as a test. It counts nowhere, and its links belong to nobody.
reports-test-to = To
reports-test-help = Up to ten addresses with commas between, of people of this account or on the list “test-people”.
reports-test-send = Send the test
reports-test-many = Write at most { $max } addresses.
reports-test-bad = “{ $address }” is no address.
reports-test-stranger = { $address } is neither of this account nor on the list “test-people”: a test goes to nobody else.
reports-or-schedule = Or choose when it leaves
reports-report = Report

# The list.
reports-list-by-state = By state
reports-list-all = All
reports-list-drafts = Drafts
reports-list-scheduled = Scheduled
reports-list-under-way = Under way
reports-list-ended = Ended
reports-list-search = Name, or a part of it
reports-list-find = Search
reports-list-none = No campaign like this
reports-list-none-note = Others may have another state or another name.
reports-list-show-all = Show all campaigns
reports-leaves-in = Leaves { $when }
reports-not-sent = Not sent yet
reports-judging = The audience is being judged
reports-delivered-of = { $delivered } of { $total } delivered

# What leaves as a table.
reports-take-along = To take along
reports-take-along-note = Everybody in the audience, with the outcome and its reason. Addresses that you may not see are masked.
reports-as-csv = As CSV
reports-as-xlsx = As XLSX
reports-no-devices = Devices and places are not reported: an open or a click is kept without the network address and the program it came from.
reports-column-address = Address
reports-column-outcome = Outcome
reports-column-attempts = Attempts
reports-column-reply-code = Reply code
reports-column-reply = Reply
reports-column-reasons = Reasons
reports-column-at = Last change
