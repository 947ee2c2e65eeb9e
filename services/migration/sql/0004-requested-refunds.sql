-- For the age of the oldest refund that is requested: the payment service measures it in each minute. The index has the refunds
-- under way only, so that it stays small. Changes of the table wait while it is built, which has to read all of it.

CREATE INDEX refund_requested ON payments.refund (created_at) WHERE status = 'requested';
