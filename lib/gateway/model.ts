/**
 * JSON Schema of the body of POST /validate, in draft 4, which API Gateway supports. Why it refuses a body is in its execution log,
 * in the words of its validator (https://github.com/java-json-tools/json-schema-validator). Those of a pattern, a limit or a length
 * quote the value, and those of `additionalProperties` the field's name, either of which may be a card number (PCI DSS 3.3.1). So
 * there are only types and required fields here. The function checks the rest, and its error names the wrong field.
 */
export const paymentSchema = {
    $schema: "http://json-schema.org/draft-04/schema#",
    title: "Payment",
    type: "object",
    required: ["merchantId", "paymentId", "customerId", "amountMinor", "currency"],
    properties: {
        merchantId: { type: "string" },
        paymentId: { type: "string" },
        customerId: { type: "string" },
        amountMinor: { type: "integer" },
        currency: { type: "string" },
        metadata: { type: "object" },
    },
} as const;
