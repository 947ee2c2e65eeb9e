-- What the acquirer's reports say, which days were compared with them, and what differs. The task that compares has a user of its own.

-- The days that were compared whole. Comparison begins after the first one, which is the day before this migration.
CREATE TABLE payments.reconciliation_day (
    day date PRIMARY KEY,
    compared_at timestamptz
);

INSERT INTO payments.reconciliation_day (day) VALUES ((now() AT TIME ZONE 'UTC')::date - 1);

-- The payment is no foreign key: that it does not exist is a difference, not an error.
CREATE TABLE payments.acquirer_operation (
    idempotency_key text PRIMARY KEY,
    operation text NOT NULL CHECK (operation IN ('capture', 'refund')),
    payment_id text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    at timestamptz NOT NULL
);

CREATE TABLE payments.reconciliation_difference (
    idempotency_key text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('only-acquirer', 'only-database', 'other-amount')),
    operation text NOT NULL CHECK (operation IN ('capture', 'refund')),
    payment_id text NOT NULL,
    day date NOT NULL,
    acquirer_amount_minor bigint,
    acquirer_currency text,
    database_amount_minor bigint,
    database_currency text,
    found_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz,
    settled_by text CHECK (settled_by IN ('comparison', 'person')),
    PRIMARY KEY (idempotency_key, kind),
    CHECK ((settled_at IS NULL) = (settled_by IS NULL))
);

-- The open ones only, which are counted in each minute.
CREATE INDEX reconciliation_difference_open ON payments.reconciliation_difference (idempotency_key) WHERE settled_at IS NULL;

-- Captures and refunds by their time. Changes of the table wait while it is built, which has to read all of it.
CREATE INDEX payment_history_money ON payments.payment_history (at) WHERE to_status IN ('captured', 'refunded');

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'payment_payment_reconciliation') THEN
        CREATE ROLE payment_payment_reconciliation LOGIN;
    END IF;
END
$$;

GRANT rds_iam TO payment_payment_reconciliation;
GRANT USAGE ON SCHEMA payments TO payment_payment_reconciliation;

GRANT SELECT (id, amount_minor, currency) ON payments.payment TO payment_payment_reconciliation;
GRANT SELECT (payment_id, to_status, at) ON payments.payment_history TO payment_payment_reconciliation;
GRANT SELECT (id, payment_id, status) ON payments.refund TO payment_payment_reconciliation;
GRANT SELECT, INSERT, UPDATE (operation, payment_id, amount_minor, currency, at)
ON payments.acquirer_operation TO payment_payment_reconciliation;
GRANT SELECT, INSERT (
    idempotency_key, kind, operation, payment_id, day, acquirer_amount_minor, acquirer_currency, database_amount_minor, database_currency
), UPDATE (
    operation, payment_id, day, acquirer_amount_minor, acquirer_currency, database_amount_minor, database_currency,
    found_at, settled_at, settled_by
) ON payments.reconciliation_difference TO payment_payment_reconciliation;
GRANT SELECT, INSERT, UPDATE (compared_at) ON payments.reconciliation_day TO payment_payment_reconciliation;

-- For the metrics of the payment service.
GRANT SELECT (day, compared_at) ON payments.reconciliation_day TO payment_payment;
GRANT SELECT (settled_at) ON payments.reconciliation_difference TO payment_payment;
