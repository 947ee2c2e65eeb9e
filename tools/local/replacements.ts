/**
 * All that a service finds otherwise on this machine than on AWS: the variables of its container, and the sources of its credentials.
 * What is not here is as the plan of the stack says. TLS to PostgreSQL and Redis is verified as on AWS, by another authority.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { listVariables, variables } from "../../contract/container.ts";
import type { GatewaySecret } from "../../contract/gateway.ts";
import { splitPart } from "../../plan/query.ts";
import { awsSources, type DatabaseLogin, type Sources } from "../../services/common/sources.ts";
import { localAccount, type Machine } from "./machine/machine.ts";
import type { Environment } from "./platform.ts";

/** Where a service runs on this machine. */
export interface Place {
    readonly machine: Machine;
    /** Where it listens, if the plan gives it a port. */
    readonly port?: number;
}

/** @param planned value in the plan @returns value on this machine; undefined: the service has no such variable */
type Replacement = (place: Place, planned: string) => string | undefined;

/** The address of every listener of this machine: no other host can connect. */
export const thisHostOnly = "127.0.0.1";

const thisHost: Replacement = () => "localhost";

/** A queue, topic or secret, which a deployed stack has itself. */
const ofAws =
    (replace: Replacement): Replacement =>
    (place, planned) =>
        place.machine.isDeployed ? planned : replace(place, planned);
const queueUrl = ofAws(({ machine }, url) => `${machine.awsEndpoint}/${localAccount}/${splitPart(url, "/", -1)}`);
const topicArn = ofAws((_, arn) => localArn(arn));

/** The same queue or topic in the account of this machine. */
export const localArn = (arn: string): string => arn.replace(/:\d{12}:/, `:${localAccount}:`);

/** By the name of the variable. */
const replacedVariables: Readonly<Partial<Record<keyof typeof variables | (string & {}), Replacement>>> = {
    // Without them the payment service simulates the acquirer: no payment of this machine may reach one.
    ACQUIRER_SECRET_ARN: () => undefined,
    ACQUIRER_URL: () => undefined,
    CACHE_HOST: thisHost,
    CACHE_PORT: ({ machine }) => `${machine.cachePort}`,
    CACHE_TOKEN_SECRET_ARN: ofAws(({ machine }) => machine.cacheSecretArn),
    CONSUME_QUEUE_URL: queueUrl,
    DATABASE_HOST: thisHost,
    DATABASE_MASTER_SECRET_ARN: ofAws(({ machine }) => machine.databaseSecretArn),
    DATABASE_PORT: ({ machine }) => `${machine.databasePort}`,
    DATABASE_READER_HOST: thisHost,
    GATEWAY_SECRET_ARN: ofAws(({ machine }) => machine.gatewaySecretArn),
    PORT: ({ port }) => (port === undefined ? undefined : `${port}`),
};

/** By the pattern of variables that exist once for each entry of a list. */
const replacedListVariables: Readonly<Record<keyof typeof listVariables, Replacement>> = {
    "*_QUEUE_URL": queueUrl,
    "*_TOPIC_ARN": topicArn,
};

/** The environment of a container of the plan on this machine. */
export function localEnvironment(planned: Environment, place: Place): Environment {
    return Object.fromEntries(
        Object.entries(planned).flatMap(([name, value]) => {
            const replace = replacementOf(name);
            const local = replace === undefined ? value : replace(place, value);
            return local === undefined ? [] : [[name, local]];
        }),
    );
}

function replacementOf(name: string): Replacement | undefined {
    const ofList = Object.entries(replacedListVariables).find(([pattern]) => name.endsWith(pattern.slice(1)));
    return replacedVariables[name] ?? ofList?.[1];
}

/** Replaces `awsSources` of the services. */
export function localSources(machine: Machine): Sources {
    const authority = readFileSync(machine.authorityFile, "utf8");
    const stores = {
        databasePassword: ({ user }: DatabaseLogin) => Promise.resolve(machine.passwords[user] ?? ""),
        databaseAuthorities: [authority],
        cacheAuthorities: [authority],
        acquirerAuthorities: [authority],
        listenHost: thisHostOnly,
        heartbeatFile: join(machine.directory, `heartbeat-${process.pid}`),
    };
    if (machine.isDeployed) {
        const sources = awsSources({ AWS_REGION: machine.region });
        waitBriefly(sources.sqs);
        return { ...sources, ...stores };
    }
    const client = {
        region: machine.region,
        endpoint: machine.awsEndpoint,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
        maxAttempts: 1,
    };
    return {
        ...stores,
        readSecret: (arn) => Promise.resolve(readSecrets(machine)[arn] ?? ""),
        sqs: new SQSClient(client),
        sns: new SNSClient(client),
    };
}

/** An emulator may answer one call of SQS after the other: a wait of 20 s for a message would delay the message itself. */
function waitBriefly({ middlewareStack }: SQSClient): void {
    middlewareStack.add(
        (next) => (args) =>
            next("WaitTimeSeconds" in args.input ? { ...args, input: { ...args.input, WaitTimeSeconds: 1 } } : args),
        { step: "initialize", name: "waitBriefly" },
    );
}

/** Values of the secrets, by ARN. */
export const readSecrets = ({ secretsFile }: Machine): Record<string, string> =>
    JSON.parse(readFileSync(secretsFile, "utf8")) as Record<string, string>;

/** The secret with which the services of a machine recognize the API. */
export function readGatewaySecret(machine: Machine): GatewaySecret {
    const secret = readSecrets(machine)[machine.gatewaySecretArn];
    if (secret === undefined) {
        throw new Error(`${machine.secretsFile} has no ${machine.gatewaySecretArn}`);
    }
    return JSON.parse(secret) as GatewaySecret;
}
