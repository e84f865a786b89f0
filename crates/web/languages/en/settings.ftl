you-language = Language
you-language-label = What you read in
you-language-browser = What my browser asks for
you-language-help = It holds for you alone, in every account you enter.
you-language-set = Set the language
you-language-done = From here on you read in this language.
you-device-sign-out = Sign out { $device }, last used { $when }
