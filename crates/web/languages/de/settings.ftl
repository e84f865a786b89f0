you-language = Sprache
you-language-label = Sprache der Oberfläche
you-language-browser = Wie in meinem Browser
you-language-help = Gilt nur für Sie, in jedem Konto, das Sie öffnen.
you-language-set = Sprache übernehmen
you-language-done = Ab jetzt lesen Sie in dieser Sprache.
you-device-sign-out = { $device } abmelden, zuletzt benutzt { $when }
