import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { randomRuns } from "../../random-runs.ts";
import { holdsCardNumber, namesCardData } from "../../../validator/card-data.ts";
import { cardNumber, writeInScript, writtenCardNumber, scriptZero } from "./cards.ts";

describe("card numbers", () => {
    // The schemes' published test numbers.
    test.each([
        "4111111111111111",
        "5555555555554444",
        "378282246310005",
        "30569309025904",
        "6011 1111 1111 1117",
        "4222-2222-2222-2",
        "3530.1113.3330.0000",
        "my card is 4000 0566 5566 5556, thank you",
        "\uff14\uff11\uff11\uff11 1111 1111 1111",
        "4\ufe0f\u20e31\ufe0f\u20e31\ufe0f\u20e31\ufe0f\u20e3111111111111",
        "\u2074\u00b9\u00b9\u00b9 \u2460\u2460\u2460\u2460 1111 1111",
        "4111\u30fc1111\u30fc1111\u30fc1111",
        "4111\u31641111\u31641111\u31641111",
        "\u0664\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661",
    ])("%s is found", (text) => {
        expect(holdsCardNumber(text)).toBe(true);
    });

    test("every Luhn-valid number is found, in any notation", () => {
        fc.assert(
            fc.property(writtenCardNumber, ({ text }) => holdsCardNumber(text)),
            { numRuns: randomRuns(200) },
        );
    });

    test("a number with one wrong digit and nothing around it is accepted", () => {
        // Only the whole of 13 digits is a window, so a single changed digit must break it.
        const thirteen = cardNumber.filter((digits) => digits.length === 13);
        fc.assert(
            fc.property(thirteen, fc.nat(12), fc.integer({ min: 1, max: 9 }), scriptZero, (digits, at, by, zero) => {
                const wrong = (Number(digits.charAt(at)) + by) % 10;
                return !holdsCardNumber(writeInScript(`${digits.slice(0, at)}${wrong}${digits.slice(at + 1)}`, zero));
            }),
        );
    });

    test("no text of twelve digits is taken for a card number", () => {
        const twelve = fc.array(fc.nat(9), { maxLength: 12 }).map((digits) => digits.join(" "));
        fc.assert(fc.property(twelve, (text) => !holdsCardNumber(text)));
    });

    test("a UUID with a letter is no card number, wherever it is a word of its own", () => {
        const uuid = fc.uuid({ version: [1, 2, 3, 4, 5, 6, 7, 8] }).filter((text) => /[a-f]/.test(text));
        const before = fc.constantFrom("", "order-", "/api/payments/", "id 7 ", "(");
        const after = fc.constantFrom("", "/refunds", " is late", ")");
        fc.assert(
            fc.property(before, uuid, after, (...parts) => {
                const text = parts.join("");
                return !holdsCardNumber(text) && !holdsCardNumber(text.toUpperCase());
            }),
            { numRuns: randomRuns(500) },
        );
        expect(holdsCardNumber("00003782-8224-4631-8005-00000000000a")).toBe(false);
    });

    test.each([
        ["without a letter", "41111111-1111-1111-8111-000000000000"],
        ["of no version", "41111111-1111-0111-8111-00000000000a"],
        ["of another variant", "41111111-1111-1111-1000-00000000000a"],
        ["that is part of a longer word", "41111111-1111-1111-8111-00000000000ab"],
        ["beside a card number", "f81d4fae-7dec-4d0e-a765-00a0c91e6bf6 4111 1111 1111 1111"],
    ])("a text like a UUID %s is searched", (_, text) => {
        expect(holdsCardNumber(text)).toBe(true);
    });

    test("a letter ends a row of digits, so that a date with a time is no card number", () => {
        for (const letter of ["x", "é", "字", "ん"]) {
            expect(holdsCardNumber(`41111111${letter}11111111`)).toBe(false);
        }
        expect(holdsCardNumber("2026-03-04T23:59:58.500Z")).toBe(false);
    });
});

describe("names", () => {
    test.each([
        ...["cvv", "CVV2", "c_v_v", "cardCvc", "cvc_code", "CID", "customer_cid", "securityCode", "card-security-code"],
        ...[
            "PAN",
            "cardPAN",
            "card_number",
            "cardNo",
            "ccNumber",
            "primaryAccountNumber",
            "track",
            "track2",
            "trackData",
        ],
        ...["pin", "pinBlock", "PINCode", "card_pin", "magStripe", "\uff43\uff56\uff56", "CSC", "cav2", "cvn"],
    ])("%s is a name of card data", (name) => {
        expect(namesCardData(name)).toBe(true);
    });

    test.each([
        ...["merchantId", "paymentId", "customerId", "amountMinor", "currency", "metadata"],
        ...["shipping", "company", "incident", "trackingId", "postalCode", "spinning", "cardHolderCity", "span"],
    ])("%s is not", (name) => {
        expect(namesCardData(name)).toBe(false);
    });
});
