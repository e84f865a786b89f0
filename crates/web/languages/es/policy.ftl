center-policy = Política de privacidad
center-policy-under = Versión { $n }, { $standing }
center-policy-standing-from = en vigor desde el { $day }
center-policy-standing-since = en vigor desde el { $day }
center-policy-standing-until = en vigor hasta el { $day }
center-policy-standing-not = no se puede aplicar
center-policy-record = Registro de tratamientos
center-policy-public = La página pública
center-policy-broken = La política no se puede aplicar tal como está
center-policy-broken-what = No se envía nada hasta que se corrija y se publique de nuevo.
center-policy-tabs = Versiones
center-policy-tab = Versión { $n }
center-policy-acknowledge-why = La política promete que quien ve datos de personas la conoce. Lea la versión { $n } y confírmelo.
center-policy-acknowledge = He leído la versión { $n }
center-policy-read = Lo que leen las personas
center-policy-enforced = Lo que el programa aplica de ella
center-policy-controller = Quién responde de ella
center-policy-controller-name = Nombre
center-policy-controller-email = Correo
center-policy-controller-phone = Teléfono
center-policy-how = Cómo cambia
center-policy-notice-period = Una versión posterior rige como pronto { $length } después de publicarse. Los datos recogidos con esta versión quedan ligados a ella: un uso más amplio exige un aviso y el sí de la propia persona.
center-policy-what-changed = Qué cambió la versión { $n }
center-policy-told = A quién se avisó por correo
center-policy-notice-of = El aviso de la versión { $n }
center-policy-none = Aún no hay política
center-policy-none-what = Sin ella no se puede recoger ni enviar nada. Escríbala en un archivo, pruébela con <check>avow policy check</check> y publíquela con <publish>avow policy publish</publish>.
choice-none = Se hace sin preguntar; la política lo dice.
choice-opt-out = Se hace hasta que la persona dice que no.
choice-opt-in = Solo después de que la persona diga que sí.
choice-confirmed = Solo después de un sí confirmado desde el buzón.
length-days = { $n ->
    [one] { $n } día
   *[other] { $n } días
}
length-years = { $n ->
    [one] { $n } año
   *[other] { $n } años
}
purpose-reads = Lee: { $what }.
purpose-kept = Se usa como máximo { $length } después de la última actividad.
purpose-uses = Usos por persona: { $n } como máximo.
purpose-measured = Aperturas y clics solo se cuentan bajo «{ $purpose }».
notice-called-off = Anulado cuando se retiró la versión. { $said }
notice-late = { $said } No había terminado el { $day }, cuando la versión entró en vigor.
diff-title = Cambios de la versión { $n }
diff-from = Respecto a la versión { $n }
diff-nothing = Nada de lo que aplica el programa es distinto.
diff-lines = El texto, línea por línea
diff-gone = Eliminado:
diff-new = Nuevo:
diff-lead-mailed = Publicada el { $published }, en vigor desde el { $from }; la versión anterior promete un correo al respecto.
diff-lead-silent = Publicada el { $published }, en vigor desde el { $from }; no se promete ningún correo al respecto.
diff-raised = { $lead } Su autor la considera mayor de lo que es.
record-under = Generado a partir de la <a>versión { $n }</a> de la política; nada está escrito a mano
record-download = Descargar como JSON
record-kept = Cuánto tiempo se conserva
record-kept-none = La política no fija plazo: los datos se conservan hasta que la persona dice que no o pide la supresión.
