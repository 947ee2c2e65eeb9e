import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { catalogue } from "../../../plan/catalogue/catalogue.ts";

/** EC2's model declares no errors, so the SDK has only the class that all its errors share. */
const declaresNoErrors = "EC2ServiceException";

const clients = readdirSync("node_modules/@aws-sdk").filter((name) => name.startsWith("client-"));

/** Errors that the AWS SDK declares for a call, in the clients that have it. */
const declaredErrors = (call: string): string[] =>
    clients
        .map((client) => `node_modules/@aws-sdk/${client}/dist-types/commands/${call}Command.d.ts`)
        .filter((file) => existsSync(file))
        .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/@throws \{@link (\w+)\}/g)])
        .map(([, name = ""]) => name);

/** The SDK's class and AWS's page differ in the last part of the name only. */
const errorName = (name: string): string => name.replace(/(Exception|Fault|Error)$/, "");

const calls = Object.entries(catalogue).flatMap(([type, row]) =>
    row.exclusive === undefined || "none" in row.exclusive
        ? []
        : row.exclusive.map(({ second, source }) => ({
              type,
              second,
              call: /API_(\w+)\.html$/.exec(source)?.[1] ?? source,
          })),
);

test("the call that refuses or merges a second resource is a call of the AWS SDK, which declares the error", () => {
    expect(calls.length).toBeGreaterThan(80);
    const undeclared = calls.filter(({ call, second }) => {
        const declared = declaredErrors(call);
        if (!("refusedWith" in second) || declared.includes(declaresNoErrors)) {
            return declared.length === 0;
        }
        return !declared.map(errorName).includes(errorName(second.refusedWith));
    });
    expect(undeclared).toEqual([]);
});
