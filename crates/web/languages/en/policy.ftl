center-policy = Policy
center-policy-under = Version { $n }, { $standing }
center-policy-standing-from = in force from { $day }
center-policy-standing-since = in force since { $day }
center-policy-standing-until = in force until { $day }
center-policy-standing-not = cannot be enforced
center-policy-record = Record of processing
center-policy-public = The public page
center-policy-broken = The policy cannot be enforced as it stands
center-policy-broken-what = Nothing is sent until it is mended and published again.
center-policy-tabs = Versions
center-policy-tab = Version { $n }
center-policy-acknowledge-why = The policy promises that whoever sees people's data knows it. Read version { $n }, then say so.
center-policy-acknowledge = I have read version { $n }
center-policy-read = What people read
center-policy-enforced = What the program enforces from it
center-policy-controller = Who answers for it
center-policy-controller-name = Name
center-policy-controller-email = E-mail
center-policy-controller-phone = Phone
center-policy-how = How it changes
center-policy-notice-period = A later version counts { $length } after it is published at the earliest. Data that was collected under this version stays bound to it: a wider use needs notice and the person's own yes.
center-policy-what-changed = What version { $n } changed
center-policy-told = Who was told by mail
center-policy-notice-of = The notice of version { $n }
center-policy-none = No policy yet
center-policy-none-what = Nothing may be collected or sent without one. Write it as a file, try it with <check>avow policy check</check>, and publish it with <publish>avow policy publish</publish>.
choice-none = Done without asking; the policy tells of it.
choice-opt-out = Done until the person says no.
choice-opt-in = Only after the person said yes.
choice-confirmed = Only after a yes that was confirmed from the mailbox.
length-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
length-years = { $n ->
    [one] { $n } year
   *[other] { $n } years
}
purpose-reads = Reads { $what }.
purpose-kept = Used at most { $length } after the last activity.
purpose-uses = Uses for one person: { $n } at most.
purpose-measured = Opens and clicks are counted only under “{ $purpose }”.
notice-called-off = Called off when the version was taken back. { $said }
notice-late = { $said } It was not through on { $day }, when the version took effect.
diff-title = Changes of version { $n }
diff-from = From version { $n }
diff-nothing = Nothing that the program enforces is different.
diff-lines = The text, line by line
diff-gone = Gone:
diff-new = New:
diff-lead-mailed = Published { $published }, in effect from { $from }; the version before promises people a mail about it.
diff-lead-silent = Published { $published }, in effect from { $from }; no mail about it is promised.
diff-raised = { $lead } Its author calls it more than it is.
record-under = Made from <a>version { $n }</a> of the policy; nothing in it is written by hand
record-download = Download as JSON
record-kept = How long it is kept
record-kept-none = The policy names no time: data are kept until a person says no or asks for erasure.
