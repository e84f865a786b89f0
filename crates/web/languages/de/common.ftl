date-month = { $month ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
date-month-short = { $month ->
    [1] Jan.
    [2] Feb.
    [3] März
    [4] Apr.
    [5] Mai
    [6] Juni
    [7] Juli
    [8] Aug.
    [9] Sept.
    [10] Okt.
    [11] Nov.
   *[12] Dez.
}
date-day = { $day }. { $month } { $year }
date-instant = { $day } um { $time } UTC

time-now = gerade eben
time-minutes-ago = { $n ->
    [one] vor { $n } Minute
   *[other] vor { $n } Minuten
}
time-in-minutes = { $n ->
    [one] in { $n } Minute
   *[other] in { $n } Minuten
}
time-hours-ago = { $n ->
    [one] vor { $n } Stunde
   *[other] vor { $n } Stunden
}
time-in-hours = { $n ->
    [one] in { $n } Stunde
   *[other] in { $n } Stunden
}
time-days-ago = { $n ->
    [one] vor { $n } Tag
   *[other] vor { $n } Tagen
}
time-in-days = { $n ->
    [one] in { $n } Tag
   *[other] in { $n } Tagen
}
length-seconds = { $n ->
    [one] { $n } Sekunde
   *[other] { $n } Sekunden
}
length-minutes = { $n ->
    [one] { $n } Minute
   *[other] { $n } Minuten
}
length-hours = { $n ->
    [one] { $n } Stunde
   *[other] { $n } Stunden
}

people = { $n ->
    [one] { $n } Person
   *[other] { $n } Personen
}
share = { $n } %
share-under-one = unter 1 %
share-over-99 = über 99 %
