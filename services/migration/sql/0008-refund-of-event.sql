-- The refund that an event is about. Null for the events of payments, and for those that a service from before this column recorded.

ALTER TABLE payments.event ADD COLUMN refund_id text;
