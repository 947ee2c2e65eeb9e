-- A request records its idempotency key before its work, so that the same request waits, and the response after it.

GRANT UPDATE (response) ON payments.idempotency_key TO payment_api;
