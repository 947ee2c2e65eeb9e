-- Payments, their history, and what the services record beside them. Statuses and transitions are rows: a foreign key refuses a
-- transition that is not one of them, whichever service tries it.

CREATE SCHEMA payments;

CREATE TABLE payments.status (
    name text PRIMARY KEY
);

INSERT INTO payments.status (name)
VALUES ('accepted'), ('authorized'), ('captured'), ('declined'), ('failed'), ('refunded');

CREATE TABLE payments.transition (
    from_status text NOT NULL REFERENCES payments.status,
    to_status text NOT NULL REFERENCES payments.status,
    PRIMARY KEY (from_status, to_status)
);

INSERT INTO payments.transition (from_status, to_status)
VALUES
    ('accepted', 'authorized'),
    ('accepted', 'declined'),
    ('accepted', 'failed'),
    ('authorized', 'captured'),
    ('authorized', 'failed'),
    ('captured', 'refunded');

CREATE TABLE payments.payment (
    id text PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    merchant_id text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    reference text NOT NULL,
    status text NOT NULL DEFAULT 'accepted' REFERENCES payments.status,
    reason text,
    correlation_id text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX ON payments.payment (merchant_id, position DESC);

CREATE TABLE payments.payment_history (
    payment_id text NOT NULL REFERENCES payments.payment,
    version integer NOT NULL,
    from_status text,
    to_status text NOT NULL,
    reason text,
    correlation_id text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (payment_id, version),
    FOREIGN KEY (from_status, to_status) REFERENCES payments.transition,
    CHECK (from_status IS NOT NULL OR to_status = 'accepted')
);

CREATE FUNCTION payments.count_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

-- With the rights of its owner, so that no service needs the right to write history.
CREATE FUNCTION payments.record_history() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO payments.payment_history (payment_id, version, from_status, to_status, reason, correlation_id)
    VALUES (
        NEW.id, NEW.version, CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END, NEW.status, NEW.reason, NEW.correlation_id
    );
    RETURN NULL;
END
$$;

CREATE TRIGGER count_version BEFORE UPDATE ON payments.payment
FOR EACH ROW EXECUTE FUNCTION payments.count_version();

CREATE TRIGGER record_history AFTER INSERT OR UPDATE ON payments.payment
FOR EACH ROW EXECUTE FUNCTION payments.record_history();

CREATE TABLE payments.refund (
    id text PRIMARY KEY,
    payment_id text NOT NULL REFERENCES payments.payment,
    merchant_id text NOT NULL,
    status text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'completed', 'failed')),
    reason text,
    correlation_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- A payment is refunded once; a refund that failed may be tried again.
CREATE UNIQUE INDEX ON payments.refund (payment_id) WHERE status <> 'failed';

-- The key and the request as SHA-256, the response as it was sent.
CREATE TABLE payments.idempotency_key (
    merchant_id text NOT NULL,
    key_hash bytea NOT NULL,
    request_hash bytea NOT NULL,
    response text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (merchant_id, key_hash)
);

CREATE TABLE payments.used_session (
    session_id text PRIMARY KEY,
    payment_id text NOT NULL REFERENCES payments.payment
);

-- Messages of the api service to the queue `processing`, and of the payment service to the topic `events`, until they are sent.
CREATE TABLE payments.api_outbox (
    id text PRIMARY KEY,
    position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE payments.payment_outbox (LIKE payments.api_outbox INCLUDING ALL);

-- Events of a merchant, numbered from 1 in the order in which a reader sees them.
CREATE TABLE payments.event_count (
    merchant_id text PRIMARY KEY,
    last bigint NOT NULL
);

CREATE TABLE payments.event (
    merchant_id text NOT NULL,
    position bigint NOT NULL,
    id text NOT NULL UNIQUE,
    type text NOT NULL,
    payment_id text NOT NULL,
    reason text,
    correlation_id text NOT NULL,
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (merchant_id, position)
);
