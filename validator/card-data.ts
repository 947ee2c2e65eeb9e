/**
 * Finds card data, so that it is rejected before anything is stored, logged or returned. The transaction log is then not in the
 * scope of PCI DSS, because it never contains card data.
 */

// ISO/IEC 7812-1 allows shorter numbers too, but the schemes issue 13 to 19 digits.
const minCardNumberLength = 13;
const maxCardNumberLength = 19;

const decimalDigit = /\p{Nd}/u;
/** Not those that look like a mark between digits, such as the Japanese long vowel sign, nor invisible ones, such as Hangul fillers. */
const letter = /(?![\p{Lm}\p{Default_Ignorable_Code_Point}])\p{L}/u;

/** A UUID of RFC 9562, with its version and variant, as a word of its own. */
const uuid =
    /(?<![\p{L}\p{N}])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![\p{L}\p{N}])/giu;

/**
 * Whether a text holds 13 to 19 digits that pass the Luhn check, anywhere and in any writing.
 *
 * Everything between two digits that is not a letter is ignored (spaces, dashes, dots, slashes, invisible marks), and every
 * window of a longer row of digits is tried. This refuses about one in ten harmless 13-digit numbers: the price of never
 * letting one through. UUIDs are not searched, as one random UUID in 130 would be refused; one without a letter is, as it could be a card
 * number that somebody filled up with zeros.
 */
export function holdsCardNumber(text: string): boolean {
    const normal = isAscii(text) ? text : text.normalize("NFKC");
    const plain = normal.replace(uuid, (found) => (/[a-f]/i.test(found) ? "uuid" : found));
    return plain.length >= minCardNumberLength && hasLuhnSequence(plain);
}

/** Hexadecimal digits as letters a to p: they could by chance look like a card number. */
export const lettersOfHex = (hex: string): string => hex.replace(/\d/g, (digit) => "ghijklmnop".charAt(Number(digit)));

function isAscii(text: string): boolean {
    // eslint-disable-next-line no-control-regex -- the ASCII range starts with its control characters
    return /^[\x00-\x7f]*$/.test(text);
}

function hasLuhnSequence(text: string): boolean {
    let digits: number[] = [];
    for (const char of text) {
        const value = digitValue(char);
        if (value !== undefined) {
            digits.push(value);
            if (endsInCardNumber(digits)) {
                return true;
            }
        } else if (letter.test(char)) {
            digits = [];
        }
    }
    return false;
}

function digitValue(char: string): number | undefined {
    const ascii = char.charCodeAt(0) - 48;
    if (ascii >= 0 && ascii <= 9) {
        return ascii;
    }
    return char > "\x7f" && decimalDigit.test(char) ? unicodeDigitValue(char) : undefined;
}

/** Unicode encodes the decimal digits of every script as ten code points in a row, from zero to nine. */
function unicodeDigitValue(char: string): number {
    const code = char.codePointAt(0) ?? 0;
    let zero = code;
    while (decimalDigit.test(String.fromCodePoint(zero - 1))) {
        zero -= 1;
    }
    return (code - zero) % 10;
}

/** Whether the last 13, 14, ... or 19 digits pass the Luhn check (ISO/IEC 7812-1, annex B). One walk to the left serves all lengths. */
function endsInCardNumber(digits: readonly number[]): boolean {
    let sum = 0;
    for (let length = 1; length <= maxCardNumberLength && length <= digits.length; length += 1) {
        const digit = digits[digits.length - length] ?? 0;
        const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
        sum += length % 2 === 0 ? doubled : digit;
        if (length >= minCardNumberLength && sum % 10 === 0) {
            return true;
        }
    }
    return false;
}

// Short names are refused as a word of their own only, since "shipping" holds "pin" and "company" holds "pan".
const cardWords = new Set(["cav", "cid", "csc", "cvc", "cvn", "cvv", "pan", "pin"]);
const cardFieldNames = new Set(["track", "pincode", "pinnumber", "pannumber", "cardno", "ccno"]);
const cardNameParts =
    /cvv|cvc|securitycode|cardverification|cardcode|cardnum|cardpan|cardpin|cardcid|ccnum|primaryaccount|trackdata|magstripe|magneticstripe|pinblock/;

/** Whether a field's name says that it carries a card number, a security code, a PIN or track data, whatever its value. */
export function namesCardData(name: string): boolean {
    const plain = name.normalize("NFKC");
    const spaced = plain.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2").toLowerCase();
    const squeezed = plain.toLowerCase().replace(/[^a-z]/g, "");
    return (
        cardWords.has(squeezed) ||
        cardFieldNames.has(squeezed) ||
        cardNameParts.test(squeezed) ||
        spaced.split(/[^a-z]+/).some((word) => cardWords.has(word))
    );
}
