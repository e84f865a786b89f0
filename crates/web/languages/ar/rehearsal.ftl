rehearsal-title = صندوق بريد التجربة
rehearsal-none-twice = { $n ->
    [zero] لا رسائل من { $domain }.
    [one] رسالة واحدة من { $domain }.
    [two] رسالتان من { $domain }، لا تكرار فيهما.
    [few] { $n } رسائل من { $domain }، لا تكرار فيها.
   *[other] { $n } رسالة من { $domain }، لا تكرار فيها.
}
rehearsal-again = { $n } من الرسائل من { $domain }، تكرّر منها { $again }.
rehearsal-about = { $n } من الرسائل من { $domain }، تكرّر منها نحو { $again }.
rehearsal-search-label = العنوان أو كلمات من الموضوع
rehearsal-search = بحث
rehearsal-faults = أعطال عند الطلب
rehearsal-faults-on = الخادم المستقبِل يسيء التصرف
rehearsal-faults-none = لا شيء
rehearsal-faults-what = اجعل الخادم المستقبِل يسيء التصرف وانظر ما يحدث لكل رسالة. يسري على كل حسابات هذا الخادم حتى تغيّره.
rehearsal-faults-set = ضبط الأعطال
rehearsal-faults-off = العودة إلى السلوك السليم
rehearsal-caption = البريد، الأحدث أولًا
rehearsal-subject = الموضوع
rehearsal-to = إلى
rehearsal-size = الحجم
rehearsal-shown = { $n } هنا
rehearsal-next = الصفحة التالية
rehearsal-no-match = لا بريد يطابق «{ $q }»
rehearsal-no-match-what = يشمل البحث العنوان والموضوع.
rehearsal-empty = لم يصل بريد بعد
rehearsal-empty-what = ما ترسله في التجربة يصل إلى هنا لا إلى الناس.
rehearsal-show-all = عرض كل البريد
rehearsal-to-campaigns = إلى الحملات
rehearsal-no-subject = دون موضوع
size-bytes = { $n } بايت
size-kb = { $n } ك.ب
server-fault-number = { $what } يجب أن يكون عددًا صحيحًا من 0 إلى { $max }.
server-fault-share-4xx = نسبة التأجيل
server-fault-share-5xx = نسبة الرفض
server-fault-share-unknown = نسبة المستخدمين المجهولين
server-fault-share-dropped = نسبة القطع
server-fault-share-silent = نسبة انعدام الرد
server-fault-wait = الانتظار
server-fault-down = مدة التوقف
server-fault-sum = مجموع النسب يتجاوز 100 %. قلّل إحداها.
server-fault-latency-label = الانتظار قبل كل رد، بالميلي ثانية
server-fault-latency-help = كما يفعل خادم بعيد.
server-fault-4xx-label = تأجيل، %
server-fault-4xx-help = 451: تُعاد المحاولة لاحقًا.
server-fault-5xx-label = رفض نهائي، %
server-fault-5xx-help = 554: ارتدّت.
server-fault-unknown-label = مستخدم غير موجود، %
server-fault-unknown-help = 550 5.1.1: ارتدّت وأُدرجت في قائمة المنع.
server-fault-drop-label = قطع الاتصال، %
server-fault-drop-help = عند وصول المحتوى.
server-fault-silent-label = عدم الرد أبدًا، %
server-fault-silent-help = يُؤخذ المحتوى ثم صمت.
server-fault-down-label = التوقف، بالثواني
server-fault-down-help = من الآن؛ ولا يُتخطى شيء أثناء ذلك.
mail-from = من
mail-arrived = وصل
mail-views = طرق العرض
mail-frame = الرسالة كما يعرضها برنامج البريد
mail-headers = الترويسات
mail-value = القيمة
mail-view-html = كما تظهر
mail-view-text = النص
mail-view-source = المصدر
mail-unreadable = البريد محفوظ وتعذّرت قراءة ملفه. السجل يبيّن السبب.
mail-cut = تُعرض أول { $n } ك.ب.
