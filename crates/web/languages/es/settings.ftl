you-language = Idioma
you-language-label = Idioma de la interfaz
you-language-browser = El de mi navegador
you-language-help = Solo se aplica a usted, en todas las cuentas que abra.
you-language-set = Cambiar el idioma
you-language-done = A partir de ahora leerá en este idioma.
you-device-sign-out = Cerrar la sesión de { $device }, usada por última vez { $when }
