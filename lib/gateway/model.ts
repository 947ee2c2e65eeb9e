/** An ID of `min` to `max` letters, digits, `_` and `-`, with a letter or digit first. */
const idSchema = (min: number, max: number) => ({
    type: "string",
    pattern: `^[A-Za-z0-9][A-Za-z0-9_-]{${min - 1},${max - 1}}$`,
});

/**
 * JSON Schema of the body of POST /validate, in draft 4, which API Gateway supports. It has the format that all stacks share
 * (docs/validator.md). The function checks the limits of the stack, and its error names the wrong field.
 */
export const paymentSchema = {
    $schema: "http://json-schema.org/draft-04/schema#",
    title: "Payment",
    type: "object",
    // Additional fields could contain card data (PCI DSS 3.3.1).
    additionalProperties: false,
    required: ["merchantId", "paymentId", "customerId", "amountMinor", "currency"],
    properties: {
        merchantId: idSchema(3, 64),
        paymentId: idSchema(8, 64),
        customerId: idSchema(3, 64),
        // In the currency's minor unit. With a 13th digit an amount could be a card number.
        amountMinor: { type: "integer", minimum: 1, maximum: 999_999_999_999 },
        currency: { type: "string", pattern: "^[A-Z]{3}$" },
        metadata: {
            type: "object",
            maxProperties: 20,
            additionalProperties: { type: "string", maxLength: 200 },
        },
    },
} as const;
