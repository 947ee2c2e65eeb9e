import { readFileSync } from "node:fs";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Sources } from "../../../services/common/sources.ts";
import type { Machine } from "./machine-types.ts";

/** All that is replaced where there is no AWS: endpoints, authorities and sources of credentials. TLS stays verified. */
export function localSources(machine: Machine): Sources {
    const authority = readFileSync(machine.authorityFile, "utf8");
    const client = {
        region: "us-east-1",
        endpoint: machine.awsEndpoint,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
        maxAttempts: 1,
    };
    return {
        databasePassword: ({ user }) => Promise.resolve(machine.passwords[user] ?? ""),
        databaseAuthorities: [authority],
        cacheAuthorities: [authority],
        acquirerAuthorities: [authority],
        readSecret: (arn) => Promise.resolve(secretsOf(machine)[arn] ?? ""),
        sqs: new SQSClient(client),
        sns: new SNSClient(client),
    };
}

const secretsOf = ({ secretsFile }: Machine): Record<string, string> =>
    JSON.parse(readFileSync(secretsFile, "utf8")) as Record<string, string>;
