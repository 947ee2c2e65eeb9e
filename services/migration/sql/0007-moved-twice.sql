-- A difference of a new kind: the acquirer's reports have an operation twice, with one idempotency key. The constraint only becomes wider.

-- Serves services built with 0001 or later.
ALTER TABLE payments.reconciliation_difference DROP CONSTRAINT reconciliation_difference_kind_check;
ALTER TABLE payments.reconciliation_difference ADD CONSTRAINT reconciliation_difference_kind_check
CHECK (kind IN ('only-acquirer', 'only-database', 'other-amount', 'twice'));
