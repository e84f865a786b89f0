you-language = اللغة
you-language-label = لغة الواجهة
you-language-browser = لغة متصفحي
you-language-help = تسري عليك وحدك، في كل حساب تدخله.
you-language-set = تعيين اللغة
you-language-done = من الآن فصاعدًا تقرأ بهذه اللغة.
you-device-sign-out = تسجيل خروج { $device }، آخر استخدام { $when }
