# What all areas share: dates, counts, states.

# $month is 1 to 12.
date-month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
date-month-short = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
date-day = { $day } { $month } { $year }
date-instant = { $day } at { $time } UTC

time-now = just now
time-minutes-ago = { $n ->
    [one] { $n } minute ago
   *[other] { $n } minutes ago
}
time-in-minutes = { $n ->
    [one] in { $n } minute
   *[other] in { $n } minutes
}
time-hours-ago = { $n ->
    [one] { $n } hour ago
   *[other] { $n } hours ago
}
time-in-hours = { $n ->
    [one] in { $n } hour
   *[other] in { $n } hours
}
time-days-ago = { $n ->
    [one] { $n } day ago
   *[other] { $n } days ago
}
time-in-days = { $n ->
    [one] in { $n } day
   *[other] in { $n } days
}
length-seconds = { $n ->
    [one] { $n } second
   *[other] { $n } seconds
}
length-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
length-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}

people = { $n ->
    [one] { $n } person
   *[other] { $n } people
}
share = { $n } %
share-under-one = under 1 %
share-over-99 = over 99 %
