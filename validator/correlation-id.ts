/** Form of a correlation ID that a caller may give. */
export const correlationIdPattern = /^[A-Za-z0-9][A-Za-z0-9-]{7,63}$/;
