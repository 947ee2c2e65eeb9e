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
    pattern?: string;
    minimum?: number;
    maximum?: number;
    maxLength?: number;
    maxProperties?: number;
    required?: readonly string[];
    properties?: Record<string, Schema>;
    additionalProperties?: boolean | Schema;
}

/** The words of draft 4 that the schema uses; another word fails the test below. */
const words = ["$schema", "title", "type", "pattern", "minimum", "maximum", "maxLength", "maxProperties"];
const structure = ["required", "properties", "additionalProperties"];

function accepts(schema: Schema, value: unknown): boolean {
    const { pattern, minimum = -Infinity, maximum = Infinity, maxLength = Infinity, maxProperties = Infinity } = schema;
    switch (schema.type) {
        case "string":
            return typeof value === "string" && value.length <= maxLength && new RegExp(pattern ?? "").test(value);
        case "integer":
            return Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
        case "object":
            break;
        default:
            throw new Error(`no rule for ${schema.type}`);
    }
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        return false;
    }
    const fields = Object.entries(value);
    const other = schema.additionalProperties ?? true;
    return (
        fields.length <= maxProperties &&
        (schema.required ?? []).every((field) => field in value) &&
        fields.every(([field, one]) => {
            const rule = schema.properties?.[field] ?? other;
            return typeof rule === "boolean" ? rule : accepts(rule, one);
        })
    );
}

const taken = (value: unknown) => accepts(paymentSchema, value);

test("the API has the schema, in the draft that API Gateway supports", async () => {
    const { inputs } = onlyNode(await planGateway(), gatewayTypes.model);
    expect(parseJsonValue(inputs.schema)).toEqual(paymentSchema);
    expect(paymentSchema.$schema).toBe("http://json-schema.org/draft-04/schema#");
});

test("the schema uses only keywords that these tests evaluate", () => {
    const check = (schema: object): void => {
        for (const [word, value] of Object.entries(schema)) {
            expect([...words, ...structure]).toContain(word);
            if (word === "properties") {
                Object.values(value as object).forEach(check);
            } else if (typeof value === "object" && !Array.isArray(value)) {
                check(value as object);
            }
        }
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

test.each([
    ["an unknown field", { ...payment, cvv: "none" }],
    ["no amount", { ...payment, amountMinor: undefined }],
    ["no merchant", { ...payment, merchantId: undefined }],
    ["no payment id", { ...payment, paymentId: undefined }],
    ["no customer", { ...payment, customerId: undefined }],
    ["no currency", { ...payment, currency: undefined }],
    ["an id that is too short", { ...payment, merchantId: id(2) }],
    ["a payment id that is too short", { ...payment, paymentId: id(7) }],
    ["an id that is too long", { ...payment, customerId: id(65) }],
    ["an id that is a path", { ...payment, paymentId: "../../secrets" }],
    ["an id that looks like an option", { ...payment, paymentId: "--payment1" }],
    ["an amount of nothing", { ...payment, amountMinor: 0 }],
    ["an amount with a fraction", { ...payment, amountMinor: 12.5 }],
    ["an amount as text", { ...payment, amountMinor: "1234" }],
    ["an amount as long as a card number", { ...payment, amountMinor: maxAmountMinor + 1 }],
    ["a currency in small letters", { ...payment, currency: "eur" }],
    ["metadata within metadata", { ...payment, metadata: { order: { id: "O-1" } } }],
    ["a number in metadata", { ...payment, metadata: { order: 1 } }],
    ["too much metadata", { ...payment, metadata: entries(maxMetadataEntries + 1) }],
    ["metadata that is too long", { ...payment, metadata: { name: "v".repeat(201) } }],
    ["a list", [payment]],
    ["text", "payment"],
])("%s is refused by the gateway, as it is by the validator", (_, body) => {
    const sent: unknown = JSON.parse(JSON.stringify(body));
    expect(taken(sent)).toBe(false);
    expect(validatePayment(JSON.stringify(body), maxAmountMinor).payment).toBeUndefined();
});
