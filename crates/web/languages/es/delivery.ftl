delivery-again = Mirar de nuevo
delivery-none = Ninguna campaña está en curso
delivery-none-what = Cuando se envíe una, esta página mostrará quién la ha recibido, a qué ritmo va, qué servidores receptores la frenan y por qué.
delivery-waits = Dónde espera
delivery-waits-caption = Qué espera a cada sitio receptor y por qué
delivery-waits-caption-whole = Qué espera a cada sitio receptor en todas las cuentas y por qué
delivery-elsewhere = Envía otro proceso; este no ve para qué sitios esperan mensajes. <code>avow queue</code> pregunta al que envía.
delivery-nothing-waits = Ningún sitio receptor hace esperar un mensaje de esta cuenta.
delivery-singles = Mensajes sueltos
delivery-singles-caption = Mensajes sueltos sin terminar
delivery-kind = Tipo
delivery-wait = En espera
delivery-put-off = Aplazados
delivery-next-try = Próximo intento
delivery-next-try-at = Próximo intento { $when }.
delivery-webhooks = Webhooks
delivery-webhooks-caption = Direcciones a las que se avisa de los eventos
delivery-fares = Cómo va
delivery-whole = Toda la instancia
delivery-whole-what = Todas las cuentas juntas. Lo ve porque es miembro de cada una.
delivery-nothing = Nada está en camino.
delivery-campaigns = { $n ->
    [one] Una campaña está en curso; faltan { $people }.
   *[other] { $n } campañas están en curso; faltan { $people }.
}
delivery-single-wait = { $n ->
    [one] Espera un mensaje suelto.
   *[other] Esperan { $n } mensajes sueltos.
}
single-confirmation = Confirmaciones de altas
single-test = Mensajes de prueba
single-message = Mensajes de programas
single-staff = Invitaciones y contraseñas nuevas
hook-off = Desactivado
hook-failing = Con fallos
hook-untold = Aún no se le ha avisado de nada.
site-receiving = Sitio receptor
site-holds = Qué lo retiene
site-ready = Listos
site-behind = Detrás
site-rules = reglas de { $name }
site-put-off = { $n } aplazados hasta ahora
site-idle = Inactivo
site-at-work = Trabajando
site-at-its-pace = A su ritmo
site-warm-up = Calentamiento
site-paused = Pidió esperar
site-our-fault = Por corregir
site-resting = Sin respuesta
site-connections = { $n ->
    [one] { $n } conexión
   *[other] { $n } conexiones
}
site-connections-open = { $open } de { $n } conexiones
site-limit-rate = { $connections }, { $rate }
site-limit-share = { $limit }, con un { $n } % asignado
import-running = En curso
import-finished = Terminada
change-patch = Retoque
change-minor = Menor
change-major = Mayor
people-everyone = Todas las personas de la audiencia de esta campaña.
people-reply = { $state } Solo aquellos cuya última respuesta fue { $code }.
held-idle = No le espera nada.
held-connections = Todas sus conexiones están ocupadas.
held-preparing = Trabajando; los mensajes salen tan rápido como se preparan.
held-rate = Trabajando, tan rápido como se permite.
held-warm-up = El calentamiento de nuestra dirección no permite más hoy.
held-our-fault = Tenemos que corregir algo: { $why }.
held-resting = No respondió ({ $why }).
job-draft = Por iniciar
job-stopping = Deteniéndose
job-stopped = Detenida
job-failed = Fallida
job-not-finished = Sin terminar
