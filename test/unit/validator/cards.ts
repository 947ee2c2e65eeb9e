import fc from "fast-check";

/** Digits 13 to 19 long with a valid Luhn check digit, of no real card. */
export const cardNumber = fc
    .array(fc.nat(9), { minLength: 12, maxLength: 18 })
    .map((body) => [...body, luhnDigit(body)].join(""));

function luhnDigit(body: readonly number[]): number {
    // The textbook algorithm, right to left with an index, on purpose different from the product's.
    const sum = [...body].reverse().reduce((total, digit, index) => {
        const weighted = index % 2 === 0 ? digit * 2 : digit;
        return total + Math.floor(weighted / 10) + (weighted % 10);
    }, 0);
    return (10 - (sum % 10)) % 10;
}

const zeros = ["0", "\uff10", "\u0660", "\u06f0", "\u0966", "\u{1d7ce}", "\u{1d7f6}", "\u{11066}"];
const separators = [
    "",
    " ",
    "-",
    ".",
    "/",
    "_",
    ", ",
    "\u00a0",
    "\u2009",
    "\u2013",
    "\u2014",
    "\u200b",
    "\u3000",
    "\uff0d",
    "\u00b7",
    // Letters of Unicode that look like a mark: long vowel signs, an apostrophe; and invisible ones: Hangul fillers.
    ...["\u30fc", "\uff70", "\u02bc", "\u3164", "\uffa0", "\u1160"],
];

/** The zero of a script; its nine others follow it in Unicode. */
export const scriptZero = fc.constantFrom(...zeros);

/** Digits in the script of the given zero. */
export function writeInScript(digits: string, zero: string): string {
    const base = zero.codePointAt(0) ?? 0;
    return Array.from(digits, (digit) => String.fromCodePoint(base + Number(digit))).join("");
}

/** A card number in any notation: any script's digits, any separators, in the middle of a text. */
export const writtenCardNumber = fc
    .record({
        digits: cardNumber,
        zero: scriptZero,
        separators: fc.array(fc.constantFrom(...separators), { minLength: 1, maxLength: 5 }),
        before: fc.constantFrom("", "card ", "x", "№", "12 ", "1"),
        after: fc.constantFrom("", " thanks", "x", "!", " 7"),
    })
    .map(({ digits, zero, separators: between, before, after }) => {
        const text = Array.from(writeInScript(digits, zero))
            .map((char, index) => `${char}${between[index % between.length] ?? ""}`)
            .join("");
        return { digits, text: `${before}${text}${after}` };
    });

/** Whether a text holds the digits in any writing: everything that is no digit is taken away first. */
export function containsDigits(text: string, digits: string): boolean {
    const decimal = text.normalize("NFKC").replace(/\p{Nd}/gu, (char) => {
        const code = char.codePointAt(0) ?? 0;
        const zero = zeros.map((one) => one.codePointAt(0) ?? 0).find((one) => code >= one && code < one + 10) ?? code;
        return String(code - zero);
    });
    return decimal.replace(/\D/g, "").includes(digits);
}
