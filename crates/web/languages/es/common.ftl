date-month = { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}
date-month-short = { $month ->
    [1] ene
    [2] feb
    [3] mar
    [4] abr
    [5] may
    [6] jun
    [7] jul
    [8] ago
    [9] sept
    [10] oct
    [11] nov
   *[12] dic
}
date-day = { $day } de { $month } de { $year }
date-instant = { $day }, { $time } UTC

time-now = ahora mismo
time-minutes-ago = { $n ->
    [one] hace { $n } minuto
   *[other] hace { $n } minutos
}
time-in-minutes = { $n ->
    [one] en { $n } minuto
   *[other] en { $n } minutos
}
time-hours-ago = { $n ->
    [one] hace { $n } hora
   *[other] hace { $n } horas
}
time-in-hours = { $n ->
    [one] en { $n } hora
   *[other] en { $n } horas
}
time-days-ago = { $n ->
    [one] hace { $n } día
   *[other] hace { $n } días
}
time-in-days = { $n ->
    [one] en { $n } día
   *[other] en { $n } días
}
length-seconds = { $n ->
    [one] { $n } segundo
   *[other] { $n } segundos
}
length-minutes = { $n ->
    [one] { $n } minuto
   *[other] { $n } minutos
}
length-hours = { $n ->
    [one] { $n } hora
   *[other] { $n } horas
}

people = { $n ->
    [one] { $n } persona
   *[other] { $n } personas
}
share = { $n } %
share-under-one = menos del 1 %
share-over-99 = más del 99 %
