# Segments: who is meant.

segments-noun = Segments
segments-forms-noun = Forms
segments-form-open = Open
segments-form-draft = Draft
segments-form-closed = Closed
