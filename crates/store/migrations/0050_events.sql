-- The log of events is read from what is there: the ledger in the order of its numbers, hits in the order of
-- their ids. Both only ever grow at their end, so that keeping these costs little.

CREATE INDEX ledger_entry_idx ON ledger_entry (account, idx);
CREATE INDEX hit_id ON hit (account, id);
