-- The indexes payment_unfinished and refund_requested keep an entry of each payment and refund that has ended until the table is vacuumed, and the payment
-- service reads past these entries in each minute. By default PostgreSQL vacuums after a fifth of the table has changed, which may be many millions of rows.
-- Payments go on meanwhile: this waits only for a vacuum, or for another change of the table's schema.

ALTER TABLE payments.payment SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100000);
ALTER TABLE payments.refund SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100000);
