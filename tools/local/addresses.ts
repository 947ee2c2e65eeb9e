import { formatColumns } from "../frame/table.ts";
import type { LocalSession } from "./machine/session.ts";

/** A request that is accepted, for the shell. */
const curl = (address: string, apiKey: string): string =>
    [
        `curl -i ${address}/api/payments`,
        `-H 'x-api-key: ${apiKey}'`,
        "-H 'idempotency-key: order-1001-payment'",
        "-H 'content-type: application/json'",
        `-d '{"amountMinor":1234,"currency":"EUR","reference":"order-1001"}'`,
    ].join(" \\\n    ");

/** Addresses and keys of a session, and a request to begin with. */
export function addressesText(stack: string, { address, apiKeys, servicePorts, running }: LocalSession): string {
    const { databasePort, databaseName, cachePort, awsEndpoint, secretsFile, authorityFile } = running.machine;
    const rows = [
        ["API Gateway", `${address}/api/`],
        ...Object.entries(apiKeys).map(([merchant, key]) => [`API key of ${merchant}`, key]),
        ...Object.entries(servicePorts).map(([service, port]) => [service, `https://localhost:${port}`]),
        ["PostgreSQL", `localhost:${databasePort}, database ${databaseName}`],
        ["Redis", `localhost:${cachePort}`],
        ["SQS, SNS", awsEndpoint],
        ["secrets", secretsFile],
        ["certificate", authorityFile],
    ];
    return [
        `${stack} on this machine, with the environment and the queues of its plan; Ctrl-C ends it`,
        "",
        ...formatColumns(rows.map((row) => ["", ...row])),
        "",
        curl(address, Object.values(apiKeys)[0] ?? ""),
        "",
        "",
    ].join("\n");
}
