-- For the age of the oldest payment in each status that is not final, which the payment service measures every minute. The index has
-- the payments under way only, so that it stays small. The users need no further right: an index is read with the right to read its table.

CREATE INDEX payment_unfinished ON payments.payment (status, updated_at) WHERE status IN ('accepted', 'authorized');
