/** Seconds without data after which the load balancer closes a connection, and answers a request with 504. */
export const idleTimeoutSeconds = 60;

/** The longest time that API Gateway waits for an answer, without a quota increase. */
export const apiTimeoutMilliseconds = 29_000;

/** The longest retention of SQS, in seconds: a dead letter should not expire before it is examined. */
export const maxRetentionSeconds = 14 * 24 * 60 * 60;
