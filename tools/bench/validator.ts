import { currencyExponents } from "../../validator/currencies.ts";
import { maxBodyBytes } from "../../validator/http.ts";
import { validatePayment } from "../../validator/payment.ts";

/** What the validator's cold start and every request pay for. */
export interface ValidatorMeasurement {
    /** Of the code, without the AWS SDK. */
    bundleBytes: number;
    /** Time that the pure validation takes for one request. */
    validation: { p50: number; p99: number; slowest: number; requests: number };
}

/** The most that the bundle and the validation of one request may take. */
export const limits = { bundleBytes: 200_000, p99Milliseconds: 1 };

export const isWithinLimits = ({ bundleBytes, validation }: ValidatorMeasurement): boolean =>
    bundleBytes < limits.bundleBytes && validation.p99 < limits.p99Milliseconds;

/** How long the validation of each of these bodies takes, in milliseconds. */
export function measureValidation(bodies: readonly string[]): ValidatorMeasurement["validation"] {
    const times = bodies
        .map((body) => {
            const started = performance.now();
            validatePayment(body, 1_000_000);
            return performance.now() - started;
        })
        .sort((a, b) => a - b);
    const quantile = (share: number) => times[Math.floor(times.length * share)] ?? NaN;
    return { p50: quantile(0.5), p99: quantile(0.99), slowest: times.at(-1) ?? NaN, requests: times.length };
}

/** Bodies of requests: the same on every call, so that two measurements can be compared. */
export function requests(count: number): string[] {
    const random = createRandom(1);
    return Array.from({ length: count }, (_, index) => sampleRequest(index, random));
}

type RandomInteger = (below: number) => number;

const currencies = [...currencyExponents.keys()];

/** Mostly payments as merchants send them; some broken, and some as large and slow to search as the body limit admits. */
function sampleRequest(index: number, random: RandomInteger): string {
    // Two in a hundred, so that they decide the p99.
    if (index % 50 === 0) {
        // A row of ones has no window that passes the Luhn check, so that all of them are tried to the end.
        return JSON.stringify({ note: "1".repeat(random(maxBodyBytes - 100)) });
    }
    const metadata = Object.fromEntries(
        Array.from({ length: random(21) }, (_, at) => [`key-${at}`, randomText(random(200), random)]),
    );
    return JSON.stringify({
        merchantId: `merchant-${random(1_000)}`,
        paymentId: `payment-${randomText(12, random).replace(/[^a-z0-9]/g, "x")}`,
        customerId: `customer-${random(100_000)}`,
        amountMinor: random(10) === 0 ? -random(1_000) : 1 + random(1_000_000),
        currency: random(10) === 0 ? "XAU" : currencies[random(currencies.length)],
        metadata,
        ...(random(20) === 0 ? { note: "4111 1111 1111 1111" } : {}),
    });
}

function randomText(length: number, random: RandomInteger): string {
    const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789 äöü-";
    return Array.from({ length }, () => alphabet.charAt(random(alphabet.length))).join("");
}

/** Mulberry32. */
function createRandom(seed: number): RandomInteger {
    let state = seed;
    return (below) => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
    };
}
