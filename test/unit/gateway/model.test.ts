import { expect, test } from "@jest/globals";
import { paymentSchema } from "../../../lib/gateway/model.ts";
import { maxMetadataEntries, validatePayment } from "../../../validator/payment.ts";
import { onlyNode, parseJsonValue } from "../fixtures.ts";
import { gatewayTypes, planGateway } from "./fixtures.ts";

const maxAmountMinor = 999_999_999_999;
const payment = {
    merchantId: "shop",
    paymentId: "pay_AbCdEfGh",
    customerId: "cus",
    amountMinor: 1234,
    currency: "EUR",
    metadata: { order: "O-1" },
};
const withoutMetadata = { ...payment, metadata: undefined };
const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`name${i}`, "value"]));
const id = (length: number) => "aB-_".repeat(17).slice(0, length);

interface Schema {
    type: string;
    required?: readonly string[];
    properties?: Record<string, Schema>;
}

/** The keywords of draft 4 that `accepts` evaluates. With each other one API Gateway would log a value, or a name, of the body. */
const keywords = ["$schema", "title", "type", "required", "properties"];

function accepts(schema: Schema, value: unknown): boolean {
    switch (schema.type) {
        case "string":
            return typeof value === "string";
        case "integer":
            return Number.isInteger(value);
        case "object":
            break;
        default:
            throw new Error(`no rule for ${schema.type}`);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return false;
    }
    return (
        (schema.required ?? []).every((field) => field in value) &&
        Object.entries(value).every(([field, one]) => {
            const rule = schema.properties?.[field];
            return rule === undefined || accepts(rule, one);
        })
    );
}

const taken = (value: unknown) => accepts(paymentSchema, value);

test("the API has the schema, in the draft that API Gateway supports", async () => {
    const { inputs } = onlyNode(await planGateway(), gatewayTypes.model);
    expect(parseJsonValue(inputs.schema)).toEqual(paymentSchema);
    expect(paymentSchema.$schema).toBe("http://json-schema.org/draft-04/schema#");
});

test("the schema uses only keywords with which API Gateway logs nothing of the body", () => {
    const check = (schema: Schema): void => {
        for (const keyword of Object.keys(schema)) {
            expect(keywords).toContain(keyword);
        }
        Object.values(schema.properties ?? {}).forEach(check);
    };
    check(paymentSchema);
});

test.each([
    ["with everything", payment],
    ["without metadata", withoutMetadata],
    ["with the shortest ids", { ...payment, merchantId: id(3), paymentId: id(8), customerId: id(3) }],
    ["with the longest ids", { ...payment, merchantId: id(64), paymentId: id(64), customerId: id(64) }],
    ["of the least amount", { ...payment, amountMinor: 1 }],
    ["of the largest amount", { ...payment, amountMinor: maxAmountMinor }],
    ["with as much metadata as there may be", { ...payment, metadata: entries(maxMetadataEntries) }],
    ["with the longest metadata", { ...payment, metadata: { name: "v".repeat(200) } }],
    ["without any entry of metadata", { ...payment, metadata: {} }],
])("a payment %s passes the gateway and the validator", (_, body) => {
    expect(taken(JSON.parse(JSON.stringify(body)))).toBe(true);
    expect(validatePayment(JSON.stringify(body), maxAmountMinor).problems).toBeUndefined();
});

const refusedByValidator = (body: unknown): boolean =>
    validatePayment(JSON.stringify(body), maxAmountMinor).payment === undefined;

test.each([
    ["no amount", { ...payment, amountMinor: undefined }],
    ["no merchant", { ...payment, merchantId: undefined }],
    ["no payment id", { ...payment, paymentId: undefined }],
    ["no customer", { ...payment, customerId: undefined }],
    ["no currency", { ...payment, currency: undefined }],
    ["an amount with a fraction", { ...payment, amountMinor: 12.5 }],
    ["an amount as text", { ...payment, amountMinor: "1234" }],
    ["a list", [payment]],
    ["text", "payment"],
])("%s is refused by the gateway, as it is by the validator", (_, body) => {
    const sent: unknown = JSON.parse(JSON.stringify(body));
    expect(taken(sent)).toBe(false);
    expect(refusedByValidator(body)).toBe(true);
});

test.each([
    ["an unknown field", { ...payment, cvv: "none" }],
    ["a card number as the name of a field", { ...payment, "4111111111111111": "none" }],
    ["a card number as an id", { ...payment, customerId: "4111111111111111" }],
    ["an id that is too short", { ...payment, merchantId: id(2) }],
    ["a payment id that is too short", { ...payment, paymentId: id(7) }],
    ["an id that is too long", { ...payment, customerId: id(65) }],
    ["an id that is a path", { ...payment, paymentId: "../../secrets" }],
    ["an id that looks like an option", { ...payment, paymentId: "--payment1" }],
    ["an amount of nothing", { ...payment, amountMinor: 0 }],
    ["an amount as long as a card number", { ...payment, amountMinor: maxAmountMinor + 1 }],
    ["a currency in small letters", { ...payment, currency: "eur" }],
    ["metadata within metadata", { ...payment, metadata: { order: { id: "O-1" } } }],
    ["a number in metadata", { ...payment, metadata: { order: 1 } }],
    ["too much metadata", { ...payment, metadata: entries(maxMetadataEntries + 1) }],
    ["metadata that is too long", { ...payment, metadata: { name: "v".repeat(201) } }],
])("%s passes the gateway, and is refused by the validator", (_, body) => {
    expect(taken(body)).toBe(true);
    expect(refusedByValidator(body)).toBe(true);
});
