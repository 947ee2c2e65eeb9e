import { expect, test } from "@jest/globals";
import {
    requests,
    benchValidator,
    measureValidation,
    isWithinLimits,
    type ValidatorMeasurement,
} from "../../../tools/bench/validator.ts";
import { maxBodyBytes } from "../../../validator/http.ts";
import { validatePayment } from "../../../validator/payment.ts";

test("two runs measure the same requests: most valid, some invalid, none too large to be read", () => {
    const bodies = requests(500);
    expect(bodies).toEqual(requests(500));
    expect(new Set(bodies).size).toBe(500);
    const good = bodies.filter((body) => validatePayment(body, 1_000_000).payment !== undefined);
    expect(good.length).toBeGreaterThan(300);
    expect(good.length).toBeLessThan(450);
    expect(Math.max(...bodies.map((body) => Buffer.byteLength(body)))).toBeLessThanOrEqual(maxBodyBytes);
});

test("two requests in a hundred are as slow to search as a body can be, so that they set the p99", () => {
    const slow = requests(500).filter((body) => /^\{"note":"1*"\}$/.test(body));
    expect(slow).toHaveLength(10);
    expect(Math.max(...slow.map((body) => body.length))).toBeGreaterThan(maxBodyBytes / 2);
});

test("times are those of single requests, in order", () => {
    const { p50, p99, slowest, requests: count } = measureValidation(requests(200));
    expect(count).toBe(200);
    expect(p50).toBeGreaterThan(0);
    expect(p99).toBeGreaterThanOrEqual(p50);
    expect(slowest).toBeGreaterThanOrEqual(p99);
});

const measured = (bundleBytes: number, p99: number): ValidatorMeasurement => ({
    bundleBytes,
    validation: { p50: 0.1, p99, slowest: 100, requests: 1 },
});

test("a bundle that is too large or a p99 that is too slow exceeds the limits; one slow request does not", () => {
    expect(isWithinLimits(measured(199_999, 0.999))).toBe(true);
    expect(isWithinLimits(measured(200_000, 0.5))).toBe(false);
    expect(isWithinLimits(measured(1, 1))).toBe(false);
    expect(isWithinLimits(measured(1, NaN))).toBe(false);
});

test("the bundle size and the times are printed; without a request there is no time and no success", () => {
    const lines: string[] = [];
    expect(benchValidator(process.cwd(), 0, (line) => lines.push(line))).toBe(1);
    expect(lines).toEqual([
        expect.stringMatching(/^bundle +\d+ bytes without the AWS SDK \(limit 200000\), made in \d+ ms$/),
        expect.stringMatching(/^hash +[0-9a-f]{64}$/),
        expect.stringMatching(/^validation +p50 NaN ms, p99 NaN ms \(limit 1 ms\), slowest NaN ms, over 0 requests$/),
        "a limit is exceeded",
    ]);
});
