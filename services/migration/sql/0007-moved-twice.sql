-- A difference of a new kind: the acquirer's reports have an operation twice, with one idempotency key. The constraint only becomes wider.

-- Serves services built with 0001 or later.
ALTER TABLE payments.reconciliation_difference DROP CONSTRAINT reconciliation_difference_kind_check;
ALTER TABLE payments.reconciliation_difference ADD CONSTRAINT reconciliation_difference_kind_check
CHECK (kind IN ('only-acquirer', 'only-database', 'other-amount', 'twice'));

-- Of this kind: the amounts of the operations after the first, by the day of the report. With a further one the difference is another one.
ALTER TABLE payments.reconciliation_difference ADD COLUMN again jsonb;
GRANT INSERT (again), UPDATE (again) ON payments.reconciliation_difference TO payment_payment_reconciliation;
