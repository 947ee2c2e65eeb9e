import { holdsCardNumber, namesCardData } from "./card-data.ts";
import { currencyExponents } from "./currencies.ts";
import { namesAndScalarsOf, parseJson, type Json } from "./json.ts";

/** A payment that has passed every rule: what is stored and answered is made of this alone. */
export interface Payment {
    merchantId: string;
    paymentId: string;
    customerId: string;
    /** In the currency's minor unit: 1234 is 12.34 USD and 1234 JPY. */
    amountMinor: number;
    currency: string;
    exponent: number;
    metadata: Record<string, string>;
}

/** Why a request is refused, gravest first: the first that applies is the reason in the metrics. */
export const paymentRules = [
    "card-number",
    "card-field",
    "not-json",
    "repeated-name",
    "unknown-field",
    "missing",
    "type",
    "format",
    "limit",
    "currency",
] as const;

/** One broken rule. Nothing in it repeats what the caller sent, but a field's name that cannot hold card data. */
export interface FieldProblem {
    field: string;
    rule: (typeof paymentRules)[number];
    detail: string;
}

export type ValidationResult = { payment: Payment; problems?: never } | { payment?: never; problems: FieldProblem[] };

export const maxMetadataEntries = 20;
const maxMetadataLength = 200;

// No dot, slash or percent sign: the payment's id becomes part of an S3 key. No leading dash: ids end up in command lines.
export const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{2,63}$/;
/** In words what the patterns of ids allow. */
export const idShape = (min: number): string =>
    `must be ${min} to 64 letters, digits, _ or -, and start with a letter or digit`;
const paymentIdPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{7,63}$/;
const metadataNamePattern = /^[A-Za-z][A-Za-z0-9_.-]{0,39}$/;
/** Control characters forge lines in whoever prints them. Half a surrogate pair is no character: it has no UTF-8, which stores keep. */
// eslint-disable-next-line no-control-regex -- they are what is refused
const refusedCharacters = /[\x00-\x1f\x7f-\x9f\u2028\u2029\p{Surrogate}]/u;

const fields = ["merchantId", "paymentId", "customerId", "amountMinor", "currency", "metadata"];

/** Checks a request's body and reports every broken rule at once. Pure: no clock, no network, no log. */
export function validatePayment(body: string, maxAmountMinor: number): ValidationResult {
    const json = parseJson(body);
    if (json === undefined) {
        return { problems: [{ field: "body", rule: "not-json", detail: "must be valid JSON" }] };
    }
    const problems = cardProblemsOfBody(json);
    if (json.repeatsName) {
        problems.push({ field: "body", rule: "repeated-name", detail: "must not repeat a field" });
    }
    if (!isRecord(json.value)) {
        problems.push({ field: "body", rule: "type", detail: "must be a JSON object" });
        return { problems };
    }
    const payment = readPayment(json.value, maxAmountMinor, problems);
    return problems.length === 0 ? { payment } : { problems };
}

/** Problems of texts without a name that the caller chooses: a header, the path. */
export function cardProblemsOfTexts(field: string, texts: readonly string[]): FieldProblem[] {
    return texts.some(holdsCardNumber) ? [cardNumberProblem(field)] : [];
}

/**
 * A field's name as far as it may be repeated. Names come from the caller and could be a card number or "cvv123", so only
 * letters with at most two digits at the end are.
 */
export function safeFieldName(name: string): string {
    return /^[A-Za-z][A-Za-z_-]{0,38}\d{0,2}$/.test(name) ? name : "(name withheld)";
}

export function cardProblemsOfBody(json: Json): FieldProblem[] {
    const suspects = [...json.names, ...json.scalars];
    if (!suspects.some(holdsCardNumber) && !json.names.some(namesCardData)) {
        return [];
    }
    const found = isRecord(json.value) ? Object.entries(json.value).flatMap(cardProblemsOfMember) : [];
    // What the parsed value no longer shows (a repeated name's first value, a number's last digits) is laid to the body.
    return found.length > 0 ? found : [cardNumberProblem("body")];
}

function cardProblemsOfMember([name, value]: [string, unknown]): FieldProblem[] {
    if (name === "metadata" && isRecord(value)) {
        return Object.entries(value).flatMap(([key, entry]) =>
            cardProblemsOfField(`metadata.${safeFieldName(key)}`, key, entry),
        );
    }
    return cardProblemsOfField(safeFieldName(name), name, value);
}

/** Problems of a field, or of a query parameter. */
export function cardProblemsOfField(field: string, name: string, value: unknown): FieldProblem[] {
    const { names, scalars } = namesAndScalarsOf(value);
    return [
        ...([name, ...names].some(namesCardData)
            ? [{ field, rule: "card-field" as const, detail: "must not be sent: its name says card data" }]
            : []),
        ...cardProblemsOfTexts(field, [name, ...names, ...scalars]),
    ];
}

function cardNumberProblem(field: string): FieldProblem {
    return { field, rule: "card-number", detail: "must not hold digits that could be a card number" };
}

function readPayment(body: Record<string, unknown>, maxAmountMinor: number, problems: FieldProblem[]): Payment {
    for (const name of Object.keys(body).filter((key) => !fields.includes(key))) {
        problems.push({ field: safeFieldName(name), rule: "unknown-field", detail: "is not a field of a payment" });
    }
    const text = (field: string, pattern: RegExp, shape: string): string => {
        const value = body[field];
        if (value === undefined) {
            problems.push({ field, rule: "missing", detail: "must be given" });
        } else if (typeof value !== "string") {
            problems.push({ field, rule: "type", detail: "must be a string" });
        } else if (!pattern.test(value)) {
            problems.push({ field, rule: "format", detail: shape });
        } else {
            return value;
        }
        return "";
    };
    const merchantId = text("merchantId", idPattern, idShape(3));
    const paymentId = text("paymentId", paymentIdPattern, idShape(8));
    const customerId = text("customerId", idPattern, idShape(3));
    const amountMinor = readAmount(body, maxAmountMinor, problems);
    const currency = text("currency", /^[A-Z]{3}$/, "must be three capital letters");
    const exponent = currencyExponents.get(currency);
    if (currency !== "" && exponent === undefined) {
        problems.push({ field: "currency", rule: "currency", detail: "must be a current ISO 4217 currency" });
    }
    const metadata = readMetadata(body, problems);
    return { merchantId, paymentId, customerId, amountMinor, currency, exponent: exponent ?? 0, metadata };
}

function readAmount(body: Record<string, unknown>, maxAmountMinor: number, problems: FieldProblem[]): number {
    const field = "amountMinor";
    const value = body[field];
    if (value === undefined) {
        problems.push({ field, rule: "missing", detail: "must be given" });
    } else if (typeof value !== "number") {
        problems.push({ field, rule: "type", detail: "must be a number" });
    } else if (!Number.isSafeInteger(value) || value < 1) {
        problems.push({ field, rule: "format", detail: "must be a positive integer in minor units" });
    } else if (value > maxAmountMinor) {
        problems.push({ field, rule: "limit", detail: `must be at most ${maxAmountMinor}` });
    } else {
        return value;
    }
    return 0;
}

function readMetadata(body: Record<string, unknown>, problems: FieldProblem[]): Record<string, string> {
    const given = body.metadata;
    if (given === undefined) {
        return {};
    }
    if (!isRecord(given)) {
        problems.push({ field: "metadata", rule: "type", detail: "must be an object" });
        return {};
    }
    const entries = Object.entries(given);
    if (entries.length > maxMetadataEntries) {
        problems.push({
            field: "metadata",
            rule: "limit",
            detail: `must have at most ${maxMetadataEntries} entries`,
        });
        return {};
    }
    for (const [name, value] of entries) {
        const field = `metadata.${safeFieldName(name)}`;
        if (!metadataNamePattern.test(name)) {
            const detail = "must be named by 1 to 40 letters, digits, ., _ or -, and start with a letter";
            problems.push({ field, rule: "format", detail });
        }
        if (typeof value !== "string") {
            problems.push({ field, rule: "type", detail: "must be a string" });
        } else if (charactersOf(value) > maxMetadataLength || refusedCharacters.test(value)) {
            const detail = `must be at most ${maxMetadataLength} characters, without control characters and halves of a character`;
            problems.push({ field, rule: "format", detail });
        }
    }
    return Object.fromEntries(entries) as Record<string, string>;
}

/** Code points: a sign such as 🛒 is one, and not two as in `length`. */
const charactersOf = (text: string): number => Array.from(text).length;

function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
