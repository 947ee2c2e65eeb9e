-- One user per service, which logs in with a token of IAM, and the least that it needs. `SELECT ... FOR UPDATE` needs the right to
-- update.

DO $$
DECLARE
    service_user text;
BEGIN
    FOREACH service_user IN ARRAY ARRAY['payment_api', 'payment_payment', 'payment_notification'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = service_user) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', service_user);
        END IF;
        EXECUTE format('GRANT rds_iam TO %I', service_user);
        EXECUTE format('GRANT USAGE ON SCHEMA payments TO %I', service_user);
    END LOOP;
END
$$;

GRANT SELECT ON payments.payment, payments.refund, payments.idempotency_key, payments.event TO payment_api;
GRANT INSERT (id, merchant_id, amount_minor, currency, reference, correlation_id) ON payments.payment TO payment_api;
GRANT INSERT (id, payment_id, merchant_id, correlation_id) ON payments.refund TO payment_api;
GRANT INSERT ON payments.idempotency_key, payments.used_session TO payment_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON payments.api_outbox TO payment_api;

GRANT SELECT ON payments.payment, payments.refund TO payment_payment;
GRANT UPDATE (status, reason, correlation_id) ON payments.payment TO payment_payment;
GRANT UPDATE (status, reason) ON payments.refund TO payment_payment;
GRANT SELECT, INSERT, UPDATE, DELETE ON payments.payment_outbox TO payment_payment;

GRANT SELECT, INSERT ON payments.event TO payment_notification;
GRANT SELECT, INSERT, UPDATE ON payments.event_count TO payment_notification;
