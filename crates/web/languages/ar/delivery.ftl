delivery-again = النظر مجددًا
delivery-none = لا حملة جارية
delivery-none-what = حين تُرسل حملة تبيّن هذه الصفحة من وصلته وكم سرعتها وأي خوادم مستقبِلة تبطئها ولماذا.
delivery-waits = أين تنتظر
delivery-waits-caption = ما ينتظر كل موقع مستقبِل، ولماذا
delivery-waits-caption-whole = ما ينتظر كل موقع مستقبِل في جميع الحسابات، ولماذا
delivery-elsewhere = عملية أخرى هي التي ترسل؛ ولا ترى هذه أي المواقع تنتظرها الرسائل. الأمر <code>avow queue</code> يسأل العملية المرسِلة.
delivery-nothing-waits = لا موقع مستقبِلًا يُبقي رسالة من هذا الحساب منتظرة.
delivery-singles = رسائل مفردة
delivery-singles-caption = رسائل مفردة لم تنتهِ بعد
delivery-kind = النوع
delivery-wait = تنتظر
delivery-put-off = مؤجلة
delivery-next-try = المحاولة التالية
delivery-next-try-at = المحاولة التالية { $when }.
delivery-webhooks = خطافات الويب
delivery-webhooks-caption = عناوين تُبلَّغ بالأحداث
delivery-fares = كيف تسير
delivery-whole = الخادم كله
delivery-whole-what = جميع الحسابات معًا. ترى هذا لأنك عضو في كل منها.
delivery-nothing = لا شيء في الطريق.
delivery-campaigns = { $n ->
    [one] حملة واحدة جارية، والباقي { $people }.
    [two] حملتان جاريتان، والباقي { $people }.
    [few] { $n } حملات جارية، والباقي { $people }.
   *[other] { $n } حملة جارية، والباقي { $people }.
}
delivery-single-wait = { $n ->
    [one] رسالة مفردة واحدة تنتظر.
    [two] رسالتان مفردتان تنتظران.
    [few] { $n } رسائل مفردة تنتظر.
   *[other] { $n } رسالة مفردة تنتظر.
}
single-confirmation = تأكيدات الاشتراك
single-test = رسائل تجريبية
single-message = رسائل البرامج
single-staff = دعوات وكلمات مرور جديدة
hook-off = معطّل
hook-failing = متعثر
hook-untold = لم يُبلَّغ بشيء بعد.
site-receiving = الموقع المستقبِل
site-holds = ما يؤخّره
site-ready = جاهزة
site-behind = خلفها
site-rules = قواعد { $name }
site-put-off = { $n } مؤجلة حتى الآن
site-idle = خامل
site-at-work = يعمل
site-at-its-pace = بوتيرته
site-warm-up = إحماء
site-paused = طلب الانتظار
site-our-fault = يحتاج إصلاحًا
site-resting = لا رد
site-connections = { $n ->
    [one] اتصال واحد
    [two] اتصالان
    [few] { $n } اتصالات
   *[other] { $n } اتصالًا
}
site-connections-open = { $open } من { $n } من الاتصالات
site-limit-rate = { $connections }، { $rate }
site-limit-share = { $limit }، يُعطى { $n } % منه
import-running = جارٍ
import-finished = انتهى
change-patch = صياغة
change-minor = طفيف
change-major = جوهري
people-everyone = كل من في جمهور هذه الحملة.
people-reply = { $state } فقط من كان آخر رد لديهم { $code }.
held-idle = لا شيء ينتظره.
held-connections = كل اتصالاته تعمل.
held-preparing = يعمل؛ تُرسل الرسائل بسرعة إعدادها.
held-rate = يعمل بأقصى سرعة مسموح بها.
held-warm-up = لا يسمح إحماء عنواننا بالمزيد اليوم.
held-our-fault = علينا إصلاح شيء: { $why }.
held-resting = لم يُجب ({ $why }).
job-draft = لم تبدأ
job-stopping = قيد الإيقاف
job-stopped = متوقفة
job-failed = فشلت
job-not-finished = غير منتهٍ
