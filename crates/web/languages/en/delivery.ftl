delivery-again = Look again
delivery-none = No campaign is under way
delivery-none-what = When one is sent, this page shows who has got it, how fast it goes, which receiving servers slow it down and why.
delivery-waits = Where it waits
delivery-waits-caption = What waits for each receiving site, and why
delivery-waits-caption-whole = What waits for each receiving site in all accounts, and why
delivery-elsewhere = Another process sends; this one cannot see for which sites messages wait. <code>avow queue</code> asks the one that sends.
delivery-nothing-waits = No receiving site keeps a message of this account waiting.
delivery-singles = Single messages
delivery-singles-caption = Single messages that have not ended
delivery-kind = Kind
delivery-wait = Wait
delivery-put-off = Put off
delivery-next-try = Next try
delivery-next-try-at = Next try { $when }.
delivery-webhooks = Webhooks
delivery-webhooks-caption = Addresses that are told of events
delivery-fares = How it fares
delivery-whole = The whole instance
delivery-whole-what = All accounts together. You see this because you are a member of each of them.
delivery-nothing = Nothing is on its way.
delivery-campaigns = { $n ->
    [one] One campaign is under way, with { $people } to go.
   *[other] { $n } campaigns are under way, with { $people } to go.
}
delivery-single-wait = { $n ->
    [one] One single message waits.
   *[other] { $n } single messages wait.
}
single-confirmation = Confirmations of sign-ups
single-test = Test messages
single-message = Messages of programs
single-staff = Invitations and new passwords
hook-off = Switched off
hook-failing = Failing
hook-untold = Nothing was told to it yet.
site-receiving = Receiving site
site-holds = What holds it
site-ready = Ready
site-behind = Behind
site-rules = rules of { $name }
site-put-off = { $n } put off so far
site-idle = Idle
site-at-work = At work
site-at-its-pace = At its pace
site-warm-up = Warm-up
site-paused = Asked to wait
site-our-fault = To be mended
site-resting = No answer
site-connections = { $n ->
    [one] { $n } connection
   *[other] { $n } connections
}
site-connections-open = { $open } of { $n } connections
site-limit-rate = { $connections }, { $rate }
site-limit-share = { $limit }, given { $n } % of it
import-running = Running
import-finished = Finished
change-patch = Patch
change-minor = Minor
change-major = Major
people-everyone = Everyone in the audience of this campaign.
people-reply = { $state } Only those whose last reply was { $code }.
held-idle = Nothing waits for it.
held-connections = All its connections are at work.
held-preparing = At work; messages are sent as fast as they are made.
held-rate = At work, as fast as it is allowed to go.
held-warm-up = The warm-up of our address allows no more today.
held-our-fault = We have to mend something: { $why }.
held-resting = It did not answer ({ $why }).
job-draft = To be started
job-stopping = Stopping
job-stopped = Stopped
job-failed = Failed
job-not-finished = Not finished
