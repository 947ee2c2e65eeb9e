import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@jest/globals";
import { describeFailure } from "../../../plan/failure.ts";

function failing(message: string, ...frames: string[]): Error {
    return Object.assign(new Error(message), { stack: [`Error: ${message}`, ...frames].join("\n") });
}

const own = resolve("lib/network.ts");

test.each([
    ["a script by path", `    at new Network (${own}:42:7)`],
    ["a module by URL", `    at Network.build (${pathToFileURL(own).href}:42:7)`],
    ["a call without a name", `    at ${own}:42:7`],
    ["a call that continues", `    at async ${own}:42:7`],
])("the location of a failure is found in %s", (_, frame) => {
    const error = failing(
        "too small",
        "    at Output.apply (/x/node_modules/@pulumi/pulumi/output.js:1:1)",
        "    at node:internal/x:1:1",
        frame,
    );
    expect(describeFailure(error)).toBe("too small (lib/network.ts:42)");
});

test("a failure without a location, or of many lines, is reported in one line", () => {
    expect(describeFailure(failing("too small\nsee the manual", "    at node:internal/x:1:1"))).toBe("too small");
    expect(describeFailure(Object.assign(new Error("bare"), { stack: undefined }))).toBe("bare");
});
