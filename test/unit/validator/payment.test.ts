import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { currencyExponents, inMajorUnits } from "../../../validator/currencies.ts";
import { validatePayment } from "../../../validator/payment.ts";
import { cardNumber } from "./cards.ts";
import { paymentBody } from "./fakes.ts";

const limit = 5_000_000;

function broken(body: unknown): string[] {
    const { problems = [] } = validatePayment(typeof body === "string" ? body : JSON.stringify(body), limit);
    return problems.map(({ field, rule }) => `${field} ${rule}`);
}

describe("accepted", () => {
    const letters = (min: number, max: number) =>
        fc
            .string({ unit: fc.constantFrom(...Array.from("abcXYZ_-")), minLength: min, maxLength: max })
            .map((rest) => `a${rest}`);

    test("every valid payment, unchanged but for the exponent", () => {
        const valid = fc.record({
            merchantId: letters(2, 63),
            paymentId: letters(7, 63),
            customerId: letters(2, 63),
            amountMinor: fc.integer({ min: 1, max: limit }),
            currency: fc.constantFrom(...currencyExponents.keys()),
            metadata: fc.dictionary(
                letters(0, 10),
                fc.string({ unit: fc.constantFrom(...Array.from("äbc 12é")), maxLength: 12 }),
                {
                    maxKeys: 20,
                },
            ),
        });
        fc.assert(
            fc.property(valid, (given) => {
                const result = validatePayment(JSON.stringify(given), limit);
                expect(result.payment).toEqual({ ...given, exponent: currencyExponents.get(given.currency) });
            }),
        );
    });

    test("a payment without metadata", () => {
        expect(broken(paymentBody({ metadata: undefined }))).toEqual([]);
    });

    test("metadata of 200 characters, which are 400 UTF-16 code units", () => {
        expect(broken(paymentBody({ metadata: { note: "🛒".repeat(200) } }))).toEqual([]);
    });

    test("an amount at the limit", () => {
        expect(broken(paymentBody({ amountMinor: limit }))).toEqual([]);
    });
});

describe("refused", () => {
    test.each<[string, Record<string, unknown>, string[]]>([
        ["zero", { amountMinor: 0 }, ["amountMinor format"]],
        ["a negative amount", { amountMinor: -5 }, ["amountMinor format"]],
        ["a fraction", { amountMinor: 12.5 }, ["amountMinor format"]],
        ["an amount that a double cannot hold", { amountMinor: 2 ** 53 }, ["amountMinor format"]],
        ["an amount over the limit", { amountMinor: limit + 1 }, ["amountMinor limit"]],
        ["an amount as text", { amountMinor: "1234" }, ["amountMinor type"]],
        ["no amount", { amountMinor: undefined }, ["amountMinor missing"]],
        ["a small-letter currency", { currency: "usd" }, ["currency format"]],
        ["gold", { currency: "XAU" }, ["currency currency"]],
        ["a currency that is no more", { currency: "DEM" }, ["currency currency"]],
        ["a name of Object.prototype as currency", { currency: "constructor" }, ["currency format"]],
        ["a path as payment id", { paymentId: "../../../etc/passwd" }, ["paymentId format"]],
        ["an encoded path as payment id", { paymentId: "payment%2fone" }, ["paymentId format"]],
        ["a payment id with a new line", { paymentId: "payment-one\n" }, ["paymentId format"]],
        ["a short payment id", { paymentId: "payment" }, ["paymentId format"]],
        ["a long merchant id", { merchantId: "m".repeat(65) }, ["merchantId format"]],
        ["null as customer id", { customerId: null }, ["customerId type"]],
        ["no customer id", { customerId: undefined }, ["customerId missing"]],
        ["a number as metadata", { metadata: { count: 3 } }, ["metadata.count type"]],
        ["nested metadata", { metadata: { deep: { x: "y" } } }, ["metadata.deep type"]],
        ["a list as metadata", { metadata: [] }, ["metadata type"]],
        ["null as metadata", { metadata: null }, ["metadata type"]],
        ["a control character", { metadata: { note: "a\u0000b" } }, ["metadata.note format"]],
        ["a line separator", { metadata: { note: "a\u2028b" } }, ["metadata.note format"]],
        ["half a character", { metadata: { note: "a\ud83d" } }, ["metadata.note format"]],
        ["long metadata", { metadata: { note: "x".repeat(201) } }, ["metadata.note format"]],
        ["long metadata of signs outside the BMP", { metadata: { note: "🛒".repeat(201) } }, ["metadata.note format"]],
        ["a metadata name with a space", { metadata: { "a b": "x" } }, ["metadata.(name withheld) format"]],
        ["too much metadata", { metadata: entries(21) }, ["metadata limit"]],
        ["an unknown field", { tip: 1 }, ["tip unknown-field"]],
        ["a field named like a security code", { cvv: "123" }, ["cvv card-field", "cvv unknown-field"]],
        ["one in metadata", { metadata: { securityCode: "x" } }, ["metadata.securityCode card-field"]],
        ["one below an unknown field", { card: { pin: 1 } }, ["card card-field", "card unknown-field"]],
    ])("%s", (_name, changes, problems) => {
        expect(broken(paymentBody(changes))).toEqual(problems);
    });

    test.each<[string, string, string[]]>([
        ["nothing", "", ["body not-json"]],
        ["half a document", '{"a":', ["body not-json"]],
        ["a list", "[]", ["body type"]],
        ["null", "null", ["body type"]],
        ["a repeated field", JSON.stringify(paymentBody()).replace("{", '{"currency":"EUR",'), ["body repeated-name"]],
        [
            "a field repeated in metadata, once escaped",
            JSON.stringify(paymentBody()).replace('"order"', '"order":"x","\\u006frder"'),
            ["body repeated-name"],
        ],
        [
            "__proto__",
            JSON.stringify(paymentBody()).replace("{", '{"__proto__":{},'),
            ["(name withheld) unknown-field"],
        ],
        [
            "a card number below a thousand brackets",
            `${"[".repeat(7_000)}4111111111111111${"]".repeat(7_000)}`,
            ["body card-number", "body type"],
        ],
        [
            "the same inside a field",
            JSON.stringify(paymentBody()).replace(
                "{",
                `{"x":${"[".repeat(7_000)}4111111111111111${"]".repeat(7_000)},`,
            ),
            ["x card-number", "x unknown-field"],
        ],
    ])("as a body: %s", (_name, body, problems) => {
        expect(broken(body)).toEqual(problems);
    });

    test("all problems are reported together, each by its field", () => {
        expect(broken({ amountMinor: -1, currency: "ABC", paymentId: 7, extra: true })).toEqual([
            "extra unknown-field",
            "merchantId missing",
            "paymentId type",
            "customerId missing",
            "amountMinor format",
            "currency currency",
        ]);
    });

    test("a card number and a repeated field are each reported by their own field", () => {
        fc.assert(
            fc.property(cardNumber, (digits) => {
                const body = JSON.stringify(paymentBody({ customerId: digits })).replace("{", '{"currency":"EUR",');
                expect(broken(body)).toEqual(["customerId card-number", "body repeated-name"]);
            }),
        );
    });

    test("no error message repeats a value", () => {
        fc.assert(
            fc.property(fc.string({ minLength: 6 }), (value) => {
                const text = `<${value}>`;
                const changes = { paymentId: text, currency: text, amountMinor: text, metadata: { [text]: [text] } };
                const { problems } = validatePayment(JSON.stringify(paymentBody(changes)), limit);
                expect(problems?.length).toBeGreaterThan(0);
                expect(JSON.stringify(problems)).not.toContain(JSON.stringify(text).slice(1, -1));
            }),
        );
    });
});

describe("currencies", () => {
    test.each([
        ["JPY", 1234, "1234"],
        ["USD", 1234, "12.34"],
        ["USD", 5, "0.05"],
        ["EUR", 100, "1.00"],
        ["KWD", 1234, "1.234"],
        ["KWD", 7, "0.007"],
        ["ISK", 9, "9"],
    ])("%s %d is %s", (currency, amountMinor, text) => {
        expect(inMajorUnits(amountMinor, currencyExponents.get(currency) ?? NaN)).toBe(text);
    });

    test("the list has each code once, and only currencies of payments", () => {
        expect(currencyExponents.size).toBe(155);
        expect([...currencyExponents.keys()].filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
        expect(
            ["XXX", "XTS", "XAU", "XDR", "CLF", "BGN", "HRK", "ANG"].filter((code) => currencyExponents.has(code)),
        ).toEqual([]);
    });
});

function entries(many: number): Record<string, string> {
    return Object.fromEntries(Array.from({ length: many }, (_, index) => [`n${"x".repeat(index)}`, "v"]));
}
