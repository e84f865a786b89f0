# The archive that everybody may read, and the switch on a campaign.

archive-about = Archive
archive-title = What was sent
archive-lead = The newsletters of { $sender } that everybody may read.
archive-none = Nothing is published here yet.
archive-pages = Pages of the archive
archive-newest = Newest
archive-older = Older
archive-feed = What { $name } sent
archive-feed-what = A <feed>feed</feed> tells your reader of what comes next.
archive-not-yours = These pages know nothing of you. To stop or change what you get, use the link in a mail of yours.

archive-switch = Archive
archive-is-on = Everybody may read this campaign <page>in the archive</page>, without anything about its recipients: fields show what stands for everybody, and nothing is measured.
archive-is-off = Only its recipients can read this campaign. In the archive, everybody can: without anything about its recipients, and without measuring.
archive-turn-on = Show it in the archive
archive-turn-off = Take it out of the archive
archive-done-on = The campaign is in the archive: everybody may read it.
archive-done-off = The campaign is out of the archive.
archive-not-sent = A draft cannot be in the archive: nobody has it yet.
archive-cancelled = A cancelled campaign cannot be in the archive.
archive-notice = A notice cannot be in the archive: its text stands on the policy page.
archive-segment = A campaign to a segment cannot be in the archive: that it was sent says something about its recipients.
archive-service = Mail of a service cannot be in the archive: it is about its recipient alone.
archive-needs-reader = This campaign has a field without a fallback, so it cannot be read without a recipient.
