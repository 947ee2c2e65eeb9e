import { existsSync, globSync, readFileSync } from "node:fs";
import { search } from "@aws-lambda-powertools/jmespath";
import type { Words } from "./shell.ts";

/** Packages of the SDK whose names differ from the service's in the AWS CLI. */
const sdkPackages: Readonly<Record<string, string>> = {
    apigateway: "api-gateway",
    "application-autoscaling": "application-auto-scaling",
    configservice: "config-service",
    elbv2: "elastic-load-balancing-v2",
    logs: "cloudwatch-logs",
    s3api: "s3",
    secretsmanager: "secrets-manager",
};

/** Options of the AWS CLI that no call has. */
const generalOptions = new Set(["--query", "--output", "--region", "--profile", "--max-items"]);

/**
 * Why a command of the AWS CLI is none of AWS's, by the types of the SDK; nothing where it is one.
 *
 * @param words such as `["aws", "ecs", "list-tasks", "--cluster", "x"]`
 */
export function awsCliProblem([, service = "", operation = "", ...rest]: Words): string | undefined {
    const types = `node_modules/@aws-sdk/client-${sdkPackages[service] ?? service}/dist-types`;
    if (!existsSync(types)) {
        return `no client for ${service}`;
    }
    const name = operation.replaceAll("-", "").toLowerCase();
    // The CLI writes `db` for what the API spells in capitals.
    const [file] = globSync(`${types}/commands/*Command.d.ts`).filter((path) =>
        path.toLowerCase().endsWith(`/${name}command.d.ts`),
    );
    if (file === undefined) {
        return `no call ${operation}`;
    }
    const inputs = inputsOf(types, readFileSync(file, "utf8"));
    const unknown = rest
        .filter((word) => word.startsWith("--") && !generalOptions.has(word))
        // `--no-<option>` is the CLI's way to set a Boolean input to false.
        .filter(
            (option) =>
                !inputs.has(
                    option
                        .replace(/^--(no-)?/, "")
                        .replaceAll("-", "")
                        .toLowerCase(),
                ),
        );
    return unknown.length === 0 ? undefined : `no option ${unknown.join(", ")}`;
}

/**
 * Why the AWS CLI refuses what a command asks of its answer by `--query`; nothing where it does not.
 *
 * @param words such as `["aws", "ecs", "list-tasks", "--query", "taskArns[]"]`
 */
export function awsQueryProblem(words: Words): string | undefined {
    const at = words.indexOf("--query");
    if (at === -1) {
        return undefined;
    }
    try {
        search(words[at + 1] ?? "", {});
        return undefined;
    } catch (error) {
        // A function that needs a list finds none here, as there is no answer of AWS.
        return (error as Error).name === "JMESPathTypeError" ? undefined : String(error);
    }
}

/** Names of the members of a call's input, in lower case. */
function inputsOf(types: string, command: string): Set<string> {
    const [, input = ""] = /export interface \w+CommandInput extends (\w+)/.exec(command) ?? [];
    const models = globSync(`${types}/models/*.d.ts`).map((file) => readFileSync(file, "utf8"));
    const declaration = new RegExp(`^export interface ${input}(?: extends \\w+)? \\{([\\s\\S]*?)^\\}`, "m");
    const body = models.map((text) => declaration.exec(text)?.[1]).find((found) => found !== undefined) ?? "";
    return new Set([...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, name = ""]) => name.toLowerCase()));
}
