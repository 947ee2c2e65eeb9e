-- PostgreSQL read the payments of all merchants by this constraint's index to find the newest of one, as it expects them among the newest of all: of a
-- merchant without a new payment for long it read the whole table. The index of (merchant_id, position) reads that merchant's alone, and an identity
-- column gives no number twice. The table is locked for a moment, and nothing of it is read.

-- Serves services built with 0001 or later.
ALTER TABLE payments.payment DROP CONSTRAINT payment_position_key;
