center-policy = سياسة الخصوصية
center-policy-under = الإصدار { $n }، { $standing }
center-policy-standing-from = ساري ابتداءً من { $day }
center-policy-standing-since = ساري منذ { $day }
center-policy-standing-until = كان ساريًا حتى { $day }
center-policy-standing-not = لا يمكن إنفاذه
center-policy-record = سجل المعالجة
center-policy-public = الصفحة العامة
center-policy-broken = لا يمكن إنفاذ السياسة كما هي
center-policy-broken-what = لا يُرسل شيء حتى تُصلَح وتُنشر من جديد.
center-policy-tabs = الإصدارات
center-policy-tab = الإصدار { $n }
center-policy-acknowledge-why = تعد السياسة بأن من يرى بيانات الأشخاص يعرفها. اقرأ الإصدار { $n } ثم أكّد ذلك.
center-policy-acknowledge = قرأت الإصدار { $n }
center-policy-read = ما يقرؤه الناس
center-policy-enforced = ما ينفّذه البرنامج منها
center-policy-controller = من المسؤول عنها
center-policy-controller-name = الاسم
center-policy-controller-email = البريد الإلكتروني
center-policy-controller-phone = الهاتف
center-policy-how = كيف تتغيّر
center-policy-notice-period = لا يسري إصدار لاحق إلا بعد { $length } من نشره على الأقل. تبقى البيانات المجموعة في ظل هذا الإصدار مرتبطة به: الاستخدام الأوسع يحتاج إشعارًا وموافقة الشخص نفسه.
center-policy-what-changed = ما غيّره الإصدار { $n }
center-policy-told = من أُبلغ بالبريد
center-policy-notice-of = إشعار الإصدار { $n }
center-policy-none = لا سياسة بعد
center-policy-none-what = لا يجوز جمع شيء أو إرساله دونها. اكتبها في ملف، وجرّبها بالأمر <check>avow policy check</check>، وانشرها بالأمر <publish>avow policy publish</publish>.
choice-none = يُفعل دون سؤال؛ والسياسة تذكره.
choice-opt-out = يُفعل إلى أن يرفض الشخص.
choice-opt-in = فقط بعد موافقة الشخص.
choice-confirmed = فقط بعد موافقة أُكّدت من صندوق البريد.
length-days = { $n ->
    [zero] صفر يوم
    [one] يوم واحد
    [two] يومين
    [few] { $n } أيام
   *[other] { $n } يومًا
}
length-years = { $n ->
    [one] سنة واحدة
    [two] سنتين
    [few] { $n } سنوات
   *[other] { $n } سنة
}
purpose-reads = يقرأ: { $what }.
purpose-kept = يُستخدم حتى { $length } بعد آخر نشاط على الأكثر.
purpose-uses = مرات الاستخدام لكل شخص: { $n } على الأكثر.
purpose-measured = لا تُحسب الفتحات والنقرات إلا ضمن «{ $purpose }».
notice-called-off = أُلغي حين سُحب الإصدار. { $said }
notice-late = { $said } لم يكتمل في { $day } حين سرى الإصدار.
diff-title = تغييرات الإصدار { $n }
diff-from = مقارنةً بالإصدار { $n }
diff-nothing = لا يختلف شيء مما ينفّذه البرنامج.
diff-lines = النص سطرًا سطرًا
diff-gone = حُذف:
diff-new = جديد:
diff-lead-mailed = نُشر في { $published } ويسري من { $from }؛ يعد الإصدار السابق الناس ببريد عنه.
diff-lead-silent = نُشر في { $published } ويسري من { $from }؛ لا يوجد وعد ببريد عنه.
diff-raised = { $lead } يعدّه كاتبه أكبر مما هو.
record-under = أُعدّ من <a>الإصدار { $n }</a> من السياسة؛ لا شيء فيه مكتوب يدويًا
record-download = تنزيل بصيغة JSON
record-kept = مدة الحفظ
record-kept-none = لا تذكر السياسة مدة: تُحفظ البيانات إلى أن يرفض الشخص أو يطلب المحو.
