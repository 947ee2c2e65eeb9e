import { bundle } from "../../validator/bundle.ts";
import { defineCommand, optionWithDefault } from "../frame/command.ts";
import { ExitError } from "../frame/exit.ts";
import { formatColumns } from "../frame/table.ts";
import { parseWholeNumber } from "../frame/values.ts";
import { isWithinLimits, limits, measureValidation, requests } from "./validator.ts";

const spec = {
    arguments: {},
    options: {
        requests: optionWithDefault("<n>", "number of requests that are validated", 50_000, {
            parse: parseWholeNumber,
        }),
    },
};

export const command = defineCommand(spec, ({ requests: count }, { root, out }) => {
    const startedAt = performance.now();
    const { code, hash } = bundle(root);
    const bundleMilliseconds = performance.now() - startedAt;
    const bundleBytes = Buffer.byteLength(code);
    const validation = measureValidation(requests(count));
    const { p50, p99, slowest } = validation;
    const lines = formatColumns([
        [
            "bundle",
            `${bundleBytes} bytes without the AWS SDK (limit ${limits.bundleBytes}), made in ${bundleMilliseconds.toFixed(0)} ms`,
        ],
        ["hash", hash],
        [
            "validation",
            `p50 ${p50.toFixed(3)} ms, p99 ${p99.toFixed(3)} ms (limit ${limits.p99Milliseconds} ms), ` +
                `slowest ${slowest.toFixed(3)} ms, over ${count} requests`,
        ],
    ]);
    out(`${lines.join("\n")}\n`);
    if (!isWithinLimits({ bundleBytes, validation })) {
        throw new ExitError("failed", "a limit is exceeded");
    }
});
