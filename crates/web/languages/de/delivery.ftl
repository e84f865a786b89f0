delivery-again = Erneut nachsehen
delivery-none = Keine Kampagne ist unterwegs
delivery-none-what = Sobald eine gesendet wird, zeigt diese Seite, wer sie bekommen hat, wie schnell es geht, welche empfangenden Server bremsen und warum.
delivery-waits = Wo es wartet
delivery-waits-caption = Was für jeden empfangenden Anbieter wartet, und warum
delivery-waits-caption-whole = Was in allen Konten für jeden empfangenden Anbieter wartet, und warum
delivery-elsewhere = Ein anderer Prozess sendet; dieser sieht nicht, für welche Anbieter Nachrichten warten. <code>avow queue</code> fragt den, der sendet.
delivery-nothing-waits = Kein empfangender Anbieter lässt eine Nachricht dieses Kontos warten.
delivery-singles = Einzelne Nachrichten
delivery-singles-caption = Einzelne Nachrichten, die noch nicht am Ziel sind
delivery-kind = Art
delivery-wait = Warten
delivery-put-off = Aufgeschoben
delivery-next-try = Nächster Versuch
delivery-next-try-at = Nächster Versuch { $when }.
delivery-webhooks = Webhooks
delivery-webhooks-caption = Adressen, die von Ereignissen erfahren
delivery-fares = Wie es läuft
delivery-whole = Die gesamte Instanz
delivery-whole-what = Alle Konten zusammen. Sie sehen das, weil Sie Mitglied in jedem von ihnen sind.
delivery-nothing = Nichts ist unterwegs.
delivery-campaigns = { $n ->
    [one] Eine Kampagne ist unterwegs; offen: { $people }.
   *[other] { $n } Kampagnen sind unterwegs; offen: { $people }.
}
delivery-single-wait = { $n ->
    [one] Eine einzelne Nachricht wartet.
   *[other] { $n } einzelne Nachrichten warten.
}
single-confirmation = Bestätigungen von Anmeldungen
single-test = Testnachrichten
single-message = Nachrichten von Programmen
single-staff = Einladungen und neue Passwörter
hook-off = Abgeschaltet
hook-failing = Fehlerhaft
hook-untold = Ihm wurde noch nichts mitgeteilt.
site-receiving = Empfangender Anbieter
site-holds = Was es aufhält
site-ready = Bereit
site-behind = Dahinter
site-rules = Regeln von { $name }
site-put-off = bisher { $n } aufgeschoben
site-idle = Untätig
site-at-work = In Arbeit
site-at-its-pace = In seinem Takt
site-warm-up = Aufwärmphase
site-paused = Bat um Geduld
site-our-fault = Zu beheben
site-resting = Keine Antwort
site-connections = { $n ->
    [one] { $n } Verbindung
   *[other] { $n } Verbindungen
}
site-connections-open = { $open } von { $n } Verbindungen
site-limit-rate = { $connections }, { $rate }
site-limit-share = { $limit }, davon { $n } % zugeteilt
import-running = Läuft
import-finished = Abgeschlossen
change-patch = Wortlaut
change-minor = Enger
change-major = Weiter
people-everyone = Alle im Publikum dieser Kampagne.
people-reply = { $state } Nur jene, deren letzte Antwort { $code } war.
held-idle = Nichts wartet darauf.
held-connections = Alle Verbindungen arbeiten.
held-preparing = In Arbeit; Nachrichten gehen so schnell hinaus, wie sie entstehen.
held-rate = In Arbeit, so schnell wie erlaubt.
held-warm-up = Die Aufwärmphase unserer Adresse erlaubt heute nicht mehr.
held-our-fault = Wir müssen etwas beheben: { $why }.
held-resting = Er hat nicht geantwortet ({ $why }).
job-draft = Noch zu starten
job-stopping = Wird angehalten
job-stopped = Angehalten
job-failed = Fehlgeschlagen
job-not-finished = Nicht abgeschlossen
