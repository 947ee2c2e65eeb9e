-- For the age of the oldest payment that is accepted, and of the oldest that is authorized: the payment service measures them in each minute.
-- The index has the payments under way only, so that it stays small. Changes of the table wait while it is built, which has to read
-- all of it. The users need no further right, as who may read a table may read its indexes.

CREATE INDEX payment_unfinished ON payments.payment (status, updated_at) WHERE status IN ('accepted', 'authorized');
