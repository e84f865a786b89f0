you-language = Langue
you-language-label = Langue de l’interface
you-language-browser = Celle de mon navigateur
you-language-help = Elle ne vaut que pour vous, dans tous les comptes que vous ouvrez.
you-language-set = Choisir cette langue
you-language-done = Vous lisez désormais dans cette langue.
you-device-sign-out = Déconnecter { $device }, dernière utilisation { $when }
