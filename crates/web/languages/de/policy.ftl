center-policy = Datenschutzerklärung
center-policy-under = Version { $n }, { $standing }
center-policy-standing-from = gültig ab { $day }
center-policy-standing-since = in Kraft seit { $day }
center-policy-standing-until = in Kraft bis { $day }
center-policy-standing-not = nicht durchsetzbar
center-policy-record = Verarbeitungsverzeichnis
center-policy-public = Öffentliche Seite
center-policy-broken = Die Datenschutzerklärung ist so nicht durchsetzbar
center-policy-broken-what = Bis sie berichtigt und neu veröffentlicht ist, wird nichts gesendet.
center-policy-tabs = Versionen
center-policy-tab = Version { $n }
center-policy-acknowledge-why = Die Datenschutzerklärung verspricht, dass alle, die Daten von Personen sehen, sie kennen. Lesen Sie Version { $n } und bestätigen Sie es dann.
center-policy-acknowledge = Ich habe Version { $n } gelesen
center-policy-read = Was die Menschen lesen
center-policy-enforced = Was das Programm davon durchsetzt
center-policy-controller = Wer dafür verantwortlich ist
center-policy-controller-name = Name
center-policy-controller-email = E-Mail
center-policy-controller-phone = Telefon
center-policy-how = Wie sie sich ändert
center-policy-notice-period = Eine spätere Version gilt frühestens { $length } nach ihrer Veröffentlichung. Unter dieser Version erhobene Daten bleiben an sie gebunden: Eine weiter gehende Verwendung braucht einen Hinweis und das eigene Ja der Person.
center-policy-what-changed = Was Version { $n } geändert hat
center-policy-told = Wer per E-Mail informiert wurde
center-policy-notice-of = Der Hinweis zu Version { $n }
center-policy-none = Noch keine Datenschutzerklärung
center-policy-none-what = Ohne sie darf nichts erhoben oder gesendet werden. Schreiben Sie sie als Datei, prüfen Sie sie mit <check>avow policy check</check>, und veröffentlichen Sie sie mit <publish>avow policy publish</publish>.
choice-none = Geschieht ohne Nachfrage; die Datenschutzerklärung sagt es.
choice-opt-out = Geschieht, bis die Person Nein sagt.
choice-opt-in = Nur nachdem die Person Ja gesagt hat.
choice-confirmed = Nur nach einem Ja, das aus dem Postfach bestätigt wurde.
length-days = { $n ->
    [one] { $n } Tag
   *[other] { $n } Tage
}
length-years = { $n ->
    [one] { $n } Jahr
   *[other] { $n } Jahre
}
purpose-reads = Liest: { $what }.
purpose-kept = Verwendet höchstens { $length } nach der letzten Aktivität.
purpose-uses = Verwendungen je Person: höchstens { $n }.
purpose-measured = Öffnungen und Klicks werden nur unter „{ $purpose }“ gezählt.
notice-called-off = Abgesagt, als die Version zurückgenommen wurde. { $said }
notice-late = { $said } Am { $day }, als die Version in Kraft trat, war er noch nicht durch.
diff-title = Änderungen der Version { $n }
diff-from = Gegenüber Version { $n }
diff-nothing = An dem, was das Programm durchsetzt, ändert sich nichts.
diff-lines = Der Text, Zeile für Zeile
diff-gone = Entfallen:
diff-new = Neu:
diff-lead-mailed = Veröffentlicht am { $published }, in Kraft ab { $from }; die Version davor verspricht den Menschen eine E-Mail darüber.
diff-lead-silent = Veröffentlicht am { $published }, in Kraft ab { $from }; eine E-Mail darüber ist nicht versprochen.
diff-raised = { $lead } Ihr Verfasser stuft sie höher ein, als sie ist.
record-under = Erstellt aus <a>Version { $n }</a> der Datenschutzerklärung; nichts darin ist von Hand geschrieben
record-download = Als JSON herunterladen
record-kept = Wie lange es aufbewahrt wird
record-kept-none = Die Datenschutzerklärung nennt keine Zeit: Daten werden aufbewahrt, bis eine Person Nein sagt oder Löschung verlangt.
